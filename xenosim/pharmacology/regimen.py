"""Dosing shorthand, "7 mg/kg IV BIW x4wk", as a list of doses (grammar and readings in MODEL.md,
Regimens).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from xenosim.errors import RegimenError, UnitError
from xenosim.pharmacology.dose import MAX_DOSE, MAX_DOSES, SALTS, Dose, Route, split_salt
from xenosim.pharmacology.words import is_no_drug, names_day_one, plain_words
from xenosim.units import quantity

_DRUG = rf"(?:(?P<drug>[A-Za-z][A-Za-z0-9_-]*(?:\s+(?:{'|'.join(SALTS)}))?)\s+)?"
_HEAD = re.compile(
    rf"^{_DRUG}(?P<amount>[-+]?[\d.]+(?:e[-+]?\d+)?)\s*(?P<unit>[a-zA-Zµ]+(?:/[a-zA-Z]+[0-9]?)*)?\s+(?P<route>[A-Za-z]+)"
    r"(?:\s+over\s+(?P<over>[\d.]+\s*[a-z]+))?\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
#: How long it goes on: "for 3 weeks", "x3wk", "x10 days".
_LASTING = re.compile(
    r"\s*(?:\bfor\s|x)\s*(?P<n>\d+)\s*(?P<unit>weeks?|wks?|w|days?|d)$", re.IGNORECASE
)
_UNTIL = re.compile(r"\s+until\s+day\s+(\d+(?:\.\d+)?)$", re.IGNORECASE)

#: Longest text of a regimen [letters].
MAX_LETTERS = 10_000


def parse_regimen(
    text: str,
    *,
    default_drug: str | None = None,
    day_of_first_dose: int | None = None,
    where: str | None = None,
) -> tuple[Dose, ...]:
    """Expand a regimen into its doses, in time order.

    Parameters
    ----------
    text : str
        ``[drug] dose route schedule [until day N | for N weeks]``, several joined by " + ", or
        "none"; in the words of :mod:`~xenosim.pharmacology.words` too.
    default_drug : str, optional
        Drug of parts that name none.
    day_of_first_dose : int, optional
        0, or 1 where the protocol calls the first day 1. Needed where the days listed do not tell:
        none of them is day 0.
    where : str, optional
        Place named in errors.

    Raises
    ------
    RegimenError
        Ambiguous ("biweekly", "BIW x4"), absurd or not understood.

    Examples
    --------
    >>> [dose.time_h for dose in parse_regimen("7 mg/kg IV Q3Dx4", default_drug="ixazomib")]
    [0.0, 72.0, 144.0, 216.0]
    """
    if not isinstance(text, str) or not text.strip():
        raise RegimenError(
            "the regimen is empty", where=where, remedy="write 'none' or e.g. '7 mg/kg IV BIW x4wk'"
        )
    if len(text) > MAX_LETTERS:
        raise RegimenError(
            f"a regimen of {len(text)} letters",
            where=where,
            remedy=f"write at most {MAX_LETTERS}, or give an event table",
        )
    if is_no_drug(text):
        return ()
    if number := re.search(r"(?<![\d.])\d{10,}", text):
        raise RegimenError(
            f"{number[0][:12]}... is absurd", where=where, remedy="write a number below 10 digits"
        )
    if day_of_first_dose is None and names_day_one(text):
        day_of_first_dose = 1
    text = plain_words(text)
    doses: list[Dose] = []
    for part in re.split(r"\s\+\s", text.strip()):
        doses += _parse_part(part.strip(), default_drug, day_of_first_dose or 0, where)
    listed = [float(day) for day in re.findall(r"\bdays\s+(\d+(?:\.\d+)?)", text, re.IGNORECASE)]
    if day_of_first_dose is None and listed and min(listed) > 0:
        raise RegimenError(
            f"'days {min(listed):g}, ...': is the first dose on day 0 or on day 1?",
            where=where,
            remedy=(
                "state 'day_of_first_dose: 1' (day 1 is the first dose) or 'day_of_first_dose: 0'"
                " (dosing starts later)"
            ),
        )
    _check_number(len(doses), where)
    return tuple(sorted(doses, key=lambda dose: dose.time_h))


def _check_number(doses: int, where: str | None) -> None:
    if doses > MAX_DOSES:
        raise RegimenError(
            f"{doses} doses are absurd",
            where=where,
            remedy=f"give at most {MAX_DOSES} doses in one arm",
        )


def _parse_part(
    text: str, default_drug: str | None, first_day: int, where: str | None
) -> list[Dose]:
    """The doses of one part: "[drug] dose route [over time] schedule [until day N]"."""
    match = _head(text, where)
    substance = match["drug"] or default_drug
    if not substance:
        raise RegimenError(
            f"'{text}' names no drug",
            where=where,
            remedy="set 'drug:' or start with it: 'ixazomib 7 mg/kg ...'",
        )
    drug, salt = split_salt(substance)
    route = _route(match, where)
    amount = _amount(match["amount"], match["unit"], where)
    duration = _duration(match["over"], where)
    if duration and route is not Route.IV:
        raise RegimenError(
            "only an IV dose can be infused", where=where, remedy="drop 'over ...' or use IV"
        )
    return [
        Dose(24.0 * day, amount, drug, route, duration, salt=salt)
        for day in _dosing_days(match["rest"].strip(), first_day, where)
    ]


def _head(text: str, where: str | None) -> re.Match[str]:
    """Drug, amount, route and schedule of a part, still as text."""
    if re.search(r"\bbi-?weekly\b", text, re.IGNORECASE):
        raise RegimenError(
            "'biweekly' is ambiguous (twice a week or every two weeks?)",
            where=where,
            remedy="write BIW (days 0, 3 of each week) or Q14D",
        )
    match = _HEAD.match(text)
    if match is None:
        raise RegimenError(
            f"'{text}' is not a regimen",
            where=where,
            remedy="write e.g. '7 mg/kg IV BIW x4wk' or 'none'",
        )
    return match


def _route(match: re.Match[str], where: str | None) -> Route:
    unit, route = (match["unit"] or "").upper(), match["route"].upper()
    if unit in tuple(Route):
        raise RegimenError(
            f"the dose '{match['amount']}' has no unit",
            where=where,
            remedy=f"write e.g. '{match['amount']} mg/kg {match['unit']} ...'",
        )
    if route not in tuple(Route):
        raise RegimenError(
            f"'{match['route']}' is not a route", where=where, remedy=f"use {', '.join(Route)}"
        )
    return Route(route)


def _dosing_days(schedule: str, first_day: int, where: str | None) -> list[float]:
    """Days of dosing from 0 [day], as long as "until day N" lets them go on."""
    until, lasting = _UNTIL.search(schedule), _LASTING.search(schedule)
    if until:
        limit = float(until[1]) - first_day
    elif lasting:
        limit = float(lasting["n"]) * (7.0 if lasting["unit"].lower().startswith("w") else 1.0)
    else:
        return expand_schedule(schedule, first_day, where)
    word = schedule[: (until or lasting).start()].strip()  # type: ignore[union-attr]
    return [day for day in expand_schedule(word, first_day, where, limit) if day < limit]


def _amount(number: str, unit: str | None, where: str | None) -> float:
    if unit and re.fullmatch(r"m?g/kg/(day|d|wk|week|h)", unit, re.IGNORECASE):
        raise RegimenError(
            f"'{unit}' is not a dose",
            where=where,
            remedy="write the amount of one dose, e.g. '7 mg/kg'",
        )
    try:
        amount = quantity(f"{number} {unit or ''}", "dose", where=where)
    except UnitError as error:
        raise RegimenError(error.message, where=where, remedy=error.remedy) from error
    if amount < 0 or amount > MAX_DOSE:
        raise RegimenError(
            f"a dose of {amount:g} mg/kg is absurd",
            where=where,
            remedy=f"doses lie between 0 and {MAX_DOSE:g} mg/kg",
        )
    return amount


def _duration(text: str | None, where: str | None) -> float:
    try:
        return quantity(text, "time", where=where) if text else 0.0
    except UnitError as error:
        raise RegimenError(error.message, where=where, remedy=error.remedy) from error


def expand_schedule(
    text: str, first_day: int, where: str | None, until: float | None = None
) -> list[float]:
    """Days of dosing from 0 [day] of one schedule word; open-ended schedules need ``until``."""
    word = re.sub(r"\s*x\s*(?=\d)", "x", text.strip(), flags=re.IGNORECASE)
    for pattern, expand in _SCHEDULES:
        if match := re.fullmatch(pattern, word, re.IGNORECASE):
            return expand(match, first_day, where, until)
    raise RegimenError(
        f"'{text}' is not a schedule",
        where=where,
        remedy="use Q3Dx4, QDx5, BIDx14, QW x4, BIW x4wk, TIW x3wk, 5on/2off x3 or 'days 0,3,7'",
    )


def _count(
    match: re.Match[str], per: float, where: str | None, until: float | None, doses: int = 1
) -> int:
    """Number of repeats of a pattern of ``doses``: written, or as many as start before ``until``
    when each takes ``per`` days.
    """
    if match["n"]:
        return _repeats(match["n"], where, doses)
    if until is None:
        raise RegimenError(
            f"'{match[0]}' has no end",
            where=where,
            remedy="add a count, e.g. 'x4', or 'until day 28'",
        )
    return _repeats(str(int(-(-until // per))), where, doses) if until > 0 else 0


def _repeats(text: str, where: str | None, doses: int = 1) -> int:
    """How often a pattern of ``doses`` is repeated; too often is refused before it is expanded."""
    if int(text) < 1:
        raise RegimenError(
            "a schedule needs at least one dose", where=where, remedy="write x1 or more, or 'none'"
        )
    if int(text) * doses > MAX_DOSES:
        raise RegimenError(
            f"x{text} is absurd", where=where, remedy=f"give at most {MAX_DOSES} doses in one arm"
        )
    return int(text)


def _every(match: re.Match[str], first: int, where: str | None, until: float | None) -> list[float]:
    gap = float(match["gap"] or 1)
    if gap <= 0:
        raise RegimenError(f"'{match[0]}' has no interval", where=where, remedy="write e.g. Q3Dx4")
    return [gap * k for k in range(_count(match, gap, where, until))]


def _times_daily(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    times = {"BID": 2, "TID": 3}[match["kind"].upper()]
    return [
        day + k / times
        for day in range(_count(match, 1, where, until, times))
        for k in range(times)
    ]


def _every_hours(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    hours = float(match["hours"])
    if hours < 1:
        raise RegimenError(f"'{match[0]}' has no interval", where=where, remedy="write e.g. Q12Hx6")
    return [hours * k / 24.0 for k in range(_count(match, hours / 24.0, where, until))]


def _weekly(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    return [7.0 * k for k in range(_count(match, 7, where, until))]


def _in_week(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    kind = match["kind"].upper()
    if match["n"] and not match["wk"]:
        remedy = f"write {kind} x{match['n']}wk for weeks"
        raise RegimenError(
            f"'{match[0]}': {match['n']} doses or {match['n']} weeks?", where=where, remedy=remedy
        )
    days = (
        [float(day) for day in match["days"].split(",")]
        if match["days"]
        else {"BIW": [0.0, 3.0], "TIW": [0.0, 2.0, 4.0]}[kind]
    )
    expected = {"BIW": 2, "TIW": 3}[kind]
    if len(set(days)) != expected or any(not 0 <= day < 7 for day in days):
        raise RegimenError(
            f"{kind} needs {expected} different days of the week from 0 to 6",
            where=where,
            remedy=f"write {kind} x4wk",
        )
    return [
        7.0 * week + day for week in range(_count(match, 7, where, until)) for day in sorted(days)
    ]


def _on_off(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    on, off = int(match["on"]), int(match["off"])
    if not 1 <= on <= 365:
        raise RegimenError(
            f"'{match[0]}' doses on {on} days", where=where, remedy="write e.g. 5on/2off x3"
        )
    return [
        float((on + off) * k + d)
        for k in range(_count(match, on + off, where, until, on))
        for d in range(on)
    ]


def _listed(
    match: re.Match[str], first: int, where: str | None, until: float | None
) -> list[float]:
    days = [float(day) - first for day in match["days"].split(",")]
    if days != sorted(set(days)):
        raise RegimenError(
            f"days {match['days']} must increase",
            where=where,
            remedy="list each day once, in order",
        )
    if days[0] < 0:
        raise RegimenError(
            f"a dose on day {days[0] + first:g}, before the first day",
            where=where,
            remedy="count from day 1, or set 'day_of_first_dose: 0'",
        )
    cycles, every = _repeats(match["n"] or "1", where, len(days)), float(match["every"] or 0)
    if match["every"] and every <= days[-1] - days[0]:
        raise RegimenError(
            "the cycle is shorter than its list of days", where=where, remedy="make 'every' longer"
        )
    return [every * k + day for k in range(cycles) for day in days]


_LIST = r"\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*"
_SCHEDULES: list[tuple[str, Any]] = [
    (r"Q(?P<gap>\d+(?:\.\d+)?)?D(?:x(?P<n>\d+))?", _every),
    (r"(?P<kind>BID|TID)(?:x(?P<n>\d+))?", _times_daily),
    (r"Q(?P<hours>\d+)H(?:x(?P<n>\d+))?", _every_hours),
    (r"QW\s*(?:x(?P<n>\d+)\s*(?:wk)?)?", _weekly),
    (rf"(?P<kind>BIW|TIW)\s*(?:\((?P<days>{_LIST})\))?\s*(?:x(?P<n>\d+)\s*(?P<wk>wk)?)?", _in_week),
    (r"(?P<on>\d+)on/(?P<off>\d+)off(?:x(?P<n>\d+))?", _on_off),
    (
        rf"days\s+(?P<days>{_LIST})(?:\s+every\s+(?P<every>\d+(?:\.\d+)?)\s*d(?:ays)?x(?P<n>\d+))?",
        _listed,
    ),
]


def describe(doses: Sequence[Dose]) -> dict[str, Any]:
    """Number of doses, their days [day] and the total of each substance [mg/kg], for the echo."""
    totals: dict[str, float] = {}
    for dose in doses:
        totals[dose.substance] = totals.get(dose.substance, 0.0) + dose.amount_mg_per_kg
    return {
        "doses": len(doses),
        "days": [dose.time_h / 24.0 for dose in doses],
        "total_mg_per_kg": totals,
    }
