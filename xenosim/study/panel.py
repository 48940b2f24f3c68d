"""A study of many models: the same arms in each, one table over all, and what it says in words."""

from __future__ import annotations

import math
import platform
import time
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from xenosim import __version__
from xenosim.errors import ScenarioError
from xenosim.execution.processes import Workers
from xenosim.io.plain import plain
from xenosim.io.results import MANIFEST, Result
from xenosim.jit import source_hash
from xenosim.scenario.origin import RUNS_AGAIN
from xenosim.scenario.panel import panel_studies
from xenosim.scenario.resolve import (
    RESOLVED,
    assumed_text,
    resolve,
    resolved_dict,
    scenario_hash,
    status_counts,
)
from xenosim.scenario.schema import AnswerSettings, Origin
from xenosim.study.result import kept_scenario, run_name
from xenosim.study.run import run_study

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import PanelModel, Scenario

#: T/C from which on a drug counts as active [%] (NCI).
ACTIVE_PCT = 42.0
#: Animals of two models never have the same number, up to so many in each [-].
EACH = 100_000
#: Endpoints of the table, by column: those of the arm itself.
OF_ARM = {
    "best_response_pct": "mrecist_gao2015_best_response_pct",
    "mean_response_pct": "mrecist_gao2015_best_avg_response_pct",
    "event_free_days": "efs_4x",
}


class OfModel(NamedTuple):
    """What the study of one model left: its endpoints and measurements, and its growth."""

    endpoints: pd.DataFrame
    observations: pd.DataFrame
    growth: dict[str, Any]
    load_mean: float


def run_panel(
    scenario: Scenario,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    paired: bool = False,
) -> PanelResult:
    """Simulate the study in every model of its panel.

    Parameters
    ----------
    scenario : Scenario
        A study with ``models``.
    jobs : int, optional
        Worker processes; one per processor by default. It does not change the result.
    progress : callable, optional
        Called with (models done, models).
    paired : bool
        Whether every animal is in every arm.

    Raises
    ------
    ScenarioError
        A scenario without a panel, or a model that cannot be run; it is named.
    """
    if not scenario.panel:
        raise ScenarioError("no panel of models", remedy="name them below 'models', or run_study")
    if scenario.answers.ensemble:
        raise ScenarioError(
            "a panel has no ensemble: its models have loads of their own already",
            where="--ensemble",
            remedy="leave it out, or run one of the models",
        )
    started = time.monotonic()
    studies = panel_studies(scenario.model_copy(update={"origin": Origin()}))
    with Workers(jobs, len(studies)) as workers:
        found = workers.map(partial(_of_model, paired=paired), studies, progress)
    tables = _tables(scenario, found)
    return PanelResult(
        tables,
        _manifest(scenario, tables["panel"], paired, time.monotonic() - started),
        _files(scenario),
        dict(scenario.origin.inputs),
    )


def _of_model(study: Scenario, paired: bool) -> OfModel:
    """One model of a panel; what is wrong with it names it."""
    try:
        alone = study.model_copy(update={"answers": AnswerSettings(population=0)})
        result = run_study(alone, jobs=1, paired=paired)
    except ScenarioError as error:
        raise ScenarioError(
            f"{study.title}: {error.message}", where=error.where, remedy=error.remedy
        ) from error
    load = resolve(study).model.value("load_mean")
    return OfModel(
        result.tables["endpoints"], result.tables["observations"], result.manifest["growth"], load
    )


def _tables(scenario: Scenario, found: list[OfModel]) -> dict[str, pd.DataFrame]:
    """The tables ``panel``, ``endpoints`` and ``observations`` over all models."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    endpoints: list[pd.DataFrame] = []
    observations: list[pd.DataFrame] = []
    for k, (member, of_model) in enumerate(zip(scenario.panel, found, strict=True)):
        about = {
            "model": member.name,
            "class": member.group,
            "cells": member.line or member.model,
            "load_mean": of_model.load_mean,
            "doubling_time_days": of_model.growth["achieved_doubling_days"],
        }
        rows += [about | row for row in _arm_rows(scenario, of_model.endpoints)]
        named = of_model.observations.assign(
            animal_id=of_model.observations["animal_id"] + EACH * k
        )
        for table, into in ((of_model.endpoints, endpoints), (named, observations)):
            table.insert(0, "model", member.name)
            into.append(table)
    return {
        "panel": pd.DataFrame(rows),
        "endpoints": pd.concat(endpoints, ignore_index=True),
        "observations": pd.concat(observations, ignore_index=True),
    }


def _arm_rows(scenario: Scenario, endpoints: pd.DataFrame) -> list[dict[str, Any]]:
    """One row for every treated arm of one model."""

    def of(arm: str, name: str) -> dict[str, Any]:
        found = endpoints[(endpoints["arm"] == arm) & (endpoints["endpoint"] == name)]
        return dict(found.iloc[0]) if len(found) else {"estimate": math.nan}

    rows, control = [], of(scenario.control.name, "efs_4x")["estimate"]
    for arm in (arm.name for arm in scenario.arms if not arm.control):
        tc, mean = of(arm, "tc_pct"), of(arm, "tc_volume_mean")
        row = {"arm": arm, "n": tc["n"], "n_control": tc["n_control"], "day": tc["day"]}
        row |= {"tc_pct": tc["estimate"], "tc_low": tc["ci_low"], "tc_high": tc["ci_high"]}
        row["tc_volume_mean"] = mean["estimate"]
        row |= {column: of(arm, name)["estimate"] for column, name in OF_ARM.items()}
        row["event_free_ratio"] = _ratio(row["event_free_days"], control)
        rows.append(row)
    return rows


def _ratio(treated: float, control: float) -> float:
    """Of median event-free times [-]; infinite where half of the treated have none, NaN where half
    of the control have none.
    """
    return treated / control if math.isfinite(control) and control > 0 else math.nan


def panel_answer(table: pd.DataFrame) -> str:
    """What a panel says: median and range of T/C, how many models are below 42 %, the classes, and
    event-free times.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"arm": ["a"] * 3, "class": [""] * 3, "tc_pct": [30.0, 50.0, 90.0]}
    >>> print(panel_answer(pd.DataFrame(rows | {"event_free_ratio": [float("nan")] * 3})))
    a: median T/C 50 % over 3 models (30 to 90 %); below 42 % in 1 of 3
    """
    return "\n".join(
        f"{arm}: {_arm_answer(rows)}" for arm, rows in table.groupby("arm", sort=False)
    )


def _arm_answer(rows: pd.DataFrame) -> str:
    known = rows["tc_pct"].dropna()
    if known.empty:
        return "no T/C in any model"
    text = (
        f"median T/C {known.median():.0f} % over {len(known)} models ({known.min():.0f} to"
        f" {known.max():.0f} %); below {ACTIVE_PCT:g} % in {int((known < ACTIVE_PCT).sum())} of"
        f" {len(known)}"
    )
    groups = [(name, part["tc_pct"].dropna()) for name, part in rows.groupby("class") if name]
    if groups:
        text += "; by class " + ", ".join(
            f"{name} {part.median():.0f} % (n = {len(part)})" for name, part in groups if len(part)
        )
    ratios = rows["event_free_ratio"].dropna()
    if len(ratios):
        never = int(ratios.map(math.isinf).sum())
        middle = ratios.median()
        shown = "not reached" if math.isinf(middle) else f"{middle:.2f}"
        text += (
            f"; event-free time to 4 x start over that of the control {shown} (median of"
            f" {len(ratios)} models{f', not reached in {never}' if never else ''})"
        )
    return text


def _manifest(
    scenario: Scenario, table: pd.DataFrame, paired: bool, seconds: float
) -> dict[str, Any]:
    counts = status_counts(scenario)
    resolved = resolved_dict(scenario)["parameters"].values()
    notes = [assumed_text(counts)]
    if _same_classes(scenario.panel):
        notes.append(
            "the classes have the same loads and models: a difference between them is chance"
        )
    if any(member.load_factor != 1.0 for member in scenario.panel):
        notes.append(
            "loads of models drawn from a class are assumed: spread evenly over the class's"
            " lognormal distribution, no model of the panel is a particular one"
        )
    return plain(
        {
            "xenosim": __version__,
            "python": platform.python_version(),
            "title": scenario.title,
            "published": scenario.published,
            "seed": scenario.seed,
            "scenario_hash": scenario_hash(scenario),
            "engine": source_hash(),
            "panel": [member.name for member in scenario.panel],
            "arms": [arm.name for arm in scenario.arms],
            "control": scenario.control.name,
            "paired": paired,
            "wall_seconds": round(seconds, 2),
            "simulated": True,
            "parameters": counts,
            "warnings": notes,
            "citations": sorted({p["source"] for part in resolved for p in part.values()}),
            "answer": panel_answer(table),
        }
    )


def _same_classes(panel: tuple[PanelModel, ...]) -> bool:
    """Whether a panel has two classes or more that are equal but for their names."""
    classes: dict[str, list[tuple[str, str, float]]] = {}
    for member in panel:
        cells = (member.model, member.line, member.load_factor)
        classes.setdefault(member.group, []).append(cells)
    first, *others = (sorted(cells) for cells in classes.values())
    return bool(others) and all(cells == first for cells in others)


def _files(scenario: Scenario) -> dict[str, str]:
    import yaml

    text, origin = yaml.safe_dump(resolved_dict(scenario), sort_keys=False), scenario.origin
    return {RESOLVED: text} | ({RUNS_AGAIN: origin.text} if origin.text else {})


@dataclass(frozen=True, eq=False, repr=False)
class PanelResult(Result):
    """A finished panel: ``panel``, one row for each model and treated arm, ``endpoints`` and
    ``observations`` of all models.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("panel", "endpoints", "observations")
    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {
        "title": str,
        "panel": list,
        "arms": list,
        "warnings": list,
        "scenario_hash": str,
    }

    @property
    def kind(self) -> str:
        """What it is."""
        return "panel"

    @cached_property
    def scenario(self) -> Scenario:
        """The frozen scenario; its parameters are those installed."""
        return kept_scenario(self)

    def __str__(self) -> str:
        return (
            f"{self.manifest['title']}   SIMULATED, seed {self.manifest['seed']}\n\n{self.answer}"
        )

    def directory_name(self) -> str:
        """When, what and which."""
        return run_name(self.manifest["title"], self.manifest["scenario_hash"])

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the waterfall into ``figures`` of ``folder``; paths of the files."""
        from xenosim.viz.style import SIMULATED, save
        from xenosim.viz.waterfall import waterfall

        into = Path(folder) / "figures"
        into.mkdir(exist_ok=True)
        return save(waterfall(self.tables["panel"]), into, "waterfall", SIMULATED)
