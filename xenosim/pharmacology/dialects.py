"""Doses as a NONMEM event table, and as text for other programs (docs/regimens.md)."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from xenosim.errors import RegimenError
from xenosim.pharmacology.dose import Dose
from xenosim.pharmacology.events import COLUMNS

Event = dict[str, str | float | int]
DIALECTS = ("nonmem", "mrgsolve", "rxode2", "pkpdsim")


def doses_to_events(doses: Sequence[Dose], animal_id: int = 1) -> list[Event]:
    """NONMEM records of ``doses``; regular trains of equal doses become one record with II and
    ADDL.

    ``time`` and ``ii`` [h], ``amt`` [mg/kg], ``rate`` [mg/kg/h], ``addl`` number of additional
    doses; unknown columns follow.
    """
    ordered = sorted(doses, key=lambda dose: dose.time_h)
    # SS 1 and a reset replace what is there: records at equal time must keep their order.
    if any(dose.ss == 1 or dose.reset for dose in ordered):
        return [_record([dose], animal_id) for dose in ordered]
    waiting: dict[Dose, dict[float, deque[int]]] = {}
    for index, dose in enumerate(ordered):
        waiting.setdefault(_kind(dose), {}).setdefault(dose.time_h, deque()).append(index)
    records, written = [], [False] * len(ordered)
    for index, dose in enumerate(ordered):
        if not written[index]:
            train = _train(ordered, index, waiting[_kind(dose)])
            for member in train:
                written[member] = True
            records.append(_record([ordered[member] for member in train], animal_id))
    return records


def _record(train: Sequence[Dose], animal_id: int) -> Event:
    """One record of a train of equal doses."""
    first = train[0]
    return {
        "id": animal_id,
        "time": first.time_h,
        "amt": first.amount_mg_per_kg,
        "evid": (4 if first.amount_mg_per_kg > 0 else 3) if first.reset else 1,
        "cmt": first.route.compartment,
        "ii": train[1].time_h - first.time_h if len(train) > 1 else first.steady_state_ii_h,
        "addl": len(train) - 1,
        "ss": first.ss,
        "rate": first.amount_mg_per_kg / first.duration_h if first.duration_h > 0 else 0.0,
        "drug": first.substance,
        **dict(first.extra),
    }


def _train(doses: Sequence[Dose], index: int, alike: dict[float, deque[int]]) -> list[int]:
    """The longest regular run of doses from the one at ``index`` on, its interval set by the next
    like it; ``alike``: those that are in no run yet, by time, of which it takes its members.
    """
    first = doses[index]
    alike[first.time_h].popleft()
    train = [index]
    while alike and not next(iter(alike.values())):
        del alike[next(iter(alike))]
    later = (time for time, left in alike.items() if left and time > first.time_h)
    following = None if first.ss else next(later, None)
    if following is None:
        return train
    gap = following - first.time_h
    while left := alike.get(first.time_h + len(train) * gap):
        train.append(left.popleft())
    return train


def _kind(dose: Dose) -> Dose:
    """What doses of one train share."""
    return replace(dose, time_h=0.0, steady_state_ii_h=0.0)


def as_dialect(doses: Sequence[Dose], dialect: str) -> str:
    """The doses as text for NONMEM, mrgsolve, rxode2 or PKPDsim.

    Examples
    --------
    >>> from xenosim.pharmacology.regimen import parse_regimen
    >>> print(as_dialect(parse_regimen("7 mg/kg IV QW x2", default_drug="ixazomib"), "mrgsolve"))
    ev(time=0, amt=7, cmt="central", ii=168, addl=1)  # ixazomib, mg/kg
    """
    if dialect not in DIALECTS:
        raise RegimenError(
            f"unknown dialect '{dialect}'", remedy="use nonmem, mrgsolve, rxode2 or pkpdsim"
        )
    events = doses_to_events(doses)
    if any(dose.reset for dose in doses) and len({dose.drug for dose in doses}) > 1:
        raise RegimenError(
            "a reset of one drug among several is not written: other programs reset all of them",
            remedy="write each drug's doses by themselves",
        )
    if dialect == "nonmem":
        return _nonmem(events)
    if dialect == "pkpdsim":
        calls = [_pkpdsim_call(event) for event in events]
    else:
        calls = [_r_call("ev" if dialect == "mrgsolve" else "et", event) for event in events]
    return "\n".join(calls) or "# no doses"


def _nonmem(events: Sequence[Event]) -> str:
    """A data set of numbers (``$DATA ... IGNORE=#``): one compartment per drug and route, and a
    legend that says which.
    """
    drugs = {str(event["drug"]): 0 for event in events}
    compartments = {(str(event["cmt"]), str(event["drug"])): 0 for event in events}
    drugs = {name: k for k, name in enumerate(drugs, 1)}
    compartments = {key: k for k, key in enumerate(compartments, 1)}
    lines = io.StringIO()
    lines.write("# amounts in mg/kg, times in h; read with IGNORE=#\n")
    for (name, drug), k in compartments.items():
        lines.write(f"# CMT {k} = {name} of {drug}\n")
    for drug, k in drugs.items():
        lines.write(f"# DRUG {k} = {drug}\n")
    columns = list(dict.fromkeys([*COLUMNS, *(name for event in events for name in event)]))
    table = csv.writer(lines, lineterminator="\n")
    table.writerow(name.upper() for name in columns)
    for event in events:
        drug = str(event["drug"])
        numbered = event | {"cmt": compartments[str(event["cmt"]), drug], "drug": drugs[drug]}
        table.writerow([_plain(numbered.get(name, ".")) for name in columns])
    return lines.getvalue().rstrip("\n")


def _r_call(function: str, event: Event) -> str:
    """A call of mrgsolve's ``ev`` or rxode2's ``et``."""
    time, amount, ii, addl = (_plain(event[name]) for name in ("time", "amt", "ii", "addl"))
    rate = f", rate={_plain(event['rate'])}" if float(event["rate"]) > 0 else ""
    steady = f", ss={event['ss']}" if event["ss"] else ""
    reset = f", evid={event['evid']}" if event["evid"] != 1 else ""
    return (
        f'{function}(time={time}, amt={amount}, cmt="{event["cmt"]}", ii={ii}, addl={addl}{rate}'
        f"{steady}{reset})  # {event['drug']}, mg/kg"
    )


def _pkpdsim_call(event: Event) -> str:
    if event["ss"] or event["evid"] != 1:
        what = "steady-state dose" if event["ss"] else "reset"
        raise RegimenError(
            f"a {what} is not written for PKPDsim",
            remedy="use nonmem, mrgsolve or rxode2",
        )
    rate = float(event["rate"])
    kind = (
        f', type="infusion", t_inf={_plain(float(event["amt"]) / rate)}'
        if rate > 0
        else ', type="bolus"'
    )
    first, interval = float(event["time"]), float(event["ii"])
    times = ", ".join(_plain(first + k * interval) for k in range(int(event["addl"]) + 1))
    return (
        f"new_regimen(amt={_plain(event['amt'])}, times=c({times}){kind})  #"
        f" {event['drug']}, {event['cmt']}"
    )


def _plain(value: str | float | int) -> str:
    """Six digits where they say it all."""
    if isinstance(value, str):
        return value
    return f"{value:g}" if float(f"{value:g}") == value else repr(value)
