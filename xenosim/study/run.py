"""A whole study: growth calibration, pre-growth, randomization, treatment, tables.

Tables and their analysis are imported where they are used: pandas takes most of a second, for which
no worker need wait.
"""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ScenarioError
from xenosim.execution.processes import Workers
from xenosim.io.runs import new_run_directory, write_json, write_table
from xenosim.jit import source_hash
from xenosim.parameters.perturb import mutations
from xenosim.pharmacology.dialects import doses_to_events
from xenosim.pharmacology.events import COLUMNS as EVENT_COLUMNS
from xenosim.pharmacology.pk import plasma_profile
from xenosim.scenario.resolve import resolve, resolved_dict, scenario_hash, status_counts
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore
from xenosim.study.engraft import compile_kernels, grow_up
from xenosim.study.follow import run_animal
from xenosim.study.job import Job, Outcome, SourceAnimal
from xenosim.study.memory import workers_that_fit
from xenosim.study.tissues import drug_pk, exposures, tumor_spec
from xenosim.tumor.growth import CALIBRATION_RESOLUTION, Growth, calibrate, from_potential

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario


@dataclass(frozen=True)
class StudyResult:
    """Tables and figures of a finished study; :meth:`write` leaves the run directory."""

    scenario: Scenario
    growth: Growth
    growth_days: dict[int, int]
    tables: dict[str, pd.DataFrame]
    snapshots: dict[str, dict[str, Any]]
    paired: bool
    seconds: float
    notes: tuple[str, ...] = ()
    source: SourceAnimal | None = None

    def warnings(self) -> list[str]:
        """What the reader must know: assumed parameters, lengths of the pre-growth, missing control
        growth.
        """
        counts = status_counts(self.scenario)
        notes = [
            f"{counts['assumed']} of {sum(counts.values())} parameters are assumed ('xenosim params"
            " --status assumed')"
        ]
        if any(dose.amount_mg_per_kg == 0 for arm in self.scenario.arms for dose in arm.doses):
            notes.append("some doses are 0 mg/kg")
        if any(dose.ss for arm in self.scenario.arms for dose in arm.doses):
            notes.append(
                "steady state (SS) is that of plasma; tissue and cells are untreated before that"
                " dose"
            )
        notes += self._cures()
        removed = self.tables["observations"].query("status == 'reached_endpoint'")
        if len(removed):
            light = int((removed["note"] == "body weight").sum())
            why = f", {light} of them for their body weight" if light else ""
            notes.append(
                f"removed at the humane endpoint before the last day: {len(removed)} animals{why}"
            )
            if (removed["arm"] == self.scenario.control.name).any():
                notes.append(
                    "the control lost its largest tumors, which draws T/C toward 100 %; growth"
                    " rates, delays and T/C of last volumes use every animal"
                )
        if self.source:
            notes.append(
                f"animal {self.source.animal} of the checkpoint, day {self.source.day:g}, in every"
                " arm: start volume, growth and number of animals of the scenario do not apply"
            )
        return notes + list(self.notes)

    def _cures(self) -> list[str]:
        """One note per arm with animals whose tumor has no cell left at their last measurement."""
        last = self.tables["truth"].drop_duplicates(["arm", "replicate", "animal_id"], keep="last")
        cured, of = last[last["n_agents"] == 0]["arm"].value_counts(), last["arm"].value_counts()
        limit = self.scenario.measure.caliper_limit_mm
        return [
            f"{cured[arm.name]} of {of[arm.name]} animals of '{arm.name}' have no tumor cell left"
            " (cured): their true volume is 0, and calipers read, and T/C counts, the limit of"
            f" {limit:g} mm"
            for arm in self.scenario.arms
            if arm.name in cured
        ]

    def resistance(self) -> str:
        """Share of mutants at the end of each arm, in one line; "" if the scenario has none."""
        from xenosim.analysis.clones import final_shares

        shares = final_shares(self.tables["clones"], self.scenario.seed)
        if shares.empty:
            return ""
        texts = []
        for row in shares.itertuples():
            extinct = f"; {row.n_without_cells} without cells" if row.n_without_cells else ""
            share = f"{row.estimate_pct:.3g} ({_limits(row, '.3g')}; n = {row.n}{extinct})"
            texts.append(f"{row.arm} {share if row.n else 'undefined, no cells'}")
        return (
            f"{shares['clone'].iloc[0]} at the last measurement, % of cells (95 % CI over animals):"
            f" {', '.join(texts)}"
        )

    @cached_property
    def comparison(self) -> pd.DataFrame | None:
        """Paired differences between the treated arms, in the order of the scenario; None for
        independent animals.
        """
        import pandas as pd

        from xenosim.analysis.data import StudyData
        from xenosim.analysis.summary import compare_arms

        names = [arm.name for arm in self.scenario.arms if not arm.control]
        if not self.paired or len(names) < 2:
            return None
        control = self.scenario.control.name
        pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
        data = StudyData(self.tables["observations"], control)
        return pd.concat(
            [compare_arms(data, a, b, control) for a, b in pairs],
            ignore_index=True,
        )

    def summary(self) -> dict[str, Any]:
        """The answer, the endpoints and what they rest on, as plain data."""
        from xenosim.analysis.clones import final_shares

        table = self.tables["endpoints"]
        comparison = self.comparison
        return {
            "title": self.scenario.title,
            "answer": self.answer(),
            "endpoints": _records(table),
            "comparison": _records(comparison) if comparison is not None else [],
            "clones": _records(final_shares(self.tables["clones"], self.scenario.seed)),
            "growth": self.growth._asdict(),
            "parameters": status_counts(self.scenario),
            "warnings": self.warnings(),
            "seed": self.scenario.seed,
            "seconds": round(self.seconds, 1),
            "simulated": True,
        }

    def answer(self) -> str:
        """The first line: each arm against the control, or the paired differences, with
        intervals.
        """
        comparison = self.comparison
        if comparison is not None:
            rows = comparison[comparison["endpoint"] == "tc_pct"]
            return "\n".join(
                f"{row.arm}: T/C {row.estimate:+.0f} points ({_limits(row, '+.0f', '95 % CI ')};"
                f" median RTV, day {row.day:g}, paired on common random numbers, n = {row.n})"
                for row in rows.itertuples()
            )
        rows = self.tables["endpoints"].query("endpoint == 'tc_pct'")
        return (
            "\n".join(
                f"{row.arm}: T/C {row.estimate:.0f} % ({_limits(row, '.0f', '95 % CI ')}; median"
                f" RTV, day {row.day:g}, n = {row.n} against {row.n_control})"
                for row in rows.itertuples()
            )
            or self._growth_answer()
        )

    def _growth_answer(self) -> str:
        """The first line of a study without a treated arm: how its tumors grow."""
        table, name = self.tables["endpoints"], self.scenario.control.name
        found = table[(table["endpoint"] == "doubling_time_days") & (table["arm"] == name)]
        if not len(found):
            return (
                f"{name}: no doubling time, for no animal was measured often enough before it left"
                " the study (no treated arm)"
            )
        row = found.iloc[0]
        return (
            f"{name}: doubling time {row.estimate:.3g} d ({_limits(row, '.3g', '95 % CI ')}; n ="
            f" {row.n}; no treated arm)"
        )

    def write(
        self, base: Path, command: str = "", draw: Callable[[Path], object] | None = None
    ) -> Path:
        """Leave the run directory below ``base`` in one step, figures by ``draw`` included; its
        path.
        """
        with new_run_directory(base, run_name(self.scenario)) as (work, final):
            self.write_into(work, command, draw)
        return final

    def write_into(
        self, work: Path, command: str = "", draw: Callable[[Path], object] | None = None
    ) -> None:
        """Fill the directory ``work`` with everything that a run directory holds."""
        import yaml

        from xenosim import __version__

        for name, table in self.tables.items():
            write_table(table, work / f"{name}.csv")
        if self.comparison is not None:
            write_table(self.comparison, work / "comparison.csv")
        (work / "scenario.yaml").write_text(
            yaml.safe_dump(resolved_dict(self.scenario), sort_keys=False), encoding="utf-8"
        )
        (work / "snapshots").mkdir()
        for arm, snapshot in self.snapshots.items():
            np.savez_compressed(work / "snapshots" / f"slice_{arm}.npz", **snapshot)
        write_json(
            self._manifest(scenario_hash(self.scenario), __version__, command),
            work / "manifest.json",
        )
        if draw:
            draw(work)

    def _manifest(self, digest: str, version: str, command: str) -> dict[str, Any]:
        sources = {
            e["source"]
            for values in resolved_dict(self.scenario)["parameters"].values()
            for e in values.values()
        }
        return {
            "xenosim": version,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "command": command,
            "seed": self.scenario.seed,
            "scenario_hash": digest,
            "engine": source_hash(),
            "wall_seconds": round(self.seconds, 2),
            "paired": self.paired,
            "growth": self.growth._asdict(),
            "growth_days_before_day_0": self.growth_days,
            "control": self.scenario.control.name,
            "arms": [arm.name for arm in self.scenario.arms],
            "branched_from": (
                {"day": self.source.day, "animal_id": self.source.animal} if self.source else None
            ),
            "simulated": True,
            "warnings": self.warnings(),
            "citations": sorted(sources),
            "answer": self.answer(),
        }

    def summary_text(self) -> str:
        """The first screen."""
        s = self.scenario
        lines = [
            f"{s.title}   SIMULATED, seed {s.seed}",
            "",
            self.answer(),
            "",
            self._table_text(),
            "",
        ]
        lines += [resistance] if (resistance := self.resistance()) else []
        lines.append(f"{growth_text(self.growth)}; run time {self.seconds:.0f} s")
        if s.published:
            lines.append(f"Published: {s.published}")
        return "\n".join(lines + [f"Note: {note}" for note in self.warnings()])

    def _table_text(self) -> str:
        from xenosim.analysis.summary import first_screen

        table = self.tables["endpoints"]
        arms = [arm.name for arm in self.scenario.arms]
        rows = [("", arms)]
        for endpoint in first_screen(table):
            cells = []
            for arm in arms:
                row = table[(table["endpoint"] == endpoint.name) & (table["arm"] == arm)]
                cells.append(_cell(row.iloc[0]) if len(row) else "-")
            rows.append((endpoint.label, cells))
        width = max(27, *(len(cell) + 2 for _, cells in rows for cell in cells))
        return "\n".join(
            f"{label:24}" + "".join(f"{cell:>{width}}" for cell in cells) for label, cells in rows
        )


def growth_text(growth: Growth) -> str:
    """What was asked of the growth and what the calibrated tumor does."""
    asked = (
        f"asked {growth.asked_doubling_days:.2f} d, "
        if growth.asked_doubling_days is not None
        else ""
    )
    table = (
        f"; control table reproduced to {100 * growth.control_rms:.0f} % (rms)"
        if growth.control_rms is not None
        else ""
    )
    return (
        f"Growth: doubling time at the start volume {asked}achieved"
        f" {growth.achieved_doubling_days:.2f} d{table}; potential doubling"
        f" {growth.potential_doubling_days:.2f} d, depth {growth.depth_um:.0f} um"
    )


def _cell(row: Any) -> str:
    if np.isnan(row["estimate"]):
        return "undefined"
    return f"{row['estimate']:.3g} ({_limits(row, '.3g')})"


def _limits(row: Any, style: str, prefix: str = "") -> str:
    """Both ends of the interval of a row; of one animal there is none."""
    if np.isnan(row.ci_low):
        return "no interval"
    return f"{prefix}{row.ci_low:{style}} to {row.ci_high:{style}}"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; what is not finite becomes text or None, so that the JSON is valid."""

    def plain(value: Any) -> Any:
        if isinstance(value, float) and not np.isfinite(value):
            return None if np.isnan(value) else "inf" if value > 0 else "-inf"
        return value.item() if isinstance(value, np.generic) else value

    return [
        {str(key): plain(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def run_name(scenario: Scenario) -> str:
    """Name of a new run directory: when, what and which."""
    stamp = datetime.now().strftime("%Y-%m-%dT%H%M%S")
    slug = "".join(ch if ch.isalnum() else "_" for ch in scenario.title.lower())[:40].strip("_")
    return f"{stamp}_{slug}_{scenario_hash(scenario)[:4]}"


def run_study(
    scenario: Scenario,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    paired: bool = False,
    store: CheckpointStore = NOT_SAVED,
    source: SourceAnimal | None = None,
) -> StudyResult:
    """Simulate a study.

    Parameters
    ----------
    scenario : Scenario
        What to simulate.
    jobs : int, optional
        Worker processes; one per processor by default. It does not change the result.
    progress : callable, optional
        Called with (animals done, animals in all).
    paired : bool
        True: every animal is in every arm, on common random numbers (compare schedules). False:
        independent animals, randomized on their starting volume (run's statistics).
    store : CheckpointStore, optional
        Where the study keeps its state, to be resumed from; nowhere by default.
    source : SourceAnimal, optional
        A living animal that is taken into every arm, in place of grown ones.

    Raises
    ------
    XenosimError
        A scenario that cannot be run, or does not fit this machine.
    """
    started = time.monotonic()
    tasks_at_most = scenario.animals.per_arm * len(scenario.arms) * scenario.replicates
    with Workers(
        workers_that_fit(scenario, jobs), tasks_at_most, saves=bool(store.folder)
    ) as workers:
        workers.begin(compile_kernels, scenario)
        growth = source.growth if source else calibrated(scenario, store)
        paired = paired or source is not None
        tasks, growth_days = (
            branch(scenario, source) if source else enroll(scenario, growth, workers, paired, store)
        )
        outcomes = follow_all(tasks, workers, progress, store)
    tables = build_tables(scenario, tasks, outcomes, paired)
    snapshots = {
        str(t.arm): o.snapshot
        for t, o in zip(tasks, outcomes, strict=True)
        if o.snapshot is not None
    }
    notes = tuple(dict.fromkeys(note for outcome in outcomes for note in outcome.notes))
    return StudyResult(
        scenario,
        growth,
        growth_days,
        tables,
        snapshots,
        paired,
        time.monotonic() - started,
        notes,
        source,
    )


def calibrated(scenario: Scenario, store: CheckpointStore) -> Growth:
    """The growth that reproduces what the scenario asks for."""
    known = store.recall("growth")
    growth = Growth(**known) if known else calibrate_growth(scenario)
    store.remember("growth", growth._asdict())
    return growth


def branch(scenario: Scenario, source: SourceAnimal) -> tuple[list[Job], dict[int, int]]:
    """One living animal in every arm."""
    arms = [arm.name for arm in scenario.arms]
    return [
        Job(scenario, source.growth, arm, source.animal, 0, 0, keep_slice=True, source=source)
        for arm in arms
    ], {}


def follow_all(
    tasks: list[Job], workers: Workers, progress: Progress | None, store: CheckpointStore
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
        size=len,
    )
    outcomes = {
        job.key: outcome
        for group, results in zip(groups, found, strict=True)
        for job, outcome in zip(group, results, strict=True)
    }
    return [outcomes[job.key] for job in tasks]


def calibrate_growth(scenario: Scenario) -> Growth:
    """The growth of a scenario's tumor, calibrated or as its cells would have it; of lesions, that
    of the one in which a cell finds itself on average.

    Below 1 mm3 nothing hinders growth but oxygen, and few agents would show a doubling: smaller
    lesions are calibrated at 1 mm3.
    """
    tumor, resolution, start = (
        scenario.tumor,
        CALIBRATION_RESOLUTION,
        scenario.tumor.start_volume_mm3,
    )
    if tumor.lesions.count > 1:
        start = max(tumor.lesions.typical_volume_mm3, 1.0)
        resolution = min(max(CALIBRATION_RESOLUTION, 2e4 / start), 1e5)
    loss = resolve(scenario).model.value("cell_loss_factor")
    if tumor.potential_doubling_days is not None:
        return from_potential(
            tumor_spec(scenario, None), start, tumor.potential_doubling_days, loss, resolution
        )
    return calibrate(
        tumor_spec(scenario, None), start, tumor.doubling_time_days, loss, tumor.control, resolution
    )


def enroll(
    scenario: Scenario, growth: Growth, workers: Workers, paired: bool, store: CheckpointStore
) -> tuple[list[Job], dict[int, int]]:
    """Grow all animals of each replicate up, find the day their mean volume passes the start
    volume, and assign arms.
    """
    arms = [arm.name for arm in scenario.arms]
    per_cohort = scenario.animals.per_arm * (1 if paired else len(arms))
    cohort = [
        Job(scenario, growth, None, a, r, 0)
        for r in range(scenario.replicates)
        for a in range(1, per_cohort + 1)
    ]
    volumes = workers.map(partial(grow_up, store=store), cohort)
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


def build_tables(
    scenario: Scenario, tasks: list[Job], outcomes: list[Outcome], paired: bool
) -> dict[str, pd.DataFrame]:
    """Every table of the run directory, in key order."""
    import pandas as pd

    from xenosim.analysis.clones import clone_table
    from xenosim.analysis.summary import endpoint_table

    truth = pd.DataFrame([row for outcome in outcomes for row in outcome.truth])
    cells = pd.DataFrame([row for outcome in outcomes for row in outcome.cells])
    lesions = pd.DataFrame([row for outcome in outcomes for row in outcome.lesions])
    study = scenario_hash(scenario)
    for table in (truth, cells, lesions):
        table.insert(0, "study_id", study)
    baseline = truth[truth["day"] == 0].set_index(["arm", "replicate", "animal_id"])["measured_mm3"]
    keys = pd.MultiIndex.from_frame(truth[["arm", "replicate", "animal_id"]])
    observations = truth[
        ["study_id", "arm", "animal_id", "replicate", "day", "dpi", "length_mm", "width_mm"]
    ].assign(
        tumor_volume_mm3=truth["measured_mm3"],
        rtv=truth["measured_mm3"].to_numpy() / baseline.reindex(keys).to_numpy(),
        body_weight_g=truth["measured_g"],
        status=truth["status"],
        is_censored=truth["is_censored"],
        note=truth["note"],
    )
    true_columns = [
        "study_id",
        "arm",
        "animal_id",
        "replicate",
        "day",
        "tumor_volume_mm3",
        "n_agents",
        "body_weight_g",
    ]
    # An ID per arm: a reader of event tables then does not take two arms for one regimen.
    events: list[dict[str, Any]] = [
        {**event, "arm": arm.name}
        for number, arm in enumerate(scenario.arms, start=1)
        for event in doses_to_events(arm.doses, number)
    ]
    return {
        "observations": observations,
        "truth": truth[true_columns],
        "cells": cells,
        "clones": clone_table(
            cells, " and ".join(mutations(scenario.perturb)), scenario.tumor.resolution_per_mm3
        ),
        "events": pd.DataFrame(
            events,
            columns=list(
                dict.fromkeys(
                    ["arm", *EVENT_COLUMNS, *(name for event in events for name in event)]
                )
            ),
        ),
        "lesions": lesions,
        "endpoints": endpoint_table(
            observations, scenario.control.name, seed=scenario.seed, paired=paired
        ),
        "plasma": plasma_table(scenario),
    }


def plasma_table(scenario: Scenario, step_h: float = 1.0) -> pd.DataFrame:
    """Plasma concentration [nM] and mean target occupancy [-] of a typical animal, hourly, for
    every arm and drug.
    """
    import pandas as pd

    rows = []
    hours = np.arange(0.0, 24.0 * scenario.measure.days[-1] + step_h / 2, step_h)
    for arm in scenario.arms:
        if not arm.doses:
            continue
        tissue = exposures(scenario, arm.doses)
        occupancy = [
            (float(tissue.tumor.advance(a, b).mean()), float(tissue.blood.advance(a, b).mean()))
            for a, b in pairwise(hours)
        ]
        tumor, blood = zip((0.0, 0.0), *occupancy, strict=True)
        for drug in sorted({dose.drug for dose in arm.doses}):
            doses = [dose for dose in arm.doses if dose.drug == drug]
            concentration = plasma_profile(drug_pk(drug), doses).concentration(hours)
            rows.append(
                pd.DataFrame(
                    {
                        "arm": arm.name,
                        "drug": drug,
                        "time_h": hours,
                        "day": hours / 24.0,
                        "concentration_nM": concentration,
                        "tumor_occupancy": tumor,
                        "blood_occupancy": blood,
                    }
                )
            )
    columns = [
        "arm",
        "drug",
        "time_h",
        "day",
        "concentration_nM",
        "tumor_occupancy",
        "blood_occupancy",
    ]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=columns)
