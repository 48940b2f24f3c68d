"""Rules by which the readings of an animal change its doses, after checking: what they are about,
what they say in words.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import NamedTuple

from xenosim.scenario.frozen import Frozen, StatedDose

#: Least and largest dose level, of the planned dose [-].
LEAST_LEVEL, LARGEST_LEVEL = 0.01, 3.0
HOLD, RESUME, REDUCE, ESCALATE = "hold", "resume", "reduce", "escalate"
START, SWITCH, STOP = "start", "switch", "stop"
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class Quantity(NamedTuple):
    """What a rule may be about: its ``dimension`` (of :data:`xenosim.units.DIMENSIONS`), the
    ``unit`` in which it is told and how many of its internal unit that is, an ``example`` of a
    value, and what it is.
    """

    dimension: str
    unit: str
    scale: float
    example: str
    says: str


#: What the people in the animal room know of an animal.
QUANTITIES: Mapping[str, Quantity] = {
    "body_weight_loss": Quantity(
        "fraction",
        "%",
        0.01,
        "15 %",
        "share of the weight of day 0 that is lost, as the balance reads it, tumor included",
    ),
    "body_weight": Quantity("mass", "g", 1.0, "18 g", "body weight as the balance reads it"),
    "tumor_volume": Quantity(
        "volume", "mm^3", 1.0, "200 mm^3", "tumor volume as calipers or imaging read it"
    ),
    "relative_tumor_volume": Quantity(
        "dimensionless", "", 1.0, "2", "tumor volume over that read on day 0"
    ),
    "day": Quantity("duration_days", "day", 1.0, "14 day", "day of the study"),
    "time_since_last_dose": Quantity(
        "time", "day", 24.0, "3 day", "time since the last dose that was given"
    ),
    "time_on_hold": Quantity("time", "day", 24.0, "7 day", "time since doses are held"),
    "doses_given": Quantity("dimensionless", "", 1.0, "8", "doses that were given so far"),
}


class Condition(Frozen):
    """A comparison: ``quantity`` of :data:`QUANTITIES`, ``sign`` of :data:`COMPARE`, ``value`` in
    its internal unit.
    """

    quantity: str
    sign: str
    value: float

    def holds(self, found: float) -> bool:
        """Whether a reading satisfies it; NaN never does.

        Examples
        --------
        >>> Condition(quantity="tumor_volume", sign="<", value=50.0).holds(49.0)
        True
        """
        return bool(COMPARE[self.sign](found, self.value))

    def __str__(self) -> str:
        return f"{self.quantity} {self.sign} {told(self.quantity, self.value)}"


class Action(Frozen):
    """What a rule does: ``kind``; the dose level it leads to, as a ``level`` of the planned dose, a
    ``factor`` of the level now or ``steps`` along the dose levels; ``doses`` of a regimen that
    takes the place of the arm's, counted from the decision [-].
    """

    kind: str
    level: float | None = None
    factor: float | None = None
    steps: int = 0
    doses: tuple[StatedDose, ...] = ()

    def reaches(self, level: float, levels: tuple[float, ...]) -> float:
        """The dose level it leads to from ``level`` [-]; that itself where there is no such level.

        Examples
        --------
        >>> Action(kind="reduce", steps=-1).reaches(1.0, (1.0, 0.75, 0.5))
        0.75
        """
        if self.level is not None:
            return self.level
        if self.factor is not None:
            found = float(f"{level * self.factor:.10g}")
            return found if LEAST_LEVEL <= found <= LARGEST_LEVEL else level
        rising = sorted(levels)
        place = (rising.index(level) if level in rising else 0) + self.steps
        return rising[place] if self.steps and 0 <= place < len(rising) else level


class DosingRule(Frozen):
    """One rule: its texts ``when`` and ``then``, the ``conditions`` that must all hold, at so many
    ``measurements`` one after the other, and its ``action``.
    """

    when: str
    then: str
    conditions: tuple[Condition, ...]
    measurements: int
    action: Action

    def __str__(self) -> str:
        several = f" at {self.measurements} measurements in a row" if self.measurements > 1 else ""
        return f"when {' and '.join(map(str, self.conditions))}{several}: {self.then}"


class Protocol(Frozen):
    """The rules of an arm, in the order of the file, the dose ``levels`` [-] that are allowed
    (none stated: any), and the least time between two changes of the dose [h].
    """

    rules: tuple[DosingRule, ...]
    levels: tuple[float, ...] = ()
    between_changes_h: float = 0.0

    @property
    def waits(self) -> bool:
        """Whether treatment begins by a rule."""
        return any(rule.action.kind == START for rule in self.rules)

    def in_words(self) -> list[str]:
        """What it says, a line per rule."""
        found = [f"{number}. {rule}" for number, rule in enumerate(self.rules, start=1)]
        if self.waits:
            found.insert(0, "the first dose waits for a rule that says start")
        if self.levels:
            levels = ", ".join(f"{100.0 * level:g} %" for level in self.levels)
            found.append(f"dose levels: {levels} of the planned dose")
        if self.between_changes_h:
            found.append(
                f"at least {self.between_changes_h / 24.0:g} d between two changes; hold and stop"
                " act at once"
            )
        return found


def told(quantity: str, value: float) -> str:
    """A value of a quantity in its internal unit, with the unit in which it is told.

    Examples
    --------
    >>> told("body_weight_loss", 0.1512), told("time_on_hold", 36.0)
    ('15.12 %', '1.5 day')
    """
    known = QUANTITIES[quantity]
    return f"{value / known.scale:.4g} {known.unit}".rstrip()
