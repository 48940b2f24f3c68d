"""Verbs of the dish: assay viability and assay apoptosis."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import typer

from xenosim.errors import UnitError

#: Doses of a range, evenly spaced on a log axis.
POINTS = 10


def parse_doses(text: str) -> list[float]:
    """"1..1000 nM" as ten doses evenly spaced on a log axis, "20,50,100 nM" as listed [nM]."""
    import numpy as np

    from xenosim.units import quantity

    remedy = 'write a range "1..1000 nM" or a list "20,50,100 nM"'
    match = re.fullmatch(r"\s*([\d.,eE+\-\s]+?)\s*([a-zA-Zµ]+(?:/\w+)?)\s*", text)
    if match is None:
        raise UnitError(f"'{text}' is not a list of doses with a unit", where="--doses", remedy=remedy)
    numbers, unit = match.groups()
    parts = [part.strip() for part in re.split(r"\.\.|,", numbers)]
    doses = [quantity(f"{part} {unit}", "concentration", where="--doses") for part in parts]
    if ".." in numbers:
        if len(doses) != 2 or not 0 < doses[0] < doses[1]:
            raise UnitError(f"'{text}' is not a rising range", where="--doses", remedy=remedy)
        return [float(dose) for dose in np.geomspace(doses[0], doses[1], POINTS)]
    return doses


def run_assay(
    kind: str, line: str, doubling: str, drug: str, doses: str, hours: float, pulse: str | None, cells: int, replicates: int, seed: int,
    out: str, as_json: bool,
) -> None:  # fmt: skip
    """Expose wells, read them, print the answer, leave a directory with the table and the figure."""
    from xenosim.assays.culture import line_of
    from xenosim.assays.viability import dose_response
    from xenosim.errors import ParameterError, suggest
    from xenosim.io.runs import check_writable, new_run_directory, write_json, write_table
    from xenosim.parameters.load import available, load_set
    from xenosim.units import quantity
    from xenosim.viz.response import dose_response_figure, gates_figure
    from xenosim.viz.style import save

    if drug not in available("drug"):
        raise ParameterError(f"there is no drug '{drug}'{suggest(drug, available('drug'))}", where="--drug", remedy=f"known: {', '.join(available('drug'))}")
    known = ["cell", *available("model")]
    if line not in known:
        raise ParameterError(f"there is no line '{line}'{suggest(line, known)}", where="--line", remedy=f"known: {', '.join(known)}")
    levels = parse_doses(doses)
    check_writable(Path(out))
    cell = line_of(load_set(line), quantity(doubling, "time", where="--doubling"))
    pulse_h = quantity(pulse, "time", where="--pulse") if pulse else float("inf")
    result = dose_response(cell, drug, levels, hours, cells=cells, replicates=replicates, seed=seed, pulse_h=pulse_h)
    title = f"{line}, {drug}, read at {hours:g} h" + (f" after a pulse of {pulse}" if pulse else "")
    counts = status_counts_of(line, drug)
    with new_run_directory(Path(out), f"{kind}_{line}_{drug}") as (work, final):
        write_table(result.table, work / "wells.csv")
        write_json({"title": title, "fit": result.fit._asdict(), "seed": seed, "parameters": counts, "simulated": True}, work / "manifest.json")
        figure = dose_response_figure(result.table, result.fit, title) if kind == "viability" else gates_figure(result.table, title)
        save(figure, work, kind)
    if as_json:
        fit: dict[str, Any] = {key: value if value == value and abs(value) != float("inf") else str(value) for key, value in result.fit._asdict().items() if key != "note"}
        typer.echo(json.dumps({"title": title, "fit": fit | {"note": result.fit.note}, "wells": result.table.to_dict("records"), "directory": str(final)}))
        return
    typer.echo(f"{title}   SIMULATED, seed {seed}\n")
    typer.echo(answer(result.fit) if kind == "viability" else gates_text(result.table))
    listed = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    typer.echo(f"\nParameters: {listed}. {line} is not calibrated to a cell line's own data.\nDirectory: {final}")


def answer(fit: Any) -> str:
    """IC50 with its interval, or why there is none."""
    if fit.note:
        return fit.note
    return f"IC50 {fit.ic50:.3g} nM (95 % CI {fit.ci_low:.3g} to {fit.ci_high:.3g}), Hill slope {fit.slope:.2f}; total concentration in medium"


def gates_text(table: Any) -> str:
    """Mean shares per dose."""
    means = 100 * table.groupby("dose_nM")[["viable", "early", "late"]].mean()
    lines = [f"{'dose (nM)':>10}{'viable %':>10}{'early %':>10}{'late %':>10}{'Annexin V+ %':>14}"]
    lines += [f"{dose:>10.4g}{r.viable:>10.1f}{r.early:>10.1f}{r.late:>10.1f}{r.early + r.late:>14.1f}" for dose, r in means.iterrows()]
    return "\n".join(lines)


def status_counts_of(line: str, drug: str) -> dict[str, int]:
    """Parameters by status of a line and a drug."""
    from xenosim.parameters.load import load_set
    from xenosim.parameters.schema import PARAMETERS, STATUSES

    entries = [p for p in load_set(line).values.values() if p.name in PARAMETERS["cell"]] + list(load_set(drug).values.values())
    return {status: sum(p.status == status for p in entries) for status in STATUSES}
