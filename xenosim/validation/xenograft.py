"""Published results of animal studies against the shipped scenarios: which scenario answers which
row, what every set of parameters gives for it, and the verdict (rules in docs/xenografts.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.errors import ParameterError
from xenosim.execution.processes import Workers
from xenosim.parameters.ensemble import Ensemble
from xenosim.parameters.lines import PUBLISHED, read_csv
from xenosim.scenario.load import load_scenario
from xenosim.scenario.panel import model_scenario, with_load
from xenosim.study.ensemble import with_draw
from xenosim.study.population import as_twin, simulate_pool
from xenosim.validation import verdicts
from xenosim.validation.effects import dr5_ratio, followed
from xenosim.validation.rules import RULES, UNITS, WITH_POWER, Effects, Row

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Animals of a study with the shipped parameters, and with each draw of an ensemble [-]; of each
#: model of a panel half of them.
PAIRS, PAIRS_OF_DRAW = 16, 4
#: Agents of a twin at the start volume, of all lesions together, and of those of a draw [-].
AGENTS, AGENTS_OF_DRAW = 1000, 300
#: A panel takes as long as all other studies: it gets so many draws at most [-].
PANEL_DRAWS = 8
#: Rows that are shown and not counted, by ``used``, with their verdict.
UNCOUNTED = {"repeat": "repeats", "assumed": "not judged"}


@cache
def published_rows() -> tuple[Row, ...]:
    """Every row of ``published/in_vivo.csv`` with what is published of it."""
    tables = {
        name: {row["id"]: row for row in read_csv(PUBLISHED / f"{name}.csv")}
        for name in ("xenograft", "seed_tables")
    }
    return tuple(
        _row(row, tables[row["table"]][row["id"]]) for row in read_csv(PUBLISHED / "in_vivo.csv")
    )


def _row(use: dict[str, str], said: dict[str, str]) -> Row:
    number = {name: float(said.get(name) or "nan") for name in ("value", "low", "high")}
    if use["table"] == "xenograft":
        what = f"{said['metric']}, {said['drug']} in {said['model']}"
    else:
        what = f"{said['metric']}, {said['subject']}, {said['condition']}"
    return Row(
        row_id=use["id"],
        what=what,
        unit=UNITS.get(use["rule"], "ratio"),
        scenario=use["scenario"],
        arm=use["arm"],
        against=use["against"],
        rule=use["rule"],
        used=use["used"],
        repeats=use["repeats"],
        design=bool(use["design"]),
        reason=use["reason"],
        value=number["value"],
        low=number["low"],
        high=number["high"],
        n=int(float(said.get("n") or verdicts.USUAL_N)),
    )


def studies() -> tuple[str, ...]:
    """Names of the shipped scenarios that have published results, in the order of the table."""
    return tuple(dict.fromkeys(row.scenario for row in published_rows() if row.scenario))


class Task(NamedTuple):
    """One study under one set of parameters: ``draw`` of the ensemble, None: as shipped;
    ``pairs`` animals of ``agents`` [-], with the DR5 of ``dr5_arm`` if one is named.
    """

    scenario: Scenario
    draw: int | None
    pairs: int
    agents: int
    dr5_arm: str
    ensemble: Ensemble | None


def validate_xenografts(
    folder: Path,
    overrides: dict[str, str],
    jobs: int | None,
    progress: Callable[[str], None],
    wanted: tuple[str, ...],
    ensemble: Ensemble | None = None,
) -> list[dict[str, Any]]:
    """One row per published result of the ``wanted`` scenarios in ``folder``, each study simulated
    once for the shipped parameters, or for every draw of an ``ensemble``; with all studies also the
    rows that none answers.

    Raises
    ------
    ParameterError
        If the folder lacks a scenario.
    """
    files = {stem: folder / f"{stem}.yaml" for stem in wanted}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise ParameterError(
            f"{', '.join(missing)} not found",
            where=str(folder),
            remedy="give --scenarios, the folder of the shipped scenario files",
        )
    scenarios = {stem: load_scenario(str(path), overrides) for stem, path in files.items()}
    found = effects_of(scenarios, ensemble, jobs, progress)
    everything = set(wanted) == set(studies())
    rows = [row for row in published_rows() if row.scenario in wanted or everything]
    return [_judged(row, scenarios.get(row.scenario), found.get(row.scenario, [])) for row in rows]


def effects_of(
    scenarios: dict[str, Scenario],
    ensemble: Ensemble | None,
    jobs: int | None,
    progress: Callable[[str], None],
) -> dict[str, list[Effects]]:
    """What every set of parameters gives in each of the ``scenarios``, by name."""
    tasks = {
        stem: _tasks(scenarios[stem], rows, ensemble)
        for stem in scenarios
        if (rows := _simulated(stem))
    }
    together = [task for of_study in tasks.values() for task in of_study]
    progress(f"{len(tasks)} studies, {len(together)} simulations")
    with Workers(jobs, len(together)) as workers:
        found = iter(workers.map(simulate, together))
    return {stem: [next(found) for _ in of_study] for stem, of_study in tasks.items()}


def _tasks(scenario: Scenario, rows: list[Row], ensemble: Ensemble | None) -> list[Task]:
    """One study under the shipped parameters, or under the draws of an ensemble."""
    dr5_arm = next((row.arm for row in rows if row.rule == "dr5"), "")
    if ensemble is None:
        return [Task(scenario, None, PAIRS, AGENTS, dr5_arm, None)]
    draws = min(len(ensemble), PANEL_DRAWS) if scenario.panel else len(ensemble)
    return [
        Task(scenario, draw, PAIRS_OF_DRAW, AGENTS_OF_DRAW, dr5_arm, ensemble)
        for draw in range(draws)
    ]


def _simulated(stem: str) -> list[Row]:
    """The rows that a scenario is simulated for."""
    return [row for row in published_rows() if row.scenario == stem and row.rule]


def simulate(task: Task) -> Effects:
    """What one set of parameters gives in one study."""
    scenario = task.scenario
    each = max(task.agents // scenario.tumor.lesions.count, 1)
    models = [as_twin(model, each) for model in _models(task)]
    pairs = max(task.pairs // 2, 2) if scenario.panel else task.pairs
    return Effects(
        tuple(followed(simulate_pool(model, pairs, agents=each)) for model in models),
        tuple(member.group for member in scenario.panel) or ("",),
        scenario.control.name,
        scenario.measure.days[-1],
        dr5_ratio(models[0], task.dr5_arm) if task.dr5_arm else math.nan,
    )


def _models(task: Task) -> list[Scenario]:
    """The study under the parameters of the task's draw, or that of every model of its panel, the
    loads of a class about that of the draw.
    """
    scenario = task.scenario
    if not scenario.panel:
        return [_under(scenario, task)]
    return [
        with_load(_under(model_scenario(scenario, k), task), member.load_factor)
        for k, member in enumerate(scenario.panel)
    ]


def _under(scenario: Scenario, task: Task) -> Scenario:
    """A study, or one model of it, with the parameters of the task's draw."""
    if task.ensemble is None or task.draw is None:
        return scenario
    own = task.ensemble.for_model(scenario.model, scenario.line, scenario.site)
    return with_draw(scenario, own.draw(task.draw))


def _judged(row: Row, scenario: Scenario | None, sets: list[Effects]) -> dict[str, Any]:
    """One published row beside what was simulated of it."""
    base = _unanswered(row)
    if scenario is None or not row.rule or row.repeats:
        return base
    found, judged = RULES[row.rule](sets, row)
    notes = [base["note"], judged.said]
    if row.rule in WITH_POWER:
        notes.append(_chance(row, scenario, sets))
    notes.append(f"{len(sets)} parameter sets" if len(sets) > 1 else "shipped parameters only")
    simulated = {
        "low": judged.low,
        "high": judged.high,
        "simulated": found.center,
        "sim_low": judged.sim_low,
        "sim_high": judged.sim_high,
        "predicted_low": judged.predicted[0],
        "predicted_high": judged.predicted[1],
        "verdict": UNCOUNTED.get(row.used, judged.verdict),
        "note": "; ".join(filter(None, notes)),
    }
    return base | simulated


def _chance(row: Row, scenario: Scenario, sets: list[Effects]) -> str:
    """The chance that a study of the published size finds a difference, over the sets."""

    def of_set(effects: Effects) -> float:
        treated, other = effects.arms(row)
        error = scenario.measure.error_sd(float(np.median(other.end)))
        return verdicts.significance(treated.end, other.end, row.n, error)

    chance = float(np.mean([of_set(effects) for effects in sets]))
    return f"a study of {row.n} against {row.n} is significant in {100.0 * chance:.0f} %"


def _unanswered(row: Row) -> dict[str, Any]:
    """The columns of a row that nothing was simulated for."""
    nan = math.nan
    note = {
        "repeat": f"the same information as {row.repeats}",
        "assumed": "published status assumed",
    }
    return {
        "part": "xenograft",
        "row": row.row_id,
        "what": row.what,
        "unit": row.unit,
        "published": row.value,
        "low": nan,
        "high": nan,
        "simulated": nan,
        "sim_low": nan,
        "sim_high": nan,
        "predicted_low": nan,
        "predicted_high": nan,
        "verdict": UNCOUNTED["repeat"] if row.repeats else "not simulated",
        "used": row.used or "-",
        "note": row.reason or note.get(row.used, ""),
    }
