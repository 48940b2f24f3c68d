"""A file or a sheet as it lies there: rows of cells with their numbers, before anything is read
into them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import dropwhile
from pathlib import Path
from typing import Any

from xenosim.errors import TableError, suggest
from xenosim.spreadsheets import as_typed
from xenosim.tabular import is_missing, read_text, size_of, split_cells, unreadable

#: Text as it was typed, or a number that a spreadsheet keeps as one.
Cell = str | float
#: Endings of workbooks that are read, and of those that are not.
WORKBOOKS, FOREIGN = (".xlsx", ".xlsm"), (".xls", ".ods", ".xlsb", ".numbers", ".pzfx", ".prism")
INSTALL = "pip install 'openpyxl>=3.1'"


@dataclass(frozen=True)
class Grid:
    """Rows of cells of a file, ``numbers`` (n_rows,) their lines there; rows without any content
    are left out. ``place`` is what errors call it; ``notes`` what was recognised.
    """

    place: str
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def texts(self, row: int) -> list[str]:
        """The cells of a row as trimmed text, numbers as a person would type them."""
        return [text_of(cell) for cell in self.rows[row]]


def text_of(cell: Cell) -> str:
    """A cell as text; "" where it is missing.

    Examples
    --------
    >>> text_of(7.0), text_of(0.1), text_of(" NA "), text_of("M 1")
    ('7', '0.1', '', 'M 1')
    """
    if isinstance(cell, str):
        return "" if is_missing(cell.strip()) else cell.strip()
    return f"{cell:.15g}"


def read_grid(path: str | Path, sheet: str = "") -> Grid:
    """The cells of a text file (commas, semicolons, tabs or blanks between them) or of a sheet.

    Parameters
    ----------
    path : str or Path
        The file; ``.xlsx`` is read as a workbook, anything else as text.
    sheet : str
        Name of the sheet; by default the first that is not empty.

    Raises
    ------
    TableError
        A file that is absent, empty, no text, or of a kind that is not read.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending in FOREIGN:
        raise TableError(
            f"files {ending} are not read",
            where=str(path),
            remedy="save the sheet as .xlsx or CSV; in Prism: File, Export, CSV",
        )
    if ending in WORKBOOKS:
        return _workbook(path, sheet)
    if sheet:
        raise TableError("a text file has no sheets", where="--sheet", remedy="leave it out")
    return _text(path)


def _text(path: Path) -> Grid:
    text, notes = read_text(path)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    lines = list(dropwhile(lambda line: line[1].startswith("#"), lines))
    told = re.fullmatch(r"sep=(.)", lines[0][1].strip()) if lines else None
    lines = lines[1:] if told else lines
    separator = told.group(1) if told else _separator([line for _, line in lines])
    found = split_cells(lines, separator, path)
    rows: list[tuple[int, tuple[Cell, ...]]] = [(n, cells) for n, cells in found]
    return _grid(str(path), _without_row_names(rows), notes)


def _separator(lines: Sequence[str]) -> str:
    """What stands between the cells of at least half of the lines; quoted cells may hold
    anything.
    """
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    for sign in "\t;,":
        if bare and 2 * sum(sign in line for line in bare) >= len(bare):
            return sign
    return next((sign for sign in "\t;," if any(sign in line for line in bare)), " ")


def _without_row_names(
    rows: list[tuple[int, tuple[Cell, ...]]],
) -> list[tuple[int, tuple[Cell, ...]]]:
    """Without the row numbers that R writes before every line but the header."""
    if len(rows) < 2 or any(len(row) != len(rows[0][1]) + 1 for _, row in rows[1:]):
        return rows
    names = [text_of(row[0]) for _, row in rows[1:]]
    if names != [str(k) for k in range(1, len(names) + 1)]:
        return rows
    return [rows[0], *((n, row[1:]) for n, row in rows[1:])]


def _grid(place: str, rows: Iterable[tuple[int, tuple[Cell, ...]]], notes: Sequence[str]) -> Grid:
    kept = [(n, row) for n, row in rows if any(text_of(cell) for cell in row)]
    if not kept:
        raise TableError("the table is empty", where=place, remedy="begin with a header line")
    return Grid(place, tuple(row for _, row in kept), tuple(n for n, _ in kept), tuple(notes))


def _workbook(path: Path, sheet: str) -> Grid:
    read_bytes_checked(path)
    book = _opened(path)
    try:
        names = list(book.sheetnames)
        if sheet and sheet not in names:
            raise TableError(
                f"no sheet '{sheet}'{suggest(sheet, names)}",
                where=str(path),
                remedy=f"the sheets are {', '.join(names)}",
            )
        filled = {
            name: rows
            for name in ([sheet] if sheet else names)
            if (rows := _sheet_rows(book[name]))
        }
    finally:
        book.close()
    if not filled:
        what = f"sheet '{sheet}' is empty" if sheet else "every sheet is empty"
        raise TableError(what, where=str(path), remedy="give the sheet with --sheet NAME")
    name, rows = next(iter(filled.items()))
    others = [f"'{other}'" for other in filled if other != name]
    notes = [f"sheet '{name}' was read, not {', '.join(others)} (--sheet NAME)"] if others else []
    return _grid(f"{path}[{name}]" if len(names) > 1 else str(path), rows, notes)


def read_bytes_checked(path: Path) -> None:
    """Refuse (TableError) what is no readable workbook by its first bytes, with the reason."""
    size_of(path)
    try:
        with path.open("rb") as file:
            begin = file.read(4)
    except OSError as error:
        raise unreadable(path, error) from error
    if begin != b"PK\x03\x04":
        raise TableError(
            "this is no .xlsx workbook, whatever its name",
            where=str(path),
            remedy="open it and save it as .xlsx or CSV",
        )


def _opened(path: Path) -> Any:
    try:
        import openpyxl
    except ImportError as error:
        raise TableError(
            "reading Excel files needs openpyxl",
            where=str(path),
            remedy=f"{INSTALL}, or save the sheet as CSV",
        ) from error
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise TableError(
            f"the workbook is damaged: {type(error).__name__}",
            where=str(path),
            remedy="open it and save it again, or save the sheet as CSV",
        ) from error


def _sheet_rows(sheet: Any) -> list[tuple[int, tuple[Cell, ...]]]:
    """Rows with any content; a sheet of charts has none."""
    if not hasattr(sheet, "iter_rows"):
        return []
    rows = []
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        cells = tuple(_cell(value) for value in values)
        if any(text_of(cell) for cell in cells):
            rows.append((number, cells))
    return rows


def _cell(value: Any) -> Cell:
    """What a spreadsheet holds as a cell: dates as 2026-03-01, numbers as numbers."""
    if value is None or isinstance(value, time):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, int | float) else str(as_typed(str(value).strip()))
