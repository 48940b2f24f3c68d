"""The cell-line library: ``lines.csv`` says what is known of a line, ``lines_calibrated.csv`` what
a calibration found for it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from xenosim.errors import ParameterError, suggest

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
    [-] or None; ``parent`` and ``perturb`` of a subline; ``target`` of the calibration or None;
    ``traits``: other parameters set for the line [-], with status, source, note.
    """

    name: str
    cancer: str
    genotype: str
    doubling_h: float
    doubling_status: str
    doubling_bib: str
    target: Target | None
    nfkb_sign: float | None
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
            float(row["target_nM"]),
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
    """The record of a line; ParameterError names the nearest one if there is none."""
    by_letters = {_letters(each): record for each, record in lines().items()} | {
        _letters(k): lines()[v] for k, v in ALIASES.items()
    }
    if _letters(name) not in by_letters:
        raise ParameterError(
            f"there is no line '{name}'{suggest(name, lines())}",
            where="--line",
            remedy="'xenosim lines' lists them",
        )
    return by_letters[_letters(name)]


def _letters(name: str) -> str:
    return "".join(ch for ch in name.lower() if ch.isalnum())


def line_entries(record: LineRecord, with_calibration: bool = True) -> dict[str, dict[str, object]]:
    """The entries of a parameter file for one line: what differs from the default cell, with or
    without the last calibration.
    """
    entries: dict[str, dict[str, object]] = {
        "culture_doubling_time": {
            "value": record.doubling_h,
            "unit": "h",
            "status": record.doubling_status,
            "source": {"bib": record.doubling_bib, "where": "doubling time in culture"},
            "note": "no doubling time was found" if record.doubling_bib == "xenosim2026" else "",
        }
    }
    if (
        entries["culture_doubling_time"]["status"] == "assumed"
        and not entries["culture_doubling_time"]["note"]
    ):
        entries["culture_doubling_time"]["note"] = "not checked against its source"
    if record.nfkb_sign is not None:
        entries["nfkb_sign"] = {
            "value": record.nfkb_sign,
            "unit": "",
            "status": "derived",
            "source": {"bib": "Hideshima2009", "where": "abstract"},
            "note": (
                "IkBa falls and NF-kB is activated in myeloma lines; the guide documents say the"
                " opposite of cancer cells"
            ),
        }
    basis = lines()[record.parent] if record.parent else record
    for name, value in basis.traits.items():
        source = {"bib": basis.traits_bib, "where": "lines.csv"}
        entries[name] = {
            "value": value,
            "unit": "",
            "status": basis.traits_status,
            "source": source,
            "note": basis.traits_note,
        }
    found = calibrated().get(basis.name)
    if with_calibration and found is not None and basis.target is not None:
        target = basis.target
        where = {"bib": target.bib, "where": f"{target.drug} IC50, {target.hours:g} h"}
        note = f"on {target.ic50_nM:g} nM; gives {found.ic50_nM:.3g} nM" + (
            f"; {found.note}" if found.note else ""
        )
        for name, fitted in (("load_mean", found.load_mean), ("bounce_back", found.bounce_back)):
            if fitted is not None:
                entries[name] = {
                    "value": fitted,
                    "unit": "",
                    "status": "calibrated",
                    "source": where,
                    "note": note,
                }
    return entries


def published_rows(name: str) -> list[dict[str, str]]:
    """Every row of ``invitro.csv`` that names the line, in their order."""
    wanted = find_line(name).name
    return [
        row
        for row in read_csv(PUBLISHED / "invitro.csv")
        if ALIASES.get(row["cell_line"], row["cell_line"]) == wanted
    ]
