"""One animal of a finished run, simulated again: its tumor on any day, checked against the run's own tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from xenosim.analysis.clones import WILD_TYPE
from xenosim.errors import RunError, ScenarioError, suggest
from xenosim.io.runs import read_manifest, read_run
from xenosim.io.volumes import Volumes
from xenosim.jit import source_hash
from xenosim.parameters.perturb import mutations
from xenosim.scenario.resolve import scenario_from_resolved, scenario_hash
from xenosim.study.jobs import Job, grow_to_day_0, new_model
from xenosim.tumor.growth import Growth
from xenosim.tumor.volumes import volumes

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.abm import XenograftModel

_ANOTHER_ENGINE = "install the version that wrote it, run the scenario again, or add --force"


@dataclass(frozen=True)
class Replay:
    """An animal of a run: its ``job``, its rows of the ``tables``, and whether a difference from them is an error (``strict``)."""

    run: Path
    job: Job
    tables: dict[str, pd.DataFrame]
    strict: bool

    @property
    def agents(self) -> dict[float, int]:
        """Agents of the tumor on each measurement day, as the run recorded them."""
        truth = self.tables["truth"]
        return dict(zip(truth["day"].astype(float), truth["n_agents"].astype(int), strict=True))

    @property
    def last_day(self) -> float:
        """Last day on which the animal was on study [day]."""
        return max(self.agents)

    @property
    def name(self) -> str:
        """Arm and animal, for file names and titles."""
        replicate = f" replicate {self.job.replicate}" if self.job.scenario.replicates > 1 else ""
        return f"{self.job.arm} animal {self.job.animal}{replicate}"

    def about(self, day: float) -> dict[str, Any]:
        """What a picture or a file of this animal on ``day`` shows, as plain data."""
        return {
            "simulated": True, "title": self.job.scenario.title, "arm": self.job.arm, "animal": self.job.animal,
            "replicate": self.job.replicate, "day": day, "seed": self.job.scenario.seed, "study_id": scenario_hash(self.job.scenario),
        }  # fmt: skip

    def volumes(self, day: float, model: XenograftModel, fields: Sequence[str] = ()) -> Volumes:
        """The tumor of ``model`` on ``day``, site by site, with the names of its clones; ``fields`` all by default."""
        mutant = " and ".join(mutations(self.job.scenario.perturb))
        names = {1: WILD_TYPE} | ({2: mutant} if mutant else {})
        found = volumes(model.tumor, fields, self.about(day))
        return found._replace(labels=found.labels | {"clone": names})

    def check_day(self, day: float) -> None:
        """Refuse a day on which this animal has no tumor in the study."""
        first = -float(self.job.growth_days)
        if not first <= day <= self.last_day:
            raise RunError(
                f"there is no day {day:g}: {self.name} was simulated from day {first:g} to day {self.last_day:g}",
                where=str(self.run), remedy="choose a --day between them",
            )  # fmt: skip

    def walk(self, days: Iterable[float], progress: Callable[[int, int], None] | None = None) -> Iterator[tuple[float, XenograftModel]]:
        """The model on each of ``days``, in rising order; between them it lives on, so read it before the next.

        Parameters
        ----------
        days : iterable of float
            Days from first dose [day]; negative ones are before treatment.
        progress : callable, optional
            Called with (steps done, steps in all).

        Raises
        ------
        RunError
            A tumor that differs from the run's truth.csv on a measurement day, unless ``strict`` is False.
        """
        wanted = sorted(set(days))
        for day in (wanted[0], wanted[-1]):
            self.check_day(day)
        scenario = self.job.scenario
        total = math.ceil(24.0 * (wanted[-1] + self.job.growth_days) / scenario.dt_h)

        def tick(model: XenograftModel) -> None:
            if progress:
                progress(min(model.tumor.step_number, total), total)

        doses = next(arm.doses for arm in scenario.arms if arm.name == self.job.arm)
        model = new_model(self.job, doses)
        for day in sorted({*wanted, *(day for day in self.agents if day <= wanted[-1])}):
            if day >= 0:
                grow_to_day_0(self.job, model, tick)
            while model.time_h < 24.0 * day - 1e-9:
                model.advance()
                tick(model)
            self._compare(day, model)
            if day in wanted:
                yield day, model

    def _compare(self, day: float, model: XenograftModel) -> None:
        recorded = self.agents.get(day, model.n_agents)
        if self.strict and recorded != model.n_agents:
            raise RunError(
                f"the tumor simulated again has {model.n_agents} agents on day {day:g}, truth.csv has {recorded}",
                where=str(self.run), remedy=_ANOTHER_ENGINE,
            )  # fmt: skip

    def verdict(self, day: float) -> str:
        """What :meth:`walk` has shown up to ``day``: one line."""
        if not self.strict:
            return "not checked against truth.csv (--force): the engine differs from the one that wrote the run"
        if day in self.agents:
            volume = self.agents[day] / self.job.scenario.tumor.resolution_per_mm3
            return f"equal to truth.csv on day {day:g}: {self.agents[day]} agents, {volume:.4g} mm3"
        before = [d for d in self.agents if d < day]
        checked = f"; equal to truth.csv on day {max(before):g}" if before else ""
        return f"day {day:g} was not measured{checked}"


def replay(run: Path, arm: str | None = None, animal: int | None = None, replicate: int | None = None, *, force: bool = False) -> Replay:
    """Find an animal of a run directory, ready to be simulated again.

    Parameters
    ----------
    run : Path
        A run directory.
    arm, animal, replicate : optional
        The animal; the first one that fits, in the order of the tables.
    force : bool
        Simulate also where engine or parameters differ from those of the run.

    Raises
    ------
    XenosimError
        No run directory, no such animal, or another engine.
    """
    tables, manifest = read_run(run), read_manifest(run)
    if manifest.get("branched_from"):
        raise RunError("this run branches from a checkpoint: its animals cannot be simulated again from engraftment", where=str(run), remedy="give the run that the checkpoint came from")
    scenario = read_scenario(run)
    same = manifest.get("engine") == source_hash() and manifest.get("scenario_hash") == scenario_hash(scenario)
    if not same and not force:
        what = "engine" if manifest.get("engine") != source_hash() else "scenario.yaml or the parameters"
        raise RunError(f"{what} differ{'s' * (what == 'engine')} from what wrote this run", where=str(run), remedy=_ANOTHER_ENGINE)
    key = _find_animal(tables["truth"], manifest.get("arms", []), arm, animal, replicate, str(run))
    own = {name: _rows_of(tables[name], key) for name in ("truth", "observations", "cells")}
    own["events"] = tables["events"][tables["events"]["arm"] == key["arm"]]
    try:
        growth = Growth(**manifest["growth"])
        days = int(manifest["growth_days_before_day_0"][str(key["replicate"])])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError("manifest.json is damaged", where=str(run), remedy="run the scenario again") from error
    return Replay(run, Job(scenario, growth, key["arm"], key["animal_id"], key["replicate"], days), own, same)


def read_scenario(run: Path) -> Scenario:
    """The frozen scenario of a run directory."""
    path = run / "scenario.yaml"
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ScenarioError("cannot be read", where=str(path), remedy="run the scenario again") from error
    return scenario_from_resolved(plain, str(path))


def _find_animal(
    truth: pd.DataFrame, arms: list[str], arm: str | None, animal: int | None, replicate: int | None, where: str
) -> dict[str, Any]:
    """Arm, animal_id and replicate of the first animal that fits."""
    rows = truth
    if arm is not None:
        rows = rows[rows["arm"] == arm]
        if rows.empty:
            raise RunError(f"there is no arm '{arm}'{suggest(arm, arms)}", where=where, remedy=f"arms: {', '.join(arms)}")
    for name, value in (("replicate", replicate), ("animal_id", animal)):
        if value is not None:
            ids = sorted({int(i) for i in rows[name]})
            rows = rows[rows[name] == value]
            if rows.empty:
                of = f" in arm '{arm}'" if arm is not None else ""
                raise RunError(f"there is no {name.removesuffix('_id')} {value}{of}", where=where, remedy=f"there are {', '.join(map(str, ids))}")
    first = rows.iloc[0]
    return {"arm": str(first["arm"]), "animal_id": int(first["animal_id"]), "replicate": int(first["replicate"])}


def _rows_of(table: pd.DataFrame, key: dict[str, Any]) -> pd.DataFrame:
    wanted = (table[list(key)] == list(key.values())).all(axis=1)
    return table[wanted]
