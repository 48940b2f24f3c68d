"""Swimmer plot: the time on study of every animal and what happened on the way."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from xenosim.analysis.animals import ANIMAL
from xenosim.viz.lines import shown_animals
from xenosim.viz.style import beside, finish, page

#: What a mark means: column of the table, marker, what the legend says.
MARKS = (
    ("half_on_day", "v", "half of baseline"),
    ("time_to_2x_days", "o", "2 x baseline"),
    ("time_to_4x_days", "D", "4 x baseline"),
)
#: Mark at the end of the bar of an animal that left, by reason; any other is the last one.
ENDS = {"volume": "s", "body weight": "P", "found dead": "X", "reason not given": "x"}


def swimmer(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """A bar per animal as long as it was on study [day], with its events; an arrow where it was
    followed to the end. Of more animals than there is room for, those at even steps are drawn, and
    the figure says so.

    ``table``: as of :func:`~xenosim.analysis.shown.swimmer_table`; ``colors``: by arm.
    """
    table, said = shown_animals(table)
    height = min(max(3.0, 1.2 + 0.19 * len(table) + 0.2 * len(colors)), 22.0)
    figure = page(8.0, height)
    axes = figure.subplots()
    level, ticks = 0, {}
    for arm, color in colors.items():
        rows = table[table["arm"] == arm]
        ticks[arm] = level + (len(rows) - 1) / 2.0
        places = range(level, level + len(rows))
        axes.barh(places, rows["last_day"], color=color, alpha=0.45, height=0.75)
        for column, marker, _ in MARKS:
            axes.plot(rows[column], places, marker, color="black", ms=4, mfc="white", ls="")
        for place, row in zip(places, rows.to_dict("records"), strict=True):
            staying = row["left"] in ("", "end of study")
            marker = ">" if staying else ENDS.get(row["left"], "x")
            axes.plot(row["last_day"], place, marker, color=color if staying else "black", ms=5)
        level += len(rows) + 1
    axes.set_yticks(list(ticks.values()), [beside(arm) for arm in ticks], fontsize=8)
    for tick, color in zip(axes.get_yticklabels(), colors.values(), strict=True):
        tick.set_color(color)
    axes.tick_params(axis="y", length=0)
    axes.set(ylim=(level - 0.5, -1.0), xlabel="day (0 = first dose)")
    axes.set_xlim(0.0, 1.03 * max(float(table["last_day"].max()), 1.0))
    handles = _legend(table)
    axes.legend(handles=handles, frameon=False, fontsize=8, loc="upper left",
                bbox_to_anchor=(1.0, 1.0))  # fmt: skip
    axes.set_title(said, fontsize=8, loc="left")
    finish(axes)
    return figure


def _legend(table: pd.DataFrame) -> list[Line2D | Patch]:
    """What is drawn: the marks that occur."""
    found: list[Line2D | Patch] = [
        Line2D([], [], marker=marker, color="black", mfc="white", ls="", ms=5, label=label)
        for column, marker, label in MARKS
        if table[column].notna().any()
    ]
    ended = set(table["left"])
    found += [
        Line2D([], [], marker=marker, color="black", ls="", ms=5, label=f"left: {reason}")
        for reason, marker in ENDS.items()
        if reason in ended
    ]
    if ended & {"", "end of study"}:
        found.append(Line2D([], [], marker=">", color="#555555", ls="", ms=5, label="to the end"))
    n = len(table[["arm", *ANIMAL]].drop_duplicates())
    found.append(Patch(color="#BBBBBB", label=f"on study (n = {n})"))
    return found
