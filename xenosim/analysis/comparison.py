"""What is asked of an endpoint, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from xenosim.analysis.animals import responses
from xenosim.analysis.data import StudyData, half_is_left
from xenosim.analysis.resampling import (
    FEWEST,
    UNDEFINED,
    Array,
    Limits,
    Statistic,
    bootstrap,
    same_animals,
    shared,
)
from xenosim.analysis.survival import km_median
from xenosim.errors import TableError


class NoSharedDay(TableError):
    """The arm and the control were not measured on a day in common."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is asked: ``arm`` of ``data`` against ``control`` on ``day`` [day].

    ``how`` says how the day was chosen; ``n_boot`` samples from ``seed``; ``paired``: the animals
    are the same in both arms.
    """

    data: StudyData
    arm: str
    control: str
    day: float
    how: str
    n_boot: int
    seed: int
    paired: bool

    @property
    def animals(self) -> pd.DataFrame:
        """The animals of the arm, as :func:`~xenosim.analysis.animals.per_animal`."""
        return self.data.animals[self.arm]

    @cached_property
    def both_animals(self) -> list[pd.DataFrame]:
        """The animals of the arm and of the control; paired: those of both."""
        both = [self.animals, self.data.animals[self.control]]
        return same_animals(*both) if self.paired else both

    def require_day(self) -> None:
        """Refuse (:class:`NoSharedDay`) a question of a day where the arms share none."""
        if math.isnan(self.day):
            raise NoSharedDay(self.how, where="day", remedy="measure both arms on the same days")

    @cached_property
    def measured(self) -> list[pd.DataFrame]:
        """Volume on the day and baseline [mm3] of the arm's and the control's animals measured
        then; :class:`NoSharedDay` where there is no such day.
        """
        self.require_day()
        return [self.data.measured(arm, self.day) for arm in (self.arm, self.control)]

    @cached_property
    def responses(self) -> pd.DataFrame:
        """The animals of the arm by response criteria, as
        :func:`~xenosim.analysis.animals.responses`.
        """
        followed = self.data.followed[self.data.followed["arm"] == self.arm]
        return responses(followed, self.animals, self.control_median)

    @property
    def control_median(self) -> float:
        """The control's median time to 4 x baseline [day]."""
        untreated = self.data.animals[self.control]
        columns = (untreated[name].to_numpy(float) for name in ("time_to_4x_days", "last_day"))
        return float(km_median(*columns))

    def pair(self, frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
        """Tables of the arm and of the control, indexed by animal; paired: the animals of both,
        perhaps none.
        """
        return shared(*frames) if self.paired else frames

    def interval(
        self, statistic: Statistic, rng: np.random.Generator, *sizes: int
    ) -> tuple[Limits, Array]:
        """The 95 % interval of a statistic of the animals of arms of ``sizes``, and its samples, as
        :func:`~xenosim.analysis.resampling.bootstrap`; paired: the same animals in all arms.
        """
        paired = self.paired and len(sizes) > 1
        return bootstrap(statistic, sizes, self.n_boot, rng, paired=paired)

    def alone(self) -> Comparison:
        """The same question of animals that are not paired."""
        return replace(self, paired=False)

    @cached_property
    def note(self) -> str:
        """How the day was chosen, and which animals are missing on it."""
        sizes = dict(zip((self.arm, self.control), map(len, self.measured), strict=True))
        return (
            self.how_paired
            + few_left(self.data, sizes)
            + left_before(self.data, [self.arm, self.control], self.day)
        )

    @property
    def how_paired(self) -> str:
        """How the day was chosen, and that arms are paired."""
        return self.how + ("; paired: animals measured in both arms" if self.paired else "")

    def no_pair(self) -> Estimate:
        """What is said of a day on which no animal is measured in both arms."""
        note = f"{self.note}; {no_pair([self.arm, self.control], self.day)}".removeprefix("; ")
        return Estimate(math.nan, UNDEFINED, 0, note, day=self.day)


def no_pair(arms: Sequence[str], day: float) -> str:
    """That no animal is measured in all ``arms`` on ``day`` [day]."""
    names = ", ".join(f"'{arm}'" for arm in arms)
    return f"undefined: no animal was measured in each of {names} on day {day:g}"


def few_left(data: StudyData, measured: dict[str, int]) -> str:
    """A warning for each arm of ``measured`` with fewer than half of its animals: those left are a
    selection.
    """
    few = [
        f"{n} of {data.started[arm]} animals of '{arm}'"
        for arm, n in measured.items()
        if not half_is_left(n, data.started[arm])
    ]
    return f"; fewer than half are left: {', '.join(few)}" if few else ""


def lost_pairs(measured: int, started: int) -> str:
    """That some of the pairs that ``started`` are not ``measured`` [number of animals]; "" if all
    are.

    Examples
    --------
    >>> lost_pairs(5, 8), lost_pairs(8, 8)
    ('; 5 of 8 pairs: of the others one had left', '')
    """
    lost = f"; {measured} of {started} pairs: of the others one had left"
    return lost if measured < started else ""


def left_before(data: StudyData, arms: Sequence[str], day: float) -> str:
    """How many animals of each arm had left at the volume endpoint before ``day`` [day]; "" if none
    had.
    """
    left = {arm: len(data.removed_at_volume(arm, day)) for arm in arms}
    text = ", ".join(f"{n} of {data.started[arm]} animals of '{arm}'" for arm, n in left.items())
    return f"; left at the volume endpoint before day {day:g}: {text}" if any(left.values()) else ""


class Estimate(NamedTuple):
    """``value`` and its 95 % ``limits`` [unit of the endpoint] over ``n`` animals of the arm and
    ``n_control`` of the control; ``day`` [day] where the endpoint has one.
    """

    value: float
    limits: Limits
    n: int
    note: str
    n_control: int = 0
    day: float = math.nan

    def checked(self) -> Estimate:
        """Without an interval if an arm has fewer than :data:`FEWEST` animals."""
        fewest = min(self.n, self.n_control or self.n)
        if fewest >= FEWEST or not fewest:
            return self
        count = "one animal" if fewest == 1 else f"{fewest} animals"
        note = f"{self.note}; {count}: no interval".removeprefix("; ")
        return self._replace(limits=UNDEFINED, note=note)
