"""Cells as values in the units of the table; every mistake is noted with row, column and remedy."""

from __future__ import annotations

from dataclasses import dataclass

from xenosim.analysis.laboratory.days import Calendar, order_of
from xenosim.analysis.laboratory.grid import Cell, text_of
from xenosim.analysis.laboratory.headers import AXES
from xenosim.analysis.laboratory.layouts import VOLUME, Cells
from xenosim.analysis.laboratory.notation import Notation
from xenosim.analysis.volume import caliper_volume
from xenosim.errors import TableError
from xenosim.tabular import Mistakes

#: Largest volume [mm3] below which the unit is doubted where none is stated: nobody studies tumors
#: that never reach it.
DOUBTED_MM3 = 20.0
#: What to do about a tumor too small for calipers.
SMALL = "enter the caliper limit, not 0, for a small tumor, or say --limit MM3"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a laboratory's file is to be read.

    Parameters
    ----------
    layout : str
        Its layout, a key of :data:`~xenosim.analysis.laboratory.layouts.LAYOUTS`; needed where it
        can only be guessed.
    sheet : str
        Sheet of a workbook; the first that is not empty by default.
    first_dose : str
        Date of the first dose, or its day in the file's own count.
    dates : str
        "dmy" or "mdy", order of dates with slashes.
    decimal : str
        "comma" or "point", where the numbers do not tell.
    formula : str
        Volume from length and width, of :data:`~xenosim.parameters.calipers.CALIPER_FORMULAS`.
    limit_mm3 : float, optional
        Volume that stands for smaller ones, 0 and "<..." included [mm3].
    weights : str
        File of body weights, ``FILE`` or ``FILE[SHEET]``.
    only : str
        ``COLUMN=VALUE``: the rows that are read.
    """

    layout: str = ""
    sheet: str = ""
    first_dose: str = ""
    dates: str = ""
    decimal: str = ""
    formula: str = "0.5LW2"
    limit_mm3: float | None = None
    weights: str = ""
    only: str = ""


class Values:
    """Cells as values, mistakes noted with line, column and remedy."""

    def __init__(self, cells: Cells, notation: Notation, mistakes: Mistakes) -> None:
        self.cells, self.notation, self.mistakes = cells, notation, mistakes

    def _wrong(self, k: int, role: str, what: str, remedy: str) -> None:
        named = self.cells.names.get(role, role)
        place = self.cells.places[k] if self.cells.places else ""
        column = place if place and named == "value" else named
        self.mistakes.add(f"column {column}: {what}", line=self.cells.lines[k], remedy=remedy)

    def texts(self, role: str) -> list[str]:
        """Names that must be there."""
        found = [text_of(cell) for cell in self.cells.columns[role]]
        for k, text in enumerate(found):
            if not text:
                self._wrong(k, role, "it is empty", "name arm and animal in every row")
        return found

    def days(self, how: Reading) -> list[float]:
        """Days from the first dose [day]; NaN where there is a mistake."""
        role = "day" if "day" in self.cells.columns else "date"
        column = self.cells.columns[role]
        factor = self.cells.factor.get(role) or 1.0
        order = how.dates or order_of(column)
        calendar = Calendar(how.first_dose, order, self.notation, factor)
        known: dict[Cell, float] = {}
        for k, cell in enumerate(column):
            if cell in known:
                continue
            try:
                day = calendar.day(cell)
            except TableError as error:
                self._wrong(k, role, error.message, error.remedy or "")
                known[cell] = float("nan")
                continue
            if day is None:
                remedy = "give days as numbers, 0 for the first dose, or dates with --first-dose"
                self._wrong(k, role, f"day '{text_of(cell)}'", remedy)
            known[cell] = float("nan") if day is None else day
        return [known[cell] for cell in column]

    def numbers(self, role: str, *, positive: bool) -> list[float]:
        """Numbers in the unit of the table; NaN where there is none or a mistake."""
        factor = self.cells.factor.get(role) or 1.0
        found = []
        for k, cell in enumerate(self.cells.columns[role]):
            value = self.notation.number(cell)
            if value is None and text_of(cell):
                self._wrong(k, role, f"'{text_of(cell)}' is no number", "write a number")
            if value is not None and positive and value <= 0:
                self._wrong(
                    k, role, f"{value:g}", "leave the cell empty where nothing was measured"
                )
                value = None
            found.append(float("nan") if value is None else value * factor)
        return found

    def volumes(self, how: Reading, notes: list[str]) -> tuple[list[float], list[bool] | None]:
        """Volumes [mm3], NaN where there is none, and which are the limit (None without one)."""
        columns = self.cells.columns
        if VOLUME in columns and not any(self.notation.axes(cell) for cell in columns[VOLUME]):
            factor = self.cells.factor.get(VOLUME)
            found = [self._size(k, VOLUME, cell, how) for k, cell in self._each(VOLUME)]
            values = [value * (factor or 1.0) for value in found]
            largest = max((v for v in values if v == v), default=0.0)
            if factor is None and 0 < largest < DOUBTED_MM3:
                notes.append(
                    f"the largest volume is {largest:.3g} mm3: if the file is in cm3, say so in the"
                    " header, 'volume (cm3)'"
                )
        else:
            apart = VOLUME not in columns and "length_mm" in columns and "width_mm" in columns
            values = self._from_axes(how) if apart else self._from_both(how)
            notes.append(f"volume from length L and width W: {how.formula}")
        limit = how.limit_mm3
        if limit is None:
            return values, None
        limited = [value <= limit for value in values]
        notes.append(
            f"{sum(limited)} volumes of at most {limit:g} mm3 count as {limit:g} mm3 (--limit)"
        )
        return [limit if at else value for at, value in zip(limited, values, strict=True)], limited

    def _each(self, role: str) -> enumerate[Cell]:
        return enumerate(self.cells.columns[role])

    def _size(self, k: int, role: str, cell: Cell, how: Reading) -> float:
        """A volume or an axis in the file's unit; 0 for what is below a limit that is stated."""
        text = text_of(cell)
        if not text:
            return float("nan")
        value = self.notation.number(cell)
        below = text.startswith("<") and self.notation.number(text[1:]) is not None
        whose = self._whose(k)
        if (below or value == 0) and how.limit_mm3 is not None:
            return 0.0
        if value is None or value <= 0:
            small = below or value == 0
            remedy = (
                SMALL
                if small
                else "leave the cell empty where nothing was measured; write numbers above 0"
            )
            self._wrong(k, role, f"{text} of {whose}", remedy)
            return float("nan")
        return value

    def _whose(self, k: int) -> str:
        arm, animal = (
            text_of(self.cells.columns[r][k]) if r in self.cells.columns else ""
            for r in ("arm", "animal_id")
        )
        dated = "day" if "day" in self.cells.columns else "date"
        return f"animal {animal} of arm '{arm}' on day {text_of(self.cells.columns[dated][k])}"

    def _from_axes(self, how: Reading) -> list[float]:
        """Volumes out of length and width, the longer of both first."""
        both = []
        for role in ("length_mm", "width_mm"):
            factor = self.cells.factor.get(role) or 1.0
            both.append([self._size(k, role, cell, how) * factor for k, cell in self._each(role)])
        return [
            caliper_volume(max(a, b), min(a, b), how.formula) if a == a and b == b else float("nan")
            for a, b in zip(*both, strict=True)
        ]

    def _from_both(self, how: Reading) -> list[float]:
        """Volumes out of length and width in one cell."""
        role = VOLUME if VOLUME in self.cells.columns else AXES
        factor = self.cells.factor.get(AXES) or 1.0
        found = []
        for k, cell in self._each(role):
            text, both = text_of(cell), self.notation.axes(cell)
            small = text.startswith("<") or (min(both) if both else self.notation.number(cell)) == 0
            if small and how.limit_mm3 is not None:
                found.append(0.0)
            elif both and min(both) > 0:
                longer, shorter = max(both) * factor, min(both) * factor
                found.append(caliper_volume(longer, shorter, how.formula))
            else:
                found.append(float("nan"))
                if text:
                    remedy = SMALL if small else "write length and width, as 8.1 x 6.3"
                    self._wrong(k, role, f"{text} of {self._whose(k)}", remedy)
        return found
