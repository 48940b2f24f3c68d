"""Animals one by one: a thin line each, and those that are drawn where they are too many."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from xenosim.analysis.animals import ANIMAL

#: With more animals their lines are drawn as pixels, so that a figure stays a small file.
MOST_PATHS = 300


def shown_animals(table: pd.DataFrame, most: int = MOST_PATHS) -> tuple[pd.DataFrame, str]:
    """Rows of a table with one row per animal that a figure has room for, at even steps of the
    order of each arm so that no arm or size is preferred, and how many they are; all, and "", where
    they are not more than ``most``.
    """
    if len(table) <= most:
        return table, ""
    places = table.groupby("arm").cumcount()
    step = -(-len(table) // most)
    kept = table[places % step == 0]
    return kept, f"{len(kept)} of {len(table)} animals drawn, one in {step} of each arm"


def animal_lines(
    axes: Axes, rows: pd.DataFrame, value: str, color: str, *, width: float, alpha: float
) -> None:
    """Draw ``value``, a column of ``rows``, of every animal over its days [day] as one line of
    ``width`` [points].
    """
    numbers = rows.groupby(ANIMAL, sort=True).ngroup().to_numpy()
    order = np.argsort(numbers, kind="stable")
    points = rows[["day", value]].to_numpy(float)[order]
    lines = np.split(points, np.flatnonzero(np.diff(numbers[order])) + 1) if len(points) else []
    drawn = LineCollection(
        lines,
        colors=color,
        linewidths=width,
        alpha=alpha,
        zorder=2,
        capstyle="projecting",
        rasterized=len(lines) > MOST_PATHS,
    )
    axes.add_collection(drawn)
    axes.autoscale_view()
