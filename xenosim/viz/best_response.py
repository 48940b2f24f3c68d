"""Waterfall of animals: the best response of each, by arm, colored by response class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xenosim.viz.lines import shown_animals
from xenosim.viz.style import finish, in_lines, page, short

#: Color of each mRECIST class, from progression to no tumor.
CLASSES = {"PD": "#D55E00", "SD": "#E69F00", "PR": "#56B4E9", "CR": "#0072B2"}
#: Height of a bar that would be higher, marked as cut [%].
HIGHEST = 300.0


def best_response(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Best response of every animal, the smallest change from baseline from day 10 on [%], sorted
    within its arm; bars above :data:`HIGHEST` are cut, with their number. Of more animals than
    there is room for, those at even steps are drawn, and the figure says so.

    ``table``: as of :func:`~xenosim.analysis.shown.best_response_table`; ``colors``: by arm.
    """
    judged = table[table["best_pct"].notna()]
    counts = {arm: int((judged["arm"] == arm).sum()) for arm in colors}
    drawn, said = shown_animals(judged)
    width = min(max(5.5, 2.0 + 0.28 * len(drawn) + 0.6 * len(colors)), 16.0)
    figure = page(width, 4.4)
    axes = figure.subplots()
    start, middles = 0.0, []
    for arm in colors:
        rows = drawn[drawn["arm"] == arm]
        _bars(axes, rows, start)
        middles.append(start + (max(len(rows), 1) - 1) / 2.0)
        start += max(len(rows), 1) + 1.5
    for level in (-50.0, 35.0):
        axes.axhline(level, color="#7F7F7F", lw=0.8, ls=":")
    axes.axhline(0.0, color="black", lw=0.8)
    names = [_name(arm, counts[arm], int((table["arm"] == arm).sum())) for arm in colors]
    axes.set_xticks(middles, names, fontsize=8)
    for tick, color in zip(axes.get_xticklabels(), colors.values(), strict=True):
        tick.set_color(color)
    axes.tick_params(axis="x", length=0)
    top = float(judged["best_pct"].clip(upper=HIGHEST).max()) if len(judged) else 100.0
    axes.set(ylabel="best response from day 10 on (%)", ylim=(-108.0, max(top, 40.0) * 1.15))
    handles = [Patch(color=color, label=name) for name, color in CLASSES.items()]
    axes.legend(handles=handles, title="mRECIST", frameon=False, fontsize=8, loc="upper left",
                bbox_to_anchor=(1.0, 1.0))  # fmt: skip
    axes.set_title(said, fontsize=8, loc="left")
    finish(axes)
    return figure


def _bars(axes: Axes, rows: pd.DataFrame, start: float) -> None:
    values = rows["best_pct"].to_numpy(float)
    shown = np.minimum(values, HIGHEST)
    places = start + np.arange(len(rows))
    axes.bar(places, shown, color=[CLASSES[name] for name in rows["response"]], width=0.85)
    for place, value in zip(places, values, strict=True):
        if value > HIGHEST:
            at = (place, HIGHEST)
            axes.annotate(f"{value:.0f} →", at, (0, 2), textcoords="offset points",
                          ha="center", va="bottom", rotation=90, fontsize=6)  # fmt: skip


def _name(arm: str, judged: int, n: int) -> str:
    """Name of an arm below its bars, with those that could not be judged."""
    missing = f", {n - judged} not evaluable" if judged < n else ""
    return in_lines(f"{short(arm)} (n = {judged}{missing})", 20)
