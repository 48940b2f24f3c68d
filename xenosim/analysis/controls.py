"""Growth, scatter and losses of a laboratory's untreated animals, and more animals like them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.data import StudyData
from xenosim.analysis.resampling import Array
from xenosim.errors import TableError

#: Fewest control animals, measured at least twice, whose spread says anything [-].
FEWEST = 4


class Controls(NamedTuple):
    """Lines of ln V: ``mean`` (2,) of intercept [ln mm3] and rate [1/day], ``spread`` (2, 2)
    between animals, ``error`` of a reading [ln units], ``loss`` of animals for other reasons than
    volume [1/day], and how many ``animals`` say so.
    """

    mean: Array
    spread: Array
    error: float
    loss: float
    animals: int

    @property
    def text(self) -> str:
        """What was estimated, in a line."""
        sd = np.sqrt(np.diag(self.spread))
        return (
            f"{self.animals} control animals: growth rate {self.mean[1]:.4f} /day (sd {sd[1]:.4f}),"
            f" start {math.exp(self.mean[0]):.0f} mm3 (sd {sd[0]:.2f} ln units), reading error"
            f" {self.error:.2f} ln units, {100.0 * self.loss:.2g} % lost per day but for volume"
        )


def controls_of(data: StudyData, end_mm3: float) -> Controls:
    """What the control animals of a study say, by moments: the spread of the lines of single
    animals less what reading errors put into it.

    Parameters
    ----------
    data : StudyData
        A study with a control.
    end_mm3 : float
        Volume at which animals leave [mm3]: who left below it before the last day was lost.

    Raises
    ------
    TableError
        Fewer than :data:`FEWEST` control animals with two measurements.
    """
    rows = data.followed[data.followed["arm"] == data.control].sort_values("day", kind="stable")
    end = float(rows["day"].max()) if len(rows) else 0.0
    lines, noise, rest, free, lost, days_followed = [], [], 0.0, 0, 0, 0.0
    for _, group in rows.groupby(ANIMAL, sort=False):
        day, y = group["day"].to_numpy(float), np.log(group["tumor_volume_mm3"].to_numpy(float))
        days_followed += day[-1] - day[0]
        lost += day[-1] < end and math.exp(y[-1]) < end_mm3 and not _left_large(group)
        if len(day) < 2:
            continue
        design = np.stack([np.ones_like(day), day], axis=1)
        own = np.linalg.inv(design.T @ design)
        line = own @ design.T @ y
        lines.append(line)
        noise.append(own)
        rest += float(((y - design @ line) ** 2).sum())
        free += len(day) - 2
    if len(lines) < FEWEST or free < 1:
        raise TableError(
            f"too few control animals ('{data.control}') with three measurements: {len(lines)}",
            where=data.source,
            remedy=f"give at least {FEWEST}",
        )
    variance = rest / free
    about = np.array(lines) - np.mean(lines, axis=0)
    spread = about.T @ about / (len(lines) - 1) - variance * np.mean(noise, axis=0)
    values, vectors = np.linalg.eigh(spread)
    spread = (vectors * np.maximum(values, 0.0)) @ vectors.T
    loss = lost / days_followed if days_followed else 0.0
    return Controls(np.mean(lines, axis=0), spread, math.sqrt(variance), loss, len(lines))


def _left_large(group: pd.DataFrame) -> bool:
    """Whether an animal's last row says that it left for its volume."""
    last = group.iloc[-1]
    is_over = last.get("status", "") == "reached_endpoint"
    return bool(is_over and last.get("note", "") != "body weight")


def more_like(
    controls: Controls, count: int, days: Array, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """``count`` animals: true ln volumes (animals, days) [ln mm3], reading errors of the same shape
    [ln units], and the day on which each is lost [day], mostly after the study.

    Examples
    --------
    >>> found = Controls(np.array([4.6, 0.1]), np.zeros((2, 2)), 0.0, 0.0, 8)
    >>> true, error, lost = more_like(found, 2, np.array([0.0, 10.0]), np.random.default_rng(1))
    >>> true.round(2).tolist(), bool(np.isinf(lost).all())
    ([[4.6, 5.6], [4.6, 5.6]], True)
    """
    values, vectors = np.linalg.eigh(controls.spread)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    lines = controls.mean + rng.standard_normal((count, 2)) @ root.T
    error = controls.error * rng.standard_normal((count, len(days)))
    drawn = rng.exponential(size=count)
    lost = drawn / controls.loss if controls.loss else np.full(count, np.inf)
    return lines[:, :1] + lines[:, 1:] * days, error, lost
