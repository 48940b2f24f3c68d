"""Doses, times and lists of names as a user writes them."""

from __future__ import annotations

import math
import re

import numpy as np

from xenosim.errors import ParameterError, UnitError
from xenosim.units import quantity

#: Doses of a range, evenly spaced on a log axis.
POINTS = 10
#: Most doses of a range or list, most times, and the longest text of either [letters].
MOST_POINTS, MOST_TIMES, LONGEST = 99, 1000, 2000
#: Highest concentration that is simulated [nM].
MAX_NM = 1e9
_DOSES = re.compile(r"([\d.,eE+\-\s]*[\d.,])\s*([a-zA-Zµμ]+)\s*(?:/\s*(\d{1,9}))?")


def parse_doses(text: str) -> list[float]:
    """A range or a list of concentrations with its unit [nM].

    Parameters
    ----------
    text : str
        "1..1000 nM": ten doses evenly spaced on a log axis; "1..1000 nM / 6": six;
        "20,50,100 nM": as listed.

    Raises
    ------
    UnitError
        No unit, not a rising range, or beyond 1 M.

    Examples
    --------
    >>> parse_doses("1..100 nM / 3")
    [1.0, 10.0, 100.0]
    >>> parse_doses("20,50 nM")
    [20.0, 50.0]
    """
    remedy = 'write a range "1..1000 nM" or a list "20,50,100 nM"'
    match = _DOSES.fullmatch(text.strip()) if len(text) <= LONGEST else None
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
    if len(doses) > MOST_POINTS:
        raise UnitError(f"{len(doses)} doses", where="--dose", remedy=f"give up to {MOST_POINTS}")
    if ".." not in numbers:
        return doses
    count = int(points or POINTS)
    if len(doses) != 2 or not 0 < doses[0] < doses[1] or not 2 <= count <= MOST_POINTS:
        raise UnitError(
            f"'{text}' is not a rising range of 2 to {MOST_POINTS} doses",
            where="--dose",
            remedy=remedy,
        )
    return [float(f"{dose:.6g}") for dose in np.geomspace(doses[0], doses[1], count)]


def parse_dose(text: str) -> float:
    """One concentration above 0 [nM]; UnitError for a range, a list or nothing."""
    doses = parse_doses(text)
    if len(doses) != 1 or doses[0] <= 0:
        raise UnitError(
            f"'{text}' is not one dose",
            where="--dose",
            remedy='give one concentration above 0, e.g. "10 uM"',
        )
    return doses[0]


def parse_times(text: str) -> list[float]:
    """Hours in rising order [h]; ParameterError for what is no number.

    Examples
    --------
    >>> parse_times("0,8,4")
    [0.0, 4.0, 8.0]
    """
    try:
        times = sorted({float(part) for part in text.split(",")})
        if len(times) > MOST_TIMES:
            raise ParameterError(
                f"{len(times)} times", where="--times", remedy=f"give up to {MOST_TIMES}"
            )
        return times
    except ValueError as error:
        raise ParameterError(
            f"'{text}' is not a list of hours", where="--times", remedy="write e.g. 0,4,8,24"
        ) from error


def hours_of(text: str | None, where: str) -> float:
    """A time with its unit [h]; infinite if none is given."""
    return quantity(text, "time", where=where) if text else math.inf


def share_of(text: str | None, where: str) -> float | None:
    """A share such as "5 %" [-]; None if none is given."""
    return quantity(text, "fraction", where=where) if text else None


def names_of(text: str) -> list[str]:
    """Names separated by commas, each once.

    Examples
    --------
    >>> names_of("Jurkat, cell,Jurkat")
    ['Jurkat', 'cell']
    """
    return list(dict.fromkeys(part.strip() for part in text.split(",")))
