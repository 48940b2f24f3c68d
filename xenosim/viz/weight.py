"""Body weight of every arm, and efficacy beside it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.tolerability import LIMITS_PCT, mean_weights
from xenosim.viz.lines import animal_lines
from xenosim.viz.style import MANY, finish, in_lines, page, short


def body_weight(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Body weight without the tumor relative to baseline [%]: animals as thin lines, the mean while
    at least half of an arm is weighed, lines at losses of 10, 15 and 20 %.

    ``table``: as of :func:`~xenosim.analysis.tolerability.relative_weights`; ``colors``: by arm.
    """
    figure = page(7.5, 4.4)
    axes = figure.subplots()
    means = mean_weights(table)
    for arm, color in colors.items():
        rows = table[table["arm"] == arm]
        animal_lines(axes, rows, "relative_pct", color, width=0.5, alpha=0.3)
        mean = means[means["arm"] == arm]
        n = f" (n = {int(mean['n'].iloc[0])})" if len(mean) else " (not weighed)"
        label = in_lines(short(arm) + n, 36)
        axes.plot(
            mean["day"], mean["mean_pct"], color=color, lw=2.4, marker="o", ms=3.5, label=label
        )
    mark_losses(axes)
    if table.empty:
        axes.text(0.5, 0.7, "no animal was weighed", ha="center", transform=axes.transAxes)
        axes.set_xticks([])
    axes.set(xlabel="day (0 = first dose)", ylabel="body weight without tumor (% of day 0)")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 78.0), max(high, 104.0))
    if len(colors) < MANY:
        axes.legend(frameon=False, fontsize=8)
    else:
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.06, 1.0))
    finish(axes)
    return figure


def mark_losses(axes: Axes) -> None:
    """Lines at the losses whose shares are told."""
    axes.axhline(100.0, color="#7F7F7F", lw=0.8)
    for limit in LIMITS_PCT:
        axes.axhline(100.0 - limit, color="#7F7F7F", lw=0.8, ls=":")
        place = axes.get_yaxis_transform()
        axes.text(1.005, 100.0 - limit, f"-{limit:g} %", fontsize=7, color="#555555", va="center",
                  transform=place)  # fmt: skip
