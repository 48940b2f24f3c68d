"""Mean and quantiles of the cells of a tumor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

QUANTILES = (0.05, 0.5, 0.95)


def describe(name: str, values: Any, counts: Any = None) -> dict[str, float]:
    """Mean and quantiles of a column.

    Parameters
    ----------
    name : str
        Begins the names of what is found: ``name_mean``, ``name_p05`` and so on.
    values : array, shape (n,)
        The column [its unit]; without cells the result is NaN.
    counts : array, shape (n,), optional
        Cells that have each value [-]; one by default.

    Examples
    --------
    >>> describe("load", np.array([1.0, 2.0, 3.0]))
    {'load_mean': 2.0, 'load_p05': 1.1, 'load_p50': 2.0, 'load_p95': 2.9}
    """
    total = values.size if counts is None else int(counts.sum())
    names = [f"{name}_p{round(100 * q):02d}" for q in QUANTILES]
    if total == 0:
        return dict.fromkeys([f"{name}_mean", *names], math.nan)
    mean = (
        np.mean(values, dtype=np.float64)
        if counts is None
        else np.average(values.astype(np.float64), weights=counts)
    )
    return {f"{name}_mean": float(mean)} | dict(
        zip(names, _quantiles(values, counts, total), strict=True)
    )


def _quantiles(values: Any, counts: Any, total: int) -> list[float]:
    """Quantiles between the nearest two ranks of ``total`` cells."""
    # Sorting all is faster than finding three.
    order = None if counts is None else np.argsort(values)
    ordered, ends = (
        (np.sort(values), None) if order is None else (values[order], np.cumsum(counts[order]))
    )
    found = []
    for q in QUANTILES:
        low, share = divmod(q * (total - 1), 1.0)
        ranks = np.minimum([low, low + 1.0], total - 1).astype(np.int64)
        below, above = ordered[
            ranks if ends is None else np.searchsorted(ends, ranks, side="right")
        ].astype(np.float64)
        found.append(float(below + share * (above - below)))
    return found
