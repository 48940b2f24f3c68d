"""A checked parameter set turned into plain numbers for the kernels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


class CellParams(NamedTuple):
    """Constants of the cell model in internal units (h, nM); names as in ``parameters/cell.yaml``,
    symbols as in MODEL.md.
    """

    capacity_rate: Any
    bounce_back: Any
    synthesis_rate: Any
    load_clearance: Any
    stress_half_load: Any
    stress_rate: Any
    chaperone_rate: Any
    chaperone_gain: Any
    noxa_rate: Any
    myc: Any
    myc_inhibition_gain: Any
    myc_sign: Any
    noxa_gain: Any
    noxa_floor: Any
    dr5_rate: Any
    dr5: Any
    mitochondrial_arm: Any
    receptor_arm: Any
    commitment_rate: Any
    commitment_decay: Any
    nfkb_inhibition_gain: Any
    nfkb_ikzf_gain: Any
    nfkb_sign: Any
    jnk_gain: Any
    mcl1_induction: Any
    ikzf_threshold_gain: Any
    ikzf_rate: Any
    ikzf_degradation: Any
    ikzf_activity_half: Any
    lenalidomide_load_gain: Any
    ikzf_cycle_gain: Any
    cycle_stress_gain: Any
    cycle_inhibition_gain: Any


class StepFactors(NamedTuple):
    """What one step needs of the time step: ``dt`` [h] and the decays exp(-rate dt) [-] of the
    constant rates.
    """

    dt: Any
    capacity: Any
    stress: Any
    chaperone: Any
    dr5: Any
    commitment: Any


class TraitParams(NamedTuple):
    """How cells differ: median and log-sd of the traits, cycle [h] and its inheritance, loss and
    clearance [h]; the share of founders of the resistant clone, the chances per daughter to become
    resistant and to revert, and the cost of resistance, by which the clone's cycle is longer
    [-]; the rate at which load and threshold return to the median [1/h], 0: never; mean time in
    which a cell killed by drug is cleared [h], 0: as any other.
    """

    load_median: float
    load_sd: float
    threshold_median: float
    threshold_sd: float
    cycle_h: float
    cycle_sd: float
    cycle_inheritance: float
    loss_per_h: float
    clearance_min_h: float
    clearance_max_h: float
    resistant_fraction: float = 0.0
    mutation_rate: float = 0.0
    reversion_rate: float = 0.0
    cycle_cost: float = 0.0
    mixing_rate: float = 0.0
    killed_clearance_h: float = 0.0


class ReadoutParams(NamedTuple):
    """Constants of the read-outs [-]; names as in ``parameters/readouts.yaml``."""

    basal_level: float
    caspase_background: float
    ikba_loss: float
    ikba_activity_floor: float
    dr5_promoter_half: float
    bcl2_chop_loss: float
    puma_basal_level: float
    myc_ikzf_loss: float
    psmb5_mrna_gain: float


def log_sd(cv: float) -> float:
    """Standard deviation of ln x [-] of a lognormal x with coefficient of variation ``cv`` [-]."""
    return math.sqrt(math.log1p(cv * cv))


def median_of(mean: float, sd: float) -> float:
    """Median of a lognormal variable of this arithmetic ``mean`` [-] whose logarithm has standard
    deviation ``sd`` [-].
    """
    return mean * math.exp(-0.5 * sd**2)


def cell_params(value: Callable[[str], float], dtype: type = np.float32) -> CellParams:
    """Read :class:`CellParams` through ``value(name)``, the numbers of a parameter set in internal
    units.
    """
    return CellParams(*(dtype(value(name)) for name in CellParams._fields))


def readout_params(value: Callable[[str], float]) -> ReadoutParams:
    """Read :class:`ReadoutParams` through ``value(name)``, as :func:`cell_params` does."""
    return ReadoutParams(*(value(name) for name in ReadoutParams._fields))


def step_factors(params: CellParams, dt_h: float, dtype: type = np.float32) -> StepFactors:
    """Decays over one step of ``dt_h`` [h]."""
    rates = (
        params.capacity_rate,
        params.stress_rate,
        params.chaperone_rate,
        params.dr5_rate,
        params.commitment_decay,
    )
    return StepFactors(dtype(dt_h), *(dtype(math.exp(-float(rate) * dt_h)) for rate in rates))


def trait_params(value: Callable[[str], float], cycle_h: float, loss_per_h: float) -> TraitParams:
    """Traits of a line; ``cycle_h`` [h] and ``loss_per_h`` [1/h] come from the growth calibration.

    ``load_mean`` and ``threshold_mean`` are arithmetic means; the lognormal median is mean / sqrt(1
    + cv^2).
    """
    load_sd, threshold_sd = log_sd(value("load_cv")), log_sd(value("threshold_cv"))
    return TraitParams(
        load_median=median_of(value("load_mean"), load_sd),
        load_sd=load_sd,
        threshold_median=median_of(value("threshold_mean"), threshold_sd),
        threshold_sd=threshold_sd,
        cycle_h=cycle_h,
        cycle_sd=log_sd(value("cycle_cv")),
        cycle_inheritance=value("cycle_inheritance"),
        loss_per_h=loss_per_h,
        clearance_min_h=value("clearance_time_min"),
        clearance_max_h=value("clearance_time_max"),
        mixing_rate=value("trait_mixing_rate"),
        killed_clearance_h=value("killed_clearance_time"),
    )
