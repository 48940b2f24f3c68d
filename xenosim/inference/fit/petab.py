"""A fit as a problem on disk, in the shape of PEtab's tables (Schmiester et al. 2021,
doi:10.1371/journal.pcbi.1008646): measurements, observables, conditions (arms) and parameters with
bounds and priors. In place of SBML models stand scenarios; times are days.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

from xenosim.analysis.data import StudyData
from xenosim.errors import ParameterError, TableError
from xenosim.inference.fit.blocks import IC50, PLASMA, VOLUME, WEIGHT, Block, Problem
from xenosim.inference.fit.data import ic50_of, measured, plasma_of, with_start
from xenosim.inference.fit.free import Free, free_of
from xenosim.parameters.priors import Prior
from xenosim.scenario.load import load_scenario
from xenosim.tabular import Mistakes, Table, read_table

FILE, PARAMETERS = "problem.yaml", "parameters.tsv"
_TABLES = ("condition", "observable", "measurement")
_UNITS = {VOLUME: "mm^3", WEIGHT: "g", PLASMA: "nM", IC50: "nM"}
#: Spread of a log-normal that is as good as level over its bounds [ln].
LEVEL_SD = 50.0
#: In an id, what stands for the point of SET.NAME.
_POINT = "__"


class Asked(NamedTuple):
    """A problem that was read: the ``problems``, what is ``free``, and ``notes`` for the reader."""

    problems: tuple[Problem, ...]
    free: tuple[Free, ...]
    notes: tuple[str, ...]


def is_problem(path: Path) -> bool:
    """Whether a YAML file is a problem, rather than a scenario.

    Examples
    --------
    >>> is_problem(Path("nowhere.yaml"))
    False
    """
    try:
        return bool(re.search(r"(?m)^parameter_file\s*:", path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return False


def write_problem(folder: Path, problems: Sequence[Problem], free: Sequence[Free]) -> None:
    """Write the tables of a fit, with the scenarios and what they are made from."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for k, problem in enumerate(problems, start=1):
        name = f"scenario_{k}.yaml"
        origin = problem.scenario.origin
        (folder / name).write_text(origin.text, encoding="utf-8")
        for own, content in list(origin.inputs.items())[1:]:
            (folder / "inputs").mkdir(exist_ok=True)
            (folder / "inputs" / own).write_bytes(content)
        tables = _tables(problem.blocks)
        entry: dict[str, Any] = {"scenario_files": [name]}
        for kind in _TABLES:
            entry[f"{kind}_files"] = [f"{kind}s_{k}.tsv"]
            tables[kind].to_csv(folder / f"{kind}s_{k}.tsv", sep="\t", index=False)
        entries.append(entry)
    _parameters(free).to_csv(folder / PARAMETERS, sep="\t", index=False)
    head = {"format_version": 1, "parameter_file": PARAMETERS, "problems": entries}
    (folder / FILE).write_text(yaml.safe_dump(head, sort_keys=False), encoding="utf-8")


def _id(text: str) -> str:
    """A name as ids of PEtab are written.

    Examples
    --------
    >>> _id("10 mg/kg")
    'c10_mg_kg'
    """
    plain = re.sub(r"\W", "_", text)
    return plain if re.match(r"[A-Za-z_]", plain) else f"c{plain}"


def _observable(block: Block) -> str:
    return f"{block.kind}_{block.drug}" if block.drug else block.kind


def _tables(blocks: Sequence[Block]) -> dict[str, pd.DataFrame]:
    arms = list(dict.fromkeys(block.arm for block in blocks if block.arm))
    rows: list[dict[str, Any]] = []
    for block in blocks:
        for k, unit in enumerate(block.units):
            base = block.baselines[k] if block.baselines else 1.0
            own = [(0.0, base)] if block.baselines else []
            own += [
                (t, base * math.exp(v))
                for t, v in zip(block.times, block.values[k], strict=True)
                if math.isfinite(v)
            ]
            rows += [
                {
                    "observableId": _observable(block),
                    "simulationConditionId": _id(block.arm) if block.arm else "dish",
                    "measurement": float(f"{value:.10g}"),
                    "time": time,
                    "observableParameters": block.hours or "",
                    "datasetId": unit,
                }
                for time, value in own
            ]
    observables = {
        _observable(block): {
            "observableId": _observable(block),
            "observableFormula": block.kind,
            "observableTransformation": "log",
            "noiseFormula": block.noise or "measure",
            "noiseDistribution": "normal",
            "unit": _UNITS[block.kind],
            "drug": block.drug,
        }
        for block in blocks
    }
    conditions = [{"conditionId": _id(arm), "conditionName": arm} for arm in arms]
    return {
        "condition": pd.DataFrame(conditions or [{"conditionId": "dish", "conditionName": ""}]),
        "observable": pd.DataFrame(list(observables.values())),
        "measurement": pd.DataFrame(rows),
    }


def _parameters(free: Sequence[Free]) -> pd.DataFrame:
    rows = []
    for one in free:
        prior = one.prior
        kind, given = "uniform", (prior.low, prior.high)
        if prior.sd >= LEVEL_SD:
            kind, given = "parameterScaleUniform", (math.log10(prior.low), math.log10(prior.high))
        elif prior.sd:
            kind, given = "logNormal", (math.log(prior.center), prior.sd)
        rows.append(
            {
                "parameterId": one.name.replace(".", _POINT),
                "parameterScale": "log10" if prior.sd else "lin",
                "lowerBound": prior.low,
                "upperBound": prior.high,
                "nominalValue": one.stated,
                "estimate": 1,
                "objectivePriorType": kind,
                "objectivePriorParameters": ";".join(f"{value:.6g}" for value in given),
                "unit": prior.unit,
            }
        )
    return pd.DataFrame(rows)


def read_problem(path: Path) -> Asked:
    """Read a problem.

    Raises
    ------
    XenosimError
        A file that is missing or is no problem; all mistakes of a table at once.
    """
    try:
        head = yaml.safe_load(path.read_text(encoding="utf-8"))
        places = [
            (
                path.parent / entry["scenario_files"][0],
                [path.parent / entry[f"{kind}_files"][0] for kind in _TABLES],
            )
            for entry in head["problems"]
        ]
        parameters = path.parent / head["parameter_file"]
    except (OSError, yaml.YAMLError, KeyError, TypeError, IndexError) as error:
        raise TableError(
            "this is no problem of a fit",
            where=str(path),
            remedy="it needs parameter_file, and problems with scenario_files, condition_files,"
            " observable_files and measurement_files; 'xenosim fit' writes one",
        ) from error
    notes: list[str] = []
    problems = [_problem(scenario, tables, notes) for scenario, tables in places]
    return Asked(tuple(problems), read_parameters(parameters, problems), tuple(notes))


def _problem(scenario_file: Path, tables: list[Path], notes: list[str]) -> Problem:
    scenario = load_scenario(scenario_file)
    conditions, observables, measurements = (read_table(table) for table in tables)
    conditions.require(("conditionId", "conditionName"))
    observables.require(("observableId", "observableFormula", "noiseFormula"))
    arms = dict(
        zip(conditions.texts("conditionId"), conditions.texts("conditionName"), strict=True)
    )
    kinds = _kinds(observables)
    rows = _rows(measurements, kinds, arms)
    blocks: list[Block] = []
    start = None
    animals = rows[rows["kind"].isin((VOLUME, WEIGHT))]
    if len(animals):
        keys = ["arm", "unit", "time"]
        wide = animals.pivot_table(index=keys, columns="kind", values="measurement", sort=False)
        names = {"unit": "animal_id", "time": "day", VOLUME: "tumor_volume_mm3"}
        table = wide.reset_index().rename(columns=names | {WEIGHT: "body_weight_g"})
        found = measured(scenario, StudyData(table, source=str(tables[2])), weights=True)
        blocks, start = list(found.blocks), found.start_mm3
    for name, (kind, drug, noise) in kinds.items():
        own = rows[rows["observable"] == name]
        own = own.assign(value=np.log(own["measurement"]), day=own["time"])
        if kind == PLASMA and len(own):
            blocks += plasma_of(own, drug, noise)
        elif kind == IC50:
            for hours, part in own.groupby("hours"):
                blocks.append(ic50_of(drug, float(hours), part["value"].tolist(), noise))
    return Problem(scenario_file.name, with_start(scenario, start, notes), tuple(blocks))


def _kinds(table: Table) -> dict[str, tuple[str, str, float]]:
    """Quantity, drug and noise [ln] of each observable."""
    mistakes, found = Mistakes(TableError, table.path), {}
    formulas, noises = table.texts("observableFormula"), table.texts("noiseFormula")
    drugs, ids = table.texts("drug"), table.texts("observableId")
    for name, kind, noise, drug, line in zip(
        ids, formulas, noises, drugs, table.lines, strict=True
    ):
        number = 0.0 if noise == "measure" else _number(noise)
        if kind not in _UNITS:
            mistakes.add(
                f"'{kind}' is no quantity", line=line, remedy=f"one of {', '.join(_UNITS)}"
            )
        elif math.isnan(number) or (kind in (PLASMA, IC50) and number <= 0.0):
            mistakes.add(
                f"noiseFormula is '{noise}'",
                line=line,
                remedy="write its SD in ln units, e.g. 0.15",
            )
        else:
            found[name] = (kind, drug, number)
    mistakes.check()
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _rows(
    table: Table, kinds: dict[str, tuple[str, str, float]], arms: dict[str, str]
) -> pd.DataFrame:
    """Measurements with quantity and arm, every mistake at once."""
    table.require(("observableId", "simulationConditionId", "measurement", "time"))
    mistakes = Mistakes(TableError, table.path)
    values = table.numbers(
        "measurement", mistakes, check=lambda v: "" if v > 0 else "not above 0: leave it out"
    )
    times = table.numbers("time", mistakes)
    names, conditions = table.texts("observableId"), table.texts("simulationConditionId")
    for name, condition, line in zip(names, conditions, table.lines, strict=True):
        if name not in kinds:
            known = f"one of {', '.join(kinds)}"
            mistakes.add(f"there is no observable '{name}'", line=line, remedy=known)
        elif condition not in arms and kinds[name][0] != IC50:
            known = f"one of {', '.join(arms)}"
            mistakes.add(f"there is no condition '{condition}'", line=line, remedy=known)
    mistakes.check()
    hours = [_number(text) for text in table.texts("observableParameters")]
    frame = pd.DataFrame(
        {
            "observable": names,
            "kind": [kinds[name][0] for name in names],
            "arm": [arms.get(condition, "") for condition in conditions],
            "unit": table.texts("datasetId"),
            "measurement": [math.nan if v is None else v for v in values],
            "time": [math.nan if t is None else t for t in times],
            "hours": hours,
        }
    )
    return frame[frame["measurement"].notna() & frame["time"].notna()]


def read_parameters(path: Path, problems: Sequence[Problem]) -> tuple[Free, ...]:
    """What is free, with the bounds and priors of a table.

    Raises
    ------
    XenosimError
        Of all rows at once: bounds that are none, a prior of another kind; unknown names.
    """
    table = read_table(path)
    table.require(("parameterId", "lowerBound", "upperBound"))
    mistakes = Mistakes(TableError, path)
    low, high = (table.numbers(name, mistakes) for name in ("lowerBound", "upperBound"))
    kinds = table.texts("objectivePriorType")
    given = table.texts("objectivePriorParameters")
    wanted = [text != "0" for text in table.texts("estimate")]
    found = []
    for k, name in enumerate(table.texts("parameterId")):
        if not wanted[k]:
            continue
        (one,) = _named(problems, name.replace(_POINT, "."))
        ends = (low[k], high[k])
        try:
            found.append(one._replace(prior=_prior(one.prior, ends, kinds[k], given[k])))
        except (ParameterError, ValueError) as error:
            text = error.message if isinstance(error, ParameterError) else f"prior '{given[k]}'"
            mistakes.add(f"{name}: {text}", line=table.lines[k], remedy="see docs/fit.md")
    mistakes.check()
    return tuple(found)


def _named(problems: Sequence[Problem], name: str) -> tuple[Free, ...]:
    """The parameter of the first problem that has it."""
    for problem in problems[:-1]:
        try:
            return free_of(problem.scenario, [name])
        except ParameterError:
            continue
    return free_of(problems[-1].scenario, [name])


def _prior(own: Prior, ends: tuple[float | None, float | None], kind: str, given: str) -> Prior:
    """A prior as a table states it; its own within other bounds where it states none."""
    low, high = (old if new is None else new for new, old in zip(ends, own[3:5], strict=True))
    if not own.low <= low < high <= own.high:
        raise ParameterError(
            f"bounds {low:g} to {high:g} are not within {own.low:g} to {own.high:g}"
        )
    own = own._replace(low=low, high=high)
    if not kind:
        return own
    first, second = (float(part) for part in given.split(";"))
    if kind == "uniform" or (kind == "parameterScaleUniform" and not own.sd):
        return own._replace(low=max(low, first), high=min(high, second), sd=0.0)
    if kind == "parameterScaleUniform":
        low, high = max(low, 10.0**first), min(high, 10.0**second)
        return own._replace(low=low, high=high, center=math.sqrt(low * high), sd=LEVEL_SD)
    if kind == "logNormal" and second > 0.0:
        return own._replace(center=math.exp(first), sd=second)
    raise ParameterError(
        f"a prior '{kind}' of '{given}' is not known: uniform, logNormal or parameterScaleUniform"
    )
