"""Many animals of each arm, from which whole studies are drawn.

A study of n animals per arm is n draws per arm without replacement, so that each is a sample of
independent animals, and the share of significant studies is an unbiased estimate of power (an
incomplete U-statistic; Hoeffding 1948, doi:10.1214/aoms/1177730196). Studies share animals with
each other, though: :func:`xenosim.analysis.power.effective_studies` says what that costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.animals import ANIMAL, MULTIPLE
from xenosim.analysis.data import StudyData
from xenosim.analysis.resampling import Array, Indices, shared
from xenosim.errors import TableError

#: Animals per arm of a study in which a day counts must be at least this share of those that began.
HALF = 0.5


@dataclass(frozen=True, eq=False)
class Curves:
    """What is known of the animals of one arm: ``log_volumes`` (animals, days) [ln mm3], NaN where
    not measured, ``rates`` [1/day], ``times`` to 4 x baseline [day; inf if not reached],
    ``last`` days [day] and ``baseline`` (animals,) [ln mm3].
    """

    log_volumes: Array
    rates: Array
    times: Array
    last: Array
    baseline: Array


@dataclass(frozen=True, eq=False)
class AnimalPool:
    """Animals to draw studies from.

    Attributes
    ----------
    arms : dict of str to Curves
        By name. ``paired``: row i is the same animal in every arm, and a study assigns it to one.
    control : str
        Name of the control arm.
    days : array
        Measurement days [day].
    start : array
        Volume by which animals are ranked for randomization [any unit]; empty if not paired.
    """

    arms: dict[str, Curves]
    control: str
    days: Array
    start: Array
    paired: bool

    @classmethod
    def of(cls, data: StudyData) -> AnimalPool:
        """The animals of a study with many, with a baseline and from day 0 on.

        Of a paired study those that are in every arm; each is drawn for one arm alone, randomized
        on its measured baseline.

        Raises
        ------
        TableError
            No control, or an arm without a baseline.
        """
        data.require_arms(data.control)
        data.require_baselines()
        rows = data.followed[data.followed["day"] >= 0]
        days = np.sort(rows["day"].unique().astype(float))
        tables = {
            arm: rows[rows["arm"] == arm].pivot_table("tumor_volume_mm3", ANIMAL, "day")
            for arm in data.arms
        }
        if data.paired:
            tables = dict(zip(tables, shared(*tables.values()), strict=True))
        volumes = {arm: t.reindex(columns=days).to_numpy(float) for arm, t in tables.items()}
        return cls.of_readings(volumes, days, data.control, paired=data.paired)

    @classmethod
    def of_readings(
        cls,
        volumes: Mapping[str, Array],
        days: Array,
        control: str,
        *,
        paired: bool = True,
        start: Array | None = None,
    ) -> AnimalPool:
        """The animals of every arm from their measured volumes.

        Parameters
        ----------
        volumes : dict of str to array (animals, days)
            By arm [mm3], NaN where an animal was not measured, as after it left; the first day is
            the baseline.
        days : array
            Measurement days, rising [day].
        control : str
            Name of the control arm.
        paired : bool
            Whether row i is the same animal in every arm.
        start : array, optional
            Volume by which paired animals are ranked; by default the control's baseline.
        """
        arms = {arm: _curves(np.log(each), days) for arm, each in volumes.items()}
        own = arms[control].baseline if start is None else start
        return cls(arms, control, days, own if paired else np.empty(0), paired)

    @property
    def treated(self) -> tuple[str, ...]:
        """Names of the arms but the control."""
        return tuple(arm for arm in self.arms if arm != self.control)

    @property
    def size(self) -> int:
        """Animals of the smallest arm."""
        return min(len(curves.rates) for curves in self.arms.values())

    @property
    def most_per_arm(self) -> int:
        """The largest n of a study that can be drawn."""
        return self.size // len(self.arms) if self.paired else self.size

    def draw(self, n: int, studies: int, rng: np.random.Generator) -> dict[str, Indices]:
        """Animals (studies, n) of each arm of ``studies`` studies.

        Animals of a paired pool are drawn once per study, ranked by starting volume and randomized
        in blocks of as many as there are arms, as :func:`xenosim.study.enroll.randomize` does; the
        blocks are in random order, animals of one block in the same column.

        Raises
        ------
        TableError
            Too few animals in the pool.
        """
        if n > self.most_per_arm:
            raise TableError(
                f"the pool of {self.size} animals has too few for {n} per arm",
                where="--n",
                remedy=f"ask for at most {self.most_per_arm}, or raise --animals",
            )
        if not self.paired:
            sizes = {arm: len(curves.rates) for arm, curves in self.arms.items()}
            return {arm: _without_replacement(m, n, studies, rng) for arm, m in sizes.items()}
        count = len(self.arms)
        drawn = _without_replacement(self.size, n * count, studies, rng)
        ranks = np.argsort(self.start[drawn], axis=1, kind="stable")
        blocks = np.take_along_axis(drawn, ranks, axis=1).reshape(studies, n, count)
        order = np.argsort(rng.random((studies, n)), axis=1)[:, :, None]
        blocks = np.take_along_axis(blocks, order, axis=1)
        blocks = rng.permuted(blocks, axis=2)
        return {arm: blocks[:, :, place] for place, arm in enumerate(self.arms)}

    def untreated(self) -> AnimalPool:
        """The same pool if the drugs did nothing: every arm has the curves of the control."""
        if not self.paired:
            raise TableError("the arms of this pool have animals of their own", where="pool")
        same = dict.fromkeys(self.arms, self.arms[self.control])
        return AnimalPool(same, self.control, self.days, self.start, True)

    def evaluation_days(self, study: Mapping[str, Indices]) -> NDArray[np.int64]:
        """Of each study the place in ``days`` of the last day on which at least half of the animals
        of every arm are measured.
        """
        half = self.days_with_half(study, len(next(iter(study.values()))))
        return self.days.size - 1 - np.argmax(half[:, ::-1], axis=1)

    def days_with_half(self, study: Mapping[str, Indices], studies: int) -> NDArray[np.bool_]:
        """Days (studies, days) on which at least half of the animals of every arm of ``study`` are
        measured; all days if it has no arms.
        """
        half = np.ones((studies, self.days.size), bool)
        for arm, chosen in study.items():
            there = ~np.isnan(self.arms[arm].log_volumes)
            half &= there[chosen].mean(axis=1) >= HALF
        return half


def _without_replacement(size: int, n: int, studies: int, rng: np.random.Generator) -> Indices:
    """Rows of ``n`` different animals of ``size``, in random order."""
    return np.argsort(rng.random((studies, size)), axis=1)[:, :n]


def _curves(logs: Array, days: Array) -> Curves:
    """What is known of animals from ln of their volumes (animals, days): vectorized forms of
    :func:`~xenosim.analysis.growth.growth_rate_per_day` and
    :func:`~xenosim.analysis.growth.time_to_multiple`.
    """
    there = ~np.isnan(logs)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(there, days, 0.0).sum(axis=1) / n
        distance = np.where(there, days - middle[:, None], 0.0)
        rates = (distance * np.where(there, logs, 0.0)).sum(axis=1) / (distance**2).sum(axis=1)
    last = np.where(there, days, -np.inf).max(axis=1)
    filled, before = logs.copy(), np.broadcast_to(days, logs.shape).copy()
    for day in range(1, days.size):
        gap = ~there[:, day]
        filled[gap, day], before[gap, day] = filled[gap, day - 1], before[gap, day - 1]
    target = logs[:, :1] + math.log(MULTIPLE)
    reached = there & (logs >= target)
    times = np.full(len(logs), np.inf)
    rows = np.nonzero(reached.any(axis=1))[0]
    at = np.argmax(reached[rows], axis=1)
    earlier, since = filled[rows, at - 1], before[rows, at - 1]
    share = (target[rows, 0] - earlier) / (logs[rows, at] - earlier)
    times[rows] = since + share * (days[at] - since)
    return Curves(logs, np.where(n >= 2, rates, np.nan), times, last, logs[:, 0])
