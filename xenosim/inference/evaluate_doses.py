"""A regimen with another dose, interval, route or start, as a sweep asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from xenosim.errors import RegimenError, ScenarioError
from xenosim.pharmacology.dose import MAX_DOSE, MAX_DOSES, Dose, Route, check_route
from xenosim.scenario.schema import Arm, Scenario

#: Hours of a day [h].
DAY_H = 24.0
#: Shortest interval between doses [day].
SHORTEST_DAYS = 1.0 / 24.0


class Change(NamedTuple):
    """What takes the place of what an arm's doses say; None: stays. ``drug``: of this one alone,
    "": of the only one. ``dose`` of each administration [mg/kg]; ``interval`` between them [day],
    for as long as the regimen goes on; ``route``; ``delay`` of all of them [day].
    """

    drug: str = ""
    dose: float | None = None
    interval: float | None = None
    route: str | None = None
    delay: float | None = None


def course_days(doses: Sequence[Dose], last_day: float) -> float:
    """Day on which a regimen has come to its end [day]: its last dose and its longest interval, at
    most ``last_day`` [day] of the study; of a single dose that day.

    Examples
    --------
    >>> from xenosim.pharmacology.regimen import parse_regimen
    >>> [course_days(parse_regimen(f"bortezomib 1 mg/kg IV {r}"), 40) for r in ("BIW x4wk", "QDx1")]
    [28.0, 40]
    """
    days = sorted({dose.time_h / DAY_H for dose in doses})
    gaps = [b - a for a, b in zip(days, days[1:], strict=False)]
    return min(days[-1] + max(gaps), last_day) if gaps else last_day


def changed(doses: Sequence[Dose], change: Change, last_day: float) -> tuple[Dose, ...]:
    """The doses of an arm after a change; those on or after ``last_day`` [day] are not given.

    Raises
    ------
    RegimenError
        Two drugs of which none is named, a drug that is not there, a dose, interval or route that
        cannot be, or no dose left.
    """
    drugs = list(dict.fromkeys(dose.drug for dose in doses))
    if change.drug and change.drug not in drugs:
        raise RegimenError(
            f"it gives no {change.drug}", remedy=f"it gives {', '.join(drugs) or 'nothing'}"
        )
    if not change.drug and len(drugs) > 1:
        raise RegimenError(
            f"it gives {' and '.join(drugs)}: which is meant?",
            remedy=f"name it, e.g. dose.{drugs[0]}",
        )
    drug = change.drug or (drugs[0] if drugs else "")
    own = [dose for dose in doses if dose.drug == drug]
    if not own:
        raise RegimenError("it gives no drug", remedy="name a treated arm")
    kept = [dose for dose in doses if dose.drug != drug]
    own = _at_intervals(own, change.interval, last_day) if change.interval is not None else own
    found = [_one(dose, change) for dose in own]
    found = [dose for dose in found if dose.time_h < DAY_H * last_day]
    if not found:
        raise RegimenError(
            f"no dose is before the end of the study, day {last_day:g}",
            remedy="delay less, or extend measure.days",
        )
    return tuple(sorted([*kept, *found], key=lambda dose: dose.time_h))


def _at_intervals(doses: Sequence[Dose], interval: float, last_day: float) -> list[Dose]:
    """The first dose again and again for as long as the doses go on."""
    if any(dose.ss for dose in doses):
        raise RegimenError(
            "it begins at steady state, which has an interval of its own",
            remedy="sweep the dose alone",
        )
    first, end = doses[0].time_h / DAY_H, course_days(doses, last_day)
    count = int(-(-(end - first) // interval)) if interval >= SHORTEST_DAYS else MAX_DOSES + 1
    if count > MAX_DOSES:
        raise RegimenError(f"an interval of {interval:g} days", remedy="give at least 1 h")
    return [replace(doses[0], time_h=DAY_H * (first + k * interval)) for k in range(count)]


def _one(dose: Dose, change: Change) -> Dose:
    """One administration after a change."""
    if change.dose is not None:
        if not 0.0 <= change.dose <= MAX_DOSE:
            raise RegimenError(
                f"a dose of {change.dose:g} mg/kg is absurd",
                remedy=f"doses lie between 0 and {MAX_DOSE:g} mg/kg",
            )
        dose = replace(dose, amount_mg_per_kg=change.dose)
    if change.delay is not None:
        if change.delay < 0:
            raise RegimenError("a negative delay", remedy="give days from 0 on")
        dose = replace(dose, time_h=dose.time_h + DAY_H * change.delay)
    if change.route is not None:
        route = Route(change.route)
        infused = dose.duration_h if route is Route.IV else 0.0
        dose = replace(dose, route=route, duration_h=infused)
        check_route(dose)
    return dose


def with_doses(scenario: Scenario, arm: str, doses: Sequence[Dose], text: str = "") -> Scenario:
    """A scenario of which one arm gets other doses; ``text``: how they are called."""

    def new(old: Arm) -> Arm:
        if old.name != arm:
            return old
        return old.model_copy(update={"doses": tuple(doses), "regimen_text": text})

    return scenario.model_copy(update={"arms": tuple(map(new, scenario.arms))})


def treated_arms(scenario: Scenario, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The treated arms that are meant: those of these ``names``, or all.

    Raises
    ------
    ScenarioError
        An arm that is not there, or the control.
    """
    known = [arm.name for arm in scenario.arms if not arm.control]
    for name in names:
        if name not in known:
            raise ScenarioError(
                f"there is no treated arm '{name}'", where="--arm", remedy=f"one of {known}"
            )
    return tuple(names or known)
