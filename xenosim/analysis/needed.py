"""How many animals reach a power: from the curve that was simulated, beside the closed form."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.power import PAIRED, TESTS
from xenosim.analysis.resampling import Array

#: The most animals per arm that a closed form is asked for [-].
MOST = 10_000
COLUMNS = (
    "arm",
    "control",
    "design",
    "test",
    "target",
    "n",
    "n_low",
    "n_high",
    "closed_form_n",
    "smallest_tried",
    "largest_tried",
)


def needed(sizes: Array, power: Array, target: float) -> float:
    """The number of animals per arm at which a power curve reaches ``target``: between the sizes
    tried it is interpolated, rising throughout (isotonic regression); inf if it is not reached,
    the smallest size if that is enough.

    Examples
    --------
    >>> needed(np.array([4.0, 8.0, 12.0]), np.array([0.4, 0.7, 0.9]), 0.8)
    10.0
    """
    from scipy.optimize import isotonic_regression

    known = ~np.isnan(power)
    if not known.any():
        return math.inf
    sizes, risen = sizes[known], isotonic_regression(power[known]).x
    if risen[-1] < target:
        return math.inf
    place = int(np.argmax(risen >= target))
    if place == 0:
        return float(sizes[0])
    low, high = risen[place - 1], risen[place]
    share = (target - low) / (high - low)
    return float(math.ceil(sizes[place - 1] + share * (sizes[place] - sizes[place - 1]) - 1e-9))


def closed_needed(pool: AnimalPool, test: str, arm: str, target: float) -> float:
    """The fewest animals per arm, at least 2, whose power by a test's closed form reaches
    ``target``; inf above :data:`MOST`, NaN where the form has no answer.
    """

    def power(n: int) -> float:
        return TESTS[test].closed(pool, arm, n)

    if math.isnan(power(MOST)):
        return math.nan
    if power(MOST) < target:
        return math.inf
    few, enough = 1, MOST
    while enough - few > 1:
        middle = (few + enough) // 2
        few, enough = (few, middle) if power(middle) >= target else (middle, enough)
    return float(enough)


def needed_table(pool: AnimalPool, power: pd.DataFrame, targets: Sequence[float]) -> pd.DataFrame:
    """Animals per arm for each power.

    Parameters
    ----------
    pool : AnimalPool
        The animals that the studies were drawn from.
    power : DataFrame
        As of :func:`~xenosim.analysis.power.power_table`.
    targets : sequence of float
        Powers to reach [-].

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: ``n``, and ``n_low`` to ``n_high``, where the limits of the power curve
        reach the ``target``; inf: more than the largest size tried, the smallest size: that or
        fewer. ``closed_form_n`` is empty of matched pairs and of designs with a look.
    """
    rows = []
    keys = ["arm", "control", "design", "test"]
    for key, part in power.groupby(keys, sort=False):
        named = dict(zip(keys, key, strict=True))
        sizes = part["n"].to_numpy(float)
        is_plain = bool(part["closed_form"].notna().any()) and named["design"] != PAIRED
        for target in targets:
            found = [
                needed(sizes, part[name].to_numpy(float), target)
                for name in ("power", "ci_high", "ci_low")
            ]
            closed = (
                closed_needed(pool, named["test"], named["arm"], target) if is_plain else math.nan
            )
            rows.append((*key, target, *found, closed, sizes.min(), sizes.max()))
    return pd.DataFrame(rows, columns=list(COLUMNS))
