"""What the assay verbs do: read the options, run, print the answer, leave a directory with tables
and figures.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import typer
import yaml

from xenosim import __version__
from xenosim.assays.characterization import characterize as fit_line
from xenosim.assays.characterization import read_viability
from xenosim.assays.combination import combine as combine_drugs
from xenosim.assays.culture import Line, line_of
from xenosim.assays.library import cell_of, cells
from xenosim.assays.lysate import MESSAGES, NODES, blot, chip, qpcr
from xenosim.assays.plate import Layout, check_drugs
from xenosim.assays.viability import apoptosis as annexin
from xenosim.assays.viability import dose_response, pulses_of
from xenosim.errors import ParameterError, UnitError
from xenosim.io.runs import check_writable, new_run_directory, write_json, write_table
from xenosim.parameters.load import available, count_statuses, load_set
from xenosim.parameters.schema import PARAMETERS
from xenosim.units import quantity
from xenosim.viz.response import compare_figure
from xenosim.viz.style import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Doses of a range, evenly spaced on a log axis.
POINTS = 10
#: Highest concentration that is simulated [nM].
MAX_NM = 1e9


def parse_doses(text: str) -> list[float]:
    """ "1..1000 nM" as ten doses evenly spaced on a log axis, "1..1000 nM / 6" as six, "20,50,100
    nM" as listed [nM].
    """
    remedy = 'write a range "1..1000 nM" or a list "20,50,100 nM"'
    match = re.fullmatch(r"\s*([\d.,eE+\-\s]+?)\s*([a-zA-Zµμ]+)\s*(?:/\s*(\d+))?\s*", text)
    if match is None:
        raise UnitError(
            f"'{text}' is not a list of doses with a unit", where="--dose", remedy=remedy
        )
    numbers, unit, points = match.groups()
    parts = [part.strip() for part in re.split(r"\.\.|,", numbers)]
    doses = [quantity(f"{part} {unit}", "concentration", where="--dose") for part in parts]
    if not all(dose <= MAX_NM for dose in doses):
        raise UnitError(
            f"'{text}' goes beyond 1 M", where="--dose", remedy="check the unit: pM, nM, uM, mM"
        )
    if ".." in numbers:
        count = int(points or POINTS)
        if len(doses) != 2 or not 0 < doses[0] < doses[1] or not 2 <= count <= 99:
            raise UnitError(
                f"'{text}' is not a rising range of 2 to 99 doses", where="--dose", remedy=remedy
            )
        return [float(f"{dose:.6g}") for dose in np.geomspace(doses[0], doses[1], count)]
    return doses


def parse_times(text: str) -> list[float]:
    """ "0,4,8,24" as hours [h]."""
    try:
        return sorted({float(part) for part in text.split(",")})
    except ValueError as error:
        raise ParameterError(
            f"'{text}' is not a list of hours", where="--times", remedy="write e.g. 0,4,8,24"
        ) from error


def hours_of(text: str | None, where: str) -> float:
    """A time with its unit [h]; infinite if none is given."""
    return quantity(text, "time", where=where) if text else float("inf")


def cells_of(
    line: str,
    doubling: str | None,
    perturb: Sequence[str] | None,
    resistant: str | None = None,
    mutation_rate: float = 0.0,
    reversion_rate: float = 0.0,
) -> Line:
    """The cells that the options describe."""
    share = quantity(resistant, "fraction", where="--resistant") if resistant else None
    time = quantity(doubling, "time", where="--doubling") if doubling else None
    return cells(line, perturb or [], time, share, mutation_rate, reversion_rate)


def layout_of(cells: int, replicates: int, seed: int, noise: str) -> Layout:
    """Wells and noise."""
    return Layout(cells, replicates, seed, quantity(noise, "fraction", where="--noise"))


def viability(
    line: Line,
    drug: str,
    dose: str,
    hours: float,
    pulse: str | None,
    every: str | None,
    repeats: int,
    layout: Layout,
    out: str,
    as_json: bool,
) -> None:
    """Dose-response, with or without wash-out."""
    if repeats > 1 and every is None:
        raise ParameterError(
            "repeated pulses need the time between their starts",
            where="--every",
            remedy='add --every "24 h"',
        )
    pulse_h, every_h = hours_of(pulse, "--pulse"), hours_of(every, "--every") if every else 0.0
    check_writable(Path(out))
    result = dose_response(line, drug, parse_doses(dose), hours, layout, pulse_h, every_h, repeats)
    kind = "viability" if pulse is None else "washout"
    finish(
        kind,
        str(result),
        {"wells": result.table},
        {kind: result.plot()},
        line,
        [drug],
        layout,
        out,
        as_json,
        {"fit": result.fit._asdict()},
    )


def apoptosis(
    line: Line,
    drug: str,
    dose: str,
    hours: float,
    pulse: str | None,
    layout: Layout,
    out: str,
    as_json: bool,
) -> None:
    """Annexin V / PI."""
    check_writable(Path(out))
    result = annexin(line, drug, parse_doses(dose), hours, layout, hours_of(pulse, "--pulse"))
    finish(
        "apoptosis",
        str(result),
        {"wells": result.table},
        {"apoptosis": result.plot()},
        line,
        [drug],
        layout,
        out,
        as_json,
        {},
    )


def course(
    kind: str,
    line: Line,
    drug: str,
    dose: str,
    times: str,
    markers: str,
    pulse: str | None,
    layout: Layout,
    out: str,
    as_json: bool,
) -> None:
    """Blot, qPCR or ChIP."""
    check_drugs([drug])
    if len(amounts := parse_doses(dose)) != 1 or amounts[0] <= 0:
        raise UnitError(
            f"'{dose}' is not one dose",
            where="--dose",
            remedy='give one concentration above 0, e.g. "10 uM"',
        )
    amount = amounts[0]
    check_writable(Path(out))
    pulses, hours = pulses_of(drug, amount, hours_of(pulse, "--pulse")), parse_times(times)
    if kind == "chip":
        factor, _, promoter = markers.partition(",")
        result = chip(line, pulses, hours, factor, promoter, layout)
    else:
        names = (
            list(NODES if kind == "blot" else MESSAGES)
            if markers.strip().lower() == "all"
            else markers.split(",")
        )
        result = (blot if kind == "blot" else qpcr)(line, pulses, hours, names, layout)
    finish(
        kind,
        str(result),
        {"levels": result.table},
        {kind: result.plot()},
        line,
        [drug],
        layout,
        out,
        as_json,
        {},
    )


def combine(
    line: Line,
    drugs: str,
    doses: Sequence[str],
    ratio: str,
    schedule: str,
    delay: str,
    hours: float,
    layout: Layout,
    out: str,
    as_json: bool,
) -> None:
    """Two drugs."""
    names = [name.strip() for name in drugs.split(",")]
    if len(names) != 2:
        raise ParameterError(
            f"'{drugs}' are not two drugs", where="--drugs", remedy="write ixazomib,lenalidomide"
        )
    check_drugs(names)
    if doses and len(doses) != 2:
        raise ParameterError(
            f"{len(doses)} lists of doses for two drugs",
            where="--dose",
            remedy="give --dose twice, in the order of --drugs",
        )
    check_writable(Path(out))
    lists = (
        [parse_doses(text) for text in doses]
        if doses
        else default_doses(line, names, hours, layout)
    )
    result = combine_drugs(
        line,
        (names[0], names[1]),
        lists[0],
        lists[1],
        hours,
        ratio,
        schedule,
        hours_of(delay, "--delay"),
        layout,
    )
    tables = {"wells": result.wells, "pairs": result.pairs, "summary": result.summary}
    finish(
        "combine",
        str(result),
        tables,
        dict(result.plots()),
        line,
        names,
        layout,
        out,
        as_json,
        {"summary": result.summary.to_dict("records")},
    )


def default_doses(
    line: Line, names: Sequence[str], hours: float, layout: Layout
) -> list[list[float]]:
    """Six doses of each drug from an eighth of its IC50 to four times it; of a drug without one, up
    to 10 uM [nM].
    """
    lists = []
    for name in names:
        fit = dose_response(
            line,
            name,
            [float(d) for d in np.geomspace(0.1, 1e4, 11)],
            hours,
            layout._replace(replicates=1, noise=0.0),
        ).fit
        middle = fit.ic50 if np.isfinite(fit.ic50) and fit.ic50 > 0 else 2500.0
        lists.append([float(f"{middle * 2.0**k:.3g}") for k in range(-3, 3)])
    # One ratio throughout, which rounding would spoil.
    return [lists[0], [float(lists[1][0] / lists[0][0] * dose) for dose in lists[0]]]


def compare(
    lines: str,
    drugs: str,
    dose: str,
    hours: float,
    pulse: str | None,
    perturb: Sequence[str] | None,
    layout: Layout,
    out: str,
    as_json: bool,
) -> None:
    """IC50s of lines and drugs."""
    names, given = (
        list(dict.fromkeys(name.strip() for name in text.split(","))) for text in (drugs, lines)
    )
    cells = [cells_of(name, None, perturb) for name in given]
    check_drugs(names)
    check_writable(Path(out))
    doses, rows = parse_doses(dose), []
    if len(set(doses)) < 4:
        raise ParameterError(
            f"{len(set(doses))} doses are too few for an IC50",
            where="--dose",
            remedy='give at least four, e.g. "0.1..1000 nM"',
        )
    for line in cells:
        first = None
        for name in names:
            fit = dose_response(line, name, doses, hours, layout, hours_of(pulse, "--pulse")).fit
            first = fit.ic50 if first is None else first
            ratio = (
                fit.ic50 / first if 0 < fit.ic50 < np.inf and 0 < first < np.inf else float("nan")
            )
            rows.append(
                {
                    "line": line.label,
                    "drug": name,
                    "ic50_nM": fit.ic50,
                    "ci_low": fit.ci_low,
                    "ci_high": fit.ci_high,
                    "slope": fit.slope,
                    f"over_{names[0]}": ratio,
                    "note": fit.note,
                }
            )
    table = pd.DataFrame(rows)
    width = max(14, *(len(line.label) + 2 for line in cells))
    text = [
        f"IC50 (nM), read at {hours:g} h" + (f" after a pulse of {pulse}" if pulse else ""),
        " " * width + "".join(f"{name:>32}" for name in names),
    ]
    for line in cells:
        row = table[table["line"] == line.label]
        text.append(f"{line.label:{width}}" + "".join(f"{_ic50(r):>32}" for r in row.itertuples()))
    text += (
        [
            "",
            f"ratio to {names[0]}:  "
            + "; ".join(
                f"{r.line} {r.drug} {r[7]:.3g}"
                for r in table.itertuples()
                if r.drug != names[0] and np.isfinite(r[7])
            ),
        ]
        if len(names) > 1
        else []
    )
    figures = {"compare": compare_figure(table, text[0])}
    all_lines = cells[0]._replace(label=" ".join(line.label for line in cells))
    finish(
        "compare",
        "\n".join(text),
        {"ic50": table},
        figures,
        all_lines,
        names,
        layout,
        out,
        as_json,
        {"ic50": rows},
    )


def _ic50(row: Any) -> str:
    if not np.isfinite(row.ic50_nM):
        return f"> {row.ci_low:.3g}"
    return (
        f"< {row.ci_high:.3g}"
        if row.ic50_nM == 0
        else f"{row.ic50_nM:.3g} ({row.ci_low:.3g} to {row.ci_high:.3g})"
    )


def characterize(
    file: str, name: str | None, doubling: str, like: str, layout: Layout, out: str, as_json: bool
) -> None:
    """Fit a user's own data."""
    data, cell = read_viability(Path(file)), cell_of(like)
    check_writable(Path(out))
    result = fit_line(
        data, name or Path(file).stem, cell, quantity(doubling, "time", where="--doubling"), layout
    )
    found = {
        "name": result.name,
        "load_mean": result.load_mean,
        "low": result.load_interval[0],
        "high": result.load_interval[1],
        "rms": result.rms,
    }
    line = line_of(cell, quantity(doubling, "time", where="--doubling"))._replace(
        name=result.name, label=result.name
    )
    drugs = sorted(set(data["drug"]))
    own = {
        "name": result.name,
        "like": like,
        "doubling_h": hours_of(doubling, "--doubling"),
        "load_mean": result.load_mean,
    }
    own |= {"low": result.load_interval[0], "high": result.load_interval[1]}
    text = str(result)
    finish(
        "characterize",
        text,
        {"data": data, "fitted": result.fitted},
        {"characterize": result.plot()},
        line,
        drugs,
        layout,
        out,
        as_json,
        found,
        {"line.yaml": yaml.safe_dump(own, sort_keys=False)},
    )


def finish(
    kind: str,
    text: str,
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Figure],
    line: Line,
    drugs: Sequence[str],
    layout: Layout,
    out: str,
    as_json: bool,
    result: dict[str, Any],
    files: Mapping[str, str] = {},  # noqa: B006 - never changed
) -> None:
    """Leave a directory with tables, figures and a manifest; print the answer and what it rests on,
    or all of it as JSON.
    """
    counts = statuses(line.name, drugs)
    slug = re.sub(r"[^A-Za-z0-9]+", "_", f"{kind}_{line.label}_{'_'.join(drugs)}").strip("_")
    settings = {
        "line": line.label,
        "drugs": list(drugs),
        **layout._asdict(),
        "doubling_h": line.traits.cycle_h,
    }
    manifest = {
        "xenosim": __version__,
        "date": datetime.now().isoformat(timespec="seconds"),
        "command": shlex.join(["xenosim", *sys.argv[1:]]),
        "assay": kind,
        "answer": text,
        "settings": settings,
        "seed": layout.seed,
        "parameters": counts,
        "simulated": True,
        **result,
    }
    with new_run_directory(Path(out), slug) as (work, final):
        for name, table in tables.items():
            write_table(table, work / f"{name}.csv")
        write_json(manifest, work / "manifest.json")
        for name, content in files.items():
            (work / name).write_text(content, encoding="utf-8")
        for name, figure in figures.items():
            save(figure, work, name)
    if as_json:
        typer.echo(
            json.dumps(
                _plain(
                    manifest
                    | {
                        "tables": {k: t.to_dict("records") for k, t in tables.items()},
                        "directory": str(final),
                    }
                )
            )
        )
        return
    listed = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    more = (
        f"xenosim lines show {line.name}"
        if line.name in available("line")
        else "xenosim params cell"
    )
    typer.echo(
        f"{text}\n\nSIMULATED, seed {layout.seed}. Parameters: {listed} ({more}).\nDirectory:"
        f" {final}"
    )


def statuses(line: str, drugs: Sequence[str]) -> dict[str, int]:
    """Parameters of a line and its drugs by status."""
    try:
        cell = cell_of(line)
    except ParameterError:
        cell = load_set("cell")
    entries = [p for p in cell.values.values() if p.name in PARAMETERS["line"]]
    return count_statuses(entries + [p for drug in drugs for p in load_set(drug).values.values()])


def _plain(data: Any) -> Any:
    """Plain data whose JSON is valid: what is not finite becomes text or None."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if isinstance(data, (float, np.floating)) and not np.isfinite(data):
        return None if np.isnan(data) else str(float(data))
    return data.item() if isinstance(data, np.generic) else data
