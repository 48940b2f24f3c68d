"""What a laboratory reads of the animals of a pool, and which of them leave when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from xenosim.analysis.controls import Controls, more_like
from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.resampling import Array, generator
from xenosim.study.observe import caliper
from xenosim.study.population import Pool, smallest_seen

if TYPE_CHECKING:
    from xenosim.scenario.schema import MeasureSettings, Scenario


def read_pool(pool: Pool, scenario: Scenario) -> AnimalPool:
    """The animals of a pool as the study reads them: the method's error on every day, animals that
    leave at the humane endpoint or for their weight.

    Parameters
    ----------
    pool : Pool
        True volumes and losses of weight.
    scenario : Scenario
        Method, limits and seed.
    """
    measure, rng = scenario.measure, generator(scenario.seed, "readings of a pool")
    days = np.array(pool.days)
    volumes = {}
    for k, arm in enumerate(pool.arms):
        read = _readings(pool.volumes[k], measure, rng)
        leaves = (read >= measure.end_volume_mm3) | (pool.losses[k] >= measure.body_weight_loss)
        volumes[arm] = until_left(read, leaves)
    start = pool.of(scenario.control.name)[:, 0]
    return AnimalPool.of_readings(volumes, days, scenario.control.name, start=start)


def _readings(volumes: Array, measure: MeasureSettings, rng: np.random.Generator) -> Array:
    """True volumes of round tumors [mm3] as the method gives them [mm3]."""
    if measure.method != "caliper":
        errors = np.exp(measure.caliper_error_sd * rng.standard_normal(volumes.shape))
        return np.maximum(volumes * errors, measure.imaging_limit_mm3)
    across = np.cbrt(6.0 * volumes / np.pi)
    read = [caliper((float(mm),) * 3, measure, rng).volume_mm3 for mm in across.ravel()]
    return np.array(read).reshape(volumes.shape)


def until_left(volumes: Array, leaves: Array) -> Array:
    """Volumes (animals, days) up to and with the first day on which an animal ``leaves``, NaN
    after it.

    Examples
    --------
    >>> until_left(np.array([[1.0, 2.0, 3.0]]), np.array([[False, True, False]])).tolist()
    [[1.0, 2.0, nan]]
    """
    gone = np.cumsum(leaves, axis=1) - leaves > 0
    return np.where(gone, np.nan, volumes)


def pool_of_controls(pool: Pool, scenario: Scenario, controls: Controls, count: int) -> AnimalPool:
    """Animals that grow, scatter and are lost as a laboratory's controls do; in a treated arm each
    has besides what the drug does to an animal of the ``pool``, ln V treated less ln V untreated.
    """
    measure, rng = scenario.measure, generator(scenario.seed, "animals like the controls")
    days, least = np.array(pool.days), smallest_seen(measure)
    chosen = rng.integers(0, pool.pairs, count)
    true, _, lost = more_like(controls, count, days, rng)
    untreated = np.log(np.maximum(pool.of(scenario.control.name), least))
    volumes = {}
    for arm in pool.arms:
        effect = np.log(np.maximum(pool.of(arm), least)) - untreated
        error = controls.error * rng.standard_normal(true.shape)
        read = np.maximum(np.exp(true + effect[chosen] + error), least)
        read = until_left(read, read >= measure.end_volume_mm3)
        # Who is lost is not measured from that day on.
        volumes[arm] = np.where((days >= lost[:, None]) & (days > days[0]), np.nan, read)
    start = np.exp(true[:, 0])
    return AnimalPool.of_readings(volumes, days, scenario.control.name, start=start)
