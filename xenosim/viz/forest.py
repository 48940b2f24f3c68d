"""Forest of T/C: every arm by each definition, with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.registry import find_endpoint
from xenosim.viz.style import finish, page, plain_log, short

#: What is smaller is drawn here: a log axis has no 0 [%].
LOWEST = 0.1


def forest(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """T/C of every treated arm with its 95 % interval on a log axis [%]; numbers and n beside it.

    ``table``: as of :func:`~xenosim.analysis.shown.forest_table`; ``colors``: by arm.
    """
    arms = [arm for arm in colors if (table["arm"] == arm).any()]
    levels = len(table) + len(arms)
    figure = page(8.0, 1.4 + 0.3 * levels)
    axes = figure.subplots()
    level = 0
    for arm in arms:
        color = colors[arm]
        axes.text(0.0, level, short(arm), color=color, fontsize=9, fontweight="bold", va="center",
                  transform=axes.get_yaxis_transform())  # fmt: skip
        level += 1
        for row in table[table["arm"] == arm].to_dict("records"):
            _line(axes, row, level, color)
            level += 1
    labels, places = [], []
    level = 0
    for arm in arms:
        rows = table[table["arm"] == arm]
        labels += [find_endpoint(n).label.removesuffix(" (%)") for n in rows["endpoint"]]
        places += list(range(level + 1, level + 1 + len(rows)))
        level += 1 + len(rows)
    axes.set_yticks(places, labels, fontsize=8)
    _axis(axes, table, levels)
    return figure


def _line(axes: Axes, row: dict[str, float | str], level: int, color: str) -> None:
    """One estimate with its interval, and its numbers at the right."""
    value, low, high = (float(row[name]) for name in ("estimate", "ci_low", "ci_high"))
    said = "undefined"
    if np.isfinite(value):
        if np.isfinite(low) and np.isfinite(high):
            axes.plot(np.maximum([low, high], LOWEST), [level, level], color=color, lw=1.8)
        axes.plot(max(value, LOWEST), level, "s", color=color, ms=6)
        limits = f"{low:.3g} to {high:.3g}" if np.isfinite(low) else "no interval"
        said = f"{value:.3g} % ({limits}); n = {row['n']:.0f} : {row['n_control']:.0f}"
    axes.text(1.02, level, said, fontsize=8, va="center", transform=axes.get_yaxis_transform())


def _axis(axes: Axes, table: pd.DataFrame, levels: int) -> None:
    axes.set_xscale("log")
    numbers = table[["estimate", "ci_low", "ci_high"]].to_numpy(float)
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    low, high = (max(numbers.min(), LOWEST), numbers.max()) if numbers.size else (10.0, 100.0)
    axes.set_xlim(min(low / 1.3, 45.0), max(high * 1.3, 220.0))
    plain_log(axes.xaxis)
    axes.axvline(100.0, color="#7F7F7F", lw=1.0)
    axes.set(ylim=(levels - 0.4, -0.8), xlabel="T/C (%), 95 % interval")
    axes.tick_params(axis="y", length=0)
    finish(axes)
