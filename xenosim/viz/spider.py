"""Spider plot: the change from baseline of every animal, a panel per arm."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.animals import ANIMAL
from xenosim.viz.lines import MOST_PATHS, animal_lines
from xenosim.viz.style import finish, in_lines, page, short

#: Changes from baseline that the log axis of relative volumes names [%].
TICKS = (-99, -90, -75, -50, 0, 100, 300, 900, 2900)
#: Most panels in a row.
ACROSS = 4


def spider(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Change from baseline of every animal [%] over time, on a log axis of relative volume so that
    halving and doubling are as far; a cross where an animal left.

    ``table``: as of :func:`~xenosim.analysis.shown.change_table`; ``colors``: by arm.
    """
    across = min(len(colors), ACROSS)
    down = math.ceil(len(colors) / across)
    size = (1.2 + 2.8 * across if across > 1 else 5.0, 0.7 + 3.2 * down)
    figure = page(*size)
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    for axes, (arm, color) in zip(grid.flat, colors.items(), strict=False):
        _panel(axes, table[table["arm"] == arm], arm, color)
    for axes in grid.flat[len(colors) :]:
        axes.set_visible(False)
    _log_changes(grid[0, 0], table)
    for axes in grid[:, 0]:
        axes.set_ylabel("change from baseline (%)")
    for column in range(across):
        lowest = [axes for axes in grid[:, column] if axes.get_visible()][-1]
        lowest.set_xlabel("day (0 = first dose)")
        lowest.tick_params(labelbottom=True)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, arm: str, color: str) -> None:
    """The animals of one arm."""
    relative = rows.assign(relative=1.0 + rows["change_pct"] / 100.0)
    animal_lines(axes, relative, "relative", color, width=1.0, alpha=0.75)
    gone = rows[~rows["left"].isin(["", "end of study"])]
    axes.plot(gone["day"], 1.0 + gone["change_pct"] / 100.0, "x", color=color, ms=6, mew=1.4,
              rasterized=len(gone) > MOST_PATHS)  # fmt: skip
    axes.axhline(1.0, color="#7F7F7F", lw=0.8)
    n = len(rows[ANIMAL].drop_duplicates())
    title = in_lines(f"{short(arm)} (n = {n})", 32)
    axes.set_title(title, fontsize=9, loc="left", color=color)
    finish(axes)


def _log_changes(axes: Axes, table: pd.DataFrame) -> None:
    """A log axis of relative volume whose numbers are changes."""
    relative = 1.0 + table["change_pct"].to_numpy(float) / 100.0
    low, high = (float(f(relative, initial=1.0)) for f in (np.min, np.max))
    axes.set_yscale("log")
    # Small changes are not made to look large.
    low, high = min(low / 1.2, 0.45), max(high * 1.2, 2.2)
    axes.set_ylim(low, high)
    shown = [t for t in TICKS if low <= 1.0 + t / 100.0 <= high]
    axes.set_yticks([1.0 + t / 100.0 for t in shown], [f"{t:+d}" if t else "0" for t in shown])
    axes.minorticks_off()
