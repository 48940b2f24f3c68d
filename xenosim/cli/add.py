"""Verbs that write a parameter file from what is known: lines add, drugs add."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from xenosim.cli.inputs import table
from xenosim.cli.parameters import use_files_here
from xenosim.errors import ParameterError, RunError


def add_line(
    name: str,
    ic50s: list[str],
    doubling: str | None,
    cancer: str,
    out: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Calibrate a line on its IC50s and write its file."""
    from xenosim.assays.new_line import line_from_ic50s, parse_ic50, said_ic50
    from xenosim.io.plain import plain
    from xenosim.scenario.parameter_text import parameter_text
    from xenosim.units import quantity

    path = _free(name, out, force, "lines")
    use_files_here()
    targets = [parse_ic50(text) for text in ic50s]
    hours = quantity(doubling, "time", where="--doubling") if doubling is not None else None
    made = line_from_ic50s(name, targets, hours, cancer)
    _write(path, parameter_text(made.set, {"cancer": cancer}, list(made.notes)))
    load = made.set.values["load_mean"]
    if as_json:
        asked = [
            t._asdict() | {"given_nM": g} for t, g in zip(made.targets, made.given_nM, strict=True)
        ]
        data = {"file": str(path), "ic50s": asked, "notes": made.notes}
        typer.echo(json.dumps(plain(data | {"load_mean": load.value, "range": load.range})))
        return
    rows = [["drug", "hours", "IC50 published (nM)", "the line gives", "load it asks"]]
    rows += [
        [t.drug, f"{t.hours:g}", f"{t.ic50_nM:g}", said_ic50(given, t), f"{each.load_mean:.3g}"]
        for t, given, each in zip(made.targets, made.given_nM, made.found, strict=True)
    ]
    typer.echo(table(rows))
    for note in made.notes:
        typer.echo(f"Note: {note}")
    typer.echo(
        f"{path} written: load {load.value:g}; all else as the default cell and"
        f" {f'lines of {cancer}' if cancer else 'no family (--cancer)'}. Next: xenosim assay"
        f" viability --line {name}, or 'line: {name}' in a scenario beside lines/"
    )


def add_drug(
    name: str,
    mechanism: str,
    pk: list[str],
    nca: list[str],
    stated: list[str],
    out: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Make a drug from tables or values of its PK and write its file."""
    from xenosim.pkpd.new_drug import drug_file

    path = _free(name, out, force, "drugs")
    made = drug_file(name.lower(), mechanism, pk, nca, stated)
    _write(path, made.text)
    if as_json:
        values = {p.name: p.value for p in made.set.values.values()}
        typer.echo(json.dumps({"file": str(path), "parameters": values, "notes": made.notes}))
        return
    rows = [["parameter", "value", "unit", "90 % interval", "status"]]
    rows += [
        [p.name, f"{p.value:.4g}", p.unit, _between(p.range), p.status]
        for p in made.set.values.values()
    ]
    typer.echo(table(rows))
    for note in made.notes:
        typer.echo(f"Note: {note}")
    typer.echo(
        f"{path} written. Read it through, state sources, then: xenosim check {path}; in a scenario"
        f" beside drugs/ write 'drug: {name.lower()}'"
    )


def _between(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.3g} to {ends[1]:.3g}" if ends else ""


def _free(name: str, out: str | None, force: bool, folder: str) -> Path:
    """Where a file is written; a name that no scenario can write and a file that exists are
    refused.
    """
    from xenosim.scenario.library import is_name

    path = Path(out) if out else Path(folder) / f"{name}.yaml"
    if not is_name(name):
        raise ParameterError(
            f"'{name}' can be no name", remedy="use letters, digits, '-', '_' and '.'"
        )
    if path.exists() and not force:
        raise RunError("the file exists", where=str(path), remedy="add --force, or --out FILE")
    return path


def _write(path: Path, text: str) -> None:
    from xenosim.io.runs import whole_file

    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
