"""Two drugs together: combination index, isobologram and dose matrix."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.isobole import isobole, isobole_doses
from xenosim.analysis.median_effect import dose_at
from xenosim.analysis.wells import single_fits
from xenosim.viz.style import PALETTE, finish, plain_log

#: Purple for synergy, orange for antagonism, white at 0: told apart by color-blind readers.
DIVERGING = "PuOr"
#: The colors never span less than this excess, so that scatter stays pale [percentage points].
LEAST_SPAN = 10.0
#: Range of the index that the axis always shows.
LEAST_RANGE = 0.4, 2.5


def combination_index_figure(table: pd.DataFrame, title: str) -> Figure:
    """Combination index [-] against the cells affected [%], one point with its 95 % interval per
    pair of doses.

    ``table`` comes from ``combination.ci_table``; open points are effects that a drug alone did not
    reach.
    """
    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.subplots()
    shown = table[np.isfinite(table["combination_index"])]
    for beyond, face, label in (
        (False, PALETTE[0], "pair of doses, 95 % interval"),
        (True, "white", "effect not reached by a drug alone"),
    ):
        rows = shown[shown["is_extrapolated"] == beyond]
        if len(rows):
            _draw_pairs(axes, rows, face, label)
    axes.axhline(1, color="#888888", lw=0.9, ls="--", label="additive")
    axes.set(
        yscale="log",
        xlim=(0, 102),
        ylim=(0.05, 20.0),
        xlabel="cells affected, % of untreated",
        ylabel="combination index\n(synergy below 1)",
    )
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, LEAST_RANGE[0]), max(high, LEAST_RANGE[1]))
    plain_log(axes.yaxis)
    axes.minorticks_off()
    axes.set_title(title, fontsize=11, loc="left", pad=22)
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3)
    finish(axes)
    return figure


def _draw_pairs(axes: Axes, rows: pd.DataFrame, face: str, label: str) -> None:
    """Pairs of doses with the intervals of their index."""
    index = rows["combination_index"]
    bars = [(index - rows["ci_low"]).clip(lower=0), (rows["ci_high"] - index).clip(lower=0)]
    axes.errorbar(
        100 * rows["affected"],
        index,
        yerr=bars,
        fmt="o",
        ms=5,
        color=PALETTE[0],
        mfc=face,
        elinewidth=0.9,
        capsize=2,
        label=label,
    )


def isobologram_figure(
    wells: pd.DataFrame,
    names: tuple[str, str],
    title: str,
    effect: float = 0.5,
    along: Literal["ratio", "dose_a_nM", "dose_b_nM"] = "ratio",
) -> Figure:
    """Doses of two drugs [nM] with one effect [-]: the line of additivity and the combinations
    measured, interpolated along lines of the grid.

    ``wells`` as for ``combination.ci_table``. A drug that has the effect at no dose up to three
    times its highest has no point on its axis, and the line runs parallel to it: a fitted dose
    beyond that says nothing.
    """
    figure = Figure(figsize=(5.2, 4.6), layout="constrained")
    axes = figure.subplots()
    measured = isobole_doses(wells, effect, along)
    _draw_additivity(axes, wells, measured, effect)
    axes.plot(
        measured["dose_a_nM"],
        measured["dose_b_nM"],
        "o",
        ms=5,
        color=PALETTE[0],
        label="combination",
    )
    axes.set(xlim=(0, None), ylim=(0, None), xlabel=f"{names[0]} (nM)", ylabel=f"{names[1]} (nM)")
    axes.set_title(f"{title}\n{100 * effect:g} % affected", fontsize=9, loc="left", pad=22)
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=3)
    finish(axes)
    return figure


def _draw_additivity(
    axes: Axes, wells: pd.DataFrame, measured: pd.DataFrame, effect: float
) -> None:
    """The line of additivity and its ends, the drugs alone."""
    doses = ("dose_a_nM", "dose_b_nM")
    fit_a, fit_b = (
        fit
        if fit is not None and dose_at(effect, fit.dm, fit.m) <= 3.0 * wells[name].max()
        else None
        for fit, name in zip(single_fits(wells), doses, strict=True)
    )
    a, b = (1.1 * measured[name].max() if len(measured) else wells[name].max() for name in doses)
    line = isobole(fit_a, fit_b, effect, reach=(a, b))
    axes.plot(*line, color="#888888", lw=1.2, ls="--", label="additive")
    ends = ((fit_a, line[0][0], 0.0), (fit_b, 0.0, line[1][-1]))
    alone = [(x, y) for fit, x, y in ends if fit is not None]
    axes.plot(
        *zip(*alone, strict=True),
        "s",
        ms=6,
        color=PALETTE[1],
        label="drug alone, fitted",
        clip_on=False,
        zorder=3,
    )


def bliss_figure(table: pd.DataFrame, names: tuple[str, str], title: str) -> Figure:
    """Excess over the effect expected of independent drugs, percentage points, for every pair of
    doses; ``table`` from ``combination.ci_table``.
    """
    matrix = 100 * table.pivot(
        index="dose_b_nM", columns="dose_a_nM", values="bliss_excess"
    ).sort_index().sort_index(axis=1)
    values = matrix.to_numpy(np.float64)
    span = max(LEAST_SPAN, float(np.nanmax(abs(values), initial=0.0)))
    figure = Figure(
        figsize=(1.8 + 0.72 * matrix.shape[1], 1.4 + 0.52 * matrix.shape[0]), layout="constrained"
    )
    axes = figure.subplots()
    axes.set_facecolor("#DDDDDD")
    image = axes.imshow(
        values, origin="lower", aspect="auto", cmap=DIVERGING, vmin=-span, vmax=span
    )
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            axes.text(
                column,
                row,
                f"{value:+.0f}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if abs(value) > 0.5 * span else "black",
            )
    axes.set_xticks(range(matrix.shape[1]), [f"{dose:.3g}" for dose in matrix.columns])
    axes.set_yticks(range(matrix.shape[0]), [f"{dose:.3g}" for dose in matrix.index])
    axes.set(xlabel=f"{names[0]} (nM)", ylabel=f"{names[1]} (nM)")
    axes.set_title(title, fontsize=11, loc="left")
    figure.colorbar(image, ax=axes, label="Bliss excess, percentage points")
    return figure
