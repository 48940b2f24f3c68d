"""NONMEM event tables as doses (semantics in docs/regimens.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from xenosim.errors import RegimenError, TableError, suggest
from xenosim.pharmacology.dose import MAX_DOSE, MAX_DOSES, Dose, Route, split_salt
from xenosim.tabular import Mistakes, Table, is_missing, number, read_table
from xenosim.units import quantity

COLUMNS = ("id", "time", "amt", "evid", "cmt", "ii", "addl", "ss", "rate", "drug")
#: Other columns that are read: the length of an infusion, as rxode2 and Monolix name it, the route.
_DURATIONS = ("dur", "tinf", "duration")
_ROUTES = ("route",)
#: Columns that would change a dose, the value that leaves it as it is, and what to do instead.
_CHANGES = {
    **dict.fromkeys(("lag", "alag", "tlag", "alag1", "alag2"), ("0", "shift TIME by the lag")),
    **dict.fromkeys(
        ("f", "f1", "f2", "bio", "bioav", "bioavailability"),
        ("1", "bioavailability is a parameter of the drug: remove the column, or multiply AMT"),
    ),
    **dict.fromkeys(
        ("until", "total", "n_doses", "ndoses", "nbr.doses", "nbr_doses", "dosing.to"),
        ("", "say how many doses follow in ADDL"),
    ),
    **dict.fromkeys(
        ("unit", "units", "amt_unit", "dose_unit", "time_unit"),
        ("", "remove the column and give time_unit and amt_unit, or --time-unit and --amt-unit"),
    ),
    **dict.fromkeys(("date", "dat1", "dat2"), ("", "write TIME as hours from the first dose")),
    "adm": ("", "name the compartment in CMT"),
}
_ROUTE = {route.compartment: route for route in (Route.PO, Route.SC, Route.IP, Route.IV)}


class TableUnits(NamedTuple):
    """How a table is to be read: hours per unit of TIME and II, mg/kg per unit of AMT, and the
    compartments behind CMT numbers.
    """

    time_h: float = 1.0
    amount: float = 1.0
    compartments: Mapping[str, str] = MappingProxyType({})


def table_units(
    time_unit: str = "h", amt_unit: str = "mg/kg", cmt: Mapping[object, object] | None = None
) -> TableUnits:
    """Check the options of an event table.

    Parameters
    ----------
    time_unit, amt_unit : str
        Units of TIME and II, and of AMT, e.g. ``day`` and ``ug/kg``.
    cmt : mapping, optional
        Compartment of each CMT number, e.g. ``{1: depot_po, 2: central}``.

    Raises
    ------
    RegimenError, UnitError
        An amount per animal, a unit of another kind, an unknown compartment.
    """
    if not isinstance(cmt, Mapping | None):
        raise RegimenError(
            f"cmt: '{cmt}' is not a mapping", remedy="write cmt: {1: depot_po, 2: central}"
        )
    if "/" not in str(amt_unit):
        raise RegimenError(
            f"amt_unit '{amt_unit}' is not per kg of body weight",
            remedy="divide AMT by the body weight and write mg/kg",
        )
    compartments = {str(number): str(name).lower() for number, name in (cmt or {}).items()}
    for name in compartments.values():
        if name not in _ROUTE:
            raise RegimenError(
                f"cmt: '{name}' is unknown{suggest(name, _ROUTE)}",
                remedy=f"use {', '.join(_ROUTE)}",
            )
    return TableUnits(
        quantity(f"1 {time_unit}", "time"), quantity(f"1 {amt_unit}", "dose"), compartments
    )


def read_events(
    path: str | Path, *, default_drug: str | None = None, units: TableUnits = TableUnits()
) -> tuple[Dose, ...]:
    """Read a CSV event table (columns case-insensitive; unknown ones kept; "." is missing; C in
    column C is a comment).

    Parameters
    ----------
    path : path
        The table.
    default_drug : str, optional
        Drug of records that name none.
    units : TableUnits
        How its numbers are to be read.

    Raises
    ------
    RegimenError
        Naming file, line and remedy.
    """
    path = Path(path)
    try:
        table = read_table(path)
        table.require(("TIME", "AMT"))
    except TableError as error:
        raise RegimenError(error.message, where=error.where, remedy=error.remedy) from error
    names = [name.lower() for name in table.columns]
    rows = [
        (f"{path}:{line}", dict(zip(names, _as_numbers(row, table), strict=True)))
        for line, row in zip(table.lines, table.rows, strict=True)
    ]
    legend = _legend(table.comments)
    for _, row in rows:
        for name, known in legend.items():
            row[name] = known.get(row.get(name, ""), row.get(name, ""))
    named = [(where, row) for where, row in rows if row.get("c") != "C"]
    return events_to_doses(named, default_drug=default_drug, units=units, path=path)


def _as_numbers(row: Sequence[str], table: Table) -> list[str]:
    """The cells of a row with decimal points."""
    if not table.decimal_comma:
        return list(row)
    values = [number(cell, decimal_comma=True) for cell in row]
    return [cell if v is None else repr(v) for cell, v in zip(row, values, strict=True)]


def _legend(comments: Sequence[str]) -> dict[str, dict[str, str]]:
    """What the numbers of CMT and DRUG stand for, as :func:`~.dialects.as_dialect` writes it."""
    found: dict[str, dict[str, str]] = {"cmt": {}, "drug": {}}
    for comment in comments:
        if match := re.fullmatch(r"CMT (\d+) = (\w+) of .+", comment):
            found["cmt"][match[1]] = match[2]
        elif match := re.fullmatch(r"DRUG (\d+) = (.+)", comment):
            found["drug"][match[1]] = match[2]
    return {name: known for name, known in found.items() if known}


class _Record(NamedTuple):
    """One line of an event table, and its place."""

    where: str
    cells: Mapping[str, str]

    def refusal(self, message: str, remedy: str) -> RegimenError:
        return RegimenError(message, where=self.where, remedy=remedy)

    def text(self, name: str) -> str:
        """The trimmed entry; "" where it is missing or there is no such column."""
        entry = (self.cells.get(name) or "").strip()
        return "" if is_missing(entry) else entry

    def first_of(self, names: Sequence[str]) -> str:
        """The one of several columns of one meaning that has an entry, or the first."""
        return next((name for name in names if self.text(name)), names[0])

    def number(self, name: str, default: float | None) -> float:
        text = self.text(name)
        if not text and default is not None:
            return default
        value = number(text)
        if value is None:
            clock = "clock times are refused: hours from the first dose"
            raise self.refusal(
                f"{name.upper()} is '{text}'", clock if ":" in text else "write a number"
            )
        return value

    def may_be_dose(self) -> bool:
        """Whether a record of which that cannot be read would be a dose if its amount could."""
        return number(self.text("amt")) is None and self.text("evid") in ("", "1")

    def whole(self, name: str, default: float) -> int:
        value = self.number(name, default)
        if value != int(value):
            raise self.refusal(
                f"{name.upper()} {value:g} is not a whole number", "write a whole number"
            )
        return int(value)


def events_to_doses(
    records: Sequence[tuple[str, dict[str, str]]],
    *,
    default_drug: str | None = None,
    units: TableUnits = TableUnits(),
    path: Path | str = "events",
) -> tuple[Dose, ...]:
    """Expand (place, record) pairs into doses: ADDL excludes the first dose; SS 1 and 2 are kept on
    the first.

    Raises
    ------
    RegimenError
        Every record of ``path`` that is no dose as it is simulated.

    Examples
    --------
    >>> record = {"time": "0", "amt": "7", "ii": "168", "addl": "2", "drug": "ixazomib"}
    >>> [dose.time_h for dose in events_to_doses([("line 2", record)])]
    [0.0, 168.0, 336.0]
    """
    doses: list[Dose] = []
    mistakes = Mistakes(RegimenError, path)
    last, animal = 0.0, ""
    pending: dict[str, float] = {}
    for record in (_Record(where, cells) for where, cells in records):
        own = Mistakes(RegimenError, path)
        animal = own.tried(partial(_same_animal, record, animal), animal)
        last = own.tried(partial(_time, record, last), last)
        if own.tried(partial(_is_dose, record), record.may_be_dose()):
            found = _expand(record, default_drug, units, own)
            own.tried(partial(_check_pending, record, found, pending), None)
            doses += found
        mistakes.found += own.found
        if len(doses) > MAX_DOSES:
            many = f"more than {MAX_DOSES} doses"
            mistakes.take(record.refusal(many, "give fewer doses in one arm"))
            break
    mistakes.check()
    return tuple(sorted(doses, key=lambda dose: dose.time_h))


def _time(record: _Record, last: float) -> float:
    """TIME of a record, which must not lie before the ``last`` one [unit of the table]."""
    time = record.number("time", None)
    if time < last or time < 0:
        begins_anew = number(record.text("evid")) in (3, 4)
        raise record.refusal(
            f"TIME {time:g} decreases or is negative",
            "a reset does not turn back the clock of a tumor: count on from the first dose"
            if begins_anew
            else "sort the records; hours from the first dose",
        )
    return time


def _same_animal(record: _Record, animal: str) -> str:
    """An arm has one regimen: the doses of a second animal must not be added to those of the
    first.
    """
    found = record.text("id") or animal
    if animal and found != animal:
        raise record.refusal(
            f"ID {found} follows ID {animal}",
            "give one table per arm, with the events of one animal",
        )
    return found


def _is_dose(record: _Record) -> bool:
    """Whether a record gives a dose or resets plasma; observations and other events without an
    amount do neither.
    """
    amount = record.number("amt", 0.0)
    event = record.whole("evid", 1.0 if amount > 0 else 0.0)
    if event in (0, 2, 3) and amount != 0:
        raise record.refusal(
            f"AMT {amount:g} in a record that is no dose (EVID {event})",
            f"EVID 1 gives a dose, from 0 to {MAX_DOSE:g} mg/kg, and EVID 4 after a reset;"
            " elsewhere AMT is 0 or '.'",
        )
    if not 0 <= event <= 4:
        raise record.refusal(
            f"EVID {event} is not simulated",
            "use 0 to 4, and CMT, RATE and SS for what classic RxODE packs into EVID",
        )
    if event == 3:
        _check_bare(record)
    return event in (1, 3, 4)


def _check_bare(record: _Record) -> None:
    """Refuse a reset that says how something is dosed."""
    names = ("rate", "ii", "addl", "ss", *_DURATIONS)
    given = [name.upper() for name in names if record.number(name, 0.0) != 0.0]
    if given:
        raise record.refusal(
            f"{', '.join(given)} in a record that resets without a dose (EVID 3)",
            "use EVID 4 for a reset with a dose, or set them to 0",
        )


def _check_pending(record: _Record, found: Sequence[Dose], pending: dict[str, float]) -> None:
    """Refuse a reset while additional doses of the drug are still to come; ``pending``: time of the
    last one by drug [h], to which those that were ``found`` in this record are added.
    """
    if not found:
        return
    first, last = found[0], found[-1].time_h
    due = pending.get(first.drug, -math.inf)
    if first.reset and due >= first.time_h:
        raise record.refusal(
            f"a reset of {first.drug} while additional doses (ADDL) are due up to {due:g} h",
            "NONMEM cancels them and others give them: end ADDL before the reset and write those"
            " that are meant after it",
        )
    if len(found) > 1:
        pending[first.drug] = max(due, last)


def _expand(
    record: _Record, default_drug: str | None, units: TableUnits, mistakes: Mistakes
) -> list[Dose]:
    """All doses of one record: the first, and ADDL more, II apart; none where it has ``mistakes``,
    all of which are noted.
    """
    tried = mistakes.tried
    for name in ("amt", "ii", "rate", *_DURATIONS):
        tried(partial(record.number, name, 0.0), 0.0)
    for name in ("addl", "ss"):
        tried(partial(record.whole, name, 0.0), 0)
    for name in _CHANGES:
        tried(partial(_check_other_column, record, name), None)
    amount = tried(partial(_amount, record, units), math.nan)
    duration = tried(partial(_duration, record, amount, units), 0.0)
    interval, additional, steady = tried(partial(_repeats, record, units), (math.inf, 0, 0))
    route = tried(partial(_route, record, units), Route.IV)
    drug, salt = tried(partial(_drug, record, default_drug), ("", ""))
    if duration and route is not Route.IV:
        infused = f"RATE {amount / duration:g} into {route.compartment}"
        remedy = "only 'central' (IV) can be infused: set RATE to 0"
        mistakes.take(record.refusal(infused, remedy))
    if steady and duration > interval:
        long = f"SS with an infusion of {duration:g} h every {interval:g} h"
        mistakes.take(record.refusal(long, "shorten the infusion or lengthen II"))
    if mistakes.found:
        return []
    first = Dose(
        time_h=record.number("time", None) * units.time_h,
        amount_mg_per_kg=amount,
        drug=drug,
        route=route,
        duration_h=duration,
        ss=steady,
        steady_state_ii_h=interval if steady else 0.0,
        extra=_unknown_columns(record),
        salt=salt,
        reset=record.whole("evid", 1.0) in (3, 4),
    )
    later = replace(first, ss=0, steady_state_ii_h=0.0, reset=False)
    return [first] + [
        replace(later, time_h=first.time_h + k * interval) for k in range(1, additional + 1)
    ]


def _amount(record: _Record, units: TableUnits) -> float:
    """AMT [mg/kg]."""
    amount = record.number("amt", 0.0) * units.amount
    if not 0 <= amount <= MAX_DOSE:
        raise record.refusal(
            f"AMT {amount:g} mg/kg is absurd", f"doses lie between 0 and {MAX_DOSE:g} mg/kg"
        )
    return amount


def _drug(record: _Record, default_drug: str | None) -> tuple[str, str]:
    """The drug of a record and its salt."""
    drug, salt = split_salt(record.text("drug") or default_drug or "")
    if not drug:
        raise record.refusal(
            "the record names no drug", "set 'drug:' in the arm or add a column DRUG"
        )
    return drug, salt


def _check_other_column(record: _Record, name: str) -> None:
    """Refuse what would change the dose and is not simulated, rather than pass it through."""
    neutral, remedy = _CHANGES[name]
    text = record.text(name)
    if text and not (neutral and number(text) == float(neutral)):
        raise record.refusal(f"{name.upper()} is '{text}', which is not simulated", remedy)


def _duration(record: _Record, amount: float, units: TableUnits) -> float:
    """Length of the infusion [h], from RATE or DUR; 0 for a bolus."""
    rate = record.number("rate", 0.0) * units.amount / units.time_h
    column = record.first_of(_DURATIONS)
    stated = record.number(column, 0.0) * units.time_h
    if rate < 0:
        raise record.refusal(
            f"RATE {rate:g}: modelled rates are not supported",
            "give RATE as mg/kg/h, or 0 for a bolus",
        )
    if stated < 0:
        raise record.refusal(f"{column.upper()} {stated:g} is negative", "give it in hours")
    if amount == 0 and (rate or stated):
        steady = record.whole("ss", 0.0)
        raise record.refusal(
            "a constant infusion (AMT 0 with SS and RATE) is not simulated"
            if steady
            else "AMT 0 with RATE or DUR is no dose",
            "give AMT and the length of the infusion, as doses that follow each other"
            if steady
            else "give the amount that is infused in AMT",
        )
    duration = amount / rate if rate > 0 else stated
    if rate > 0 and stated and abs(duration - stated) > 1e-6 * stated:
        raise record.refusal(
            f"RATE says {duration:g} h and {column.upper()} {stated:g} h", "keep one of them"
        )
    return duration


def _repeats(record: _Record, units: TableUnits) -> tuple[float, int, int]:
    """II [h], ADDL and SS."""
    interval = record.number("ii", 0.0) * units.time_h
    additional, steady = record.whole("addl", 0.0), record.whole("ss", 0.0)
    if (additional or steady) and interval <= 0:
        raise record.refusal("ADDL and SS need II", "give the interval in hours")
    if not 0 <= additional < MAX_DOSES or steady not in (0, 1, 2):
        raise record.refusal(
            f"ADDL must lie between 0 and {MAX_DOSES - 1}, SS be 0, 1 or 2", "correct the record"
        )
    return interval, additional, steady


def _route(record: _Record, units: TableUnits) -> Route:
    """The route behind CMT: a name, or a number that the table's options name; or else the
    column ROUTE.
    """
    stated = record.text("route").upper()
    if stated and (stated not in Route.__members__ or record.text("cmt")):
        raise record.refusal(
            f"ROUTE is '{record.text('route')}'"
            + (f" and CMT '{record.text('cmt')}'" if record.text("cmt") else ""),
            f"give CMT alone, or ROUTE alone as {', '.join(Route.__members__)}",
        )
    if stated:
        return Route(stated)
    name = (record.text("cmt") or "central").lower()
    compartment = re.sub(r"^(\d+)\.0+$", r"\1", name)
    if compartment.isdigit() and compartment not in units.compartments:
        raise record.refusal(
            f"CMT {compartment} is a number without a name",
            "name it (depot_po, depot_sc, depot_ip, central) or say what it is: cmt: {1: depot_po,"
            " 2: central} in the arm's events, or --cmt 1=depot_po",
        )
    compartment = units.compartments.get(compartment, compartment)
    if compartment not in _ROUTE:
        raise record.refusal(
            f"CMT '{compartment}' is unknown{suggest(compartment, _ROUTE)}",
            f"use {', '.join(_ROUTE)}",
        )
    return _ROUTE[compartment]


def _unknown_columns(record: _Record) -> tuple[tuple[str, str], ...]:
    """Columns that nobody reads, with their text, passed through."""
    return tuple(
        (name, record.text(name))
        for name in record.cells
        if name not in (*COLUMNS, "c", *_DURATIONS, *_ROUTES) and record.text(name)
    )
