"""What studies of one size would show: many, drawn from a pool of twin animals.

A study takes animals of the pool, each once, ranks and randomizes them as the scenario does, reads
their tumors with the error of its method, removes them at its endpoints and compares arms on the
last day on which half of every arm is left. Arms have different animals, as in a laboratory, though
every animal of the pool was in every arm (:mod:`xenosim.analysis.pool` says why that is unbiased).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.analysis.drawn_tests import volumes
from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.power import ALPHA
from xenosim.analysis.resampling import generator
from xenosim.study.observe import read_volumes

if TYPE_CHECKING:
    from xenosim.analysis.batches import Batch
    from xenosim.scenario.schema import Scenario
    from xenosim.study.population import Pool

#: Studies that are drawn, and the power that is asked for [-].
STUDIES, POWER = 400, 0.8
#: Most animals per arm that are told [-]: more are not asked for.
MOST_ANIMALS = 500
#: Least scatter of a difference that is divided by [-].
TINY = 1e-12
#: The test, in words.
TEST = "Student's t on ln RTV of the last day with half of every arm left"


class Shown(NamedTuple):
    """What studies of ``n`` animals per arm show of an ``arm``: the share ``found`` in which the
    test finds a difference, of those in which it is defined, and ``undefined``, the share of the
    others [-]; T/C of median RTV as half of them have it, and the ends of the central 95 % [%];
    animals ``needed`` per arm for :data:`POWER`, None: more than :data:`MOST_ANIMALS`.
    """

    arm: str
    n: int
    found: float
    undefined: float
    tc_pct: float
    low: float
    high: float
    needed: int | None


def studies_shown(
    pool: Pool, scenario: Scenario, n: int, studies: int = STUDIES
) -> tuple[Shown, ...]:
    """What ``studies`` of ``n`` animals per arm show of every treated arm, in the order of the
    scenario; empty where ``n`` is 1, of which no test says anything, and where they need more
    animals than the pool has.
    """
    if n < 2 or n * len(pool.arms) > pool.pairs:
        return ()
    rng = generator(scenario.seed, f"studies of {n}")
    measured = readings(pool, scenario, rng)
    drawn = measured.draw(n, studies, rng)
    places = measured.evaluation_days(drawn)[:, None]
    median = {
        arm: np.nanmedian(curves.log_volumes[drawn[arm], places] - curves.baseline[drawn[arm]], 1)
        for arm, curves in measured.arms.items()
    }
    shown = []
    for arm in measured.treated:
        tested = volumes(measured, drawn, arm)
        known = ~tested.failed
        found = float((tested.p[known] < ALPHA).mean()) if known.any() else math.nan
        tc = 100.0 * np.exp(median[arm] - median[measured.control])
        low, middle, high = (float(end) for end in np.quantile(tc, [0.025, 0.5, 0.975]))
        undefined = float(1.0 - known.mean())
        shown.append(Shown(arm, n, found, undefined, middle, low, high, _needed(tested, n)))
    return tuple(shown)


def readings(pool: Pool, scenario: Scenario, rng: np.random.Generator) -> AnimalPool:
    """The animals of a pool as the study would measure them in every arm, until they leave."""
    measure = scenario.measure
    read = read_volumes(pool.volumes, measure, rng)
    leaves = (read >= measure.end_volume_mm3) | (pool.losses >= measure.body_weight_loss)
    # An animal is measured on the day on which it leaves, and not after.
    gone = np.cumsum(leaves, axis=-1) - leaves > 0
    by_arm = dict(zip(pool.arms, np.where(gone, math.nan, read), strict=True))
    start = pool.volumes[0, :, 0]
    return AnimalPool.of_readings(by_arm, np.array(pool.days), scenario.control.name, start=start)


def _needed(tested: Batch, n: int) -> int | None:
    """Animals per arm whose studies find the mean difference with :data:`POWER`, given how the
    difference scatters between studies of ``n`` and what error their tests give it: less scatter
    than error where ranks balance the arms.
    """
    from scipy.special import ndtr, stdtrit

    known = ~tested.failed
    if known.sum() < 2:
        return None
    sizes = np.arange(2, MOST_ANIMALS + 1)
    scale = np.sqrt(n / sizes)
    effect = abs(float(tested.estimate[known].mean()))
    scatter = max(float(tested.estimate[known].std()), TINY) * scale
    error = math.sqrt(float((tested.se[known] ** 2).mean())) * scale
    enough = ndtr((effect - stdtrit(2.0 * (sizes - 1), 1.0 - 0.5 * ALPHA) * error) / scatter)
    return int(sizes[(enough >= POWER).argmax()]) if (enough >= POWER).any() else None
