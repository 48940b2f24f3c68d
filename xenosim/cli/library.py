"""Verbs of the line library: list, show, calibrate."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from xenosim.cli.inputs import table
from xenosim.parameters.lines import (
    Calibrated,
    LineRecord,
    calibrated,
    find_line,
    lines,
    published_rows,
)
from xenosim.parameters.load import Parameter, ParameterSet, load_line, load_set
from xenosim.parameters.shelf import own_names

#: Fold difference between published IC50s up to which they agree [-].
GOOD_AGREEMENT = 1.5


def list_lines(as_json: bool) -> None:
    """Every line with cancer, doubling time and what it was calibrated on."""
    rows = [["line", "cancer", "doubling (h)", "calibrated on", "gives", "parent, change"]]
    plain = []
    own = own_names("line")
    shipped = [record for name, record in lines().items() if name not in own]
    for record in [*map(find_line, own), *shipped]:
        found, target = calibrated().get(record.name), record.target
        asked = f"{target.drug} {target.ic50_nM:g} nM, {target.hours:g} h" if target else "-"
        gives = (
            f"{found.ic50_nM:.3g} nM" + (" (miss)" if found.note.startswith("missed") else "")
            if found
            else "-"
        )
        time = f"{record.doubling_h:g}" + (" *" if record.doubling_status == "assumed" else "")
        rows.append(
            [
                record.name,
                record.cancer,
                time,
                asked,
                gives,
                f"{record.parent}, {record.perturb}" if record.parent else "",
            ]
        )
        plain.append(
            record._asdict()
            | {
                "target": target._asdict() if target else None,
                "calibrated": found._asdict() if found else None,
            }
        )
    if as_json:
        typer.echo(json.dumps(plain))
        return
    typer.echo(table(rows))
    typer.echo(
        f"{len(plain)} lines; * assumed; lines without an IC50 have the default cell's load."
        " 'xenosim lines show NAME' for the sources"
    )


def show_line(name: str, as_json: bool) -> None:
    """Parameters that differ from the default cell, the published values, and the contradictions
    between them.
    """
    record = find_line(name)
    own, published = load_line(record.name), published_rows(record.name)
    target = record.target
    conflicts = contradictions(
        published, target.ic50_nM if target else None, target.drug if target else ""
    )
    if as_json:
        data = {
            "line": record.name,
            "description": own.description,
            "parameters": {p.name: _as_data(p) for p in own.values.values()},
            "published": published,
            "contradictions": conflicts,
            "note": record.note,
        }
        typer.echo(json.dumps(data))
        return
    origin = f"; {record.perturb} of {record.parent}" if record.parent else ""
    typer.echo(f"{record.name}: {own.description}{origin}")
    _print_parameters(own)
    if published:
        _print_published(published)
    for text in [*conflicts, *([record.note] if record.note else [])]:
        typer.echo(f"Note: {text}")


def _as_data(parameter: Parameter) -> dict[str, Any]:
    """A parameter as plain data."""
    return {
        "value": parameter.value,
        "unit": parameter.unit,
        "status": parameter.status,
        "source": parameter.bib,
        "where": parameter.where,
        "note": parameter.note,
    }


def _print_parameters(own: ParameterSet) -> None:
    """Parameters that differ from those of the default cell."""
    default = load_set("cell").values
    changed = [p for p in own.values.values() if default.get(p.name) != p]
    rows = [["parameter", "value", "unit", "status", "source", "note"]]
    rows += [
        [p.name, f"{p.value:g}", p.unit, p.status, f"{p.bib}, {p.where}", p.note] for p in changed
    ]
    typer.echo(table(rows))
    typer.echo(
        f"  all others as the default cell: {len(own.values) - len(changed)} parameters ('xenosim"
        " params cell')"
    )


def _print_published(published: Sequence[Mapping[str, str]]) -> None:
    """Published values with their sources."""
    rows = [["published", "drug", "hours", "value", "unit", "status", "source"]]
    for row in published:
        rows.append(
            [
                row["metric"],
                row["drug"],
                row["duration_h"] or "?",
                _published_value(row),
                row["unit"],
                row["status"],
                row["source"],
            ]
        )
    typer.echo(table(rows))


def _published_value(row: Mapping[str, str]) -> str:
    """A published number, range or bound; "yes" for what is only said to occur."""
    if row["value"]:
        return row["value"]
    if row["low"] and row["high"]:
        return f"{row['low']} to {row['high']}"
    return f"> {row['low']}" if row["low"] else "yes"


def contradictions(
    published: Sequence[dict[str, str]], default: float | None, drug: str
) -> list[str]:
    """Published IC50s of one drug that differ by more than 1.5-fold from each other, with the one
    that is used.
    """
    found: dict[str, list[tuple[float, float, str]]] = {}
    for row in published:
        if row["metric"].startswith("IC50") and (row["value"] or row["high"]):
            low, high = float(row["low"] or row["value"]), float(row["high"] or row["value"])
            text = f"{_published_value(row)} nM ({row['source']})"
            found.setdefault(row["drug"], []).append((low, high, text))
    texts = []
    for name, values in found.items():
        if max(low for low, _, _ in values) > GOOD_AGREEMENT * min(high for _, high, _ in values):
            used = f"; {default:g} nM is used" if default is not None and name == drug else ""
            texts.append(
                f"the published IC50s of {name} contradict each other:"
                f" {' against '.join(text for _, _, text in values)}{used}"
            )
    return texts


def calibrate_lines(
    names: Sequence[str], write: str | None, jobs: int | None, as_json: bool
) -> None:
    """Run the calibration again and print every residual."""
    from xenosim.assays.calibration import GOOD_FOLD, calibrate_line, write_calibration
    from xenosim.execution.processes import Workers
    from xenosim.io.runs import whole_file

    records = [find_line(name) for name in names] or [
        record for record in lines().values() if record.target
    ]
    with Workers(jobs, len(records)) as workers:
        residuals = workers.map(calibrate_line, records)
    if write:
        with whole_file(Path(write)) as partial:
            write_calibration(residuals, partial)
    if as_json:
        typer.echo(json.dumps([_residual_as_data(*each) for each in residuals]))
        return
    head = ["line", "drug, hours", "published (nM)", "simulated (nM)", "fold", "load"]
    rows = [_residual_row(*each) for each in residuals]
    typer.echo(table([[*head, "Nrf1 response", ""], *rows]))
    near = sum(1 / GOOD_FOLD <= found.fold <= GOOD_FOLD for _, found in residuals)
    typer.echo(
        f"{near} of {len(residuals)} within {GOOD_FOLD:g}-fold"
        + (f"; written to {write}" if write else "; --write FILE keeps the result")
    )


def _residual_as_data(record: LineRecord, found: Calibrated) -> dict[str, Any]:
    """A calibrated line as plain data."""
    target = record.target._asdict() if record.target else None
    return {"line": record.name, "target": target} | found._asdict()


def _residual_row(record: LineRecord, found: Calibrated) -> list[str]:
    """A calibrated line as a row: what was asked and what came out."""
    target = record.target
    assert target is not None  # calibrate_line refuses a line without one
    return [
        record.name,
        f"{target.drug}, {target.hours:g} h",
        f"{target.ic50_nM:g}",
        f"{found.ic50_nM:.3g}",
        f"{found.fold:.2f}",
        f"{found.load_mean:.3g}",
        "default" if found.bounce_back is None else f"{found.bounce_back:.3g}",
        found.note,
    ]
