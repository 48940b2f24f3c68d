"""A job is one animal under one regimen: small, picklable, pure. The same job gives the same result anywhere."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.analysis.volume import caliper_volume
from xenosim.cell.state import CellState
from xenosim.scenario.resolve import model_set
from xenosim.study.animal import body_weight_model, draw_variation, exposures, generator, tumor_spec
from xenosim.tumor.abm import XenograftModel
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

QUANTILES = (0.05, 0.5, 0.95)


class Job(NamedTuple):
    """One animal: ``arm`` is its name (None: only grow it up), ``growth_days`` how long it grows before day 0 [day]."""

    scenario: Scenario
    growth: Growth
    arm: str | None
    animal: int
    replicate: int
    growth_days: int
    keep_slice: bool = False


class Outcome(NamedTuple):
    """What one animal left behind: rows of truth, cells and a slice of the tumor."""

    truth: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    snapshot: dict[str, Any] | None


def grow_up(job: Job) -> list[float]:
    """True volume [mm3] of an untreated animal on each day from engraftment until it is well above the start volume."""
    model = new_model(job, None)
    start = job.scenario.tumor.start_volume_mm3
    per_day = round(24.0 / job.scenario.dt_h)
    volumes = [model.tumor.volume_mm3]
    limit = math.ceil(6.0 * growth_days_expected(job.scenario))
    while (volumes[-1] < 1.25 * start or len(volumes) < 2) and len(volumes) <= limit:
        for _ in range(per_day):
            model.advance()
        volumes.append(model.tumor.volume_mm3)
    return volumes


def growth_days_expected(scenario: Scenario) -> float:
    """Days a typical animal takes from engraftment to the start volume [day]."""
    fraction = model_set(scenario).value("growth_start_fraction")
    return scenario.tumor.doubling_time_days * math.log2(1.0 / fraction)


def new_model(job: Job, arm_doses: Any) -> XenograftModel:
    """The animal at engraftment, with the drugs it will get from day 0 on."""
    scenario = job.scenario
    variation = draw_variation(scenario, job.replicate, job.animal)
    spec = tumor_spec(scenario, job.growth, variation.growth)
    fraction = model_set(scenario).value("growth_start_fraction")
    volume = scenario.tumor.start_volume_mm3 * fraction * variation.engraftment
    seed = int(generator(scenario, 2, job.replicate, job.animal).integers(1, 2**62))
    exposure = exposures(scenario, arm_doses, variation).tumor if arm_doses else None
    return XenograftModel(
        spec, max(volume, 1.0 / spec.resolution), exposure=exposure, rng=seed,
        start_h=-24.0 * job.growth_days, collect_every_h=math.inf,
    )  # fmt: skip


def grow_to_day_0(job: Job, model: XenograftModel, after_step: Callable[[XenograftModel], None] | None = None) -> None:
    """Take a new model, or one on its way, to day 0; ``after_step`` is called with it after every step."""
    while model.tumor.step_number < round(24.0 / job.scenario.dt_h) * job.growth_days:
        model.advance()
        if after_step:
            after_step(model)


def run_job(job: Job) -> Outcome:
    """Grow one animal up, treat it from day 0 and record it on every measurement day until its removal.

    The animal leaves the study at the first measurement at or above the humane endpoint, or at the body-weight limit; the
    tumor is not simulated after that.
    """
    scenario = job.scenario
    doses = next(arm.doses for arm in scenario.arms if arm.name == job.arm)
    model = new_model(job, doses)
    others = exposures(scenario, doses, draw_variation(scenario, job.replicate, job.animal))
    weight = body_weight_model(scenario, generator(scenario, 3, job.replicate, job.animal))
    grow_to_day_0(job, model)
    recorder = Recorder(job, model, weight, others)
    for day in scenario.measure.days:
        while model.time_h < 24.0 * day - 1e-9:
            recorder.advance()
        if recorder.measure(day):
            break
    outcome = recorder.outcome()
    # A Mesa model refers to itself: without this its columns would stay until the collector happens to run.
    del model, recorder
    gc.collect()
    return outcome


class Recorder:
    """Advances one animal and writes down what is seen on the measurement days."""

    def __init__(self, job: Job, model: XenograftModel, weight: Any, others: Any) -> None:
        self.job, self.model, self.weight, self.others = job, model, weight, others
        self.noise = generator(job.scenario, 4, job.replicate, job.animal)
        self.truth: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []
        self.blood = 0.0
        self.snapshot: dict[str, Any] | None = None

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
        scenario, tumor = self.job.scenario, self.model.tumor
        length, width, volume = caliper(tumor.axes_mm(), scenario, self.noise)
        weight = self.weight.weigh(day, tumor.volume_mm3, self.noise)
        too_big = volume >= scenario.measure.end_volume_mm3
        too_light = self.weight.loss_fraction >= scenario.measure.body_weight_loss
        last = day >= scenario.measure.days[-1]
        status = "reached_endpoint" if too_big or too_light else "end_of_study" if last else "on_study"
        censored = length <= scenario.measure.caliper_limit_mm or width <= scenario.measure.caliper_limit_mm
        note = "body weight" if too_light and not too_big else "below the caliper limit" if censored else ""
        key = {
            "arm": self.job.arm, "animal_id": self.job.animal, "replicate": self.job.replicate, "day": float(day),
        }  # fmt: skip
        self.truth.append(
            key | {
                "dpi": float(day + self.job.growth_days), "length_mm": length, "width_mm": width, "measured_mm3": volume,
                "tumor_volume_mm3": tumor.volume_mm3, "n_agents": tumor.n, "body_weight_g": self.weight.true_g(day, tumor.volume_mm3),
                "measured_g": weight, "status": status, "is_censored": censored, "note": note,
            }
        )  # fmt: skip
        self.cells.append(key | self._cell_row())
        self._keep_slice(day)
        return status == "reached_endpoint"

    def _cell_row(self) -> dict[str, Any]:
        tumor = self.model.tumor
        counts = tumor.counts()
        row: dict[str, Any] = {
            "n_proliferating": counts[CellState.PROLIFERATING], "n_quiescent": counts[CellState.QUIESCENT],
            "n_apoptotic": counts[CellState.APOPTOTIC], "n_cells": tumor.n,
            "n_resistant": int((tumor.live.clone > 0).sum()),
        }  # fmt: skip
        occupancy = self._occupancy()
        for name, values in (("load", tumor.live.load), ("stress", tumor.live.stress), ("occupancy", occupancy)):
            row[f"{name}_mean"] = float(np.mean(values, dtype=np.float64)) if tumor.n else math.nan
            quantiles = np.quantile(values, QUANTILES) if tumor.n else [math.nan] * len(QUANTILES)
            row |= {f"{name}_p{round(100 * q):02d}": float(v) for q, v in zip(QUANTILES, quantiles, strict=True)}
        return row | {"blood_occupancy": self.blood, "born": tumor.born, "cleared": tumor.cleared}

    def _occupancy(self) -> Any:
        table = self.model.inhibition
        if table is None:
            return np.zeros(self.model.tumor.n)
        return self.model.tumor.per_cell(table)

    def _keep_slice(self, day: float) -> None:
        days = self.job.scenario.measure.days
        middle = days[len(days) // 2]
        if self.job.keep_slice and (self.snapshot is None or day <= middle):
            self.snapshot = self.model.tumor.section() | {"day": float(day), "spacing_um": self.model.tumor.spec.spacing_um}

    def outcome(self) -> Outcome:
        """Everything recorded."""
        return Outcome(self.truth, self.cells, self.snapshot)


def caliper(
    axes_mm: tuple[float, float, float], scenario: Scenario, noise: np.random.Generator
) -> tuple[float, float, float]:
    """Length, width [mm] and volume [mm3] as calipers give them: lognormal error, never below the limit of quantification.

    The error of ln V is the scenario's; with V = L W^2 / 2 it is shared so that both readings have sd / sqrt(5).
    """
    limit = scenario.measure.caliper_limit_mm
    error = np.exp(scenario.measure.caliper_error_sd / math.sqrt(5.0) * noise.standard_normal(2))
    first, second = (max(axis * float(e), limit) for axis, e in zip(axes_mm[:2], error, strict=True))
    length, width = max(first, second), min(first, second)
    return length, width, float(caliper_volume(length, width, scenario.measure.formula))
