"""The cell-line library: ``lines.csv`` says what is known of a line, ``lines_calibrated.csv`` what
a calibration found for it.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.shelf import own_names, shelf

ROOT = Path(__file__).parent
PUBLISHED = ROOT / "published"
#: Names under which the published tables list a line of the library.
ALIASES = {
    "HCT-116": "HCT116",
    "L540": "L-540",
    "L428": "L-428",
    "DLBCL lines (mean)": "DLBCL-mean",
    "22Rv1 (CWR22-derived)": "22Rv1",
    "DLD-1": "DLD1",
    "CEM": "CEM/WT",
}
#: Parameters that ``lines.csv`` may set for a line.
TRAITS = ("load_cv", "myc", "dr5")


class Target(NamedTuple):
    """The published IC50 a line is calibrated on: ``drug``, ``hours`` of exposure [h], ``ic50_nM``
    [nM], status and source.
    """

    drug: str
    hours: float
    ic50_nM: float
    status: str
    bib: str


class LineRecord(NamedTuple):
    """One row of ``lines.csv``: ``doubling_h`` in culture [h] with status and source; ``nfkb_sign``
    and ``myc_sign`` [-] or None; ``parent`` and ``perturb`` of a subline; ``target`` of the
    calibration or None; ``traits``: other parameters set for the line [-], with status, source,
    note.
    """

    name: str
    cancer: str
    genotype: str
    doubling_h: float
    doubling_status: str
    doubling_bib: str
    target: Target | None
    nfkb_sign: float | None
    myc_sign: float | None
    parent: str
    perturb: str
    traits: dict[str, float]
    traits_status: str
    traits_bib: str
    traits_note: str
    note: str


class Calibrated(NamedTuple):
    """What the calibration found: ``load_mean`` and, where the load alone cannot, ``bounce_back``
    [-]; the IC50 it gives [nM] and ``fold`` = simulated over published [-]; ``note`` if it is
    off.
    """

    load_mean: float
    bounce_back: float | None
    ic50_nM: float
    fold: float
    note: str


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a shipped table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class PublishedRow(NamedTuple):
    """One row of ``published/invitro.csv``: its ``row_id``; its ``value``, ``low`` and ``high`` in
    ``unit``, NaN where not given; ``used``: "calibration" where a parameter was set on it,
    "validation" where a check asks for it, else "".
    """

    row_id: str
    value: float
    low: float
    high: float
    unit: str
    used: str

    @property
    def number(self) -> float:
        """The value, or the middle of a range: of concentrations [nM] the geometric mean, to three
        digits, of anything else the mean.
        """
        if not math.isnan(self.value):
            return self.value
        if self.unit == "nM":
            return float(f"{math.sqrt(self.low * self.high):.3g}")
        return (self.low + self.high) / 2


@cache
def _published() -> dict[str, PublishedRow]:
    return {row["id"]: _row(row) for row in read_csv(PUBLISHED / "invitro.csv")}


def _row(row: dict[str, str]) -> PublishedRow:
    value, low, high = (float(row[name] or "nan") for name in ("value", "low", "high"))
    return PublishedRow(row["id"], value, low, high, row["unit"], row["used"])


def published(row_id: str) -> PublishedRow:
    """A published number of cells in a dish; ParameterError if there is no such row.

    Examples
    --------
    >>> published("IV-001").number, published("IV-001").used
    (38.0, 'calibration')
    """
    rows = _published()
    if row_id not in rows:
        raise ParameterError(
            f"there is no published row '{row_id}'{suggest(row_id, rows)}",
            where="published/invitro.csv",
            remedy="give an id of that table",
        )
    return rows[row_id]


@cache
def lines() -> dict[str, LineRecord]:
    """Every line of the library by name."""
    return {row["line"]: _record(row) for row in read_csv(ROOT / "lines.csv")}


def _record(row: dict[str, str]) -> LineRecord:
    target = None
    if row["target_drug"]:
        target = Target(
            row["target_drug"],
            float(row["target_hours"]),
            published(row["target_row"]).number,
            row["target_status"],
            row["target_bib"],
        )
    return LineRecord(
        row["line"],
        row["cancer"],
        row["genotype"],
        float(row["doubling_h"]),
        row["doubling_status"],
        row["doubling_bib"],
        target,
        float(row["nfkb_sign"]) if row["nfkb_sign"] else None,
        float(row["myc_sign"]) if row["myc_sign"] else None,
        row["parent"],
        row["perturb"],
        {name: float(row[name]) for name in TRAITS if row[name]},
        row["traits_status"],
        row["traits_bib"],
        row["traits_note"],
        row["note"],
    )


@cache
def calibrated() -> dict[str, Calibrated]:
    """Results of the last calibration by line; empty before the first."""
    path = ROOT / "lines_calibrated.csv"
    rows = read_csv(path) if path.is_file() else []
    return {row["line"]: _found(row) for row in rows}


def _found(row: dict[str, str]) -> Calibrated:
    bounce_back = float(row["bounce_back"]) if row["bounce_back"] else None
    return Calibrated(
        float(row["load_mean"]), bounce_back, float(row["ic50_nM"]), float(row["fold"]), row["note"]
    )


def find_line(name: str) -> LineRecord:
    """The record of a line, the user's first; ParameterError names the nearest one if there is
    none.
    """
    own, known = shelf(), {letters(each): each for each in own_names("line")}
    if own is not None and letters(name) in known:
        return own.record(known[letters(name)])
    by_letters = {letters(each): record for each, record in lines().items()} | {
        letters(k): lines()[v] for k, v in ALIASES.items()
    }
    if letters(name) not in by_letters:
        raise ParameterError(
            f"there is no line '{name}'{suggest(name, [*own_names('line'), *lines()])}",
            where="--line",
            remedy="'xenosim lines' lists them",
        )
    return by_letters[letters(name)]


def letters(name: str) -> str:
    """Letters and digits of a name in lower case, by which spellings are compared."""
    return "".join(ch for ch in name.lower() if ch.isalnum())


def line_entries(record: LineRecord, with_calibration: bool = True) -> dict[str, dict[str, object]]:
    """The entries of a parameter file for one line: what differs from the default cell, with or
    without the last calibration.
    """
    entries = {"culture_doubling_time": _doubling_entry(record)}
    if record.nfkb_sign is not None:
        note = "IkBa falls and NF-kB is activated in myeloma lines; secondary sources say the"
        entries["nfkb_sign"] = _entry(
            record.nfkb_sign,
            "derived",
            ("Hideshima2009", "abstract"),
            f"{note} opposite of cancer cells",
        )
    if record.myc_sign is not None:
        note = "MYC is degraded under ixazomib in T-cell and Hodgkin lines"
        entries["myc_sign"] = _entry(record.myc_sign, "derived", ("Ravi2016", "abstract"), note)
    basis = lines()[record.parent] if record.parent else record
    for name, value in basis.traits.items():
        source = (basis.traits_bib, "lines.csv")
        entries[name] = _entry(value, basis.traits_status, source, basis.traits_note)
    return entries | (_calibrated_entries(basis) if with_calibration else {})


def _entry(
    value: float, status: str, source: tuple[str, str], note: str, unit: str = ""
) -> dict[str, object]:
    where = {"bib": source[0], "where": source[1]}
    return {"value": value, "unit": unit, "status": status, "source": where, "note": note}


def _doubling_entry(record: LineRecord) -> dict[str, object]:
    """The doubling time in culture [h] and why it is to be believed or not."""
    note = ""
    if record.doubling_bib == "xenosim2026":
        note = "no doubling time was found"
    elif record.doubling_status == "assumed":
        note = "not checked against its source"
    source = (record.doubling_bib, "doubling time in culture")
    return _entry(record.doubling_h, record.doubling_status, source, note, "h")


def _calibrated_entries(basis: LineRecord) -> dict[str, dict[str, object]]:
    """What the last calibration found for a line, if it has a target."""
    found, target = calibrated().get(basis.name), basis.target
    if found is None or target is None:
        return {}
    source = (target.bib, f"{target.drug} IC50, {target.hours:g} h")
    note = f"on {target.ic50_nM:g} nM; gives {found.ic50_nM:.3g} nM"
    note += f"; {found.note}" if found.note else ""
    fitted = {"load_mean": found.load_mean, "bounce_back": found.bounce_back}
    return {
        name: _entry(value, "calibrated", source, note)
        for name, value in fitted.items()
        if value is not None
    }


def published_rows(name: str) -> list[dict[str, str]]:
    """Every row of ``invitro.csv`` that names the line, in their order."""
    wanted = find_line(name).name
    return [
        row
        for row in read_csv(PUBLISHED / "invitro.csv")
        if ALIASES.get(row["cell_line"], row["cell_line"]) == wanted
    ]
