"""Enrollment: animals grown up, the day of randomization, who enters and who is in which arm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ScenarioError
from xenosim.scenario.schema import MOST_GROWN
from xenosim.study.engraft import grow_up, growth_days_expected
from xenosim.study.job import Job, SourceAnimal
from xenosim.study.workload import entering

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario
    from xenosim.study.checkpoint_store import CheckpointStore
    from xenosim.tumor.growth import Growth


class Enrollment(NamedTuple):
    """Who was grown and who entered: ``tasks``, one per animal and arm; ``growth_days`` before day
    0 by replicate [day]; ``staged``, a row per animal grown, empty where all entered.
    """

    tasks: list[Job]
    growth_days: dict[int, int]
    staged: list[dict[str, Any]]


class Cohort(NamedTuple):
    """The animals grown for one replicate: the ``day`` of their day 0 after engraftment [day], and
    the true volumes then by animal [mm3].
    """

    day: int
    volumes: dict[int, float]

    @property
    def mean_mm3(self) -> float:
        """Mean volume on day 0 [mm3]."""
        return sum(self.volumes.values()) / len(self.volumes)

    def distance(self, animal: int) -> float:
        """Of an animal's volume from the mean, relative to the mean [-]."""
        return abs(self.volumes[animal] / self.mean_mm3 - 1.0)

    def nearest(self, count: int) -> list[int]:
        """The ``count`` animals nearest to the mean, by number."""
        return sorted(sorted(self.volumes, key=self.distance)[:count])


def enroll(
    scenario: Scenario,
    growth: Growth,
    workers: Executor,
    paired: bool,
    store: CheckpointStore,
    progress: Progress | None = None,
) -> Enrollment:
    """Grow all animals of each replicate up, find the day their mean volume passes the start
    volume, stage those that enter, and assign arms; ``progress`` in days of all animals.
    """
    arms = [arm.name for arm in scenario.arms]
    count = entering(scenario, paired)
    grown = [
        Job(scenario, growth, None, a, r, 0)
        for r in range(scenario.replicates)
        for a in range(1, scenario.animals.grown_for(count) + 1)
    ]
    days_each = growth_days_expected(scenario)
    volumes = workers.map(partial(grow_up, store=store), grown, progress, size=lambda _: days_each)
    cohorts = _cohorts(scenario, grown, volumes)
    _require_enough(scenario, cohorts, count)
    tasks: list[Job] = []
    for replicate, cohort in enumerate(cohorts):
        entered = cohort.nearest(count)
        assigned = (
            dict.fromkeys(entered, arms)
            if paired
            else randomize(scenario, replicate, {a: cohort.volumes[a] for a in entered})
        )
        tasks += [
            Job(scenario, growth, arm, a, replicate, cohort.day, keep_slice=replicate == 0)
            for arm in arms
            for a in entered
            if arm in assigned[a]
        ]
    seen: set[str | None] = set()
    for k, task in enumerate(tasks):
        tasks[k] = task._replace(keep_slice=task.keep_slice and task.arm not in seen)
        seen.add(task.arm)
    days = {replicate: cohort.day for replicate, cohort in enumerate(cohorts)}
    return Enrollment(tasks, days, _staged(scenario, cohorts, count))


def _cohorts(scenario: Scenario, grown: list[Job], curves: list[list[float]]) -> list[Cohort]:
    """The animals of every replicate on its day 0; ``curves`` are their daily volumes [mm3]."""
    found = []
    for replicate in range(scenario.replicates):
        own = {
            job.animal: curve
            for job, curve in zip(grown, curves, strict=True)
            if job.replicate == replicate
        }
        day = randomization_day(list(own.values()), scenario.tumor.start_volume_mm3)
        found.append(Cohort(day, {a: volume_on(curve, day) for a, curve in own.items()}))
    return found


def _require_enough(scenario: Scenario, cohorts: list[Cohort], count: int) -> None:
    """Refuse cohorts with fewer than ``count`` animals in a window of volumes that is strict."""
    settings = scenario.animals.enroll
    if settings is None or not settings.strict:
        return
    within = [_in_window(cohort, settings.window) for cohort in cohorts]
    fewest = min(within)
    if fewest >= count:
        return
    short = sum(n < count for n in within)
    where = f" in {short} of {len(within)} replicates" if len(within) > 1 else ""
    # A tenth more than would have done here.
    enough = math.ceil(11.0 * settings.grown * count / max(fewest, 1)) / 10.0
    raised = f"raise animals.enroll.grown to {enough:g}, or " if enough <= MOST_GROWN else ""
    raise ScenarioError(
        f"{fewest} of {len(cohorts[0].volumes)} animals grown are within"
        f" {100.0 * settings.window:g} % of their mean volume{where}, {count} must enter",
        where="animals.enroll",
        remedy=f"{raised}widen animals.enroll.window",
    )


def _in_window(cohort: Cohort, window: float) -> int:
    """Animals within the ``window`` about the mean [-]."""
    return sum(cohort.distance(animal) <= window for animal in cohort.volumes)


def _staged(scenario: Scenario, cohorts: list[Cohort], count: int) -> list[dict[str, Any]]:
    """A row per animal grown, where they are staged."""
    settings = scenario.animals.enroll
    if settings is None:
        return []
    return [
        {
            "replicate": replicate,
            "animal_id": animal,
            "tumor_volume_mm3": volume,
            "of_mean": volume / cohort.mean_mm3,
            "in_window": cohort.distance(animal) <= settings.window,
            "entered": animal in entered,
        }
        for replicate, cohort in enumerate(cohorts)
        for entered in [set(cohort.nearest(count))]
        for animal, volume in cohort.volumes.items()
    ]


def branch(scenario: Scenario, source: SourceAnimal) -> Enrollment:
    """One living animal in every arm."""
    arms = [arm.name for arm in scenario.arms]
    tasks = [
        Job(scenario, source.growth, arm, source.animal, 0, 0, keep_slice=True, source=source)
        for arm in arms
    ]
    return Enrollment(tasks, {}, [])


def randomization_day(curves: list[list[float]], start_mm3: float) -> int:
    """First day on which the cohort's mean true volume reaches the start volume [day]; the nearer
    of the two days about it.
    """
    longest = max(map(len, curves))
    mean = np.array([[volume_on(curve, day) for curve in curves] for day in range(longest)]).mean(
        axis=1
    )
    reached = np.nonzero(mean >= start_mm3)[0]
    if reached.size == 0:
        raise ScenarioError(
            f"the tumors do not reach the start volume of {start_mm3:g} mm^3",
            where="tumor.start_volume",
            remedy="lower it, shorten the doubling time or lower the between-animal CV of growth",
        )
    day = int(reached[0])
    return day - 1 if day > 0 and start_mm3 - mean[day - 1] < mean[day] - start_mm3 else day


def volume_on(curve: list[float], day: int) -> float:
    """Volume [mm3] of a grown-up animal on ``day`` [day]; after the end of its curve, at its last
    daily growth.
    """
    beyond = day - (len(curve) - 1)
    return curve[day] if beyond <= 0 else curve[-1] * (curve[-1] / curve[-2]) ** beyond


def randomize(
    scenario: Scenario, replicate: int, volumes: Mapping[int, float]
) -> dict[int, list[str]]:
    """Assign animals to arms: ranked by starting volume [mm3], each block of as many animals as
    arms is shuffled.
    """
    arms = [arm.name for arm in scenario.arms]
    rng = generator(scenario.seed, Purpose.ASSIGNMENT, replicate)
    ranked = sorted(volumes, key=lambda animal: volumes[animal])
    assigned: dict[int, list[str]] = {}
    for low in range(0, len(ranked), len(arms)):
        for animal, arm in zip(ranked[low : low + len(arms)], rng.permutation(arms), strict=True):
            assigned[animal] = [str(arm)]
    return assigned
