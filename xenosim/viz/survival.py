"""Kaplan-Meier curves of event-free survival with bands, censoring marks and numbers at risk."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.viz.lines import MOST_PATHS
from xenosim.viz.style import MANY, beside, finish, in_lines, page, short


def event_free(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Share of animals below each multiple of baseline, a panel per multiple; ticks where an animal
    left without the event, 95 % log-log bands of up to three arms, numbers at risk below.

    ``table``: as of :func:`~xenosim.analysis.shown.survival_table`; ``colors``: by arm.
    """
    multiples = list(dict.fromkeys(table["multiple"]))
    many = len(colors)
    named = max(len(_in_row(arm)) for arm in colors)
    beside_axes = 0.06 * max(0, named - 12) + (1.5 if many >= MANY else 0.0)
    size = (4.6 * len(multiples) + 0.8 + beside_axes, 3.9 + 0.2 * many)
    figure = page(*size)
    grid = figure.subplots(
        2, len(multiples), sharex=True, squeeze=False, height_ratios=(3.6, 0.2 * many)
    )
    for column, multiple in enumerate(multiples):
        rows = table[table["multiple"] == multiple]
        _curves(grid[0, column], rows, colors)
        events = int(rows["events"].sum())
        title = f"until {multiple:g} x baseline\n{events} events"
        grid[0, column].set_title(title, fontsize=10, loc="left")
        _at_risk(grid[1, column], rows, colors, named=column == 0)
    grid[0, 0].set_ylabel("animals without event")
    end = max(float(table["day"].max()), 1.0)
    grid[0, 0].set_xlim(-0.02 * end, 1.02 * end)
    if many < MANY:
        grid[0, 0].legend(frameon=False, fontsize=8, loc="best")
    else:
        grid[0, -1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def _curves(axes: Axes, rows: pd.DataFrame, colors: dict[str, str]) -> None:
    for arm, color in colors.items():
        curve = rows[rows["arm"] == arm]
        if curve.empty:
            continue
        days, share = curve["day"], curve["survival"]
        label = in_lines(f"{short(arm)} (n = {int(curve['at_risk'].iloc[0])})", 28)
        many = len(curve) > MOST_PATHS
        axes.step(days, share, where="post", color=color, lw=2.0, label=label, rasterized=many)
        if len(colors) < MANY:
            low, high = (curve[name].fillna(share) for name in ("low", "high"))
            band = axes.fill_between(days, low, high, step="post", color=color, alpha=0.15, lw=0)
            band.set_rasterized(many)
        gone = curve[curve["censored"] > 0]
        axes.plot(gone["day"], gone["survival"], "|", color=color, ms=9, mew=1.6, rasterized=many)
    axes.set_ylim(-0.03, 1.05)
    finish(axes)


def _at_risk(axes: Axes, rows: pd.DataFrame, colors: dict[str, str], named: bool) -> None:
    """How many animals of each arm are followed without event, just before each day shown."""
    shown = np.unique(np.round(np.linspace(0.0, float(rows["day"].max()), 6)))
    for level, (arm, color) in enumerate(colors.items()):
        curve = rows[rows["arm"] == arm]
        for day in shown:
            axes.text(day, level, str(_followed(curve, day)), color=color, fontsize=8, ha="center",
                      va="center")  # fmt: skip
    axes.set(ylim=(len(colors) - 0.4, -0.6), xlabel="day (0 = first dose)")
    names = [_in_row(arm) for arm in colors] if named else [""] * len(colors)
    axes.set_yticks(range(len(colors)), names, fontsize=7)
    axes.set_title("at risk", fontsize=8, loc="left")
    axes.tick_params(axis="y", length=0, pad=8)
    finish(axes)


def _in_row(arm: str) -> str:
    """A name as a row of numbers has room for it; the legend has it longer."""
    first, *more = beside(arm).split("\n")
    return f"{first}…" if more else first


def _followed(curve: pd.DataFrame, day: float) -> int:
    """Animals without event whose time is not before ``day``."""
    later = curve[curve["day"] >= day]
    return int(later["at_risk"].iloc[0]) if len(later) else 0
