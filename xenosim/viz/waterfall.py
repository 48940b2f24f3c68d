"""The waterfall of a panel: one bar for each model, its best response, sorted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xenosim.viz.style import CONTROL, PALETTE, finish

#: Height of a bar that would be higher, marked as cut [%].
HIGHEST = 400.0


def waterfall(table: pd.DataFrame) -> Figure:
    """Best response of every model (median over its animals, from day 10 on, % of the first
    volume), a panel for each treated arm, colored by class.

    ``table``: ``panel.csv``.
    """
    arms = list(dict.fromkeys(table["arm"]))
    figure = Figure(figsize=(9.5, 3.0 + 2.6 * len(arms)), layout="constrained")
    axes = figure.subplots(len(arms), 1, squeeze=False)[:, 0]
    groups = [group for group in dict.fromkeys(_classes(table)) if group]
    colors = {group: PALETTE[k % len(PALETTE)] for k, group in enumerate(groups)}
    for arm, each in zip(arms, axes, strict=True):
        _bars(each, table[table["arm"] == arm], colors)
        each.set_title(f"{arm}, simulated models", fontsize=10, loc="left")
        finish(each)
    if groups:
        handles = [Patch(color=color, label=group) for group, color in colors.items()]
        axes[0].legend(handles=handles, frameon=False, fontsize=8)
    return figure


def _classes(rows: pd.DataFrame) -> list[str]:
    """The class of every row; "" where it has none (a table read back: a missing number)."""
    return ["" if pd.isna(group) else str(group) for group in rows["class"]]


def _bars(axes: Axes, rows: pd.DataFrame, colors: dict[str, str]) -> None:
    """The bars of one arm; a model without a response has its name alone."""
    rows = rows.sort_values("best_response_pct", ascending=False, na_position="last")
    values = rows["best_response_pct"].to_numpy(float)
    shown = np.clip(np.nan_to_num(values), -100.0, HIGHEST)
    other = CONTROL if colors else PALETTE[0]
    bars = [colors.get(group, other) for group in _classes(rows)]
    axes.bar(range(len(rows)), shown, color=bars, width=0.8)
    for k, (value, tc) in enumerate(zip(values, rows["tc_pct"], strict=True)):
        label = "-" if np.isnan(tc) else f"{tc:.0f}"
        cut = "↑\n" if value > HIGHEST else ""
        axes.annotate(
            f"{cut}{label}",
            (k, max(shown[k], 0.0)),
            (0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=7,
        )
    axes.axhline(0.0, color="#555555", lw=0.8)
    axes.set_xticks(range(len(rows)), list(rows["model"]), rotation=45, ha="right", fontsize=7)
    axes.set_ylabel("best response (% of first volume)\nnumbers: T/C (%)", fontsize=9)
    axes.margins(x=0.01, y=0.12)
