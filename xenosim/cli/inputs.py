"""Verbs new, check, params, regimen and cite."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xenosim.cli.simulate import about, parse_overrides
from xenosim.errors import ParameterError, RegimenError, RunError, printable, suggest

if TYPE_CHECKING:
    from xenosim.parameters.load import Parameter
    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario


def write_starter(file: str, force: bool, as_json: bool) -> None:
    """Write the commented starter; an existing file is kept."""
    from xenosim.io.runs import whole_file
    from xenosim.scenario.resolve import starter_text

    path = Path(file)
    if path.exists() and not force:
        raise RunError("the file exists", where=file, remedy="choose another name or add --force")
    with whole_file(path) as partial:
        partial.write_text(starter_text(), encoding="utf-8")
    typer.echo(
        json.dumps({"file": file})
        if as_json
        else f"{file} written; check it with 'xenosim check {file}'"
    )


def print_schema() -> None:
    """The JSON Schema of scenario files, for editors."""
    from xenosim.scenario.json_schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


def check_scenario(file: str, pairs: list[str], as_json: bool, engine: str | None = None) -> None:
    """Load a scenario, or a parameter file, and echo what it means."""
    from xenosim.cli.parameters import check_parameters, is_parameter_file

    if is_parameter_file(file):
        check_parameters(file, pairs, as_json)
        return
    from xenosim.parameters.shelf import on_shelf
    from xenosim.scenario.library import library_of
    from xenosim.scenario.load import load_scenario

    scenario = load_scenario(file, parse_overrides(pairs, None, engine))
    with on_shelf(library_of(scenario.library)):
        found = _meaning(scenario, file)
    if as_json:
        typer.echo(json.dumps(found))
        return
    arms, counts = found["arms"], found["parameters"]
    doses = sum(arm["doses"] for arm in arms.values())
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    typer.echo(
        f"✓ schema   ✓ units   ✓ regimens ({len(arms)} arms, {doses} doses)   ✓ parameters"
        f" ({sum(counts.values())}: {listed})"
    )
    head = ["arm", "regimen", "doses", "days (0 = first dose)", "total"]
    typer.echo(printable(table([head, *(_arm_row(name, arm) for name, arm in arms.items())])))
    for told in _rules_told(found["rules"]):
        typer.echo(printable(told))
    typer.echo(
        f"model: {found['model']}\n"
        f"cells: {found['cells']}\n"
        f"mouse: {found['mouse']}\n"
        f"run time: about {about(found['run_seconds'])} ({found['animal_days']:,.0f} days of all"
        f" animals, growth before day 0 included; {found['agent_steps']:.1g} agents x steps), and a"
        " minute more the first time\n"
        f"memory: at most about {found['memory_gib_per_animal']:.1f} GiB per animal,"
        f" {found['animals_at_a_time']} at a time"
        + "".join(f"\nnote: {note}" for note in found["notes"])
    )


def _meaning(scenario: Scenario, file: str) -> dict[str, Any]:
    """What a scenario means, and what it takes on this machine, as plain data."""
    from xenosim.parameters.load import load_set
    from xenosim.scenario.library import own_files_text
    from xenosim.scenario.resolve import calibration_of, scenario_hash, status_counts
    from xenosim.study.memory import bytes_needed, workers_that_fit
    from xenosim.study.notes import enrollment_planned, start_out_of_sight
    from xenosim.study.workload import workload

    work, workers = workload(scenario), workers_that_fit(scenario, None, file)
    models = len(scenario.panel) or 1
    return {
        "arms": {
            arm.name: _given(arm.doses) | {"regimen": arm.regimen_text} for arm in scenario.arms
        },
        "rules": {arm.name: arm.protocol.in_words() for arm in scenario.arms if arm.protocol},
        "model": f"{scenario.model} ({load_set(scenario.model).description})",
        "cells": calibration_of(scenario)[1],
        "mouse": _mouse_line(scenario.animals.strain),
        "parameters": status_counts(scenario),
        "memory_gib_per_animal": bytes_needed(scenario) / 2**30,
        "animals_at_a_time": workers,
        "run_seconds": models * work.seconds(workers),
        "animal_days": models * work.animal_days,
        "agent_steps": models * work.agent_steps,
        "notes": [
            note
            for note in (
                _panel_line(scenario),
                _stated_line(scenario),
                *own_files_text(scenario),
                start_out_of_sight(scenario),
                enrollment_planned(scenario),
            )
            if note
        ],
        "hash": scenario_hash(scenario),
    }


def _rules_told(rules: dict[str, list[str]]) -> list[str]:
    """The rules of the arms in words, those of several arms once."""
    arms: dict[tuple[str, ...], list[str]] = {}
    for arm, words in rules.items():
        arms.setdefault(tuple(words), []).append(f"'{arm}'")
    return [
        "\n  ".join([f"rules of {' and '.join(names)}:", *words]) for words, names in arms.items()
    ]


def _panel_line(scenario: Scenario) -> str:
    """The models of a panel by class, with the ranges of load and doubling time, or ""."""
    if not scenario.panel:
        return ""
    loads = [member.load_factor for member in scenario.panel]
    days = [member.doubling_time_days for member in scenario.panel]
    groups = Counter(member.group or member.name for member in scenario.panel)
    listed = ", ".join(f"{name} ({n})" if n > 1 else name for name, n in groups.items())
    return (
        f"a panel of {len(loads)} models: {listed}; mean load {min(loads):.2g} to {max(loads):.2g}"
        f" times that of their cells, doubling time {min(days):.3g} to {max(days):.3g} d; 'model'"
        " and 'cells' above are those of models that name none"
    )


def _stated_line(scenario: Scenario) -> str:
    """The parameters that a scenario states, with what they would be, or ""."""
    from xenosim.scenario.resolve import stated_parameters

    stated = stated_parameters(scenario)
    return f"set by the scenario, and assumed: {stated}" if stated else ""


def _mouse_line(strain: str) -> str:
    """What a strain is, and whether any of its values is its own."""
    from xenosim.parameters.load import load_set

    mouse, reference = load_set(strain), load_set("mouse").values
    own = [name for name, p in mouse.values.items() if reference[name] != p]
    says = f"its own {', '.join(own)}" if own else "all strains share the reference mouse's numbers"
    return f"{mouse.description} ({strain}); {says}"


def _arm_row(name: str, arm: dict[str, Any]) -> list[str]:
    days = " ".join(f"{day:g}" for day in arm["days"]) or "-"
    shown = days if len(days) < 60 else days[:57] + "..."
    resets = f", resets {arm['resets']}" if arm["resets"] else ""
    return [name, arm["regimen"], f"{arm['doses']}{resets}", shown, _totals(arm) or "-"]


def _totals(summary: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {amount:g} mg/kg" for name, amount in summary["total_mg_per_kg"].items()
    )


def table(rows: list[list[str]]) -> str:
    """Left-aligned columns, each cell on one line."""
    rows = [[printable(cell.replace("\n", " ")) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def list_parameters(name: str | None, status: str | None, as_json: bool) -> None:
    """Print the parameters of one set or all; those of the user in this directory among them."""
    from xenosim.cli.parameters import use_files_here
    from xenosim.parameters.load import available, load_set
    from xenosim.parameters.schema import STATUSES

    use_files_here()
    if status is not None and status not in STATUSES:
        raise ParameterError(
            f"unknown status '{status}'{suggest(status, STATUSES)}",
            remedy=f"one of {', '.join(STATUSES)}",
        )
    names = (
        [name]
        if name
        else ["cell", "dish", "readouts", "tumor", "mouse", *available("site"), *available("drug")]
    )
    found = [
        _parameter_row(each, p)
        for each in names
        for p in load_set(each).values.values()
        if status in (None, p.status)
    ]
    if as_json:
        typer.echo(json.dumps(found))
        return
    for each in names:
        if each in available("model"):
            typer.echo(_model_line(each))
    rows = [["set", "parameter", "value", "unit", "status", "source", "note"]]
    rows += [
        [p["set"], p["name"], f"{p['value']:g}", p["unit"], p["status"], p["source"], p["note"]]
        for p in found
    ]
    typer.echo(table(rows))
    typer.echo(
        f"{len(found)} parameters. Sites: {', '.join(available('site'))}. Models (xenosim params"
        " MODEL):"
    )
    for each in available("model"):
        typer.echo(f"  {_model_line(each)}")


def _model_line(name: str) -> str:
    """A model in a line: what it is of, and which of its values are its own."""
    from xenosim.parameters.load import load_set

    model = load_set(name)
    defaults = {**load_set("cell").values, **load_set("tumor").values}
    own = [f"{key} {p.value:g} {p.unit}" for key, p in model.values.items() if defaults[key] != p]
    return f"{name}: {model.description}. Values of its own: {', '.join(own) or 'none'}"


def _parameter_row(of_set: str, p: Parameter) -> dict[str, Any]:
    return {
        "set": of_set,
        "name": p.name,
        "value": p.value,
        "unit": p.unit,
        "status": p.status,
        "source": p.bib,
        "where": p.where,
        "note": p.note,
    }


def print_citations(run: str | None, bib: bool, as_json: bool) -> None:
    """BibTeX of every source a run used; without a ``run`` xenosim's own, as a line unless
    ``bib``.
    """
    from xenosim.io.runs import read_manifest
    from xenosim.report.citations import as_line, citations, own_entry

    own = {"xenosim": own_entry()}
    cited = citations(read_manifest(Path(run))) if run else own
    if as_json:
        typer.echo(json.dumps(cited))
    elif run is None and not bib:
        typer.echo(as_line(own["xenosim"]))
    else:
        typer.echo("\n\n".join(cited.values()))


def table_options(time_unit: str | None, amt_unit: str | None, cmt: list[str]) -> dict[str, Any]:
    """The options of an event table as in a scenario's ``events: {time_unit, amt_unit, cmt}``;
    those not given are left out.
    """
    compartments: dict[str, str] = {}
    for pair in cmt:
        number, equals, name = (part.strip() for part in pair.partition("="))
        if not number or not equals or not name:
            raise RegimenError(
                f"'{pair}' is not number=compartment",
                where="--cmt",
                remedy="write --cmt 1=depot_po --cmt 2=central",
            )
        if number in compartments:
            raise RegimenError(
                f"compartment {number} is given twice",
                where="--cmt",
                remedy="give each number once",
            )
        compartments[number] = name
    options = {"time_unit": time_unit, "amt_unit": amt_unit, "cmt": compartments or None}
    return {name: value for name, value in options.items() if value is not None}


def show_regimen(
    regimen: str,
    dialect: str | None,
    drug: str,
    first_day: int | None,
    options: dict[str, Any],
    as_json: bool,
) -> None:
    """Expand a regimen; ``options`` are those of an event table."""
    from xenosim.cli.parameters import use_files_here
    from xenosim.pharmacology.dialects import as_dialect, doses_to_events

    use_files_here()
    doses = _read_regimen(regimen, drug, first_day, options)
    if dialect:
        text = as_dialect(doses, dialect.lower())
        typer.echo(json.dumps({"dialect": dialect.lower(), "text": text}) if as_json else text)
        return
    summary = _given(doses)
    if as_json:
        typer.echo(json.dumps(summary | {"events": doses_to_events(doses)}))
        return
    rows = [["dose", "day", "time (h)", "mg/kg", "route", "infusion (h)", "drug"]]
    numbers = count(1)
    for dose in doses:
        rows.append(["-" if _is_reset(dose) else str(next(numbers)), *_dose_row(dose)])
    typer.echo(table(rows))
    resets = f", resets of plasma: {summary['resets']}" if summary["resets"] else ""
    typer.echo(f"{summary['doses']} doses{resets}; total {_totals(summary) or 'none'}")


def _is_reset(dose: Dose) -> bool:
    """Whether a record empties plasma and gives nothing, EVID 3."""
    return dose.reset and dose.amount_mg_per_kg == 0


def _given(doses: Sequence[Dose]) -> dict[str, Any]:
    """Doses, days and totals, without the resets, which are counted apart."""
    from xenosim.pharmacology.regimen import describe

    given = [dose for dose in doses if not _is_reset(dose)]
    return describe(given) | {"resets": len(doses) - len(given)}


def _read_regimen(
    regimen: str, drug: str, first_day: int | None, options: dict[str, Any]
) -> tuple[Dose, ...]:
    """The doses of an event table (.csv) or of a regimen, of drugs that are known."""
    from xenosim.pharmacology.dose import check_route, check_substance
    from xenosim.pharmacology.events import read_events, table_units
    from xenosim.pharmacology.regimen import parse_regimen

    if regimen.lower().endswith(".csv"):
        doses = read_events(Path(regimen), default_drug=drug, units=table_units(**options))
    elif options:
        raise RegimenError(
            f"'{regimen}' is not an event table",
            where=", ".join(f"--{name.replace('_', '-')}" for name in options),
            remedy="use these options with a .csv file; a regimen states its own units and routes",
        )
    else:
        doses = parse_regimen(regimen, default_drug=drug, day_of_first_dose=first_day)
    for dose in doses:
        check_substance(dose, where=regimen)
        try:
            check_route(dose)
        except RegimenError as error:
            raise RegimenError(error.message, where=regimen, remedy=error.remedy) from error
    return doses


def _dose_row(dose: Dose) -> list[str]:
    infusion = f"{dose.duration_h:g}" if dose.duration_h else "-"
    if dose.route == "IV" and not dose.duration_h:
        infusion = "bolus"
    return [
        f"{dose.time_h / 24:g}",
        f"{dose.time_h:g}",
        "reset" if _is_reset(dose) else f"{dose.amount_mg_per_kg:g}",
        dose.route,
        infusion,
        dose.substance,
    ]
