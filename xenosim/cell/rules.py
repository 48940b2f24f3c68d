"""The biology: one short pure function per submodel of MODEL.md, scalars in, scalars out.

Every function works on float32 (the compiled loop) and float64 (error budget, plots, tests) alike.
All quantities are dimensionless [-] unless a unit is given; times are in hours [h], rates in [1/h].
"""

from __future__ import annotations

import numpy as np

from xenosim.jit import kernel

# Typed constants: a bare literal would widen the float32 loop to float64 and halve its speed.
ZERO, ONE, TWO, HALF = np.float32(0), np.float32(1), np.float32(2), np.float32(0.5)
FOUR, SIX, TWELVE = np.float32(4), np.float32(6), np.float32(12)


@kernel(inline=True)
def produce_and_lose(x, source, loss):
    """``x`` [-] after a step of dx/dt = s - k x, from ``source`` = s dt and ``loss`` = k dt >= 0
    [-] (P3-P4).

    The exact step (s/k) (1 - exp(-k dt)) + x exp(-k dt) with exp(-k dt) as its (2, 2) Pade
    approximant, over one denominator, which vectorizes; the error of the exponential is below 3e-4
    for loss <= 0.7.

    Source: standard approximant; always between 0 and 1, so a large rate stays stable.
    """
    even, odd = TWELVE + loss * loss, SIX * loss
    return (TWELVE * source + x * (even - odd)) / (even + odd)


@kernel(inline=True)
def relax(x, target, kept):
    """Exact step of dx/dt = k (target - x): ``x`` and ``target`` [-], ``kept`` = exp(-k dt) [-]
    (P3-P4).

    Source: closed form.
    """
    return target + (x - target) * kept


@kernel(inline=True)
def capacity_target(occupancy, bounce_back):
    """Nrf1 bounce-back, 1 + bP 4 o (1 - o): new proteasomes only at partial inhibition
    ``occupancy`` [-] (P3).

    Source: Sha and Goldberg 2014, PMC4108618.
    """
    return ONE + bounce_back * FOUR * occupancy * (ONE - occupancy)


@kernel(inline=True)
def proteasome_activity(capacity, occupancy):
    """Activity r = p (1 - o): the ``capacity`` p whose beta5 is free, at ``occupancy`` o [-] (P3).

    Source: definition.
    """
    return capacity * (ONE - occupancy)


@kernel(inline=True)
def protein_supply(load_ratio, cereblon, params):
    """Protein to be degraded, rho (1 + l q): lenalidomide adds to the ``load_ratio`` rho with its
    occupancy q of ``cereblon`` [-] (P3).

    Assumption: in proportion to occupancy (MODEL.md P3).
    """
    return load_ratio * (ONE + params.lenalidomide_load_gain * cereblon)


@kernel(inline=True)
def proteasome_load(load, supply, activity, synthesis, clearance, dt):
    """Implicit step of dU/dt = kU (rho - r U/(1+U)) - kA U, the positive root of its quadratic
    (P3).

    ``load`` U, ``supply`` rho, ``activity`` r [-]; ``synthesis`` kU, ``clearance`` ka [1/h]; ``dt``
    [h].

    Assumption: saturable degradation with unit half-load (MODEL.md P3).
    """
    a = ONE + clearance * dt
    c = load + dt * synthesis * supply
    b = a + dt * synthesis * activity - c
    root = np.sqrt(b * b + FOUR * a * c)
    return TWO * c / (b + root) if b > ZERO else (root - b) * (HALF / a)


@kernel(inline=True)
def stress_drive(load, chaperone, half_load):
    """Unfolded-protein signal h = (U/H)^2 / (Ks^2 + (U/H)^2) = U^2 / ((Ks H)^2 + U^2) (P4).

    Assumption: Hill coefficient 2 (MODEL.md P4).
    """
    half = half_load * chaperone
    return load * load / (half * half + load * load)


@kernel(inline=True)
def chaperone_target(stress, params):
    """Chaperones H = 1 + aH S that ``stress`` S induces [-], BiP among them (P4).

    Assumption: linear induction (MODEL.md P4).
    """
    return ONE + params.chaperone_gain * stress


@kernel(inline=True)
def noxa_induction(stress, params):
    """Induction of NOXA by ``stress`` S over its level without any, 1 + eta S [-] (P4).

    Assumption: linear induction (MODEL.md P4).
    """
    return ONE + params.noxa_gain * stress


@kernel(inline=True)
def myc_level(occupancy, params):
    """MYC m (1 + sm bm o) [-], which inhibition at ``occupancy`` o [-] raises or, by the sign of
    the line, lowers (P4).

    MYC lives for 20 to 30 minutes, so that it follows the occupancy within a step.

    Source: direction only; up in esophageal lines (Wang 2022), down in T-cell and Hodgkin lines
    (Ravi 2016).
    """
    return params.myc * max(ONE + params.myc_sign * params.myc_inhibition_gain * occupancy, ZERO)


@kernel(inline=True)
def noxa_drive(stress, occupancy, params):
    """Production of NOXA over its removal, MYC (1 + eta S) [-]: its level at rest (P4).

    Source: MYC drive, Nikiforov 2007.
    """
    return myc_level(occupancy, params) * noxa_induction(stress, params)


@kernel(inline=True)
def dr5_target(stress, params):
    """DR5 level d5 S that ``stress`` S leads to [-] (P4).

    Assumption: in proportion to the stress (MODEL.md P4).
    """
    return params.dr5 * stress


@kernel(inline=True)
def noxa_step(noxa, stress, occupancy, params, dt):
    """NOXA after ``dt`` [h]: dN/dt = kN (MYC (1 + eta S) - max(1 - o, floor) N); degraded by the
    proteasome (P4).

    Source: Perez-Galan 2006 (accumulation by 4-6 h); MYC drive, Nikiforov 2007.
    """
    removal = max(ONE - occupancy, params.noxa_floor)
    drive = noxa_drive(stress, occupancy, params)
    return produce_and_lose(noxa, params.noxa_rate * dt * drive, params.noxa_rate * dt * removal)


@kernel(inline=True)
def nfkb_activity(occupancy, ikzf, params):
    """NF-kB activity B, 1 at rest: falls with IkBa stabilized by ``occupancy`` and with IKZF1/3
    loss; sign per line (P4).

    Source: direction only; Chauhan 2011 (down), Hideshima 2009 (up): sign of the line.
    """
    inhibition = params.nfkb_sign * params.nfkb_inhibition_gain * occupancy
    return max(ONE - inhibition - params.nfkb_ikzf_gain * (ONE - ikzf), ZERO)


@kernel(inline=True)
def death_threshold(threshold, nfkb, stress, ikzf, params):
    """Commitment threshold theta' of the cell: lowered by NF-kB loss, JNK (= S) and low IKZF1/3,
    raised by the Mcl-1 that ATF4 (= S) induces (P4).

    Source: Mcl-1 through ATF4, Hu 2012; independent factors are an assumption (MODEL.md P4).
    """
    return (
        threshold
        * nfkb
        * max(ONE - params.jnk_gain * stress, ZERO)
        * (ONE + params.mcl1_induction * stress)
        * (ONE - params.ikzf_threshold_gain * (ONE - ikzf))
    )


@kernel(inline=True)
def death_signal(stress, noxa, dr5, params):
    """Death signal S (w9 N + w8 D): the mitochondrial arm (NOXA, caspase-9) and the receptor arm
    (DR5, caspase-8) (P4).

    Assumption: the arms add up (MODEL.md P4).
    """
    return stress * (params.mitochondrial_arm * noxa + params.receptor_arm * dr5)


@kernel(inline=True)
def commitment_step(commitment, signal, threshold, params, kept, dt):
    """Commitment X after ``dt`` [h]: dX/dt = kX max(signal - theta', 0) - kXd X; dead at X >= 1
    (P4).

    ``kept`` = exp(-kXd dt) [-].

    Assumption: linear integrator with leak (MODEL.md P4).
    """
    above = max(signal - threshold, ZERO)
    if params.commitment_decay > ZERO:
        return relax(commitment, above * (params.commitment_rate / params.commitment_decay), kept)
    return commitment + params.commitment_rate * above * dt


@kernel(inline=True)
def kill_probability(hazard, dt):
    """Chance to die within ``dt`` [h] at a rate of death ``hazard`` [1/h] [-] (P14).

    Source: closed form (exponential waiting time).
    """
    return -np.expm1(-hazard * dt)


@kernel(inline=True)
def ikzf_step(ikzf, cereblon, activity, params, dt):
    """IKZF1/3 level I after ``dt`` [h]: dI/dt = kI (1 - I (1 + E q a(r))); needs an active
    proteasome (P4).

    ``cereblon`` occupancy q, ``activity`` r [-].

    Source: Shi 2015 Haematologica 100:e315 (inhibitor blocks the loss).
    """
    removal = ONE + params.ikzf_degradation * cereblon * activity / (
        activity + params.ikzf_activity_half
    )
    return produce_and_lose(ikzf, params.ikzf_rate * dt, params.ikzf_rate * dt * removal)


@kernel(inline=True)
def cycle_speed(stress, resting_stress, activity, ikzf, params):
    """Speed of the phase clock relative to an unstressed cell: slowed by stress, max(0, 1 - g
    max(0, S - S0)), by p21 and p27 that the proteasome leaves, max(0, 1 - gi max(0, 1 - r)) of its
    ``activity`` r [-], and by low IKZF1/3 (P5).

    Source: arrest with p21 and p27 under inhibitors, Augello 2018; linear brakes are an assumption
    (MODEL.md P5).
    """
    brake = max(ONE - params.cycle_stress_gain * max(stress - resting_stress, ZERO), ZERO)
    arrest = max(ONE - params.cycle_inhibition_gain * max(ONE - activity, ZERO), ZERO)
    return brake * arrest * (ONE - params.ikzf_cycle_gain * (ONE - ikzf))


@kernel(inline=True)
def mixed_trait(value, median, kept, spread, noise):
    """A trait after an interval of d(ln x) = kM ln(median/x) dt + s sqrt(2 kM) dW, s its log-sd
    [-] (P5).

    ``value`` and population's ``median`` [unit of the trait]; ``kept`` = exp(-kM dt), ``spread`` =
    s sqrt(1 - kept^2), ``noise`` a standard normal number [-].

    Source: closed form (Ornstein and Uhlenbeck); memory of protein levels, Sigal 2006.
    """
    return median * np.exp(kept * np.log(value / median) + spread * noise)


@kernel(inline=True)
def resting_load(load_ratio, params):
    """Load U [-] of an untreated cell at rest: the root of 0 = kU (rho - U/(1+U)) - ka U (P3).

    Source: steady state of the equation above.
    """
    k, a = params.synthesis_rate, params.load_clearance
    b = k + a - k * load_ratio
    return (np.sqrt(b * b + FOUR * a * k * load_ratio) - b) / (TWO * a)


@kernel(inline=True)
def resting_stress_step(stress, load, params):
    """One damped iteration of the fixed point S = h(U/H), H = 1 + aH S, of an untreated cell at
    rest [-] (P4).

    Source: steady state of the equations above; half a step, because the map may overshoot.
    """
    return HALF * (
        stress + stress_drive(load, chaperone_target(stress, params), params.stress_half_load)
    )
