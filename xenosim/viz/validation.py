"""Predicted against published, calibration and validation in different marks."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from xenosim.viz.style import PALETTE, finish


def validation_figure(table: pd.DataFrame, calibrated: pd.DataFrame) -> Figure:
    """Simulated against published numbers, log axes, with the identity and twofold lines; right:
    how many rows were met.

    ``table`` as :func:`xenosim.validation.table.build` returns it; ``calibrated``: line, published,
    simulated [nM].
    """
    figure = Figure(figsize=(10.5, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0])
    shown = table[(table["published"] > 0) & (table["simulated"] > 0)]
    span = np.geomspace(0.1, 1000.0, 2)
    left.plot(span, span, color="#555555", lw=1.0)
    for fold in (0.5, 2.0):
        left.plot(span, fold * span, color="#999999", lw=0.7, ls=":")
    left.plot(
        calibrated["published"],
        calibrated["simulated"],
        "o",
        ms=4,
        mfc="none",
        color=PALETTE[5],
        label=f"IC50 of a line, calibrated on it ({len(calibrated)})",
    )
    for used, marker, color in (("calibration", "s", PALETTE[0]), ("validation", "D", PALETTE[1])):
        rows = shown[shown["used"] == used]
        errors = np.abs(
            rows[["sim_low", "sim_high"]].to_numpy(float) - rows[["simulated"]].to_numpy(float)
        ).T
        left.errorbar(
            rows["published"],
            rows["simulated"],
            yerr=np.nan_to_num(errors),
            fmt=marker,
            ms=6,
            color=color,
            label=f"row of the table, {used} ({len(rows)})",
        )
    left.set(xscale="log", yscale="log", xlabel="published (nM, %, fold)", ylabel="simulated")
    left.legend(frameon=False, fontsize=8, loc="upper left")
    left.set_title("Simulated against published; dotted: two-fold", fontsize=10, loc="left")
    parts = [
        (part, used)
        for part in dict.fromkeys(table["part"])
        for used in ("calibration", "construction", "validation")
        if ((table["part"] == part) & (table["used"] == used)).any()
    ]
    start = np.zeros(len(parts))
    for verdict, color in (("met", PALETTE[2]), ("MISS", PALETTE[1])):
        counts = np.array(
            [
                (
                    (table["part"] == part)
                    & (table["used"] == used)
                    & (table["verdict"] == verdict)
                ).sum()
                for part, used in parts
            ]
        )
        right.barh(
            range(len(parts)),
            counts,
            left=start,
            color=color,
            label={"met": "met", "MISS": "missed"}[verdict],
        )
        for y, (count, at) in enumerate(zip(counts, start, strict=True)):
            if count:
                right.text(
                    at + count / 2,
                    y,
                    str(count),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white",
                )
        start += counts
    right.set_yticks(range(len(parts)), [f"{part}\n{used}" for part, used in parts])
    right.invert_yaxis()
    right.set(xlabel="rows")
    right.legend(frameon=False, fontsize=8)
    right.set_title("Rows met and missed", fontsize=10, loc="left")
    for axes in (left, right):
        finish(axes)
    return figure
