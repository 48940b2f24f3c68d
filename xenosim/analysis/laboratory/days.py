"""Days from the first dose, out of day numbers or dates as laboratories write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from xenosim.analysis.laboratory.grid import Cell, text_of
from xenosim.analysis.laboratory.notation import POINTS, Notation
from xenosim.errors import TableError

#: Orders of day, month and year in dates with slashes, as ``--dates`` names them.
ORDERS = ("dmy", "mdy")
#: Dates with a month's name; those without a year get that of the first dose.
NAMED = ("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%y", "%b %d %Y")
YEARLESS = ("%B %d", "%b %d", "%d %B", "%d %b", "%d-%b")
_DAY = re.compile(r"(?:study\s*)?(?:day|d|tag|jour|t)[\s._]*([-+]?\d+(?:[.,]\d+)?)", re.I)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_SLASHED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
#: A month's name and a number, as every other date has them.
_WORDED = re.compile(r"^(?=.*\d).*(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.I)
#: Day 0 of a spreadsheet's serial numbers, and the range in which a number may be one [day].
EPOCH, SERIALS = date(1899, 12, 30), (20_000.0, 80_000.0)


@dataclass(frozen=True)
class Calendar:
    """How days of a file become days from the first dose.

    Parameters
    ----------
    first_dose : str
        Its date, or its day in the file's own count; "" if the file counts from it.
    order : str
        "dmy" or "mdy" of dates with slashes; "" if they tell themselves.
    notation : Notation
        How numbers are written.
    factor : float
        Of the file's unit of time [day].

    Examples
    --------
    >>> [Calendar("2026-03-01").day(cell) for cell in ("8.3.2026", "2026-03-01", "1-Mar-2026")]
    [7.0, 0.0, 0.0]
    >>> Calendar("14").day("Day 21"), Calendar().day(3.0)
    (7.0, 3.0)
    """

    first_dose: str = ""
    order: str = ""
    notation: Notation = POINTS
    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.order not in ("", *ORDERS):
            raise TableError(
                f"'{self.order}' is no order of dates", where="--dates", remedy="write dmy or mdy"
            )
        if self.first_dose and self._date0 is None and self._day0 is None:
            raise TableError(
                f"'{self.first_dose}' is neither a date nor a day",
                where="--first-dose",
                remedy="write 2026-03-01, or the day in the file's count, as 14",
            )

    @property
    def _date0(self) -> date | None:
        return read_date(self.first_dose, self.order)

    @property
    def _day0(self) -> float | None:
        return self.notation.number(self.first_dose)

    def day(self, cell: Cell) -> float | None:
        """Days from the first dose [day]; None for what is neither a day nor a date.

        Raises
        ------
        TableError
            A date where no date of the first dose is known, or one that may be two days.
        """
        given = read_day(cell, self.notation)
        if given is not None and self._date0 is not None and SERIALS[0] < given < SERIALS[1]:
            return float((EPOCH + timedelta(days=given) - self._date0).days)
        if given is not None:
            return given * self.factor - (self._day0 or 0.0)
        if not isinstance(cell, str) or not cell.strip():
            return None
        year = self._date0.year if self._date0 else None
        found = read_date(cell, self.order, year)
        if found is None:
            return None
        if self._date0 is None:
            raise TableError(
                f"'{cell}' is a date, and the day of the first dose is not known",
                where="--first-dose",
                remedy="say --first-dose DATE, as --first-dose 2026-03-01",
            )
        return float((found - self._date0).days)


def read_day(cell: Cell, notation: Notation = POINTS) -> float | None:
    """A day number, with or without the word; None for anything else.

    Examples
    --------
    >>> read_day("D7"), read_day("Day -3"), read_day(4.0), read_day("M7")
    (7.0, -3.0, 4.0, None)
    """
    if not isinstance(cell, str):
        return notation.number(cell)
    named = _DAY.fullmatch(cell.strip())
    return notation.number(named[1] if named else cell)


def read_date(text: str, order: str = "", year: int | None = None) -> date | None:
    """A date as it is written; None for what is none.

    Parameters
    ----------
    text : str
        The cell.
    order : str
        Of dates with slashes; without it 03/04/2026 is refused. With points the day comes first.
    year : int, optional
        Of dates that have none.

    Raises
    ------
    TableError
        A date that may be two days.

    Examples
    --------
    >>> read_date("2026-03-01"), read_date("3/14/2026"), read_date("x")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 14), None)
    """
    text = text.strip()
    if iso := _ISO.fullmatch(text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if short := _SLASHED.fullmatch(text):
        first, second, last = int(short[1]), int(short[3]), int(short[4])
        last += 2000 if last < 100 else 0
        told = order or ("dmy" if short[2] == "." or first > 12 else "mdy" if second > 12 else "")
        if not told and first != second:
            raise TableError(
                f"'{text}' may be two days",
                where="date",
                remedy="say --dates dmy or --dates mdy, or write 2026-03-01",
            )
        return _date(last, second, first) if told == "dmy" else _date(last, first, second)
    if not _WORDED.search(text):
        return None
    for form in NAMED:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    for form in YEARLESS if year else ():
        try:
            return datetime.strptime(f"{text} {year}", f"{form} %Y").date()
        except ValueError:
            continue
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def order_of(cells: Iterable[Cell]) -> str:
    """The order that dates with slashes have by themselves: one of them has a day beyond 12;
    "" where none has.

    Examples
    --------
    >>> order_of(["03/04/2026", "03/24/2026"])
    'mdy'
    """
    for cell in cells:
        found = _SLASHED.fullmatch(text_of(cell))
        if found and found[2] != ".":
            if int(found[1]) > 12:
                return "dmy"
            if int(found[3]) > 12:
                return "mdy"
    return ""


def is_day_like(cell: Cell) -> bool:
    """Whether a cell of a header is a day or a date."""
    text = text_of(cell)
    if not text:
        return False
    return read_day(text) is not None or read_date(text, "dmy", 2000) is not None
