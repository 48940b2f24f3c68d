"""A sweep: heatmap of an output over two axes, and its curve over one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from xenosim.viz.style import PALETTE, finish, in_lines, page, plain_log, short

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Labels of outputs, with their units.
LABELS = {
    "tc_pct": "T/C (%)",
    "tgd_days": "growth delay to 4x (d)",
    "growth_rate_per_day": "growth rate (1/day)",
    "best_change_pct": "best change of volume (%)",
    "weight_loss_pct": "largest mean loss of body weight (%)",
    "survival_days": "time on study (d)",
}
#: More curves than this are not told apart; more cells than this in a row have no numbers.
MOST_CURVES, MOST_CELLS = 7, 14
Axis = Mapping[str, Any]


def label(output: str) -> str:
    """How an output is called in a figure."""
    return LABELS.get(output, output)


def heatmap_figure(
    table: pd.DataFrame, axes: Sequence[Axis], title: str, scattered: bool = False
) -> Figure:
    """An output over the first two axes, a panel for each arm and value of further axes.

    Parameters
    ----------
    table : DataFrame
        Table ``sweep``, the rows of one output; points without a value stay empty.
    axes : sequence of mappings
        ``column``, ``name``, ``unit``, ``log`` and ``numeric`` of each axis.
    title : str
        Title of the study.
    scattered : bool
        Points of a Latin hypercube, in place of a grid.
    """
    rest = [a["column"] for a in axes[2:]] if not scattered else []
    panels = list(table.groupby(["arm", *rest], sort=False))[:12]
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    figure = page(1.6 + 4.4 * columns, 0.9 + 3.5 * lines)
    grid = figure.subplots(lines, columns, squeeze=False)
    known = table["value"].to_numpy(float)
    ends = (float(np.nanmin(known)), float(np.nanmax(known)))
    for place in grid.ravel()[len(panels) :]:
        place.set_visible(False)
    shown: Any = None
    for place, (names, rows) in zip(grid.ravel(), panels, strict=False):
        draw = _scatter if scattered else _cells
        shown = draw(place, rows, axes, ends)
        about = [short(str(names[0]))]
        about += [
            f"{a['name']} {value} {a['unit']}".rstrip()
            for a, value in zip(axes[2:], names[1:], strict=False)
        ]
        place.set_title(", ".join(about), fontsize=10)
    bar = figure.colorbar(shown, ax=grid, shrink=0.9, label=label(str(table["output"].iloc[0])))
    bar.outline.set_visible(False)
    figure.suptitle(in_lines(title, 30 + 40 * columns), fontsize=11, x=0.01, ha="left")
    return figure


def _cells(place: Axes, rows: pd.DataFrame, axes: Sequence[Axis], ends: tuple[float, float]) -> Any:
    """The cells of a grid, with their numbers."""
    y, x = axes[0]["column"], axes[1]["column"]
    over = [list(dict.fromkeys(rows[c])) for c in (y, x)]
    values = np.full((len(over[0]), len(over[1])), np.nan)
    for row in rows.to_dict("records"):
        values[over[0].index(row[y]), over[1].index(row[x])] = row["value"]
    image = place.imshow(
        values, origin="lower", aspect="auto", cmap="viridis", vmin=ends[0], vmax=ends[1]
    )
    place.set_xticks(range(len(over[1])), [_tick(v) for v in over[1]], fontsize=8)
    place.set_yticks(range(len(over[0])), [_tick(v) for v in over[0]], fontsize=8)
    place.set(xlabel=x, ylabel=y)
    if len(over[1]) <= MOST_CELLS:
        middle = 0.5 * (ends[0] + ends[1])
        for (i, j), value in np.ndenumerate(values):
            if np.isfinite(value):
                color = "white" if value < middle else "black"
                text = f"{value:.0f}" if abs(ends[1]) >= 10 else f"{value:.2g}"
                place.text(j, i, text, ha="center", va="center", fontsize=8, color=color)
    return image


def _tick(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else short(str(value))


def _scatter(
    place: Axes, rows: pd.DataFrame, axes: Sequence[Axis], ends: tuple[float, float]
) -> Any:
    """Points of a hypercube over the first two axes, their value as color."""
    known = rows[np.isfinite(rows["value"])]
    shown = place.scatter(
        known[axes[1]["column"]],
        known[axes[0]["column"]],
        c=known["value"],
        cmap="viridis",
        vmin=ends[0],
        vmax=ends[1],
        s=36,
        edgecolor="#444444",
        linewidth=0.4,
    )
    place.set(xlabel=axes[1]["column"], ylabel=axes[0]["column"])
    for axis, scale, ticks in (
        (axes[1], place.set_xscale, place.xaxis),
        (axes[0], place.set_yscale, place.yaxis),
    ):
        if axis["log"]:
            scale("log")
            plain_log(ticks)
    finish(place)
    return shown


def dose_response_figure(table: pd.DataFrame, axes: Sequence[Axis], title: str) -> Figure:
    """An output with its 95 % interval over the first axis with numbers, a curve for each value of
    the others and a panel for each arm; a dotted line where T/C is 100 %.

    Parameters
    ----------
    table : DataFrame
        Table ``sweep``, the rows of one output.
    axes : sequence of mappings
        As for :func:`heatmap_figure`.
    title : str
        Title of the study.
    """
    over = next(a for a in axes if a["numeric"])
    others = [a for a in axes if a is not over]
    arms = list(dict.fromkeys(table["arm"]))
    figure = page(2.6 + 4.2 * len(arms), 4.2)
    panels = figure.subplots(1, len(arms), squeeze=False, sharey=True)[0]
    for place, arm in zip(panels, arms, strict=True):
        _curves(place, table[table["arm"] == arm], over, others)
        if table["output"].iloc[0] == "tc_pct":
            place.axhline(100.0, color="#7F7F7F", lw=1.0, ls=":")
            place.set_ylim(bottom=0.0)
        if over["log"]:
            place.set_xscale("log")
            plain_log(place.xaxis)
        place.set_title(short(str(arm)), fontsize=10)
        place.set_xlabel(over["column"])
        finish(place)
    panels[0].set_ylabel(f"{label(str(table['output'].iloc[0]))}, 95 % interval")
    if others:
        panels[-1].legend(
            frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0),
            title=", ".join(a["column"] for a in others), title_fontsize=8,
        )  # fmt: skip
    figure.suptitle(in_lines(title, 30 + 40 * len(arms)), fontsize=11, x=0.01, ha="left")
    return figure


def _curves(place: Axes, rows: pd.DataFrame, over: Axis, others: Sequence[Axis]) -> None:
    """The curves of one arm; many points that lie on no grid are drawn without lines."""
    names = [a["column"] for a in others]
    groups = list(rows.groupby(names, sort=False)) if names else [((), rows)]
    if len(groups) > MOST_CURVES:
        known = rows[np.isfinite(rows["value"])]
        place.errorbar(known[over["column"]], known["value"], yerr=_reach(known), fmt="o",
                       color=PALETTE[0], ms=4, lw=0.8, label="all")  # fmt: skip
        return
    for k, (key, part) in enumerate(groups):
        known = part[np.isfinite(part["value"])].sort_values(over["column"])
        told = ", ".join(_tick(v) for v in key)
        place.errorbar(known[over["column"]], known["value"], yerr=_reach(known), fmt="o-",
                       color=PALETTE[k % len(PALETTE)], ms=4, lw=1.4, elinewidth=0.9,
                       label=told)  # fmt: skip


def _reach(rows: pd.DataFrame) -> np.ndarray:
    """Lengths of the bars below and above the values."""
    ends = rows[["low", "high"]].to_numpy(float)
    low, high = ends.min(axis=1), ends.max(axis=1)
    value = rows["value"].to_numpy(float)
    return np.maximum(np.nan_to_num(np.array([value - low, high - value])), 0.0)
