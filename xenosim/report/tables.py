"""The tables of a study for other programs: one workbook, and CSV as GraphPad Prism takes it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xenosim.analysis.tolerability import relative_weights, tolerability_table
from xenosim.errors import RunError
from xenosim.io.results import is_panel
from xenosim.io.runs import whole_file
from xenosim.report.html import drawn_study, loaded
from xenosim.spreadsheets import harmless

if TYPE_CHECKING:
    from xenosim.analysis.data import StudyData

WORKBOOK = "tables.xlsx"
#: Most rows of a sheet.
MOST_ROWS = 1_048_575


def write_workbook(run: str | Path) -> Path:
    """Write every table of a study into one workbook ``tables.xlsx``, one sheet each, numbers as
    numbers and text as text that nothing executes; its path.

    Raises
    ------
    RunError
        openpyxl is not installed, or the place cannot be written; a table that has more rows than
        a sheet.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise RunError(
            "a workbook needs openpyxl", remedy=".venv/bin/pip install '.[excel]'"
        ) from error
    run = Path(run)
    result = loaded(run)
    tables = dict(result.tables)
    if not is_panel(run):
        tables["tolerability"] = tolerability_table(drawn_study(run, result).data)
    book = Workbook(write_only=True)
    for name, table in tables.items():
        if len(table) > MOST_ROWS:
            raise RunError(
                f"{name}.csv has {len(table)} rows, a sheet {MOST_ROWS}", remedy="use the CSV"
            )
        sheet = book.create_sheet(name[:31])
        for row in [list(table.columns), *table.itertuples(index=False, name=None)]:
            sheet.append([_cell(sheet, value) for value in row])
    path = run / WORKBOOK
    with whole_file(path) as partial:
        book.save(partial)
    return path


def _cell(sheet: Any, value: Any) -> Any:
    """A cell: text is text whatever it begins with, a number that does not exist is empty."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if not isinstance(value, str):
        if pd.isna(value):
            return None
        value = value.item() if hasattr(value, "item") else value
        finite = not isinstance(value, float) or abs(value) != float("inf")
        return value if finite else "not reached"
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", harmless(value)))
    cell.data_type = "s"
    return cell


def write_prism(run: str | Path) -> list[Path]:
    """Write volumes and, where animals were weighed, relative weights wide, a row per day and a
    column per animal (``arm:animal``) beside those of its arm, below ``prism`` in the directory;
    the paths.
    """
    run = Path(run)
    result = loaded(run)
    if is_panel(run):
        raise RunError(
            "Prism takes the tables of one study, this is a panel of models",
            where=str(run),
            remedy="--xlsx, or observations.csv",
        )
    data = drawn_study(run, result).data
    weights = relative_weights(data)
    found = {"tumor_volume_mm3": _wide(data, data.table, "tumor_volume_mm3")}
    if len(weights):
        found["body_weight_pct"] = _wide(data, weights, "relative_pct")
    paths = []
    for name, rows in found.items():
        path = run / "prism" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        with whole_file(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        paths.append(path)
    return paths


def _wide(data: StudyData, table: pd.DataFrame, value: str) -> list[list[Any]]:
    """Rows of one quantity: a head, then a row per day; what was not measured is empty."""
    single = table["replicate"].nunique() == 1
    columns = {}
    for arm in data.arms:
        rows = table[table["arm"] == arm]
        for (replicate, animal), own in rows.groupby(["replicate", "animal_id"], sort=False):
            label = f"{arm}:{animal}" if single else f"{arm}:{replicate}-{animal}"
            columns[label] = own.set_index("day")[value]
    days = sorted(table["day"].unique())
    head: list[Any] = ["day", *(harmless(label) for label in columns)]
    return [head] + [
        [f"{day:g}", *(f"{c[day]:.10g}" if day in c.index else "" for c in columns.values())]
        for day in days
    ]
