"""A whole study: growth calibration, pre-growth, randomization, treatment, tables."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from xenosim.errors import ScenarioError
from xenosim.execution.processes import Workers
from xenosim.execution.progress import phase
from xenosim.scenario.schema import Origin
from xenosim.study.beside import Asked, refuse_beside_a_living_animal, simulate_beside
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore
from xenosim.study.engraft import compile_kernels, growth_days_expected
from xenosim.study.enroll import branch, enroll
from xenosim.study.follow import run_animal
from xenosim.study.growth import calibrated
from xenosim.study.job import Job, Outcome, SourceAnimal
from xenosim.study.result import StudyResult, study_result
from xenosim.study.shard import OwnFirst, note_done
from xenosim.study.tables import build_tables
from xenosim.study.workload import grown_first, workers_worth_starting, workload

if TYPE_CHECKING:
    from xenosim.execution.borrowed import Borrowed
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario
    from xenosim.study.shard import Shard


def run_study(
    scenario: Scenario,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    paired: bool = False,
    store: CheckpointStore = NOT_SAVED,
    source: SourceAnimal | None = None,
    workers: Borrowed | None = None,
) -> StudyResult:
    """Simulate a study.

    Parameters
    ----------
    scenario : Scenario
        What to simulate.
    jobs : int, optional
        Worker processes; one per processor by default. It does not change the result.
    progress : callable, optional
        Called with (days simulated, days to simulate), of all animals together, growth before day
        0 included [day]: the second is an estimate until they are enrolled.
    paired : bool
        True: every animal is in every arm, on common random numbers (compare schedules). False:
        independent animals, randomized on their starting volume (run's statistics).
    store : CheckpointStore, optional
        Where the study keeps its state, to be resumed from; nowhere by default.
    source : SourceAnimal, optional
        A living animal that is taken into every arm, in place of grown ones.
    workers : Borrowed, optional
        Who simulates, in place of worker processes of this machine; results are the same.

    Raises
    ------
    XenosimError
        A scenario that cannot be run, or does not fit this machine.
    """
    if scenario.panel:
        raise ScenarioError(
            "a panel of models is no single study",
            where="models",
            remedy="use xenosim.study.panel.run_panel, or 'xenosim run'",
        )
    started = time.monotonic()
    # Workers need not carry the files.
    given, scenario = scenario, scenario.model_copy(update={"origin": Origin()})
    paired = paired or source is not None
    if source is not None:
        refuse_beside_a_living_animal(scenario)
    asked = Asked.of(scenario, paired)
    with workers or _workers_of_this_machine(scenario, jobs, paired, asked, store) as own:
        told = phase(progress, asked.days, 0.0)
        grown, growing = _before_treatment(scenario, paired, source, told)
        own.begin(compile_kernels, scenario)
        growth = source.growth if source else calibrated(scenario, store)
        beside = simulate_beside(
            scenario,
            growth,
            asked,
            own,
            phase(progress, 0.0, workload(scenario, paired).animal_days),
            store,
        )
        enrolled = (
            branch(scenario, source)
            if source
            else enroll(scenario, growth, own, paired, store, growing)
        )
        to_the_end = scenario.follows_removed
        tasks = [task._replace(to_the_end=to_the_end) for task in enrolled.tasks]
        outcomes = follow_all(tasks, own, phase(told, grown, 0.0), store)
    return study_result(
        given,
        build_tables(scenario, enrolled, outcomes, paired) | beside.tables,
        slices_of(enrolled.tasks, outcomes),
        growth=growth,
        growth_days=enrolled.growth_days,
        paired=paired,
        seconds=time.monotonic() - started,
        notes_of_animals=list(dict.fromkeys(note for o in outcomes for note in o.notes)),
        source=source,
        beside=beside,
    )


def run_shard(
    scenario: Scenario,
    shard: Shard,
    store: CheckpointStore,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    paired: bool = False,
) -> tuple[int, int]:
    """Simulate a share of a study's animals and keep them in its ``store``; how many they are, and
    how many the study has [-].

    Raises
    ------
    XenosimError
        A scenario that cannot be run, or does not fit this machine.
    """
    scenario = scenario.model_copy(update={"origin": Origin()})
    workers = _workers_of_this_machine(scenario, jobs, paired, Asked(0, 0, 0.0, 0.0), store)
    with workers:
        grown, growing = _before_treatment(scenario, paired, None, progress)
        growth = calibrated(scenario, store)
        enrolled = enroll(scenario, growth, OwnFirst(workers, shard), paired, store, growing)
        tasks = [t._replace(to_the_end=scenario.follows_removed) for t in enrolled.tasks]
        animals = list(dict.fromkeys((task.replicate, task.animal) for task in tasks))
        own = set(shard.own(animals))
        if own:
            mine = [task for task in tasks if (task.replicate, task.animal) in own]
            follow_all(mine, workers, phase(progress, grown, 0.0), store)
    note_done(store, shard, len(own))
    return len(own), len(animals)


def _workers_of_this_machine(
    scenario: Scenario, jobs: int | None, paired: bool, asked: Asked, store: CheckpointStore
) -> Workers:
    """Worker processes for the animals of a study, and for what is ``asked`` beside it."""
    count = scenario.animals.per_arm * len(scenario.arms) * scenario.replicates
    return Workers(
        workers_worth_starting(scenario, jobs, paired, asked.seconds),
        max(count, asked.sets),
        saves=bool(store.folder),
    )


def _before_treatment(
    scenario: Scenario, paired: bool, source: SourceAnimal | None, progress: Progress | None
) -> tuple[float, Progress | None]:
    """Days that animals grow to be enrolled [day], and their progress; tells how much there is."""
    if source is not None:
        return 0.0, None
    days = growth_days_expected(scenario) * grown_first(scenario, paired)
    all_days = workload(scenario, paired).animal_days
    if progress:
        progress(0.0, all_days)
    return days, phase(progress, 0.0, all_days - days)


def slices_of(tasks: list[Job], outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """By arm, the slice of the one animal that kept it."""
    return {
        str(task.arm): outcome.snapshot
        for task, outcome in zip(tasks, outcomes, strict=True)
        if outcome.snapshot is not None
    }


def follow_all(
    tasks: list[Job], workers: Executor, progress: Progress | None, store: CheckpointStore
) -> list[Outcome]:
    """Outcome of every job, in their order. Arms of one animal share its growth, in one worker,
    unless workers would be idle.
    """
    animals: dict[tuple[int, int], list[Job]] = {}
    for job in tasks:
        animals.setdefault((job.replicate, job.animal), []).append(job)
    parts = math.ceil(workers.count / len(animals))
    groups = [
        tuple(jobs[part::parts])
        for jobs in animals.values()
        for part in range(min(parts, len(jobs)))
    ]
    found = workers.map(
        partial(run_animal, store=store),
        groups,
        progress,
        cost=lambda group: group[0].variation.growth * len(group),
        size=lambda group: group[0].growth_days + len(group) * group[0].scenario.measure.days[-1],
    )
    outcomes = {
        job.key: outcome
        for group, results in zip(groups, found, strict=True)
        for job, outcome in zip(group, results, strict=True)
    }
    return [outcomes[job.key] for job in tasks]
