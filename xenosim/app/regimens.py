"""Sliders over the text of a field: another dose, another interval, the rest as it is written."""

from __future__ import annotations

import re

_DOSE = re.compile(r"(\d+(?:\.\d+)?)(\s*mg/kg)")
_ROUTE = re.compile(r"mg/kg\s+([A-Za-z]+)\b")
_EVERY = re.compile(r"\bQ(\d+)D(?:\s*x\s*\d+)?", re.IGNORECASE)
_VOLUME = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:mm\^?3|mm³)\s*")
#: Days between doses of words that a regimen may have in place of QnD [day].
WORDS = {"QD": 1, "BIW": 3, "QOD": 2, "TIW": 2, "QW": 7}


def dose_of(text: str) -> float | None:
    """The first dose that a regimen names [mg/kg]; None where it names none.

    Examples
    --------
    >>> dose_of("7 mg/kg IV BIW x4wk"), dose_of("none")
    (7.0, None)
    """
    found = _DOSE.search(text)
    return float(found[1]) if found else None


def with_dose(text: str, dose: float) -> str:
    """The regimen with another first dose [mg/kg].

    Examples
    --------
    >>> with_dose("7 mg/kg IV BIW x4wk", 3.5)
    '3.5 mg/kg IV BIW x4wk'
    """
    return _DOSE.sub(lambda found: f"{dose:g}{found[2]}", text, count=1)


def interval_of(text: str) -> int | None:
    """Days between doses [day], about, where the regimen is one dose repeated; None: not told.

    Examples
    --------
    >>> interval_of("10 mg/kg PO Q2Dx15"), interval_of("4 mg/kg PO days 0,3")
    (2, None)
    """
    if len(_DOSE.findall(text)) != 1:
        return None
    found = _EVERY.search(text)
    if found:
        return int(found[1])
    words = text.upper().split()
    return next((days for word, days in WORDS.items() if word in words), None)


def with_interval(text: str, days: int, last_day: float) -> str:
    """The regimen's dose every so many ``days`` [day], until ``last_day`` of the study [day].

    Examples
    --------
    >>> with_interval("7 mg/kg IV BIW x4wk", 5, 21.0)
    '7 mg/kg IV Q5Dx5'
    """
    dose, route = _DOSE.search(text), _ROUTE.search(text)
    if dose is None:
        return text
    way = f" {route[1]}" if route and route[1].upper() not in WORDS else ""
    count = int(last_day // days) + (last_day % days > 0 or days == 0)
    return f"{dose[0]}{way} Q{days}Dx{max(1, count)}"


def volume_of(text: str) -> float | None:
    """The volume that a text is [mm3]; None where it is none above 0, or in another unit.

    Examples
    --------
    >>> volume_of("100 mm^3"), volume_of("0.1 mL")
    (100.0, None)
    """
    found = _VOLUME.fullmatch(text)
    return (float(found[1]) or None) if found else None
