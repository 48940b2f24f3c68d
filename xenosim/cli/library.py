"""Verbs of the line library: list, show, calibrate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from xenosim.cli.inputs import table
from xenosim.parameters.lines import calibrated, find_line, lines, published_rows
from xenosim.parameters.load import load_line, load_set


def list_lines(as_json: bool) -> None:
    """Every line with cancer, doubling time and what it was calibrated on."""
    rows = [["line", "cancer", "doubling (h)", "calibrated on", "gives", "parent, change"]]
    plain = []
    for record in lines().values():
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
    own = load_line(record.name)
    cell = load_set("cell").values
    changed = [p for p in own.values.values() if cell.get(p.name) != p]
    published = published_rows(record.name)
    conflicts = contradictions(
        published,
        record.target.ic50_nM if record.target else None,
        record.target.drug if record.target else "",
    )
    if as_json:
        parameters = {
            p.name: {
                "value": p.value,
                "unit": p.unit,
                "status": p.status,
                "source": p.bib,
                "where": p.where,
                "note": p.note,
            }
            for p in own.values.values()
        }
        typer.echo(
            json.dumps(
                {
                    "line": record.name,
                    "description": own.description,
                    "parameters": parameters,
                    "published": published,
                    "contradictions": conflicts,
                    "note": record.note,
                }
            )
        )
        return
    typer.echo(
        f"{record.name}: {own.description}"
        + (f"; {record.perturb} of {record.parent}" if record.parent else "")
    )
    typer.echo(
        table(
            [
                ["parameter", "value", "unit", "status", "source", "note"],
                *(
                    [p.name, f"{p.value:g}", p.unit, p.status, f"{p.bib}, {p.where}", p.note]
                    for p in changed
                ),
            ]
        )
    )
    typer.echo(
        f"  all others as the default cell: {len(own.values) - len(changed)} parameters ('xenosim"
        " params cell')"
    )
    if published:
        rows = [["published", "drug", "hours", "value", "unit", "status", "source"]]
        for row in published:
            value = row["value"] or (
                f"{row['low']} to {row['high']}"
                if row["low"] and row["high"]
                else f"> {row['low']}"
                if row["low"]
                else "yes"
            )
            rows.append(
                [
                    row["metric"],
                    row["drug"],
                    row["duration_h"] or "?",
                    value,
                    row["unit"],
                    row["status"],
                    row["source"],
                ]
            )
        typer.echo(table(rows))
    for text in [*conflicts, *([record.note] if record.note else [])]:
        typer.echo(f"Note: {text}")


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
            found.setdefault(row["drug"], []).append(
                (
                    low,
                    high,
                    f"{row['value'] or row['low'] + ' to ' + row['high']} nM ({row['source']})",
                )
            )
    texts = []
    for name, values in found.items():
        if len(values) > 1 and max(low for low, _, _ in values) > 1.5 * min(
            high for _, high, _ in values
        ):
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
    from xenosim.assays.calibration import calibrate_line, write_calibration
    from xenosim.execution.processes import Workers

    records = [find_line(name) for name in names] or [
        record for record in lines().values() if record.target
    ]
    with Workers(jobs, len(records)) as workers:
        residuals = workers.map(calibrate_line, records)
    if write:
        write_calibration(residuals, Path(write))
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "line": r.record.name,
                        "target": r.record.target._asdict() if r.record.target else None,
                    }
                    | r.found._asdict()
                    for r in residuals
                ]
            )
        )
        return
    rows = [
        [
            "line",
            "drug, hours",
            "published (nM)",
            "simulated (nM)",
            "fold",
            "load",
            "Nrf1 response",
            "",
        ]
    ]
    for record, found in residuals:
        target = record.target
        assert target is not None  # calibrate_line refuses a line without one
        response = "default" if found.bounce_back is None else f"{found.bounce_back:.3g}"
        rows.append(
            [
                record.name,
                f"{target.drug}, {target.hours:g} h",
                f"{target.ic50_nM:g}",
                f"{found.ic50_nM:.3g}",
                f"{found.fold:.2f}",
                f"{found.load_mean:.3g}",
                response,
                found.note,
            ]
        )
    typer.echo(table(rows))
    near = sum(1 / 1.5 <= r.found.fold <= 1.5 for r in residuals)
    typer.echo(
        f"{near} of {len(residuals)} within 1.5-fold"
        + (f"; written to {write}" if write else "; --write FILE keeps the result")
    )
