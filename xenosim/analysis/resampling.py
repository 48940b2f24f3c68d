"""What every row of the endpoint table shares: samples of animals, percentile intervals, the row
itself.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.errors import TableError
from xenosim.io.tables import COLUMNS as TABLES

Array = NDArray[np.float64]
Limits = tuple[float, float]
COLUMNS = TABLES["endpoints"]
UNDEFINED = (math.nan, math.nan)


class Comparison(NamedTuple):
    """What is asked: ``arm`` against ``control`` on ``day`` [day]; ``paired``: the same animals are
    in every arm; ``seed``: of the ``n_boot`` bootstrap samples.
    """

    arm: str
    control: str
    day: float
    n_boot: int
    paired: bool
    seed: int

    def rng(self, samples: str) -> np.random.Generator:
        """Generator of an endpoint's bootstrap samples, as :func:`generator`."""
        return generator(self.seed, samples)


def generator(seed: int, samples: str) -> np.random.Generator:
    """Generator of the bootstrap samples of one endpoint, by its name: another endpoint never moves
    its interval. Endpoints that are functions of each other share ``samples``, so that their
    intervals agree.
    """
    return np.random.default_rng([seed, crc32(samples.encode())])


def shared(*arms: pd.DataFrame) -> list[pd.DataFrame]:
    """The animals found in every arm, in one order (paired arms); tables are indexed by animal."""
    keys = arms[0].index
    for arm in arms[1:]:
        keys = keys.intersection(arm.index)
    if keys.empty:
        raise TableError(
            "the arms share no animal", where="observations", remedy="compare them unpaired"
        )
    return [arm.loc[keys.sort_values()] for arm in arms]


def resample(n: int, n_boot: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Bootstrap samples of ``n`` animals, shape (n_boot, n)."""
    return rng.integers(0, n, (n_boot, n))


def indices(
    n: int, n_control: int, ask: Comparison, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bootstrap samples of the animals of two arms; paired: the same animals in both."""
    treated = resample(n, ask.n_boot, rng)
    return treated, treated if ask.paired else resample(n_control, ask.n_boot, rng)


def interval(samples: Array) -> Limits:
    """Percentile interval, 95 % [unit of the samples]; NaN when nothing is finite."""
    finite = samples[~np.isnan(samples)]
    if finite.size == 0:
        return UNDEFINED
    low, high = np.quantile(finite, [0.025, 0.975], method="nearest")
    return float(low), float(high)


def row(
    name: str,
    ask: Comparison,
    estimate: float,
    limits: Limits,
    n: int,
    unit: str,
    definition: str,
    note: str,
    *,
    n_control: int = 0,
    day: float = math.nan,
) -> dict[str, Any]:
    """One row of the endpoint table; ``day`` [day] where the endpoint has one. One animal in an arm
    has no interval.
    """
    if n == 1 or n_control == 1:
        limits, note = UNDEFINED, f"{note}; one animal: no interval".removeprefix("; ")
    values = (
        name,
        "1",
        ask.arm,
        ask.control,
        day,
        estimate,
        *limits,
        n,
        n_control,
        unit,
        definition,
        note,
    )
    return dict(zip(COLUMNS, values, strict=True))
