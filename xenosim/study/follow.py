"""An animal is followed from day 0 until its removal, in every arm that it is in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xenosim.execution import stopping
from xenosim.execution.progress import report_part
from xenosim.io.checkpoints import load_checkpoint
from xenosim.study.adaptive import as_dosed
from xenosim.study.animal import Animal, lesions_of, step_on
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore, CheckpointTimer
from xenosim.study.engraft import grown_tumors, on_study, revived
from xenosim.study.job import Job, Outcome, SourceAnimal, steps_per_day
from xenosim.study.kept_state import check_record, well_formed
from xenosim.study.record import Recorder
from xenosim.tumor.space import AnyTumor


def run_animal(jobs: tuple[Job, ...], store: CheckpointStore = NOT_SAVED) -> list[Outcome]:
    """Grow one animal up, once, and follow it in every arm.

    Parameters
    ----------
    jobs : tuple of Job
        The animal in its arms; they differ in nothing else.
    store : CheckpointStore
        Where its state is kept, and what is known of it.

    Returns
    -------
    list of Outcome
        Of every job, in their order.
    """
    with stopping.shielded():
        outcomes = {job.key: _recalled(job, store) for job in jobs}
        waiting = [job for job in jobs if outcomes[job.key] is None]
        grown: list[AnyTumor] = []
        for done, job in enumerate(waiting, start=len(jobs) - len(waiting)):
            stopping.check()
            outcomes[job.key] = _run_arm(job, store, grown, done, is_last=job is waiting[-1])
        grown.clear()
        store.forget(jobs[0].animal_key)
    return [Outcome(**(found | {"notes": tuple(found["notes"])})) for found in outcomes.values()]


def _recalled(job: Job, store: CheckpointStore) -> Any:
    """What the animal left behind in its arm; None if it is not known."""
    found = store.outcome(job.key)
    if found is not None:
        with well_formed(job.key):
            check_record(found)
            if set(found) != set(Outcome._fields):
                raise ValueError("not what an animal leaves behind")
            if type(found["end_mm3"]) not in (float, type(None)):
                raise ValueError("a volume that is no number")
    return found


def _run_arm(
    job: Job, store: CheckpointStore, grown: list[AnyTumor], done: int, is_last: bool
) -> dict[str, Any]:
    """Follow the animal in one arm, after ``done`` others; ``grown`` are its tumors on day 0, found
    when they are first needed.
    """
    recorder = _begin(job, store, grown, is_last)
    outcome = follow(recorder, store, done)._asdict()
    store.finish(job.key, outcome)
    return outcome


def _begin(job: Job, store: CheckpointStore, grown: list[AnyTumor], is_last: bool) -> Recorder:
    """The animal in its arm: as it was saved, as its source has it, or grown."""
    saved = store.latest(job.key)
    if saved is not None:
        with well_formed(job.key):
            check_record(saved)
            job = as_dosed(job, saved["truth"])
        recorder = Recorder(job, revived(job, saved))
        with well_formed(job.key):
            recorder.set_state(saved)
        return recorder
    job = as_dosed(job)
    if job.source is not None:
        return Recorder(job, branched(job, job.source))
    grown += [] if grown else grown_tumors(job, store)
    # The last arm takes the tumors themselves; the others, copies.
    tumors = grown if is_last else lesions_of(grown[0].spec, [tumor.state() for tumor in grown])
    return Recorder(job, on_study(job, tumors))


def branched(job: Job, source: SourceAnimal) -> Animal:
    """The living animal of another study, on day 0 of this one."""
    animal = revived(job, load_checkpoint(Path(source.path))[1])
    animal.branch_off()
    return animal


def follow(recorder: Recorder, store: CheckpointStore = NOT_SAVED, done: int = 0) -> Outcome:
    """Treat an animal from day 0 and record it on every measurement day until its removal.

    The animal leaves the study at the first measurement at or above the humane endpoint, or at the
    body-weight limit; after that the tumor is simulated only if its job goes to the end, and not
    recorded but for its volume on the last day.

    Parameters
    ----------
    recorder : Recorder
        The animal and what is written down of it.
    store : CheckpointStore
        Where its state is kept.
    done : int
        Arms of it that are done, for progress [-].
    """
    job, animal = recorder.job, recorder.animal
    timer = CheckpointTimer(store, job.key, recorder.notes)
    days_of_study = job.scenario.measure.days

    def after_step(animal: Animal) -> None:
        if recorder.has_left and store.keep_last:
            # The last checkpoint stays that of the day on which it left.
            stopping.check()
        else:
            timer.tick(recorder.state)
        if animal.study_step % steps_per_day(job.scenario) == 0:
            report_part(job.growth_days + done * days_of_study[-1] + animal.time_h / 24.0)

    stays = [day for day in store.days if step_on(day, animal.dt_h) >= animal.study_step]
    for day in () if recorder.has_left else days_of_study[len(recorder.truth) :]:
        while stays and stays[0] <= day:
            animal.live_until(stays[0], after_step)
            failure = store.save_day(job.file_name_on(stays.pop(0)), *recorder.state()[1:])
            recorder.notes += [failure] if failure else []
        animal.live_until(day, after_step)
        if recorder.measure(day):
            break
        recorder.decide()
    if store.folder and store.keep_last:
        timer.save(recorder.state)
    if job.to_the_end:
        animal.live_until(days_of_study[-1], after_step)
    return recorder.outcome()
