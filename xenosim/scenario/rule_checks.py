"""What rules of dosing must not be: contradictory, or such that they can never act."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from xenosim.pharmacology.dose import MAX_DOSE, Dose
from xenosim.scenario.protocol import (
    ESCALATE,
    HOLD,
    LARGEST_LEVEL,
    REDUCE,
    RESUME,
    START,
    STOP,
    Action,
    Condition,
    DosingRule,
    told,
)

#: Most dose levels that are followed from rule to rule.
MOST_LEVELS = 200
#: Actions of which one undoes what the other does.
_OPPOSITE = ({HOLD, RESUME}, {HOLD, ESCALATE}, {REDUCE, ESCALATE}, {START, STOP})


class Limits(NamedTuple):
    """What readings of a study can be: its ``days`` [day]; the smallest volume that its method
    reads and that at which animals leave [mm3]; the loss of weight at which they leave [-].
    """

    days: tuple[float, ...]
    least_mm3: float
    end_mm3: float
    weight_loss: float


class Mistake(NamedTuple):
    """A mistake in rule ``number``, from 0, at its ``key``: what is wrong, and what to do."""

    number: int
    key: str
    message: str
    remedy: str


class _Range(NamedTuple):
    """Values of a quantity: ends, and whether they belong to it."""

    low: float = -math.inf
    with_low: bool = False
    high: float = math.inf
    with_high: bool = False

    def narrowed(self, sign: str, value: float) -> _Range:
        closed = sign in ("<=", ">=")
        if sign in (">", ">="):
            low, with_low = max((self.low, not self.with_low), (value, not closed))
            return self._replace(low=low, with_low=not with_low)
        high, with_high = min((self.high, self.with_high), (value, closed))
        return self._replace(high=high, with_high=with_high)

    @property
    def is_empty(self) -> bool:
        ends = self.low == self.high and not (self.with_low and self.with_high)
        return self.low > self.high or ends

    def both(self, other: _Range) -> _Range:
        found = self.narrowed(">=" if other.with_low else ">", other.low)
        return found.narrowed("<=" if other.with_high else "<", other.high)

    def words(self, quantity: str) -> str:
        parts = []
        if self.low > -math.inf:
            parts.append(f"{'>=' if self.with_low else '>'} {told(quantity, self.low)}")
        if self.high < math.inf:
            parts.append(f"{'<=' if self.with_high else '<'} {told(quantity, self.high)}")
        return f"{quantity} {' and '.join(parts)}"


def _ranges(rule: DosingRule) -> dict[str, _Range]:
    found: dict[str, _Range] = {}
    for condition in rule.conditions:
        known = found.get(condition.quantity, _Range())
        found[condition.quantity] = known.narrowed(condition.sign, condition.value)
    return found


def mistakes_of(
    rules: Sequence[DosingRule], levels: Sequence[float], limits: Limits
) -> Iterator[Mistake]:
    """Every mistake of rules that each alone can be read.

    Parameters
    ----------
    rules : sequence of DosingRule
        Those of one arm.
    levels : sequence of float
        The dose levels that are allowed [-]; none: any.
    limits : Limits
        What readings of the study can be.
    """
    reached = levels_reached(rules, levels)
    kinds = {rule.action.kind for rule in rules}
    wrong = set()
    for number, rule in enumerate(rules):
        for message in _never_true(rule, limits, kinds):
            wrong.add(number)
            yield Mistake(number, "when", message, "correct the rule, or remove it")
        if found := _never_acts(rule.action, kinds, levels, reached):
            yield Mistake(number, "then", *found)
    for (i, one), (j, other) in combinations(enumerate(rules), 2):
        # One mistake of a rule is named once.
        if wrong.isdisjoint({i, j}) and (found := _contradiction(i, one, j, other)):
            wrong.add(j)
            yield Mistake(j, "when", *found)


def levels_reached(rules: Sequence[DosingRule], levels: Sequence[float]) -> set[float]:
    """Dose levels that an animal can come to, from the planned dose on [-]."""
    reached, new = {1.0}, {1.0}
    while new and len(reached) < MOST_LEVELS:
        found = {r.action.reaches(level, tuple(levels)) for r in rules for level in new}
        new = found - reached
        reached |= new
    return reached


def too_much(rules: Sequence[DosingRule], levels: Sequence[float], doses: Sequence[Dose]) -> str:
    """What is wrong with the largest dose that rules can lead to; "" if nothing is."""
    switched = (dose for rule in rules for dose in rule.action.doses)
    largest = max((d.amount_mg_per_kg for d in (*doses, *switched)), default=0.0)
    top = min(max(levels_reached(rules, levels)), LARGEST_LEVEL)
    if top * largest <= MAX_DOSE:
        return ""
    return f"rules lead to {100.0 * top:g} % of {largest:g} mg/kg, which is absurd"


def _never_true(rule: DosingRule, limits: Limits, kinds: set[str]) -> Iterator[str]:
    """Why a rule can never be true."""
    for quantity, values in _ranges(rule).items():
        if values.is_empty:
            yield f"no {quantity} is both: '{rule.when}'"
    for condition in rule.conditions:
        if reason := _out_of_reach(condition, limits):
            yield f"'{condition}' is never so: {reason}"
        if condition.quantity == "time_on_hold" and HOLD not in kinds:
            yield f"'{condition}' is never so: no rule holds"
    if rule.measurements > len(limits.days):
        yield f"there are {len(limits.days)} measurements, not {rule.measurements}"


def _out_of_reach(condition: Condition, limits: Limits) -> str:
    """Why no reading of the study satisfies a condition; "" if one can."""
    quantity, rising = condition.quantity, condition.sign in (">", ">=")
    if quantity == "day" and not any(map(condition.holds, limits.days[:-1])):
        return (
            f"animals are measured on days {limits.days[0]:g} to {limits.days[-1]:g}, and after the"
            " last of them no dose follows"
        )
    if quantity == "tumor_volume":
        if rising and condition.value >= limits.end_mm3:
            return f"animals leave at {limits.end_mm3:g} mm^3 (measure.humane_endpoint)"
        if not rising and not condition.holds(limits.least_mm3):
            return f"no reading is below {limits.least_mm3:g} mm^3 (measure.limit)"
    if quantity == "body_weight_loss" and rising and condition.value >= limits.weight_loss:
        return (
            f"animals leave at a loss of {100 * limits.weight_loss:g} % (measure.humane_endpoint)"
        )
    if quantity not in ("body_weight_loss", "day") and not rising and condition.value <= 0.0:
        return "it is never below 0"
    return ""


def _never_acts(
    action: Action, kinds: set[str], levels: Sequence[float], reached: set[float]
) -> tuple[str, str] | None:
    """Why an action never does anything, and what to do; None if it can."""
    kind = action.kind
    if kind == RESUME and HOLD not in kinds:
        return "no rule holds, so none can resume", "add a rule that says hold"
    if action.steps and not levels:
        return f"'{kind}' has no dose levels", "add e.g. dose_levels: [100 %, 75 %, 50 %]"
    if levels and action.factor is not None:
        return "the study has dose levels", f"write '{kind}', or '{kind} to' one of them"
    if levels and action.level is not None and action.level not in levels:
        listed = ", ".join(f"{100.0 * level:g} %" for level in levels)
        return f"{100.0 * action.level:g} % is none of the dose levels", f"they are {listed}"
    changed = [(level, action.reaches(level, tuple(levels))) for level in sorted(reached)]
    if kind == REDUCE and not any(after < before for before, after in changed):
        return "no dose level is ever above the one it reduces to", "correct the level"
    if kind == ESCALATE and not any(after > before for before, after in changed):
        return "no dose level is ever below the one it escalates to", "correct the level"
    return None


def _contradiction(i: int, one: DosingRule, j: int, other: DosingRule) -> tuple[str, str] | None:
    """How two rules contradict each other, and what to do; None if they do not."""
    a, b, kinds = _ranges(one), _ranges(other), {one.action.kind, other.action.kind}
    same = (a, one.measurements) == (b, other.measurements)
    first, second = f"rule {i + 1} says {one.then}", f"rule {j + 1} {other.then}"
    if same and one.action == other.action:
        return f"rules {i + 1} and {j + 1} are the same", "remove one of them"
    shared = {name: a[name].both(b[name]) for name in a if name in b}
    if not shared or any(values.is_empty for values in shared.values()):
        return None
    where = " and ".join(values.words(name) for name, values in shared.items())
    if kinds in _OPPOSITE or (same and len(kinds) == 1):
        return (
            f"rules {i + 1} and {j + 1} contradict each other: where {where}, {first} and {second}",
            "leave a gap between their limits",
        )
    here, there = (i, one, a), (j, other, b)
    for (x, rule, inner), (y, stop, outer) in ((here, there), (there, here)):
        within = all(n in inner and inner[n].both(outer[n]) == inner[n] for n in outer)
        if stop.action.kind == STOP and within and stop.measurements <= rule.measurements:
            return (
                f"rule {x + 1} never acts: wherever it is true, rule {y + 1} stops",
                "correct its limit, or remove it",
            )
    return None
