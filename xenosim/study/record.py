"""What is written down of one animal on the measurement days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from xenosim.analysis.describe import describe
from xenosim.cell.columns import REPORTED_COLUMNS
from xenosim.cell.rng import Purpose, generator
from xenosim.cell.state import CellState
from xenosim.scenario.resolve import resolve
from xenosim.study.adaptive import dosing_of
from xenosim.study.animal import Animal, step_on
from xenosim.study.engraft import tissues_of
from xenosim.study.job import Job, Outcome
from xenosim.study.observe import TumorReading, read_tumor, weigh
from xenosim.study.tissues import made_of
from xenosim.tumor.space import AnyTumor


class Recorder:
    """Writes down what is seen of one animal on the measurement days.

    Parameters
    ----------
    job : Job
        Which animal, in which arm.
    animal : Animal
        The animal.
    """

    def __init__(self, job: Job, animal: Animal) -> None:
        self.job, self.animal = job, animal
        self.noise = generator(job.scenario.seed, Purpose.READINGS, job.replicate, job.animal)
        self.balance_sd = resolve(job.scenario).strain.value("balance_error_sd")
        self.truth: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []
        self.lesions: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] | None = None
        self.notes: list[str] = []
        #: What the rules of its arm make of its doses; None: there are none.
        self.dosing = dosing_of(job)

    def header(self) -> dict[str, Any]:
        """What a checkpoint of the animal is of."""
        job, animal = self.job, self.animal
        return {
            "kind": "animal",
            "arm": job.arm,
            "animal_id": job.animal,
            "replicate": job.replicate,
            "day": animal.time_h / 24.0,
            "step": animal.step_number,
            "n_cells": animal.n_agents,
            "tumor_volume_mm3": animal.volume_mm3,
            "growth_days": job.days_since_engraftment(0.0),
            "growth": job.growth._asdict(),
            "variation": job.variation._asdict(),
            "made_of": made_of(job.scenario, animal.tumor.spec),
            "doses": [asdict(dose) for dose in job.doses if dose.time_h < animal.time_h],
        }

    def state(self) -> tuple[int, dict[str, Any], Any]:
        """Step number, header and state of the animal and its record; arrays are views, valid until
        the next step.
        """
        record = {
            "noise": self.noise.bit_generator.state,
            "truth": self.truth,
            "cells": self.cells,
            "lesions": self.lesions,
            "snapshot": self.snapshot,
            "notes": self.notes,
        }
        return self.animal.step_number, self.header(), self.animal.state() | record

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on with the record of ``state``."""
        self.noise.bit_generator.state = state["noise"]
        self.truth, self.cells, self.lesions = state["truth"], state["cells"], state["lesions"]
        self.snapshot, self.notes = state["snapshot"], state["notes"]
        self.dosing = dosing_of(self.job, self.truth)

    def decide(self) -> None:
        """Change the doses of the animal as the rules of its arm say after the last reading."""
        row = self.truth[-1]
        if self.dosing is None or row["status"] != "on_study":
            return
        if self.dosing.read(row["day"], row["measured_mm3"], row["measured_g"]):
            self.job = self.job._replace(given=self.dosing.doses)
            self.animal.take_doses(tissues_of(self.job))

    def measure(self, day: float) -> bool:
        """Record the animal on ``day`` [day]; return whether it leaves the study."""
        job, animal, limits = self.job, self.animal, self.job.scenario.measure
        key = {
            "arm": job.arm,
            "animal_id": job.animal,
            "replicate": job.replicate,
            "day": float(day),
        }
        reading = read_tumor(animal, limits, self.noise)
        weight = animal.body_weight_g(day)
        measured_g = weigh(weight, self.balance_sd, self.noise)
        too_big = reading.volume_mm3 >= limits.end_volume_mm3
        too_light = animal.weight_loss >= limits.body_weight_loss
        self.truth.append(
            key
            | {
                "dpi": job.days_since_engraftment(day),
                "length_mm": reading.length_mm,
                "width_mm": reading.width_mm,
                "measured_mm3": reading.volume_mm3,
                "tumor_volume_mm3": animal.volume_mm3,
                "n_agents": animal.n_agents,
                "body_weight_g": weight,
                "measured_g": measured_g,
                "status": self._status(day, too_big or too_light),
                "is_censored": reading.limited,
                "note": self._note(reading, too_light and not too_big),
            }
        )
        self.cells.append(key | cell_row(animal))
        self.lesions += [
            key | {"lesion": number} | lesion_row(tumor)
            for number, tumor in enumerate(animal.tumors, start=1)
        ]
        self._keep_slice(day)
        return too_big or too_light

    def _status(self, day: float, leaves: bool) -> str:
        if leaves:
            return "reached_endpoint"
        return "end_of_study" if day >= self.job.scenario.measure.days[-1] else "on_study"

    def _note(self, reading: TumorReading, light: bool) -> str:
        method = self.job.scenario.measure.method
        if light:
            return "body weight"
        if reading.limited:
            return f"below the {method} limit"
        return "" if method == "caliper" else "total burden by imaging"

    def _keep_slice(self, day: float) -> None:
        days = self.job.scenario.measure.days
        middle = days[len(days) // 2]
        if self.job.keep_slice and (self.snapshot is None or day <= middle):
            largest = max(self.animal.tumors, key=lambda tumor: tumor.n)
            if section := largest.section():
                self.snapshot = section | {
                    "animal_id": self.job.animal,
                    "day": float(day),
                    "spacing_um": largest.spec.spacing_um,
                }

    @property
    def has_left(self) -> bool:
        """Whether the animal has left the study."""
        return bool(self.truth) and self.truth[-1]["status"] == "reached_endpoint"

    def outcome(self) -> Outcome:
        """Everything recorded."""
        animal = self.animal
        at_the_end = animal.study_step >= step_on(self.job.scenario.measure.days[-1], animal.dt_h)
        return Outcome(
            self.truth,
            self.cells,
            self.lesions,
            self.snapshot,
            tuple(self.notes),
            float(animal.volume_mm3) if at_the_end else None,
        )


def cell_row(animal: Animal) -> dict[str, Any]:
    """Counts of an animal's cells, and the distributions of what is inside them."""
    tumors, counts = animal.tumors, animal.counts()
    row: dict[str, Any] = {
        "n_proliferating": counts[CellState.PROLIFERATING],
        "n_quiescent": counts[CellState.QUIESCENT],
        "n_apoptotic": counts[CellState.APOPTOTIC],
        "n_necrotic": counts[CellState.NECROTIC],
        "n_hypoxic": sum(tumor.hypoxic() for tumor in tumors),
        "n_cells": animal.n_agents,
        "n_resistant": sum(int((tumor.column("clone") > 0).sum()) for tumor in tumors),
    }
    columns, counted = tumors_together([tumor.distribution(*REPORTED_COLUMNS) for tumor in tumors])
    for name, values in zip(REPORTED_COLUMNS, columns, strict=True):
        row |= describe(name, values, counted)
    (occupancy,), counted = tumors_together([_occupancy(tumor, animal) for tumor in tumors])
    row |= describe("occupancy", occupancy, counted)
    # Where it is never short it is not solved, and the columns stay empty.
    oxygen = [tumor.pressures() if tumor.spec.may_lack_oxygen else np.empty(0) for tumor in tumors]
    return (
        row
        | describe("oxygen", np.concatenate(oxygen))
        | {
            "blood_occupancy": animal.blood_occupancy,
            "born": sum(tumor.born for tumor in tumors),
            "cleared": sum(tumor.cleared for tumor in tumors),
        }
    )


def _occupancy(tumor: AnyTumor, animal: Animal) -> tuple[list[Any], Any]:
    """Occupancies in a tumor [-], and how many cells have each."""
    if animal.inhibition is None:
        return [np.zeros(1)], np.array([tumor.n])
    values, counts = tumor.per_kind(animal.inhibition)
    return [values], counts


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


def lesion_row(tumor: AnyTumor) -> dict[str, Any]:
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
