"""Enrollment: animals grown up, the day of randomization, and who is in which arm."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ScenarioError
from xenosim.study.engraft import grow_up, growth_days_expected
from xenosim.study.job import Job, SourceAnimal

if TYPE_CHECKING:
    from xenosim.execution.processes import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario
    from xenosim.study.checkpoint_store import CheckpointStore
    from xenosim.tumor.growth import Growth


def enroll(
    scenario: Scenario,
    growth: Growth,
    workers: Executor,
    paired: bool,
    store: CheckpointStore,
    progress: Progress | None = None,
) -> tuple[list[Job], dict[int, int]]:
    """Grow all animals of each replicate up, find the day their mean volume passes the start
    volume, and assign arms; ``progress`` in days of all animals.
    """
    arms = [arm.name for arm in scenario.arms]
    per_cohort = scenario.animals.per_arm * (1 if paired else len(arms))
    cohort = [
        Job(scenario, growth, None, a, r, 0)
        for r in range(scenario.replicates)
        for a in range(1, per_cohort + 1)
    ]
    days_each = growth_days_expected(scenario)
    volumes = workers.map(partial(grow_up, store=store), cohort, progress, size=lambda _: days_each)
    tasks: list[Job] = []
    growth_days: dict[int, int] = {}
    for replicate in range(scenario.replicates):
        curves = [v for job, v in zip(cohort, volumes, strict=True) if job.replicate == replicate]
        days = randomization_day(curves, scenario.tumor.start_volume_mm3)
        growth_days[replicate] = days
        assigned = (
            {a: arms for a in range(1, per_cohort + 1)}
            if paired
            else randomize(scenario, replicate, curves, days)
        )
        tasks += [
            Job(scenario, growth, arm, a, replicate, days, keep_slice=replicate == 0)
            for arm in arms
            for a in range(1, per_cohort + 1)
            if arm in assigned[a]
        ]
    seen: set[str | None] = set()
    for k, task in enumerate(tasks):
        tasks[k] = task._replace(keep_slice=task.keep_slice and task.arm not in seen)
        seen.add(task.arm)
    return tasks, growth_days


def branch(scenario: Scenario, source: SourceAnimal) -> tuple[list[Job], dict[int, int]]:
    """One living animal in every arm."""
    arms = [arm.name for arm in scenario.arms]
    return [
        Job(scenario, source.growth, arm, source.animal, 0, 0, keep_slice=True, source=source)
        for arm in arms
    ], {}


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
    scenario: Scenario, replicate: int, curves: list[list[float]], day: int
) -> dict[int, list[str]]:
    """Assign animals to arms: ranked by starting volume, each block of as many animals as arms is
    shuffled.
    """
    arms = [arm.name for arm in scenario.arms]
    rng = generator(scenario.seed, Purpose.ASSIGNMENT, replicate)
    start = np.array([volume_on(curve, day) for curve in curves])
    ranked = np.argsort(start, kind="stable") + 1
    assigned: dict[int, list[str]] = {}
    for low in range(0, len(ranked), len(arms)):
        for animal, arm in zip(ranked[low : low + len(arms)], rng.permutation(arms), strict=True):
            assigned[int(animal)] = [str(arm)]
    return assigned
