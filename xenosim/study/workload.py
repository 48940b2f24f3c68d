"""How much of a study there is to simulate, and about how long that takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from xenosim.jit import IS_COMPILED
from xenosim.study.engraft import growth_days_expected
from xenosim.study.memory import growth_law, workers_that_fit

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class Rates(NamedTuple):
    """Time of one thread per agent and time step, in a tumor that met a drug and in one that met
    none [s]; per time step of a tumor, however small [s]; and before the first animal grows,
    compiled: imports and the calibration of growth [s].
    """

    treated_s: float
    untreated_s: float
    step_s: float
    start_s: float


#: What a worker process takes before its first animal: imports, compiled code [s].
PROCESS_S = 3.0
#: By engine (docs/performance.md, Time of a study).
RATES = {"lattice": Rates(20e-9, 10e-9, 0.5e-3, 12.0), "twin": Rates(9e-9, 4e-9, 30e-6, 3.0)}


class Workload(NamedTuple):
    """What a study will simulate, as far as can be said before: tumors are taken to grow as
    untreated ones do, until the humane endpoint.

    ``animal_days`` of all animals together, growth before day 0 included [day]; ``agent_steps``:
    time steps of all agents [-]; ``thread_seconds`` that take one thread [s]. ``enrolling_days``
    [day] are those before animals are assigned to arms, with ``enrolling_share`` of the seconds
    [-]: small tumors, which take less time. ``start_s`` pass before the first animal grows [s].
    """

    animal_days: float
    agent_steps: float
    thread_seconds: float
    enrolling_days: float
    enrolling_share: float
    start_s: float

    def seconds(self, workers: int) -> float:
        """About how long a study takes with so many workers [s]."""
        return self.start_s + self.thread_seconds / workers


def entering(scenario: Scenario, paired: bool) -> int:
    """Animals that enter one study: in a paired one each is in every arm."""
    return scenario.animals.per_arm * (1 if paired else len(scenario.arms))


def grown_first(scenario: Scenario, paired: bool) -> int:
    """Animals that are grown up, those that do not enter included."""
    return scenario.replicates * scenario.animals.grown_for(entering(scenario, paired))


def workload(scenario: Scenario, paired: bool = False) -> Workload:
    """What a study of independent animals, or of ``paired`` ones, will simulate.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> found = workload(small_scenario())
    >>> round(found.animal_days), found.seconds(2) < found.seconds(1)
    (348, True)
    """
    start = scenario.tumor.start_volume_mm3
    growth, last = growth_days_expected(scenario), scenario.measure.days[-1]
    cohort, followed = grown_first(scenario, paired), scenario.replicates * scenario.animals.per_arm
    before = _sum_of_volumes(
        scenario, start * 2.0 ** (-growth / scenario.tumor.doubling_time_days), growth, math.inf
    )
    end = math.inf if scenario.follows_removed else scenario.measure.end_volume_mm3
    after = _sum_of_volumes(scenario, start, last, end)
    rates = RATES[scenario.engine]
    per_step = 24.0 / scenario.dt_h * scenario.tumor.lesions.count * rates.step_s
    # The cohort grows to find day 0, and each animal that enters again when it is followed.
    times_grown = cohort + scenario.replicates * entering(scenario, paired)
    each_grown_s = before * rates.untreated_s + growth * per_step
    growing_s, seconds = cohort * each_grown_s, times_grown * each_grown_s
    days, steps = times_grown * growth, times_grown * before
    for arm in scenario.arms:
        each_s = rates.treated_s if arm.doses else rates.untreated_s
        days += followed * last
        steps += followed * after
        seconds += followed * (after * each_s + last * per_step)
    return Workload(days, steps, seconds, cohort * growth, growing_s / seconds, rates.start_s)


def workers_worth_starting(
    scenario: Scenario, jobs: int | None, paired: bool = False, beside_s: float = 0.0
) -> int:
    """Workers for the animals of a study, and for ``beside_s`` of one thread beside them [s], as
    asked, or as many as fit the machine, unless they would start up longer than they save;
    ResourceError as :func:`xenosim.study.memory.workers_that_fit`.
    """
    fit = workers_that_fit(scenario, jobs)
    alone_s = workload(scenario, paired).thread_seconds + beside_s
    saved_s = alone_s * (1.0 - 1.0 / fit)
    # Where nothing is compiled yet, a second process compiles its part meanwhile.
    return 1 if IS_COMPILED and jobs is None and saved_s < PROCESS_S else fit


def _sum_of_volumes(scenario: Scenario, volume_mm3: float, days: float, end_mm3: float) -> float:
    """Agents of an untreated tumor, summed over the time steps of ``days`` [day] from
    ``volume_mm3`` [mm3] on, until it has ``end_mm3`` [mm3].
    """
    grown = growth_law(scenario)
    found, passed = 0.0, 0.0
    while passed < days and volume_mm3 < end_mm3:
        length = min(1.0, days - passed)
        later = grown(volume_mm3, length)
        found += length * 0.5 * (volume_mm3 + later)
        volume_mm3, passed = later, passed + length
    return found * scenario.agents_per_mm3 * 24.0 / scenario.dt_h
