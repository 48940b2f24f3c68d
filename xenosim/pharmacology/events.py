"""NONMEM event tables as doses (semantics in MODEL.md, Regimens)."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from xenosim.errors import RegimenError, suggest
from xenosim.pharmacology.dose import MAX_DOSE, MAX_DOSES, Dose, Route, split_salt
from xenosim.units import quantity

COLUMNS = ("id", "time", "amt", "evid", "cmt", "ii", "addl", "ss", "rate", "drug")
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
    path: Path, *, default_drug: str | None = None, units: TableUnits = TableUnits()
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
    columns, rows = _rows(path)
    _check_columns(columns, f"{path}:1")
    for where, row in rows:
        if None in row:
            raise RegimenError(
                "more cells than the header",
                where=where,
                remedy="write decimals with a point, quote text that holds a comma",
            )
        if None in row.values():
            raise RegimenError(
                "fewer cells than the header", where=where, remedy="write '.' for what is missing"
            )
    return events_to_doses(rows, default_drug=default_drug, units=units)


def _rows(path: Path) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    """The columns of a table, and its rows that are no comment, each with its place."""
    try:
        reader = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        reader.fieldnames = columns = [name.strip().lower() for name in reader.fieldnames or []]
        rows = [
            (f"{path}:{reader.line_num}", row)
            for row in reader
            if (row.get("c") or "").strip() != "C"
        ]
    except (OSError, ValueError, csv.Error) as error:
        message = (
            "there is no such event table"
            if isinstance(error, FileNotFoundError)
            else "the event table cannot be read"
        )
        raise RegimenError(
            message, where=str(path), remedy="give a CSV file with NONMEM columns"
        ) from error
    return columns, rows


def _check_columns(columns: Sequence[str], where: str) -> None:
    if len(columns) == 1 and ";" in columns[0]:
        raise RegimenError(
            "the columns are separated by semicolons",
            where=where,
            remedy="separate them by commas, and write decimals with a point",
        )
    for needed in ("time", "amt"):
        if needed not in columns:
            raise RegimenError(
                f"column {needed.upper()} is missing{suggest(needed, columns)}",
                where=where,
                remedy="name it in the header",
            )
    if len(set(columns)) < len(columns):
        raise RegimenError(
            "two columns have the same name", where=where, remedy="rename or remove one"
        )


class _Record(NamedTuple):
    """One line of an event table, and its place."""

    where: str
    cells: Mapping[str, str]

    def refusal(self, message: str, remedy: str) -> RegimenError:
        return RegimenError(message, where=self.where, remedy=remedy)

    def text(self, name: str) -> str:
        """The trimmed entry; "." and an absent column are missing."""
        entry = (self.cells.get(name) or "").strip()
        return "" if entry == "." else entry

    def number(self, name: str, default: float | None) -> float:
        text = self.text(name)
        if not text and default is not None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            clock = "clock times are refused: hours from the first dose"
            raise self.refusal(
                f"{name.upper()} is '{text}'", clock if ":" in text else "write a number"
            )
        return value

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
) -> tuple[Dose, ...]:
    """Expand (place, record) pairs into doses: ADDL excludes the first dose; SS 1 and 2 are kept on
    the first.

    Examples
    --------
    >>> record = {"time": "0", "amt": "7", "ii": "168", "addl": "2", "drug": "ixazomib"}
    >>> [dose.time_h for dose in events_to_doses([("line 2", record)])]
    [0.0, 168.0, 336.0]
    """
    doses: list[Dose] = []
    last = 0.0
    animal = ""
    for record in (_Record(where, cells) for where, cells in records):
        animal = _same_animal(record, animal)
        time = record.number("time", None)
        if time < last or time < 0:
            raise record.refusal(
                f"TIME {time:g} decreases or is negative",
                "sort the records; hours from the first dose",
            )
        last = time
        if _is_dose(record):
            doses += _expand(record, default_drug, units)
    return tuple(sorted(doses, key=lambda dose: dose.time_h))


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
    """Whether a record gives a dose; observations and other events without an amount do not."""
    amount = record.number("amt", 0.0)
    event = record.whole("evid", 1.0 if amount > 0 else 0.0)
    if event in (0, 2) and amount != 0:
        raise record.refusal(
            f"AMT {amount:g} in a record that is no dose (EVID {event})",
            f"EVID 1 gives a dose, from 0 to {MAX_DOSE:g} mg/kg; elsewhere AMT is 0 or '.'",
        )
    if event not in (0, 1, 2):
        remedy = (
            "a tumor cannot be reset: give each individual an arm of its own"
            if event in (3, 4)
            else "use 0, 1 or 2"
        )
        raise record.refusal(f"EVID {event} is not simulated", remedy)
    return event == 1


def _expand(record: _Record, default_drug: str | None, units: TableUnits) -> list[Dose]:
    """All doses of one record: the first, and ADDL more, II apart."""
    amount = record.number("amt", 0.0) * units.amount
    if not 0 <= amount <= MAX_DOSE:
        raise record.refusal(
            f"AMT {amount:g} mg/kg is absurd", f"doses lie between 0 and {MAX_DOSE:g} mg/kg"
        )
    rate = _rate(record, units)
    interval, additional, steady = _repeats(record, units)
    route = _route(record, units)
    drug, salt = split_salt(record.text("drug") or default_drug or "")
    if not drug:
        raise record.refusal(
            "the record names no drug", "set 'drug:' in the arm or add a column DRUG"
        )
    duration = amount / rate if rate > 0 else 0.0
    if duration and route is not Route.IV:
        raise record.refusal(
            f"RATE {rate:g} into {route.compartment}",
            "only 'central' (IV) can be infused: set RATE to 0",
        )
    if steady and duration > interval:
        raise record.refusal(
            f"SS with an infusion of {duration:g} h every {interval:g} h",
            "shorten the infusion or lengthen II",
        )
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
    )
    later = replace(first, ss=0, steady_state_ii_h=0.0)
    return [first] + [
        replace(later, time_h=first.time_h + k * interval) for k in range(1, additional + 1)
    ]


def _rate(record: _Record, units: TableUnits) -> float:
    """Infusion rate [mg/kg/h], 0 for a bolus."""
    rate = record.number("rate", 0.0) * units.amount / units.time_h
    if rate < 0:
        raise record.refusal(
            f"RATE {rate:g}: modelled rates are not supported",
            "give RATE as mg/kg/h, or 0 for a bolus",
        )
    return rate


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
    """The route behind CMT: a name, or a number that the table's options name."""
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
        if name not in (*COLUMNS, "c") and record.text(name)
    )
