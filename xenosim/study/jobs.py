"""A job is one animal under one regimen: small, picklable, pure. The same job gives the same result
anywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.analysis.volume import caliper_volume
from xenosim.cell.state import CellState
from xenosim.execution import stopping
from xenosim.execution.progress import report_part
from xenosim.io.checkpoints import load_checkpoint
from xenosim.pharmacology.dose import Dose
from xenosim.scenario.resolve import resolve
from xenosim.study.animal import (
    Variation,
    body_weight_model,
    draw_variation,
    exposures,
    generator,
    made_of,
    tumor_spec,
)
from xenosim.study.checkpoint_store import CheckpointStore, CheckpointTimer
from xenosim.study.memory import largest_volume
from xenosim.tumor.growth import Growth
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tumor import Tumor

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.abm import XenograftModel

QUANTILES = (0.05, 0.5, 0.95)
LESION_STREAM = 6
#: Keeps no state.
NOT_SAVED = CheckpointStore()
#: What changes in the body weight of an animal.
WEIGHT_STATE = ("start_g", "loss_fraction", "age_days")


class SourceAnimal(NamedTuple):
    """A living animal of another study that takes the place of a grown one: the checkpoint at
    ``path``, taken on ``day`` [day] after ``growth_days`` [day] of growth; what it was made of, and
    the ``doses`` it has had, in times of the new study.
    """

    path: str
    day: float
    animal: int
    growth: Growth
    growth_days: float
    variation: Variation
    doses: tuple[Dose, ...]


class Job(NamedTuple):
    """One animal: ``arm`` is its name (None: only grow it up), ``growth_days`` how long it grows
    before day 0 [day]; ``source``: the living animal it is, rather than one that is grown.
    """

    scenario: Scenario
    growth: Growth
    arm: str | None
    animal: int
    replicate: int
    growth_days: int
    keep_slice: bool = False
    source: SourceAnimal | None = None

    @property
    def animal_key(self) -> str:
        """Name of the files of the growing animal."""
        return f"r{self.replicate}_a{self.animal}_growth"

    @property
    def key(self) -> str:
        """Name of the files of the animal in its arm."""
        arms = [arm.name for arm in self.scenario.arms]
        return f"r{self.replicate}_a{self.animal}_arm{arms.index(str(self.arm))}"

    @property
    def variation(self) -> Variation:
        """What makes this animal differ from the typical one."""
        return (
            self.source.variation
            if self.source
            else draw_variation(self.scenario, self.replicate, self.animal)
        )

    @property
    def doses(self) -> tuple[Dose, ...]:
        """Doses that the animal gets, and those it has had."""
        arm = next(arm for arm in self.scenario.arms if arm.name == self.arm)
        return (*(self.source.doses if self.source else ()), *arm.doses)


class Outcome(NamedTuple):
    """What one animal left behind: rows of truth, cells, single lesions, and a slice of the tumor;
    ``notes`` on what went wrong.
    """

    truth: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    lesions: list[dict[str, Any]]
    snapshot: dict[str, Any] | None
    notes: tuple[str, ...] = ()


def grow_up(job: Job, store: CheckpointStore = NOT_SAVED) -> list[float]:
    """True volume [mm3] of an untreated animal on each day from engraftment until it is well above
    the start volume.
    """
    known: list[float] | None = store.recall(job.animal_key)
    if known is not None:
        return known
    with stopping.shielded():
        growing = Growing(job, store)
        start = job.scenario.tumor.start_volume_mm3
        limit = math.ceil(6.0 * growth_days_expected(job.scenario))
        volumes = growing.volumes
        while (volumes[-1] < 1.25 * start or len(volumes) < 2) and len(volumes) <= limit:
            growing.advance_to(len(volumes) * growing.per_day)
            volumes.append(growing.model.volume_mm3)
        store.remember(job.animal_key, volumes)
    return volumes


class Growing:
    """An animal before treatment, from its newest checkpoint up to step ``last_step`` or from
    engraftment on.
    """

    def __init__(self, job: Job, store: CheckpointStore, last_step: int | None = None) -> None:
        self.per_day = round(24.0 / job.scenario.dt_h)
        self.timer = CheckpointTimer(store, job.animal_key, [])
        kept = store.latest(job.animal_key, last_step)
        spec = animal_spec(job)
        self.model = new_model(job, None, lesions_of(spec, kept["tumors"]) if kept else None)
        self.volumes: list[float] = kept["volumes"] if kept else [self.model.volume_mm3]

    def advance_to(self, step: int) -> None:
        """Grow to step number ``step`` [-]."""
        tumor = self.model.tumor
        while tumor.step_number < step:
            self.model.advance()
            self.timer.tick(self.state)

    def state(self) -> tuple[int, dict[str, Any], Any]:
        """Step number, header and state of the growing animal."""
        tumor = self.model.tumor
        header = {
            "kind": "growth",
            "step": tumor.step_number,
            "day": tumor.step_number / self.per_day,
        }
        return (
            tumor.step_number,
            header,
            {"tumors": [each.state() for each in self.model.tumors], "volumes": self.volumes},
        )


def compile_kernels(scenario: Scenario) -> None:
    """Have kernels compiled, and kept, that this process's parent will need, and its other workers,
    while it calibrates the growth.
    """
    Tumor.compile_ahead(tumor_spec(scenario, None))


def growth_days_expected(scenario: Scenario) -> float:
    """Days a typical animal takes from engraftment to the start volume [day]."""
    fraction = resolve(scenario).model.value("growth_start_fraction")
    return scenario.tumor.doubling_time_days * math.log2(1.0 / fraction)


def animal_spec(job: Job) -> TumorSpec:
    """What the tumor of this animal is made of."""
    return tumor_spec(job.scenario, job.growth, job.variation.growth)


def new_model(job: Job, arm_doses: Any, tumors: list[Tumor] | None = None) -> XenograftModel:
    """The animal at engraftment, or with living ``tumors``, its lesions, and with the drugs it will
    get from day 0 on.
    """
    # Mesa takes a second to import, which a process that only hands out jobs need not wait for.
    from xenosim.tumor.abm import XenograftModel

    scenario = job.scenario
    spec = animal_spec(job)
    fraction = resolve(scenario).model.value("growth_start_fraction")
    volumes = [
        max(volume * fraction * job.variation.engraftment, 1.0 / spec.resolution)
        for volume in lesion_volumes(job)
    ]
    seeds = [
        int(seed)
        for seed in generator(scenario, 2, job.replicate, job.animal).integers(
            1, 2**62, len(volumes)
        )
    ]
    exposure = exposures(scenario, arm_doses, job.variation).tumor if arm_doses else None
    return XenograftModel(
        spec,
        volumes,
        exposure=exposure,
        rng=seeds,
        start_h=-24.0 * job.growth_days,
        collect_every_h=math.inf,
        tumors=tumors,
        reserve_mm3=largest_volume(scenario) / len(volumes),
    )


def grow_to_day_0(
    job: Job, model: XenograftModel, after_step: Callable[[XenograftModel], None] | None = None
) -> None:
    """Take a new model, or one on its way, to day 0; ``after_step`` is called with it after every
    step.
    """
    while model.tumor.step_number < round(24.0 / job.scenario.dt_h) * job.growth_days:
        model.advance()
        if after_step:
            after_step(model)


def lesion_volumes(job: Job) -> list[float]:
    """Volumes of an animal's lesions, lognormal, before any growth shrinks or spreads them [mm3];
    of a single tumor the start volume.
    """
    lesions = job.scenario.tumor.lesions
    if lesions.count == 1:
        return [job.scenario.tumor.start_volume_mm3]
    z = generator(job.scenario, LESION_STREAM, job.replicate, job.animal).standard_normal(
        lesions.count
    )
    return [lesions.median_volume_mm3 * math.exp(lesions.sd * float(value)) for value in z]


def run_job(job: Job) -> Outcome:
    """One animal in one arm, from engraftment to its removal."""
    return run_animal((job,))[0]


def run_animal(jobs: tuple[Job, ...], store: CheckpointStore = NOT_SAVED) -> list[Outcome]:
    """Grow one animal up, once, and follow it in every arm of ``jobs``, which differ in nothing
    else.
    """
    with stopping.shielded():
        outcomes = {job.key: store.outcome(job.key) for job in jobs}
        waiting = [job for job in jobs if outcomes[job.key] is None]
        grown: list[Tumor] = []
        for before, job in enumerate(waiting, start=len(jobs) - len(waiting)):
            stopping.check()
            kept = store.latest(job.key)
            if kept is None and job.source is None:
                grown = grown or grown_tumors(job, store)
                # The last arm takes the tumors themselves; the others, copies.
                tumors = (
                    grown
                    if job is waiting[-1]
                    else lesions_of(grown[0].spec, [tumor.state() for tumor in grown])
                )
                recorder = Recorder(job, new_model(job, job.doses, tumors))
                recorder.model.time_h = grown_h(job)
            else:
                recorder = restored(job, kept)
            outcome = follow(recorder, store, before)
            store.finish(job.key, outcome._asdict())
            outcomes[job.key] = outcome._asdict()
            # A Mesa model refers to itself: its columns would stay until the collector happens to
            # run.
            recorder.model.tumors.clear()
        grown.clear()
        store.forget(jobs[0].animal_key)
    return [Outcome(**(found | {"notes": tuple(found["notes"])})) for found in outcomes.values()]


def lesions_of(spec: TumorSpec, states: list[dict[str, Any]]) -> list[Tumor]:
    """The tumors of kept ``states``; these are copied."""
    return [Tumor.from_state(spec, state) for state in states]


def grown_tumors(job: Job, store: CheckpointStore) -> list[Tumor]:
    """The animal's tumor on day 0, or its lesions."""
    last_step = job.growth_days * round(24.0 / job.scenario.dt_h)
    growing = Growing(job, store, last_step)
    growing.advance_to(last_step)
    if growing.timer.written:
        # Growing takes long enough to be saved: the other arms need not do it again.
        growing.timer.save(growing.state)
    return growing.model.tumors


def grown_h(job: Job) -> float:
    """Time at the end of the growth, 0 but for the rounding of its steps, which is that of a model
    that grew [h].
    """
    time_h = -24.0 * job.growth_days
    for _ in range(job.growth_days * round(24.0 / job.scenario.dt_h)):
        time_h += job.scenario.dt_h
    return time_h


def restored(job: Job, kept: Any) -> Recorder:
    """The animal as it was ``kept``; or else, as its source has it, on day 0."""
    state = kept if kept is not None else load_checkpoint(Path(job.source.path))[1]  # type: ignore[union-attr]
    tumors = lesions_of(animal_spec(job), state["tumors"])
    recorder = Recorder(job, new_model(job, job.doses, tumors))
    recorder.set_state(state, continues=kept is not None)
    return recorder


def follow(recorder: Recorder, store: CheckpointStore, before: int = 0) -> Outcome:
    """Treat an animal from day 0 and record it on every measurement day until its removal;
    ``before``: arms of it that are done.

    The animal leaves the study at the first measurement at or above the humane endpoint, or at the
    body-weight limit; the tumor is not simulated after that.
    """
    job, model = recorder.job, recorder.model
    timer = CheckpointTimer(store, job.key, recorder.notes)
    stays = [day for day in store.days if 24.0 * day > model.time_h - 1e-9]
    for day in job.scenario.measure.days[len(recorder.truth) :]:
        while True:
            while stays and model.time_h > 24.0 * stays[0] - 1e-9:
                failure = store.save_day(day_name(job, stays.pop(0)), *recorder.state()[1:])
                recorder.notes += [failure] if failure else []
            if model.time_h >= 24.0 * day - 1e-9:
                break
            recorder.advance()
            timer.tick(recorder.state)
            if round(model.time_h / job.scenario.dt_h) % round(24.0 / job.scenario.dt_h) == 0:
                report_part(before + model.time_h / (24.0 * job.scenario.measure.days[-1]))
        if recorder.measure(day):
            break
    if store.folder and store.keep_last:
        timer.save(recorder.state)
    return recorder.outcome()


def day_name(job: Job, day: float) -> str:
    """File name of a checkpoint that stays."""
    slug = "".join(ch if ch.isalnum() else "_" for ch in str(job.arm))[:30]
    arm = job.key.rpartition("_")[2]
    return f"{arm}_{slug}_animal{job.animal}_replicate{job.replicate}_day{day:g}"


class Recorder:
    """Advances one animal and writes down what is seen on the measurement days."""

    def __init__(self, job: Job, model: XenograftModel) -> None:
        self.job, self.model = job, model
        self.weight = body_weight_model(
            job.scenario, generator(job.scenario, 3, job.replicate, job.animal)
        )
        self.others = exposures(job.scenario, job.doses, job.variation)
        self.noise = generator(job.scenario, 4, job.replicate, job.animal)
        self.truth: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []
        self.lesions: list[dict[str, Any]] = []
        self.blood = 0.0
        self.snapshot: dict[str, Any] | None = None
        self.notes: list[str] = []

    def state(self) -> tuple[int, dict[str, Any], Any]:
        """Step number, header and state of the animal; arrays are views, valid until the next
        step.
        """
        job, model = self.job, self.model
        day = model.time_h / 24.0
        header = {
            "kind": "animal",
            "arm": job.arm,
            "animal_id": job.animal,
            "replicate": job.replicate,
            "day": day,
            "step": model.tumor.step_number,
            "n_cells": model.n_agents,
            "tumor_volume_mm3": model.volume_mm3,
            "growth_days": self.total_days(0.0),
            "growth": job.growth._asdict(),
            "variation": job.variation._asdict(),
            "made_of": made_of(job.scenario, model.tumor.spec),
            "doses": [asdict(dose) for dose in job.doses if dose.time_h < model.time_h - 1e-9],
        }
        tissues = {"blood": self.others.blood, "normal": self.others.normal}
        tissues |= {"tumor": model.exposure} if model.exposure is not None else {}
        return (
            model.tumor.step_number,
            header,
            {
                "tumors": [tumor.state() for tumor in model.tumors],
                "time_h": model.time_h,
                "running": model.running,
                "inhibition": model.inhibition,
                "occupancy": {
                    name: {"drugs": list(t.binding.inhibitors), "values": t.occupancy}
                    for name, t in tissues.items()
                },
                "weight": {name: getattr(self.weight, name) for name in WEIGHT_STATE},
                "noise": self.noise.bit_generator.state,
                "truth": self.truth,
                "cells": self.cells,
                "lesions": self.lesions,
                "blood": self.blood,
                "snapshot": self.snapshot,
                "notes": self.notes,
            },
        )

    def set_state(self, state: dict[str, Any], continues: bool) -> None:
        """Be the animal of ``state``, whose tumor the model holds already; unless it ``continues``
        its study, day 0 is now.
        """
        model = self.model
        model.running, model.inhibition, self.blood = (
            state["running"],
            state["inhibition"],
            state["blood"],
        )
        tissues = {
            "blood": self.others.blood,
            "normal": self.others.normal,
            "tumor": model.exposure,
        }
        for name, kept in state["occupancy"].items():
            tissue = tissues[name]
            for column, drug in enumerate(kept["drugs"]):
                # A drug that this arm does not know was never given before day 0 either.
                if tissue is not None and drug in tissue.binding.inhibitors:
                    tissue.occupancy[:, :, tissue.binding.inhibitors.index(drug)] = kept["values"][
                        :, :, column
                    ]
        for name in WEIGHT_STATE:
            setattr(self.weight, name, state["weight"][name])
        if continues:
            model.time_h = state["time_h"]
            self.noise.bit_generator.state = state["noise"]
            self.truth, self.cells, self.lesions = state["truth"], state["cells"], state["lesions"]
            self.snapshot, self.notes = state["snapshot"], state["notes"]
        else:
            model.time_h = 0.0
            self.weight.age_days += state["time_h"] / 24.0

    def total_days(self, day: float) -> float:
        """Days from engraftment to ``day`` of the study [day]."""
        source = self.job.source
        return float(day + (source.day + source.growth_days if source else self.job.growth_days))

    def advance(self) -> None:
        """One time step of tumor, blood and body weight."""
        start = self.model.time_h
        self.model.advance()
        if start >= -1e-9:
            self.blood = float(self.others.blood.advance(start, self.model.time_h)[0, 0])
            normal = float(self.others.normal.advance(start, self.model.time_h)[0, 0])
            self.weight.advance(normal, self.job.scenario.dt_h)

    def measure(self, day: float) -> bool:
        """Record the animal; return whether it leaves the study."""
        scenario, true = self.job.scenario, self.model.volume_mm3
        by_caliper = scenario.measure.method == "caliper"
        length, width, volume = (
            caliper(self.model.tumor.axes_mm(), scenario, self.noise)
            if by_caliper
            else image(true, scenario, self.noise)
        )
        weight = self.weight.weigh(day, true, self.noise)
        too_big = volume >= scenario.measure.end_volume_mm3
        too_light = self.weight.loss_fraction >= scenario.measure.body_weight_loss
        last = day >= scenario.measure.days[-1]
        status = (
            "reached_endpoint" if too_big or too_light else "end_of_study" if last else "on_study"
        )
        limits = scenario.measure
        censored = (
            min(length, width) <= limits.caliper_limit_mm
            if by_caliper
            else volume <= limits.imaging_limit_mm3
        )
        usual = "" if by_caliper else "total burden by imaging"
        note = (
            "body weight"
            if too_light and not too_big
            else f"below the {limits.method} limit"
            if censored
            else usual
        )
        key = {
            "arm": self.job.arm,
            "animal_id": self.job.animal,
            "replicate": self.job.replicate,
            "day": float(day),
        }
        self.truth.append(
            key
            | {
                "dpi": self.total_days(day),
                "length_mm": length,
                "width_mm": width,
                "measured_mm3": volume,
                "tumor_volume_mm3": true,
                "n_agents": self.model.n_agents,
                "body_weight_g": self.weight.true_g(day, true),
                "measured_g": weight,
                "status": status,
                "is_censored": censored,
                "note": note,
            }
        )
        self.cells.append(key | self._cell_row())
        self.lesions += [
            key | {"lesion": k + 1} | lesion_row(tumor) for k, tumor in enumerate(self.model.tumors)
        ]
        self._keep_slice(day)
        return status == "reached_endpoint"

    def _cell_row(self) -> dict[str, Any]:
        model, tumors = self.model, self.model.tumors
        counts = model.counts()
        row: dict[str, Any] = {
            "n_proliferating": counts[CellState.PROLIFERATING],
            "n_quiescent": counts[CellState.QUIESCENT],
            "n_apoptotic": counts[CellState.APOPTOTIC],
            "n_necrotic": counts[CellState.NECROTIC],
            "n_hypoxic": sum(tumor.hypoxic() for tumor in tumors),
            "n_cells": model.n_agents,
            "n_resistant": sum(int((tumor.column("clone") > 0).sum()) for tumor in tumors),
        }
        (load, stress), counted = tumors_together(
            [tumor.distribution("load", "stress") for tumor in tumors]
        )
        row |= describe("load", load, counted) | describe("stress", stress, counted)
        table = model.inhibition
        kinds = [
            (np.zeros(1), np.array([tumor.n])) if table is None else tumor.per_kind(table)
            for tumor in tumors
        ]
        (occupancy,), counted = tumors_together([([values], number) for values, number in kinds])
        row |= describe("occupancy", occupancy, counted)
        # Where it is never short it is not solved, and the columns stay empty.
        row |= describe(
            "oxygen",
            np.concatenate(
                [
                    tumor.pressures() if tumor.spec.may_lack_oxygen else np.empty(0)
                    for tumor in tumors
                ]
            ),
        )
        born, cleared = (
            sum(getattr(tumor, name) for tumor in tumors) for name in ("born", "cleared")
        )
        return row | {"blood_occupancy": self.blood, "born": born, "cleared": cleared}

    def _keep_slice(self, day: float) -> None:
        days = self.job.scenario.measure.days
        middle = days[len(days) // 2]
        if self.job.keep_slice and (self.snapshot is None or day <= middle):
            largest = max(self.model.tumors, key=lambda tumor: tumor.n)
            self.snapshot = largest.section() | {
                "day": float(day),
                "spacing_um": largest.spec.spacing_um,
            }

    def outcome(self) -> Outcome:
        """Everything recorded."""
        return Outcome(self.truth, self.cells, self.lesions, self.snapshot, tuple(self.notes))


def tumors_together(each: Sequence[tuple[list[Any], Any]]) -> tuple[list[Any], Any]:
    """Several lesions' columns of values, and how many cells have each, end to end."""
    if len(each) == 1:
        return each[0]
    counts = [
        np.ones(values[0].size, np.int64) if counted is None else counted
        for values, counted in each
    ]
    return [
        np.concatenate(column) for column in zip(*(values for values, _ in each), strict=True)
    ], np.concatenate(counts)


def describe(name: str, values: Any, counts: Any = None) -> dict[str, float]:
    """Mean and quantiles of a column ``values`` (n,) [its unit] as ``name_mean``, ``name_p05`` and
    so on; NaN without cells. ``counts`` (n,): cells that have each value [-], one by default.
    """
    total = values.size if counts is None else int(counts.sum())
    if total == 0:
        return {f"{name}_mean": math.nan} | {
            f"{name}_p{round(100 * q):02d}": math.nan for q in QUANTILES
        }
    # Sorting all is faster than finding three.
    order = None if counts is None else np.argsort(values)
    ordered, ends = (
        (np.sort(values), None) if order is None else (values[order], np.cumsum(counts[order]))
    )
    mean = (
        np.mean(values, dtype=np.float64)
        if counts is None
        else np.average(values.astype(np.float64), weights=counts)
    )
    found = {f"{name}_mean": float(mean)}
    for q in QUANTILES:
        low, share = divmod(q * (total - 1), 1.0)
        ranks = np.minimum([low, low + 1.0], total - 1).astype(np.int64)
        below, above = ordered[
            ranks if ends is None else np.searchsorted(ends, ranks, side="right")
        ].astype(np.float64)
        found[f"{name}_p{round(100 * q):02d}"] = float(below + share * (above - below))
    return found


def lesion_row(tumor: Tumor) -> dict[str, Any]:
    """Volume [mm3] and counts of one lesion."""
    counts = tumor.counts()
    return {
        "tumor_volume_mm3": tumor.volume_mm3,
        "n_agents": tumor.n,
        "n_apoptotic": counts[CellState.APOPTOTIC],
        "n_necrotic": counts[CellState.NECROTIC],
        "n_hypoxic": tumor.hypoxic(),
        "born": tumor.born,
        "cleared": tumor.cleared,
    }


def image(
    true_mm3: float, scenario: Scenario, noise: np.random.Generator
) -> tuple[float, float, float]:
    """No length, no width, and the total volume [mm3] as imaging gives it: the lognormal error of
    the calipers, never below the limit.
    """
    error = float(np.exp(scenario.measure.caliper_error_sd * noise.standard_normal()))
    return math.nan, math.nan, max(true_mm3 * error, scenario.measure.imaging_limit_mm3)


def caliper(
    axes_mm: tuple[float, float, float], scenario: Scenario, noise: np.random.Generator
) -> tuple[float, float, float]:
    """Length, width [mm] and volume [mm3] as calipers give them: lognormal error, never below the
    limit of quantification.

    The error of ln V is the scenario's; with V = L W^2 / 2 it is shared so that both readings have
    sd / sqrt(5).
    """
    limit = scenario.measure.caliper_limit_mm
    error = np.exp(scenario.measure.caliper_error_sd / math.sqrt(5.0) * noise.standard_normal(2))
    first, second = (
        max(axis * float(e), limit) for axis, e in zip(axes_mm[:2], error, strict=True)
    )
    length, width = max(first, second), min(first, second)
    return length, width, float(caliper_volume(length, width, scenario.measure.formula))
