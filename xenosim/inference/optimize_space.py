"""Schedules that a search may choose from, and what rules them out before any is simulated."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import NamedTuple

from xenosim.errors import RegimenError, ScenarioError, XenosimError
from xenosim.inference.evaluate_doses import DAY_H, course_days
from xenosim.inference.sweep_vary import parse_axis, refuse
from xenosim.pharmacology.dose import MAX_DOSE, Dose, Route, check_route
from xenosim.pharmacology.regimen import expand_schedule
from xenosim.scenario.library import with_its_sets
from xenosim.scenario.schema import Scenario

#: Schedules that are tried unless others are named, in the words of regimens.
SCHEDULES = (
    "QD", "Q2D", "Q3D", "Q4D", "QW", "Q14D", "BIW", "TIW", "5on/2off", "4on/3off", "3on/4off",
    "2on/5off",
)  # fmt: skip
#: Doses that are tried unless others are named: so many from the first to the second factor of the
#: largest that the arm gives, evenly in their logarithm [-].
LEVELS, FACTORS = 16, (0.25, 2.0)
#: Days by which the second of two drugs comes after the first unless others are named [day].
DELAYS = (-3, -2, -1, 0, 1, 2, 3)
#: Digits of a dose that is tried.
_DIGITS = 3
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = 7


class Part(NamedTuple):
    """One drug of a plan: its ``dose`` [mg/kg] by ``route`` on the days of a ``schedule`` word from
    day ``start`` on [day].
    """

    drug: str
    dose: float
    route: str
    schedule: str
    start: int


@dataclass(frozen=True)
class Choices:
    """What may be chosen of one drug: doses [mg/kg], routes, schedules, and starts [day]; ``like``:
    a dose of the arm, for salt and infusion.
    """

    like: Dose
    doses: tuple[float, ...]
    routes: tuple[str, ...]
    schedules: tuple[str, ...]
    starts: tuple[int, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of doses, routes, schedules and starts [-]."""
        return tuple(map(len, (self.doses, self.routes, self.schedules, self.starts)))

    def part(self, at: Sequence[int]) -> Part:
        """What is chosen by place in each."""
        dose, route, schedule, start = at
        drug = self.like.drug
        return Part(
            drug, self.doses[dose], self.routes[route], self.schedules[schedule], self.starts[start]
        )


@dataclass(frozen=True)
class Limits:
    """What a schedule must keep: ``total`` of each drug [mg/kg], ``visits``, days with a dose [-],
    ``handlings`` of these in any week from day 0 on [-], no dose on a Sunday where day 0 is weekday
    ``first``, counted from Monday, 0 (None: Sundays are as good as any); ``loss``, mean loss of
    body weight [%].
    """

    total: float = math.inf
    visits: float = math.inf
    handlings: float = math.inf
    first: int | None = None
    loss: float = math.inf

    def broken(self, plan: Plan) -> str:
        """What rules a plan out before it is simulated, in words; "" if nothing does."""
        days = plan.days
        if self.first is not None and any((self.first + day) % _WEEK == _WEEK - 1 for day in days):
            return "dose on a Sunday"
        if len(days) > self.visits:
            return f"need more than {self.visits:g} visits"
        weeks = Counter(day // _WEEK for day in days)
        if max(weeks.values()) > self.handlings:
            return f"need more than {self.handlings:g} handlings in a week"
        if max(plan.totals.values()) > self.total * (1.0 + 1e-9):
            return f"give more than {self.total:g} mg/kg in all"
        return ""


class Plan:
    """A schedule: its ``parts``, one for each drug, until day ``end`` [day]; ``at``: its place in
    the space.
    """

    def __init__(self, space: Space, at: tuple[int, ...]) -> None:
        self.at = at
        self.end = space.end
        places = [at[4 * k : 4 * k + 4] for k in range(len(space.drugs))]
        parts = [c.part(place) for c, place in zip(space.drugs, places, strict=True)]
        # The drug that comes first begins on day 0.
        first = min(part.start for part in parts)
        self.parts = tuple(part._replace(start=part.start - first) for part in parts)
        self._likes = tuple(choices.like for choices in space.drugs)

    @cached_property
    def doses(self) -> tuple[Dose, ...]:
        """Every administration, in order of time."""
        found: list[Dose] = []
        for part, like in zip(self.parts, self._likes, strict=True):
            infused = like.duration_h if part.route == like.route == Route.IV else 0.0
            found += [
                replace(
                    like,
                    time_h=DAY_H * (part.start + day),
                    amount_mg_per_kg=part.dose,
                    route=Route(part.route),
                    duration_h=infused,
                )
                for day in _days(part, self.end)
            ]
        return tuple(sorted(found, key=lambda dose: dose.time_h))

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Days with a dose, visits to the animals [day]."""
        return tuple(sorted({int(dose.time_h // DAY_H) for dose in self.doses}))

    @cached_property
    def totals(self) -> dict[str, float]:
        """Amount of each drug in all [mg/kg]."""
        found: dict[str, float] = {}
        for dose in self.doses:
            found[dose.drug] = found.get(dose.drug, 0.0) + dose.amount_mg_per_kg
        return found

    @property
    def total(self) -> float:
        """Amount of all drugs [mg/kg]."""
        return sum(self.totals.values())

    def __str__(self) -> str:
        """As a regimen that a scenario can state."""
        texts = []
        for part, like in zip(self.parts, self._likes, strict=True):
            head = f"{replace(like, drug=part.drug).substance} {part.dose:g} mg/kg {part.route}"
            if like.duration_h and part.route == like.route:
                head += f" over {like.duration_h:g} h"
            if part.start == 0:
                texts.append(f"{head} {part.schedule} until day {self.end:g}")
            else:
                days = ",".join(f"{part.start + day:g}" for day in _days(part, self.end))
                texts.append(f"{head} days {days}")
        return " + ".join(texts)


def _days(part: Part, end: float) -> list[float]:
    """Days of a part's doses from its start on [day]."""
    limit = end - part.start
    if limit <= 0:
        return []
    return [day for day in expand_schedule(part.schedule, 0, None, limit) if day < limit]


@dataclass(frozen=True)
class Space:
    """The schedules of an arm: what may be chosen of each of its ``drugs``, until day ``end``."""

    drugs: tuple[Choices, ...]
    end: float

    @property
    def sizes(self) -> tuple[int, ...]:
        """Choices of each dimension [-]."""
        return tuple(size for choices in self.drugs for size in choices.sizes)

    @property
    def count(self) -> int:
        """All combinations [-]."""
        return math.prod(self.sizes)

    def plans(self) -> Iterator[Plan]:
        """Every plan."""
        for at in product(*(range(size) for size in self.sizes)):
            yield Plan(self, at)


@dataclass(frozen=True)
class Wanted:
    """What the user allows, as typed: ``dose`` ranges, of one of two drugs "DRUG=...";
    ``schedules`` and ``routes`` by commas; ``delays`` of the second drug; the ``end`` of dosing
    [day].
    """

    dose: tuple[str, ...] = ()
    schedules: str = ""
    routes: str = ""
    delays: str = ""
    end: float | None = None


@with_its_sets
def space_of(scenario: Scenario, arm: str, wanted: Wanted) -> Space:
    """The space of an arm, by what it gives and what is wanted; every mistake is in the error.

    Raises
    ------
    ScenarioError
        Three drugs or more, or what cannot be a dose, schedule, route or delay.
    """
    doses = next(a.doses for a in scenario.arms if a.name == arm)
    likes = list({dose.drug: dose for dose in reversed(doses)}.values())[::-1]
    if len(likes) > 2:
        raise ScenarioError(
            f"arm '{arm}' gives {len(likes)} drugs", where="--arm", remedy="name one with two"
        )
    last = scenario.measure.days[-1]
    end = course_days(doses, last) if wanted.end is None else wanted.end
    mistakes: list[XenosimError] = []
    if not 0 < end <= last:
        mistakes.append(
            ScenarioError(
                f"dosing until day {end:g}", where="--until", remedy=f"at most {last:g} days"
            )
        )
    schedules = _schedules(wanted.schedules, end, mistakes)
    found = []
    for k, like in enumerate(likes):
        most = max(d.amount_mg_per_kg for d in doses if d.drug == like.drug)
        levels = _doses(wanted.dose, like.drug, [one.drug for one in likes], most, mistakes)
        routes = _routes(wanted.routes, like, mistakes)
        starts = _delays(wanted.delays, end, mistakes) if k else (0,)
        found.append(Choices(like, levels, routes, schedules, starts))
    refuse(mistakes)
    return Space(tuple(found), end)


def _schedules(text: str, end: float, mistakes: list[XenosimError]) -> tuple[str, ...]:
    words = (
        [word.strip() for word in text.split(";" if ";" in text else ",")] if text else SCHEDULES
    )
    for word in words:
        try:
            expand_schedule(word, 0, None, max(end, 1.0))
        except RegimenError as error:
            mistakes.append(ScenarioError(error.message, where="--schedules", remedy=error.remedy))
    return tuple(dict.fromkeys(words))


def _doses(
    texts: Sequence[str], drug: str, drugs: Sequence[str], most: float, mistakes: list[XenosimError]
) -> tuple[float, ...]:
    """Doses of a drug: those of its own text, else of one without a name, else about its own."""
    from xenosim.units import quantity

    own = None
    for text in texts:
        name, equals, given = (part.strip() for part in text.partition("="))
        if equals and name not in drugs:
            mistakes.append(
                ScenarioError(
                    f"the arm gives no {name}", where=f"--dose {text}", remedy=f"it gives {drugs}"
                )
            )
        elif not equals or name == drug:
            own = given if equals else text
    if own is None:
        low, high = (most * factor for factor in FACTORS)
        steps = [low * (high / low) ** (k / (LEVELS - 1)) for k in range(LEVELS)]
        return tuple(dict.fromkeys(float(f"{step:.{_DIGITS}g}") for step in steps))
    try:
        axis = parse_axis(f"dose={own}")
        found = [quantity(value, "dose") for value in axis.values]
        if not all(0.0 < dose <= MAX_DOSE for dose in found):
            raise ScenarioError(f"'{own}' has an absurd dose", remedy=f"above 0, to {MAX_DOSE:g}")
        return tuple(found)
    except XenosimError as error:
        mistakes.append(ScenarioError(error.message, where=f"--dose {own}", remedy=error.remedy))
        return (most,)


def _routes(text: str, like: Dose, mistakes: list[XenosimError]) -> tuple[str, ...]:
    routes = [word.strip().upper() for word in text.split(",")] if text else [str(like.route)]
    for route in routes:
        try:
            if route not in tuple(Route):
                raise RegimenError(f"'{route}' is not a route", remedy=f"use {', '.join(Route)}")
            check_route(replace(like, route=Route(route)))
        except RegimenError as error:
            mistakes.append(ScenarioError(error.message, where="--routes", remedy=error.remedy))
            return (str(like.route),)
    return tuple(dict.fromkeys(routes))


def _delays(text: str, end: float, mistakes: list[XenosimError]) -> tuple[int, ...]:
    """Days by which the second drug comes after the first; below 0 before it."""
    try:
        delays = [int(word) for word in text.split(",")] if text else list(DELAYS)
    except ValueError:
        delays = []
    if not delays or any(abs(delay) >= end for delay in delays):
        mistakes.append(
            ScenarioError(
                f"'{text}' are no delays",
                where="--delays",
                remedy="write whole days within the dosing, e.g. --delays=-2,0,2",
            )
        )
        return (0,)
    return tuple(dict.fromkeys(delays))


def weekday(text: str) -> int:
    """Number of a weekday from Monday, 0; ScenarioError for another word."""
    for k, name in enumerate(WEEKDAYS):
        if len(text) >= 2 and name.startswith(text.lower()):
            return k
    raise ScenarioError(
        f"'{text}' is no weekday", where="--first-day", remedy=f"one of {', '.join(WEEKDAYS)}"
    )
