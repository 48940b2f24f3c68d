"""Many twin animals, each in every arm: what a drug does in the model, without the chance of a
study.

A :class:`Pool` holds true volumes. Its animals are those of one more replicate of the study, as
radial twins, grown, staged and followed as the study's own, but to the last day in every arm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.volume import caliper_volume
from xenosim.execution import stopping
from xenosim.execution.processes import Workers
from xenosim.execution.progress import report_part
from xenosim.scenario.schema import Origin
from xenosim.study.adaptive import as_dosed
from xenosim.study.animal import lesions_of
from xenosim.study.engraft import grow_up, grown_tumors, on_study
from xenosim.study.enroll import Cohort, randomization_day, volume_on
from xenosim.study.growth import calibrate_growth
from xenosim.study.job import Job
from xenosim.study.record import Recorder
from xenosim.study.workload import workload

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import MeasureSettings, Scenario
    from xenosim.tumor.growth import Growth

Array = NDArray[np.float64]
#: Most agents of a pool's twin at the start volume: T/C is that of ten thousand within its error,
#: at half the cost of the default (docs/performance.md, Radial twin).
POOL_AGENTS = 500
#: Time of one thread that a pool may take unasked [s]; the most pairs then, and the fewest that are
#: worth it [-].
BUDGET_S, MOST_PAIRS, FEWEST_PAIRS = 3.0, 60, 12


class Pool(NamedTuple):
    """Animals on common random numbers: of ``arms``, animals and ``days`` [day] the true
    ``volumes`` (arms, animals, days) [mm3] and the ``losses`` of body weight, same shape [-].
    """

    arms: tuple[str, ...]
    days: tuple[float, ...]
    volumes: Array
    losses: Array

    @property
    def pairs(self) -> int:
        """Animals in every arm [-]."""
        return int(self.volumes.shape[1])

    def of(self, arm: str) -> Array:
        """True volumes (animals, days) of an arm [mm3]."""
        return self.volumes[self.arms.index(arm)]

    def at(self, arm: str, day: float) -> Array:
        """True volumes (animals,) of an arm on a measured ``day`` [day], [mm3]."""
        return self.of(arm)[:, self.days.index(day)]

    def relative(self, arm: str, least_mm3: float) -> Array:
        """Volumes (animals, days) of an arm over those of day 0 [-], what is below ``least_mm3``
        [mm3] taken for it.
        """
        seen = np.maximum(self.of(arm), least_mm3)
        return seen / seen[:, :1]


def smallest_seen(measure: MeasureSettings) -> float:
    """Volume of the smallest tumor that the method of a study tells from less [mm3]."""
    if measure.method != "caliper":
        return measure.imaging_limit_mm3
    limit = measure.caliper_limit_mm
    return float(caliper_volume(limit, limit, measure.formula))


def as_twin(scenario: Scenario, agents: int = POOL_AGENTS) -> Scenario:
    """The same study of radial twins, of at most ``agents`` each, which stands for its model."""
    tumor = scenario.tumor.model_copy(
        update={"twin_agents": min(agents, scenario.tumor.twin_agents)}
    )
    return scenario.model_copy(update={"engine": "twin", "tumor": tumor, "origin": Origin()})


def seconds_of_a_pair(scenario: Scenario) -> float:
    """Time of one thread that a twin animal takes in all arms [s]."""
    update = {"per_arm": 1, "follow_removed": True, "enroll": None}
    animals = scenario.animals.model_copy(update=update)
    one = as_twin(scenario).model_copy(update={"animals": animals, "replicates": 1})
    return workload(one, paired=True).thread_seconds


def pairs_within(scenario: Scenario, wanted: int, budget_s: float = BUDGET_S) -> int:
    """Animals in every arm that take ``budget_s`` of one thread [s], at most :data:`MOST_PAIRS`; or
    as many as are ``wanted``, if they take no more than twice that time and are no more than twice
    as many; 0 where fewer than :data:`FEWEST_PAIRS` would.
    """
    most = int(budget_s / seconds_of_a_pair(scenario))
    if min(most, MOST_PAIRS) < wanted <= 2 * min(most, MOST_PAIRS):
        return wanted
    return min(most, MOST_PAIRS) if most >= FEWEST_PAIRS else 0


def simulate_pool(
    scenario: Scenario,
    pairs: int,
    *,
    growth: Growth | None = None,
    agents: int | None = POOL_AGENTS,
    workers: Executor | None = None,
    progress: Progress | None = None,
) -> Pool:
    """The pool of a scenario: animals in every arm, each to the last day.

    Parameters
    ----------
    scenario : Scenario
        A study on any engine; its twin is simulated.
    pairs : int
        Animals in every arm [-]; where the study is staged more are grown, and where its window is
        strict fewer may enter.
    growth : Growth, optional
        Growth of the twin; by default it is calibrated.
    agents : int, optional
        Most agents of a tumor at the start volume [-]; None: the study's own engine, no twin of it.
    workers : Executor, optional
        Where animals are simulated; by default here.
    progress : callable, optional
        Called with (days done, days to do) of all animals [day].

    Raises
    ------
    ScenarioError
        The growth cannot be calibrated, or the tumors do not reach the start volume.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> pool = simulate_pool(small_scenario(), 2)
    >>> pool.arms, pool.volumes.shape
    (('vehicle', 'QW', 'BIW'), (3, 2, 7))
    """
    twin = scenario if agents is None else as_twin(scenario, agents)
    growth = growth or calibrate_growth(twin)
    own = workers or Workers(1, 1)
    kept = animals_of_a_pool(twin, growth, pairs, own)
    days = len(twin.arms) * twin.measure.days[-1]
    found = own.map(follow_in_all_arms, kept, progress, size=lambda _: days)
    tables = np.array(found).transpose(1, 2, 0, 3)
    return Pool(tuple(arm.name for arm in twin.arms), twin.measure.days, *tables)


def animals_of_a_pool(twin: Scenario, growth: Growth, pairs: int, workers: Executor) -> list[Job]:
    """The animals of a pool of a ``twin``, on day 0, each once: at most ``pairs`` [-].

    Raises
    ------
    ScenarioError
        The tumors do not reach the start volume.
    """
    # The animals of the replicate after the study's last: they are none of its own.
    grown = twin.animals.grown_for(pairs)
    jobs = [Job(twin, growth, None, a, twin.replicates, 0) for a in range(1, grown + 1)]
    volumes = workers.map(grow_up, jobs)
    day = randomization_day(volumes, twin.tumor.start_volume_mm3)
    cohort = Cohort(day, {a: volume_on(curve, day) for a, curve in enumerate(volumes, start=1)})
    return [jobs[a - 1]._replace(growth_days=day) for a in _entering(twin, cohort, pairs)]


def _entering(scenario: Scenario, cohort: Cohort, pairs: int) -> list[int]:
    """The animals of a cohort that enter, by number: those nearest to its mean, and within a strict
    window.
    """
    settings, nearest = scenario.animals.enroll, cohort.nearest(pairs)
    if settings is None or not settings.strict:
        return nearest
    return [animal for animal in nearest if cohort.distance(animal) <= settings.window]


class Grown(NamedTuple):
    """The tumors of an animal on day 0: what they are made of and their ``states``."""

    spec: Any
    states: list[Any]


def grown_animal(job: Job) -> Grown:
    """An animal of a pool on day 0, whatever it will be given."""
    tumors = grown_tumors(job)
    return Grown(tumors[0].spec, [tumor.state() for tumor in tumors])


def follow_in_all_arms(job: Job) -> Array:
    """True volumes [mm3] and losses of weight [-] of one animal in every arm, (2, arms, days)."""
    return follow_from_day_0(job, grown_animal(job))


def follow_from_day_0(job: Job, grown: Grown) -> Array:
    """The same of an animal that was ``grown`` before."""
    days, arms = job.scenario.measure.days, job.scenario.arms
    found = np.empty((2, len(arms), len(days)))
    for k, arm in enumerate(arms):
        own = as_dosed(job._replace(arm=arm.name))
        animal = on_study(own, lesions_of(grown.spec, grown.states))
        # Rules act on readings: where there are none, nobody measures the animals of a pool.
        reader = Recorder(own, animal) if arm.protocol else None
        for j, day in enumerate(days):
            animal.live_until(day, lambda _: stopping.check())
            found[:, k, j] = animal.volume_mm3, animal.weight_loss
            if reader:
                reader.measure(day)
                reader.decide()
        report_part((k + 1) * days[-1])
    return found
