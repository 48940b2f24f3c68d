"""The validation table: run the checks, judge, print, draw, embed."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from xenosim.errors import ParameterError, XenosimError
from xenosim.io.runs import whole_file
from xenosim.parameters.lines import PUBLISHED, calibrated, lines, read_csv
from xenosim.validation.checks import KINDS, NOT_CELLS, NOT_SIMULATED
from xenosim.validation.probes import under
from xenosim.validation.verdicts import agreement

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.parameters.ensemble import Ensemble

SEEDS = (1, 2, 3)
#: Verdicts of rows that are not counted, in words.
NOT_COUNTED = {
    "repeats": "repeat another",
    "not judged": "shown only, for their published status is assumed",
    "not simulated": "not simulated",
}
#: The table in docs/validation.md stands between these lines.
MARKS = ("<!-- validation: written by 'xenosim validate --embed' -->", "<!-- end of validation -->")


def checks_of(only: str | None) -> list[tuple[str, int]]:
    """(kind, number) of every check, or of one kind."""
    return [(kind, k) for kind in KINDS if only in (None, kind) for k in range(len(KINDS[kind]))]


def run_check(task: tuple[str, int]) -> dict[str, Any]:
    """One row of the table: the check under each of :data:`SEEDS`, its mean and range, and the
    verdict.
    """
    kind, number = task
    check = KINDS[kind][number]
    values = [check.measure(seed) for seed in SEEDS]
    mean = float(np.mean(values))
    met = check.low <= mean <= check.high
    return {
        "part": kind,
        "row": check.row,
        "what": check.what,
        "unit": check.unit,
        "published": check.published,
        "low": check.low,
        "high": check.high,
        "simulated": mean,
        "sim_low": float(np.min(values)),
        "sim_high": float(np.max(values)),
        "verdict": "met" if met else "MISS",
        "used": check.used,
        "note": check.note,
    }


def values_under(draw: int, ensemble: Ensemble, only: str | None) -> list[float]:
    """What every check of :func:`checks_of` gives under a ``draw`` of the ensemble, in their order,
    with the first of the seeds; NaN where it gives none.
    """
    with under(ensemble, draw):
        return [_value(KINDS[kind][number].measure) for kind, number in checks_of(only)]


def _value(measure: Callable[[int], float]) -> float:
    """A check's number; NaN of an experiment that these cells cannot do, such as a ratio to
    nothing.
    """
    try:
        return float(measure(SEEDS[0]))
    except (XenosimError, ZeroDivisionError):
        return math.nan


def with_intervals(
    rows: Sequence[dict[str, Any]], sets: Sequence[Sequence[float]]
) -> list[dict[str, Any]]:
    """Rows of checks with the ends of 90 % of what the parameter sets give, ``sets_low`` and
    ``sets_high``; NaN where a tenth of them or more give nothing.
    """
    found = []
    for row, values in zip(rows, np.array(sets, float).T, strict=True):
        known = values[~np.isnan(values)]
        low, high = (math.nan, math.nan)
        if known.size > 0.9 * values.size:
            low, high = (float(end) for end in np.quantile(known, [0.05, 0.95], method="nearest"))
        note = f"90 % of {len(values)} parameter sets {low:.3g} to {high:.3g}"
        notes = [row["note"]] + ([note] if known.size > 0.9 * values.size else [])
        found.append(
            row | {"sets_low": low, "sets_high": high, "note": "; ".join(filter(None, notes))}
        )
    return found


def coverage(table: pd.DataFrame) -> str:
    """How many published numbers lie within 90 % of what the parameter sets give; "" where none
    were simulated.
    """
    if "sets_low" not in table:
        return ""
    rows = table[table["published"].notna() & table["sets_low"].notna()]
    rows = rows[rows["used"] != "construction"]
    held = (rows["sets_low"] <= rows["published"]) & (rows["published"] <= rows["sets_high"])
    text = f"{int(held.sum())} of {len(rows)} published values of cells inside the 90 % interval"
    return text if len(rows) else ""


def unanswered(only: str | None) -> list[dict[str, Any]]:
    """Rows that the model cannot answer, with the reason."""
    found = []
    for kind, file in (("invitro", "seed_tables"), ("mechanism", "mechanism")):
        texts = {
            row["id"]: row.get("claim") or f"{row['subject']}, {row['metric']}"
            for row in read_csv(PUBLISHED / f"{file}.csv")
        }
        if only in (None, kind):
            found += [
                _blank(kind, row, texts[row], NOT_SIMULATED[row])
                for row in texts
                if row in NOT_SIMULATED
            ]
    return found


def _blank(kind: str, row: str, what: str, note: str) -> dict[str, Any]:
    nan = math.nan
    return {
        "part": kind,
        "row": row,
        "what": what,
        "unit": "",
        "published": nan,
        "low": nan,
        "high": nan,
        "simulated": nan,
        "sim_low": nan,
        "sim_high": nan,
        "verdict": "not simulated",
        "used": "-",
        "note": note,
    }


def uncovered() -> list[str]:
    """Ids of published rows about cells that neither a check nor a reason covers; empty when the
    table is whole.
    """
    covered = {check.row for checks in KINDS.values() for check in checks} | set(NOT_SIMULATED)
    rows = [
        row["id"]
        for file in ("seed_tables", "mechanism")
        for row in read_csv(PUBLISHED / f"{file}.csv")
    ]
    return [row for row in rows if row not in covered and not row.startswith(NOT_CELLS)]


def build(rows: Sequence[dict[str, Any]], only: str | None) -> pd.DataFrame:
    """The whole table, unanswered rows last in each part."""
    import pandas as pd

    table = pd.DataFrame([*rows, *unanswered(only)])
    return table.sort_values("part", kind="stable").reset_index(drop=True)


def calibration_points() -> pd.DataFrame:
    """Every calibrated line: published and simulated IC50 [nM], as the last calibration left
    them.
    """
    import pandas as pd

    rows = [
        {"line": n, "published": r.target.ic50_nM, "simulated": calibrated()[n].ic50_nM}
        for n, r in lines().items()
        if r.target and n in calibrated()
    ]
    return pd.DataFrame(rows)


def counts(table: pd.DataFrame) -> str:
    """How many rows were met, by use."""
    parts = []
    for used in ("validation", "calibration", "construction"):
        rows = table[table["used"] == used]
        if rows.empty:
            continue
        parts.append(f"{(rows['verdict'] == 'met').sum()} of {len(rows)} {used} rows met")
    found = [", ".join(parts)] if parts else []
    for verdict, what in NOT_COUNTED.items():
        left = int((table["verdict"] == verdict).sum())
        found += [f"{left} rows {what}"] if left else []
    found += [text for text in (agreement(table), coverage(table)) if text]
    if table["part"].isin(KINDS).any():
        points = calibration_points()
        fold = np.abs(np.log(points["simulated"] / points["published"]))
        near = int((fold <= math.log(1.5)).sum())
        found.append(f"{near} of {len(points)} calibrated IC50s within 1.5-fold")
    return "; ".join(found)


def band_text(row: Any) -> str:
    """What is asked of a row."""
    if math.isnan(row.low):
        return "-"
    if math.isinf(row.high):
        return f"> {row.low:.3g}"
    return f"< {row.high:.3g}" if row.low == 0 else f"{row.low:.3g} to {row.high:.3g}"


def simulated_text(row: Any) -> str:
    """What came out, with the range over seeds."""
    if math.isnan(row.simulated):
        return "-"
    known = not math.isnan(row.sim_low)
    limits = f"{row.sim_low:.3g} to {row.sim_high:.3g}" if known else "no interval"
    return f"{row.simulated:.3g} ({limits}) {row.unit}".rstrip()


def as_text(table: pd.DataFrame) -> str:
    """The table for a terminal; the reason under each miss, and what is beside any animal study."""
    lines_ = [f"{'row':12}{'what':84}{'asked':>16}{'simulated (range)':>34}  {'verdict':14}used"]
    for row in table.itertuples():
        lines_.append(
            f"{row.row:12.11}{row.what:84.83}{band_text(row):>16}{simulated_text(row):>34} "
            f" {row.verdict:14}{row.used}"
        )
        told = row.part == "xenograft" or not math.isnan(getattr(row, "sets_low", math.nan))
        if row.note and (row.verdict != "met" or told):
            lines_.append(f"{'':12}{row.note}")
    return "\n".join([*lines_, "", counts(table)])


def as_markdown(table: pd.DataFrame) -> str:
    """The table for docs/validation.md, or docs/xenografts.md."""
    of_animals = bool((table["part"] == "xenograft").all())
    ranges = "90 % over sets and animals" if of_animals else "range of 3 seeds"
    head = [
        f"| row | what | asked | simulated ({ranges}) | verdict | used | note |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = [
        f"| {r.row} | {r.what} | {band_text(r)} | {simulated_text(r)} | {r.verdict} | {r.used} |"
        f" {r.note} |"
        for r in table.itertuples()
    ]
    written = f"{counts(table)}. Written {date.today():%Y-%m-%d}. Inputs {inputs_hash()}."
    return "\n".join([written, "", *head, *rows])


def inputs_hash() -> str:
    """Hash of everything the table depends on: cells, drugs, dish, fits, parameters, checks. A test
    compares it with the embedded one.
    """
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for folder in ("cell", "pharmacology", "assays", "analysis", "parameters", "validation"):
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in (".py", ".yaml", ".csv"):
                digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def embed(text: str, path: Path) -> None:
    """Put ``text`` between the marks of a Markdown file; ParameterError if it has none."""
    document = path.read_text(encoding="utf-8") if path.is_file() else ""
    if not -1 < document.find(MARKS[0]) < document.find(MARKS[1]):
        raise ParameterError(
            "the file has no place for the table",
            where=str(path),
            remedy=f"add the lines {MARKS[0]} and {MARKS[1]}",
        )
    pattern = re.escape(MARKS[0]) + r".*?" + re.escape(MARKS[1])
    block = f"{MARKS[0]}\n{text}\n{MARKS[1]}"
    with whole_file(path) as partial:
        partial.write_text(
            re.sub(pattern, lambda _: block, document, flags=re.DOTALL), encoding="utf-8"
        )
