"""How a file writes numbers: decimal points or commas, and signs between thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from xenosim.analysis.laboratory.grid import Cell, Grid
from xenosim.errors import TableError
from xenosim.tabular import number

#: Blanks and apostrophes never are decimal signs.
_GROUPED = re.compile("[-+]?\\d{1,3}([ \u00a0\u202f\u2009'\u2019]\\d{3})+([.,]\\d+)?")
#: What stands between length and width of one cell.
_BETWEEN = re.compile(r"(?<=[\d\s.,])[x×*](?=[\d\s.,])", re.I)
_BLANKS = re.compile("[ \u00a0\u202f\u2009'\u2019]")


def _patterns(sign: str, other: str) -> tuple[re.Pattern[str], ...]:
    """Of a sign in a number: that it can only be the decimal sign, that it can only separate
    thousands, and that it may be either.
    """
    s, o = re.escape(sign), re.escape(other)
    return tuple(
        re.compile(f"[-+]?(?:{form})")
        for form in (
            rf"\d*{s}(\d{{1,2}}|\d{{4,}})|0\d*{s}\d+|\d{{4,}}{s}\d+|\d{{1,3}}({o}\d{{3}})+{s}\d+",
            rf"[1-9]\d{{0,2}}({s}\d{{3}}){{2,}}|[1-9]\d{{0,2}}({s}\d{{3}})+{o}\d+",
            rf"[1-9]\d{{0,2}}{s}\d{{3}}",
        )
    )


COMMA, POINT = _patterns(",", "."), _patterns(".", ",")


class Notation(NamedTuple):
    """The decimal sign of a file; the other sign separates thousands.

    Examples
    --------
    >>> Notation(",").number("1.234,5"), Notation(".").number("1,234.5"), Notation().number("1 234")
    (1234.5, 1234.5, 1234.0)
    """

    decimal: str = "."

    def number(self, cell: Cell) -> float | None:
        """The number that a cell holds, None if it holds none."""
        if not isinstance(cell, str):
            return float(cell) if abs(cell) < float("inf") else None
        text = cell.strip()
        if _GROUPED.fullmatch(text):
            text = _BLANKS.sub("", text)
        other = "." if self.decimal == "," else ","
        if re.fullmatch(rf"[-+]?\d{{1,3}}(\{other}\d{{3}})+(\{self.decimal}\d+)?", text):
            text = text.replace(other, "")
        return number(text, self.decimal == ",")

    def axes(self, cell: Cell) -> tuple[float, float] | None:
        """Length and width in one cell, as "8.1 x 6.3" or "8.1 mm x 6.3 mm"; None for anything
        else.
        """
        if not isinstance(cell, str):
            return None
        parts = _BETWEEN.split(re.sub(r"(?<=[\d\s])mm\b", " ", cell))
        values = [self.number(part) for part in parts] if len(parts) == 2 else []
        both = [value for value in values if value is not None]
        return (both[0], both[1]) if len(both) == 2 else None


#: Numbers as programs write them.
POINTS = Notation()


def notation_of(grid: Grid, told: str = "") -> Notation:
    """How the numbers of a grid are written.

    Parameters
    ----------
    grid : Grid
        The cells; numbers of a spreadsheet need no notation.
    told : str
        "comma" or "point" where the user says it; "" otherwise.

    Raises
    ------
    TableError
        Commas that may be decimal signs or separate thousands, or both kinds in one file.
    """
    if told:
        if told not in ("comma", "point"):
            raise TableError(
                f"'{told}' is no decimal sign", where="--decimal", remedy="write comma or point"
            )
        return Notation("," if told == "comma" else ".")
    comma = {kind: _first(grid, pattern) for kind, pattern in enumerate(COMMA)}
    point = {kind: _first(grid, pattern) for kind, pattern in enumerate(POINT)}
    for_comma, for_point = comma[0] or point[1], point[0] or comma[1]
    if for_comma and for_point:
        raise TableError(
            f"'{for_comma[1]}' has a decimal comma, '{for_point[1]}' on line {for_point[0]} a"
            " decimal point",
            where=f"{grid.place}:{for_comma[0]}",
            remedy="write all numbers in one way, or say --decimal comma or --decimal point",
        )
    if comma[2] and not for_comma and not for_point:
        raise TableError(
            f"'{comma[2][1]}': is the comma a decimal sign or does it separate thousands?",
            where=f"{grid.place}:{comma[2][0]}",
            remedy="say --decimal comma or --decimal point",
        )
    return Notation("," if for_comma else ".")


def _first(grid: Grid, pattern: re.Pattern[str]) -> tuple[int, str] | None:
    """Line and text of the first cell that has the form."""
    return next(((n, cell) for n, cell in _texts(grid) if pattern.fullmatch(cell.strip())), None)


def _texts(grid: Grid) -> Iterable[tuple[int, str]]:
    for n, row in zip(grid.numbers, grid.rows, strict=True):
        for cell in row:
            if isinstance(cell, str) and ("," in cell or "." in cell):
                for part in _BETWEEN.split(cell):
                    yield n, part
