"""Direct effects of drugs on cells, beside the proteasome: kill and brake by free concentration,
delayed, alone or together (MODEL.md P14). To add one: a function, and a line in :data:`EFFECTS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.jit import kernel
from xenosim.parameters.load import ParameterSet
from xenosim.pharmacology.plasma import PlasmaProfile

FloatArray = NDArray[np.float64]
#: What an effect is: a rate of death [1/h], or the share by which the clock is slowed [-].
KILL, BRAKE = "kill", "brake"
#: Moments of every step at which effects are looked at [-].
POINTS = 60
#: The mechanism of drugs with direct effects.
DIRECT = "direct_effect"


def linear_kill(free_nM: FloatArray, slope: float) -> FloatArray:
    """Rate of death k C [1/h] of the free concentration ``free_nM`` [nM]; ``slope`` k [1/(nM h)].

    Source: Simeoni et al. 2004, doi:10.1158/0008-5472.CAN-03-2524 (potency k2).
    """
    return slope * free_nM


def emax_kill(free_nM: FloatArray, largest: float, ec50: float, hill: float) -> FloatArray:
    """Rate of death [1/h] that saturates at ``largest`` [1/h]: see :func:`saturation`."""
    return largest * saturation(free_nM, ec50, hill)


def emax_brake(free_nM: FloatArray, largest: float, ec50: float, hill: float) -> FloatArray:
    """Share by which the clock is slowed [-], at most ``largest`` [-]: see :func:`saturation`."""
    return largest * saturation(free_nM, ec50, hill)


def saturation(free_nM: FloatArray, ec50: float, hill: float) -> FloatArray:
    """C^n/(EC50^n + C^n) [-] of the free concentration ``free_nM`` [nM]; ``hill`` n [-].

    Source: Hill equation; written so that no power overflows.
    """
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(hill * (math.log(ec50) - np.log(free_nM)))))


class Effect(NamedTuple):
    """One direct effect: what it ``does``, :data:`KILL` or :data:`BRAKE`; the ``parameters`` of a
    drug's file that it takes, of which the first says that the drug has it, and their values where
    they may be left out; the ``function`` of the free concentration [nM] and those parameters.
    """

    does: str
    parameters: tuple[str, ...]
    defaults: Mapping[str, float]
    function: Callable[..., FloatArray]


#: Every direct effect that a drug can have.
EFFECTS = (
    Effect(KILL, ("kill_slope",), {}, linear_kill),
    Effect(KILL, ("kill_max", "kill_ec50", "kill_hill"), {"kill_hill": 1.0}, emax_kill),
    Effect(BRAKE, ("brake_max", "brake_ec50", "brake_hill"), {"brake_hill": 1.0}, emax_brake),
)


class DirectDrug(NamedTuple):
    """A drug that acts on cells directly: ``name``; free fraction ``fu`` [-]; its ``effects`` with
    the values of their parameters; mean ``delay_h`` [h] in ``transits`` compartments [-], 0: none;
    whether its kill hits ``cycling`` cells alone.
    """

    name: str
    fu: float
    effects: tuple[tuple[Effect, tuple[float, ...]], ...]
    delay_h: float = 0.0
    transits: int = 0
    cycling: bool = False


class DirectCourse(NamedTuple):
    """What cells see of direct effects in n steps, each (n,): ``kill`` rate of death of every cell
    [1/h], ``kill_cycling`` more of it for cells that cycle [1/h], ``pace`` of the clock [-].
    """

    kill: FloatArray
    kill_cycling: FloatArray
    pace: FloatArray


def direct_drug(name: str, drug: ParameterSet, free: str = "fu") -> DirectDrug:
    """The direct effects of a parameter set; ``free``: parameter that holds the free fraction."""

    def get(parameter: str, default: float) -> float:
        return drug.value(parameter) if parameter in drug.values else default

    effects = tuple(
        (effect, tuple(get(p, effect.defaults.get(p, math.nan)) for p in effect.parameters))
        for effect in EFFECTS
        if effect.parameters[0] in drug.values
    )
    return DirectDrug(
        name,
        drug.value(free),
        effects,
        get("effect_delay", 0.0),
        round(get("effect_transits", 0.0)),
        get("kill_cycling_only", 0.0) > 0.0,
    )


@kernel
def follow_chain(signal, rate, hours, chain, means):
    """Pass ``signal`` (n,), constant over each span of ``hours`` [h], through compartments that
    each empty at ``rate`` [1/h]: ``chain`` (n_transits,) [unit of the signal] is changed in place,
    the mean of the last one over each span goes into ``means`` (n,).

    Source: closed form (Erlang); signal transduction, Mager and Jusko 2001,
    doi:10.1067/mcp.2001.119722.
    """
    z, n = rate * hours, chain.shape[0]
    kept = np.exp(-z)
    for s in range(signal.shape[0]):
        before = after = 0.0
        for i in range(n):
            before += chain[i] - signal[s]
        # From the last one on, so that each still finds those before it as they were.
        for i in range(n - 1, -1, -1):
            off, weight = 0.0, kept
            for back in range(i + 1):
                off += weight * (chain[i - back] - signal[s])
                weight *= z / (back + 1.0)
            chain[i] = signal[s] + off
            after += off
        # What entered less what stayed has left through the last one.
        means[s] = max(signal[s] + (before - after) / z, 0.0)


class _Chain:
    """The strength of one effect, delayed: remembered where it was last asked for, and found again
    from the plasma alone elsewhere, so that nothing of it need be kept.
    """

    def __init__(
        self, drug: DirectDrug, effect: Effect, values: tuple[float, ...], profile: PlasmaProfile
    ) -> None:
        self.drug, self.effect, self.values, self.profile = drug, effect, values, profile
        self.time_h, self.held = math.nan, np.zeros(drug.transits)

    def signal(self, times_h: FloatArray) -> FloatArray:
        """Strength without delay in :data:`POINTS` moments of every span of ``times_h`` (n + 1,)
        [h], (n, POINTS).
        """
        parts = (np.arange(POINTS) + 0.5) / POINTS
        moments = times_h[:-1, None] + np.diff(times_h)[:, None] * parts
        free = self.drug.fu * self.profile.concentration(moments)
        return self.effect.function(free, *self.values)

    def means(self, times_h: FloatArray) -> FloatArray:
        """Strength in every part of every span of ``times_h`` (n + 1,) [h], (n, POINTS)."""
        delayed = self.drug.transits > 0 and self.drug.delay_h > 0.0
        if not delayed or not self.profile.start_h.size or times_h.size < 2:
            return self.signal(times_h)
        if self.time_h != times_h[0]:
            self.held[:] = 0.0
            # Steps are decimal numbers of hours: these are the times that were asked for before.
            dt = round(float(times_h[1] - times_h[0]), 12)
            first = math.floor(float(self.profile.start_h[0]) / dt)
            steps = np.arange(first, round(float(times_h[0]) / dt))
            if steps.size:
                self._follow(np.append(steps * dt, times_h[0]))
        return self._follow(times_h)

    def _follow(self, times_h: FloatArray) -> FloatArray:
        """Go through ``times_h`` (n + 1,) [h]."""
        signal = self.signal(times_h)
        means = np.empty_like(signal)
        rate = self.drug.transits / self.drug.delay_h
        for s, hours in enumerate(np.diff(times_h).tolist()):
            follow_chain(signal[s], rate, hours / POINTS, self.held, means[s])
        self.time_h = float(times_h[-1])
        return means


class DirectEffects:
    """Direct effects of the ``drugs`` with these plasma ``profiles`` [nM], together: rates of death
    of independent drugs add up, and the shares of its speed that they leave to the clock multiply.
    """

    def __init__(self, drugs: Sequence[DirectDrug], profiles: Mapping[str, PlasmaProfile]) -> None:
        self._chains = [
            (drug, effect.does, _Chain(drug, effect, values, profiles[drug.name]))
            for drug in drugs
            for effect, values in drug.effects
        ]

    def over(self, times_h: FloatArray) -> DirectCourse:
        """What cells see from each of ``times_h`` (n + 1,) [h] to the next: means of the steps."""
        shape = (times_h.size - 1, POINTS)
        kill, kill_cycling, pace = np.zeros(shape), np.zeros(shape), np.ones(shape)
        for drug, does, chain in self._chains:
            strength = chain.means(times_h)
            if does == BRAKE:
                pace *= 1.0 - np.minimum(strength, 1.0)
            elif drug.cycling:
                kill_cycling += strength
            else:
                kill += strength
        return DirectCourse(*(each.mean(axis=1) for each in (kill, kill_cycling, pace)))
