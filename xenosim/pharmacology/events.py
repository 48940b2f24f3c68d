"""NONMEM event tables, in and out (semantics in MODEL.md, Regimens)."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from xenosim.errors import RegimenError, suggest
from xenosim.pharmacology.regimen import MAX_DOSE, MAX_DOSES, Dose
from xenosim.units import quantity

COLUMNS = ("id", "time", "amt", "evid", "cmt", "ii", "addl", "ss", "rate", "drug")
_DEPOT = {"PO": "depot_po", "SC": "depot_sc", "IP": "depot_ip", "IV": "central"}
_ROUTE = {name: route for route, name in _DEPOT.items()}
Event = dict[str, str | float | int]


def doses_to_events(doses: Sequence[Dose], animal_id: int = 1) -> list[Event]:
    """NONMEM records of ``doses``; regular trains of equal doses become one record with II and
    ADDL.

    ``time`` and ``ii`` [h], ``amt`` [mg/kg], ``rate`` [mg/kg/h], ``addl`` number of additional
    doses; unknown columns follow.
    """
    records: list[Event] = []
    waiting = list(doses)
    resets = any(
        dose.ss == 1 for dose in doses
    )  # SS 1 replaces what is there: records at equal time must keep their order
    while waiting:
        train = waiting[:1] if resets else _train(waiting)
        first = train[0]
        for dose in train:
            waiting.remove(dose)
        interval = train[1].time_h - first.time_h if len(train) > 1 else first.steady_state_ii_h
        rate = first.amount_mg_per_kg / first.duration_h if first.duration_h > 0 else 0.0
        values = (
            animal_id,
            first.time_h,
            first.amount_mg_per_kg,
            1,
            _DEPOT[first.route],
            interval,
            len(train) - 1,
            first.ss,
            rate,
            first.drug,
        )
        record: Event = dict(zip(COLUMNS, values, strict=True))
        record.update(first.extra)
        records.append(record)
    return sorted(records, key=lambda record: float(record["time"]))


def _train(doses: list[Dose]) -> list[Dose]:
    """The longest regular run of doses like the first one, its interval set by the next like it."""
    first = doses[0]
    alike = [
        dose for dose in doses[1:] if _kind(dose) == _kind(first) and dose.time_h > first.time_h
    ]
    if first.ss or not alike:
        return [first]
    gap = alike[0].time_h - first.time_h
    train = [first]
    for dose in alike:
        if dose.time_h == first.time_h + len(train) * gap:
            train.append(dose)
    return train


def _kind(dose: Dose) -> tuple[object, ...]:
    return dose.amount_mg_per_kg, dose.drug, dose.route, dose.duration_h, dose.ss, dose.extra


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

    Raises
    ------
    RegimenError
        Naming file, line and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(text.splitlines())
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
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
    if len(reader.fieldnames) == 1 and ";" in reader.fieldnames[0]:
        raise RegimenError(
            "the columns are separated by semicolons",
            where=f"{path}:1",
            remedy="separate them by commas, and write decimals with a point",
        )
    for needed in ("time", "amt"):
        if needed not in reader.fieldnames:
            raise RegimenError(
                f"column {needed.upper()} is missing{suggest(needed, reader.fieldnames)}",
                where=f"{path}:1",
                remedy="name it in the header",
            )
    if len(set(reader.fieldnames)) < len(reader.fieldnames):
        raise RegimenError(
            "two columns have the same name", where=f"{path}:1", remedy="rename or remove one"
        )
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


def events_to_doses(
    records: Sequence[tuple[str, dict[str, str]]],
    *,
    default_drug: str | None = None,
    units: TableUnits = TableUnits(),
) -> tuple[Dose, ...]:
    """Expand (place, record) pairs into doses: ADDL excludes the first dose; SS 1 and 2 are kept on
    the first.
    """
    doses: list[Dose] = []
    last = 0.0
    animal: str | None = None
    for where, record in records:
        animal = _same_animal(record, animal, where)
        time = _number(record, "time", where, None)
        if time < last or time < 0:
            raise RegimenError(
                f"TIME {time:g} decreases or is negative",
                where=where,
                remedy="sort the records; hours from the first dose",
            )
        last = time
        amount = _number(record, "amt", where, 0.0)
        event = _whole(record, "evid", where, 1.0 if amount > 0 else 0.0)
        if event in (0, 2) and amount == 0:
            continue
        if event in (0, 2):
            remedy = f"EVID 1 gives a dose, from 0 to {MAX_DOSE:g} mg/kg; elsewhere AMT is 0 or '.'"
            raise RegimenError(
                f"AMT {amount:g} in a record that is no dose (EVID {event})",
                where=where,
                remedy=remedy,
            )
        if event != 1:
            remedy = (
                "a tumor cannot be reset: give each individual an arm of its own"
                if event in (3, 4)
                else "use 0, 1 or 2"
            )
            raise RegimenError(f"EVID {event} is not simulated", where=where, remedy=remedy)
        doses += _expand(
            record, where, time * units.time_h, amount * units.amount, default_drug, units
        )
    return tuple(sorted(doses, key=lambda dose: dose.time_h))


def _same_animal(record: dict[str, str], animal: str | None, where: str) -> str | None:
    """An arm has one regimen: the doses of a second animal must not be added to those of the
    first.
    """
    found = _text(record, "id") or animal
    if animal is not None and found != animal:
        raise RegimenError(
            f"ID {found} follows ID {animal}",
            where=where,
            remedy="give one table per arm, with the events of one animal",
        )
    return found


def _text(record: dict[str, str], name: str) -> str:
    """The trimmed entry; "." and an absent column are missing."""
    entry = (record.get(name) or "").strip()
    return "" if entry == "." else entry


def _expand(
    record: dict[str, str],
    where: str,
    time: float,
    amount: float,
    default_drug: str | None,
    units: TableUnits,
) -> list[Dose]:
    if not 0 <= amount <= MAX_DOSE:
        raise RegimenError(
            f"AMT {amount:g} mg/kg is absurd",
            where=where,
            remedy=f"doses lie between 0 and {MAX_DOSE:g} mg/kg",
        )
    interval, extra = (
        _number(record, "ii", where, 0.0) * units.time_h,
        _whole(record, "addl", where, 0.0),
    )
    steady, rate = (
        _whole(record, "ss", where, 0.0),
        _number(record, "rate", where, 0.0) * units.amount / units.time_h,
    )
    if rate < 0:
        raise RegimenError(
            f"RATE {rate:g}: modelled rates are not supported",
            where=where,
            remedy="give RATE as mg/kg/h, or 0 for a bolus",
        )
    if (extra or steady) and interval <= 0:
        raise RegimenError("ADDL and SS need II", where=where, remedy="give the interval in hours")
    if not 0 <= extra < MAX_DOSES or steady not in (0, 1, 2):
        raise RegimenError(
            f"ADDL must lie between 0 and {MAX_DOSES - 1}, SS be 0, 1 or 2",
            where=where,
            remedy="correct the record",
        )
    compartment = re.sub(r"^(\d+)\.0+$", r"\1", (_text(record, "cmt") or "central").lower())
    if compartment.isdigit() and compartment not in units.compartments:
        remedy = (
            "name it (depot_po, depot_sc, depot_ip, central) or say what it is: cmt: {1: depot_po,"
            " 2: central} in the arm's events, or --cmt 1=depot_po"
        )
        raise RegimenError(
            f"CMT {compartment} is a number without a name", where=where, remedy=remedy
        )
    compartment = units.compartments.get(compartment, compartment)
    if compartment not in _ROUTE:
        raise RegimenError(
            f"CMT '{compartment}' is unknown{suggest(compartment, _ROUTE)}",
            where=where,
            remedy=f"use {', '.join(_ROUTE)}",
        )
    drug = (_text(record, "drug") or default_drug or "").lower()
    if not drug:
        raise RegimenError(
            "the record names no drug",
            where=where,
            remedy="set 'drug:' in the arm or add a column DRUG",
        )
    duration = amount / rate if rate > 0 else 0.0
    if duration and compartment != "central":
        raise RegimenError(
            f"RATE {rate:g} into {compartment}",
            where=where,
            remedy="only 'central' (IV) can be infused: set RATE to 0",
        )
    if steady and duration > interval:
        raise RegimenError(
            f"SS with an infusion of {duration:g} h every {interval:g} h",
            where=where,
            remedy="shorten the infusion or lengthen II",
        )
    kept = tuple(
        (name, _text(record, name))
        for name in record
        if name not in (*COLUMNS, "c") and _text(record, name)
    )
    return [
        Dose(
            time + k * interval,
            amount,
            drug,
            _ROUTE[compartment],
            duration,
            steady if k == 0 else 0,
            interval if steady and k == 0 else 0.0,
            kept,
        )
        for k in range(extra + 1)
    ]


def _number(record: dict[str, str], name: str, where: str, default: float | None) -> float:
    text = _text(record, name)
    if not text and default is not None:
        return default
    remedy = (
        "clock times are refused: hours from the first dose" if ":" in text else "write a number"
    )
    try:
        value = float(text)
    except ValueError as error:
        raise RegimenError(f"{name.upper()} is '{text}'", where=where, remedy=remedy) from error
    if not math.isfinite(value):
        raise RegimenError(f"{name.upper()} is '{text}'", where=where, remedy=remedy)
    return value


def _whole(record: dict[str, str], name: str, where: str, default: float) -> int:
    value = _number(record, name, where, default)
    if value != int(value):
        raise RegimenError(
            f"{name.upper()} {value:g} is not a whole number",
            where=where,
            remedy="write a whole number",
        )
    return int(value)


def as_dialect(doses: Sequence[Dose], dialect: str) -> str:
    """The doses as text for NONMEM, mrgsolve, rxode2 or PKPDsim."""
    events = doses_to_events(doses)
    if dialect == "nonmem":
        columns = list(dict.fromkeys([*COLUMNS, *(name for event in events for name in event)]))
        lines = io.StringIO()
        table = csv.writer(lines, lineterminator="\n")
        table.writerow(name.upper() for name in columns)
        table.writerows([_plain(event.get(name, ".")) for name in columns] for event in events)
        return lines.getvalue().rstrip("\n")
    if dialect not in ("mrgsolve", "rxode2", "pkpdsim"):
        raise RegimenError(
            f"unknown dialect '{dialect}'", remedy="use nonmem, mrgsolve, rxode2 or pkpdsim"
        )
    return "\n".join(_call(event, dialect) for event in events) or "# no doses"


def _call(event: Event, dialect: str) -> str:
    time, amount, ii, addl = (_plain(event[name]) for name in ("time", "amt", "ii", "addl"))
    rate = f", rate={_plain(event['rate'])}" if float(event["rate"]) > 0 else ""
    rate += f", ss={event['ss']}" if event["ss"] else ""
    if dialect == "pkpdsim":
        if event["ss"]:
            raise RegimenError(
                "a steady-state dose is not written for PKPDsim",
                remedy="use nonmem, mrgsolve or rxode2",
            )
        length = float(event["amt"]) / float(event["rate"]) if float(event["rate"]) > 0 else 0.0
        kind = f', type="infusion", t_inf={_plain(length)}' if length else ', type="bolus"'
        times = [
            float(event["time"]) + k * float(event["ii"]) for k in range(int(event["addl"]) + 1)
        ]
        return (
            f"new_regimen(amt={amount}, times=c({', '.join(map(_plain, times))}){kind})  #"
            f" {event['drug']}, {event['cmt']}"
        )
    call = "ev" if dialect == "mrgsolve" else "et"
    return (
        f'{call}(time={time}, amt={amount}, cmt="{event["cmt"]}", ii={ii}, addl={addl}{rate})  #'
        f" {event['drug']}, mg/kg"
    )


def _plain(value: str | float | int) -> str:
    return (
        value
        if isinstance(value, str)
        else f"{value:g}"
        if float(f"{value:g}") == value
        else repr(value)
    )
