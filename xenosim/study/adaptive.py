"""Doses that answer to readings: what the rules of an arm have made of the doses of one animal.

What was decided follows from the readings alone, as the table of observations holds them: a study
that is resumed, a replay and ``xenosim why`` come to the same doses as the study did.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.pharmacology.dose import Dose
from xenosim.scenario.protocol import (
    ESCALATE,
    HOLD,
    REDUCE,
    RESUME,
    START,
    STOP,
    SWITCH,
    Action,
    Protocol,
    told,
)
from xenosim.study.job import Job

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Arm

#: Which of several true rules acts: the first of these; then the one that leads to the lowest
#: level, then the first in the file.
PRECEDENCE = (STOP, HOLD, SWITCH, REDUCE, RESUME, START, ESCALATE)
#: What a true rule keeps others from, whether or not it still changes something itself.
BARS = {HOLD: (RESUME, START, SWITCH, ESCALATE), REDUCE: (ESCALATE,)}
#: What acts however short ago the dose was changed.
AT_ONCE = (STOP, HOLD)
WAITING, DOSING, HELD, STOPPED = "waiting", "dosing", "held", "stopped"
#: In which states an action can change something.
ACTS_IN = {
    STOP: (WAITING, DOSING, HELD),
    HOLD: (DOSING,),
    SWITCH: (DOSING, HELD),
    REDUCE: (DOSING,),
    RESUME: (HELD,),
    START: (WAITING,),
    ESCALATE: (DOSING,),
}


class Decision(NamedTuple):
    """A change of the doses on ``day`` [day]: ``rule``, its number from 1, with its ``when`` and
    ``then``; its ``kind``; the ``reading`` in words; the dose ``level`` from then on [-].
    """

    day: float
    rule: int
    kind: str
    when: str
    then: str
    reading: str
    level: float


def rounded(value: float) -> float:
    """A value with the digits that tables keep, so that what is decided can be decided again from
    them.

    Examples
    --------
    >>> rounded(0.1 + 0.2)
    0.3
    """
    return float(f"{value:.10g}")


class Dosing:
    """The doses of one animal under the rules of its arm.

    Parameters
    ----------
    protocol : Protocol
        The rules.
    planned : tuple of Dose
        Doses of the arm.

    Examples
    --------
    >>> from xenosim.pharmacology.regimen import parse_regimen
    >>> from xenosim.scenario.protocol import DosingRule
    >>> from xenosim.scenario.rules import read_then, read_when
    >>> conditions, n = read_when("body_weight_loss > 15 %")
    >>> rule = DosingRule(when="loss", then="hold", conditions=conditions, measurements=n,
    ...                   action=read_then("hold"))
    >>> planned = parse_regimen("4 mg/kg IV Q3Dx4", default_drug="ixazomib")
    >>> dosing = Dosing(Protocol(rules=(rule,)), planned)
    >>> dosing.read(0.0, 100.0, 20.0), dosing.read(6.0, 100.0, 16.0).reading
    (None, 'body_weight_loss 20 %')
    >>> [dose.time_h for dose in dosing.doses]
    [0.0, 72.0]
    """

    def __init__(self, protocol: Protocol, planned: tuple[Dose, ...]) -> None:
        self.protocol = protocol
        self.state = WAITING if protocol.waits else DOSING
        self.level = 1.0
        #: Doses of the regimen from now on, whole [mg/kg].
        self.plan = planned
        #: Doses before the last decision, as they were given.
        self.given: tuple[Dose, ...] = ()
        self.decisions: list[Decision] = []
        #: At how many measurements in a row each rule has been true.
        self.streaks = [0] * len(protocol.rules)
        #: Why rules that were true at the last measurement did not act, by number from 0.
        self.idle: dict[int, str] = {}
        #: Values of the quantities at the last measurement.
        self.values: dict[str, float] = {}
        self.first: tuple[float, float] = (math.nan, math.nan)
        self.held_h = self.changed_h = math.nan
        #: The regimen that took the place of the arm's, counted from its decision; none yet.
        self.switched_to: tuple[Dose, ...] = ()

    @property
    def doses(self) -> tuple[Dose, ...]:
        """Doses given so far, and those that follow if nothing more is decided."""
        if self.state != DOSING:
            return self.given
        return (*self.given, *(at_level(dose, self.level) for dose in self.plan))

    def read(self, day: float, volume_mm3: float, weight_g: float) -> Decision | None:
        """Take the readings of ``day`` [day], before its dose: volume [mm3] and weight [g]; what
        was decided, None: nothing.
        """
        volume, weight, now = rounded(volume_mm3), rounded(weight_g), 24.0 * day
        if not self.values:
            self.first = (volume, weight)
        self.values = self._values(day, volume, weight)
        for number, rule in enumerate(self.protocol.rules):
            holds = all(each.holds(self.values[each.quantity]) for each in rule.conditions)
            self.streaks[number] = self.streaks[number] + 1 if holds else 0
        chosen = self._chosen(now)
        return None if chosen is None else self._act(chosen, day)

    def _values(self, day: float, volume: float, weight: float) -> dict[str, float]:
        now = 24.0 * day
        past = [dose.time_h for dose in self.doses if dose.time_h < now]
        return {
            "body_weight_loss": 1.0 - weight / self.first[1],
            "body_weight": weight,
            "tumor_volume": volume,
            "relative_tumor_volume": volume / self.first[0],
            "day": day,
            "time_since_last_dose": now - past[-1] if past else math.nan,
            "time_on_hold": now - self.held_h if self.state == HELD else math.nan,
            "doses_given": float(len(past)),
        }

    def is_true(self, number: int) -> bool:
        """Whether rule ``number``, from 0, is true at the last measurement."""
        return self.streaks[number] >= self.protocol.rules[number].measurements

    def _chosen(self, now: float) -> int | None:
        """Number of the rule that acts, from 0; None: none does."""
        rules = self.protocol.rules
        true = [number for number in range(len(rules)) if self.is_true(number)]
        bars = {kind: n for n in true for kind in BARS.get(rules[n].action.kind, ())}
        self.idle = {
            n: f"rule {bars[kind] + 1} is true"
            if (kind := rules[n].action.kind) in bars
            else self._nothing_to_change(n, now)
            for n in true
        }
        may = [n for n in true if not self.idle[n]]

        def order(number: int) -> tuple[int, float, int]:
            action = rules[number].action
            level = self._level_after(action) if action.kind == REDUCE else 0.0
            return PRECEDENCE.index(action.kind), level, number

        chosen = min(may, key=order, default=None)
        self.idle |= {n: f"rule {chosen + 1} goes first" for n in may if chosen is not None}
        self.idle.pop(-1 if chosen is None else chosen, None)
        return chosen

    def _nothing_to_change(self, number: int, now: float) -> str:
        """Why a true rule would change no dose, or must not so soon; "" if it may."""
        action = self.protocol.rules[number].action
        if self.state not in ACTS_IN[action.kind]:
            return f"doses are {self.state} already" if action.kind == HOLD else self.state
        if action.kind == SWITCH and action.doses == self.switched_to:
            return "switched already"
        left = [dose for dose in self.plan if dose.time_h >= now]
        if action.kind not in (START, SWITCH) and not left:
            return "no planned dose is left"
        if action.kind in (REDUCE, ESCALATE):
            after = self._level_after(action)
            if (after >= self.level) if action.kind == REDUCE else (after <= self.level):
                return f"the level is {100.0 * self.level:g} % already"
        too_soon = now - self.changed_h < self.protocol.between_changes_h
        return "too soon after the last change" if too_soon and action.kind not in AT_ONCE else ""

    def _level_after(self, action: Action) -> float:
        if action.kind in (START, SWITCH):
            return 1.0
        return action.reaches(self.level, self.protocol.levels)

    def _act(self, number: int, day: float) -> Decision:
        rule, now = self.protocol.rules[number], 24.0 * day
        action = rule.action
        self.given = tuple(dose for dose in self.doses if dose.time_h < now)
        if action.kind in (START, SWITCH):
            plan = self.plan if action.kind == START else action.doses
            self.switched_to = action.doses
            self.plan = tuple(replace(d, time_h=rounded(d.time_h + now)) for d in plan)
        else:
            self.plan = tuple(dose for dose in self.plan if dose.time_h >= now)
        if action.kind not in AT_ONCE:
            self.level = self._level_after(action)
        self.state = {STOP: STOPPED, HOLD: HELD}.get(action.kind, DOSING)
        self.held_h = now if self.state == HELD else math.nan
        self.changed_h = now
        found = {each.quantity: self.values[each.quantity] for each in rule.conditions}
        reading = "; ".join(f"{name} {told(name, value)}" for name, value in found.items())
        made = Decision(day, number + 1, action.kind, rule.when, rule.then, reading, self.level)
        self.decisions.append(made)
        return made


def at_level(dose: Dose, level: float) -> Dose:
    """A planned dose at a dose ``level`` [-], weighed to ten digits."""
    if level == 1.0:
        return dose
    return replace(dose, amount_mg_per_kg=rounded(level * dose.amount_mg_per_kg))


def arm_of(job: Job) -> Arm:
    """The arm of a job."""
    return next(arm for arm in job.scenario.arms if arm.name == job.arm)


def dosing_of(job: Job, rows: Iterable[Mapping[str, Any]] = ()) -> Dosing | None:
    """The doses of an animal after the readings of ``rows``, in the order of its days; None where
    its arm has no rules.

    Parameters
    ----------
    job : Job
        The animal in its arm.
    rows : iterable of mapping
        What is written down of it: ``day`` [day], ``measured_mm3`` [mm3], ``measured_g`` [g] and
        ``status``; on the day on which it leaves, and on the last, nothing is decided.
    """
    arm = arm_of(job)
    if arm.protocol is None:
        return None
    dosing = Dosing(arm.protocol, arm.doses)
    for row in rows:
        if row["status"] == "on_study":
            dosing.read(row["day"], row["measured_mm3"], row["measured_g"])
    return dosing


def rows_of(observations: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of one animal in the table ``observations`` as :func:`dosing_of` takes them."""
    names = {"tumor_volume_mm3": "measured_mm3", "body_weight_g": "measured_g"}
    kept = observations[["day", "status", *names]].rename(columns=names).sort_values("day")
    return [{str(name): value for name, value in row.items()} for row in kept.to_dict("records")]


def as_dosed(job: Job, rows: Iterable[Mapping[str, Any]] = ()) -> Job:
    """The job with the doses that its rules leave after ``rows``, as of :func:`dosing_of`; itself
    where its arm has none.
    """
    dosing = dosing_of(job, rows)
    return job if dosing is None else job._replace(given=dosing.doses)
