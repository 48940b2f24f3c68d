"""Predicted against published, calibration and validation in different marks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.viz.style import PALETTE, finish, plain_log


def validation_figure(table: pd.DataFrame, calibrated: pd.DataFrame) -> Figure:
    """Simulated against published numbers, log axes, with the identity and twofold lines; right:
    how many rows were met.

    ``table`` as :func:`xenosim.validation.table.build` returns it; ``calibrated``: line, published,
    simulated [nM].
    """
    figure = Figure(figsize=(10.5, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0])
    _simulated_against_published(left, table, calibrated)
    _rows_met(right, table)
    for axes in (left, right):
        finish(axes)
    return figure


def _simulated_against_published(axes: Axes, table: pd.DataFrame, calibrated: pd.DataFrame) -> None:
    shown = table[(table["published"] > 0) & (table["simulated"] > 0)]
    span = np.geomspace(0.1, 1000.0, 2)
    axes.plot(span, span, color="#555555", lw=1.0)
    for fold in (0.5, 2.0):
        axes.plot(span, fold * span, color="#999999", lw=0.7, ls=":")
    label = f"IC50 of a line, calibrated on it ({len(calibrated)})"
    lines = calibrated["published"], calibrated["simulated"]
    axes.plot(*lines, "o", ms=4, mfc="none", color=PALETTE[5], label=label)
    for used, marker, color in (("calibration", "s", PALETTE[0]), ("validation", "D", PALETTE[1])):
        rows = shown[shown["used"] == used]
        errors = np.abs(
            rows[["sim_low", "sim_high"]].to_numpy(float) - rows[["simulated"]].to_numpy(float)
        ).T
        axes.errorbar(
            rows["published"],
            rows["simulated"],
            yerr=np.nan_to_num(errors),
            fmt=marker,
            ms=6,
            color=color,
            label=f"row of the table, {used} ({len(rows)})",
        )
    axes.set(xscale="log", yscale="log", xlabel="published (nM, %, fold)", ylabel="simulated")
    for axis in (axes.xaxis, axes.yaxis):
        plain_log(axis)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    axes.set_title("Simulated against published; dotted: two-fold", fontsize=10, loc="left")


def _rows_met(axes: Axes, table: pd.DataFrame) -> None:
    """Bars of the rows met and missed, by part of the table and by use."""
    counts = table.groupby(["part", "used", "verdict"]).size()
    parts = [
        (part, used)
        for part in dict.fromkeys(table["part"])
        for used in ("calibration", "construction", "validation")
        if (part, used) in counts.index.droplevel("verdict")
    ]
    start = np.zeros(len(parts))
    for verdict, label, color in (("met", "met", PALETTE[2]), ("MISS", "missed", PALETTE[1])):
        lengths = np.array([counts.get((*row, verdict), 0) for row in parts])
        axes.barh(range(len(parts)), lengths, left=start, color=color, label=label)
        for y, (length, at) in enumerate(zip(lengths, start, strict=True)):
            if length:
                place = at + length / 2, y, str(length)
                axes.text(*place, ha="center", va="center", fontsize=8, color="white")
        start += lengths
    axes.set_yticks(range(len(parts)), [f"{part}\n{used}" for part, used in parts])
    axes.invert_yaxis()
    axes.set(xlabel="rows")
    axes.legend(frameon=False, fontsize=8)
    axes.set_title("Rows met and missed", fontsize=10, loc="left")
