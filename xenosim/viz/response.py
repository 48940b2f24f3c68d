"""Dose-response curves and Annexin V / PI gates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from xenosim.analysis.dose_response import HillFit, hill
from xenosim.viz.style import PALETTE, finish

#: Viable, early and late apoptotic, as everywhere: living blue, dying orange, dead black.
GATES = {"viable": "#0072B2", "early": "#E69F00", "late": "#222222"}


def dose_response_figure(table: pd.DataFrame, fit: HillFit, title: str) -> Figure:
    """Viability of every well, the fitted curve and its IC50 against the total concentration in medium [nM, %]."""
    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.subplots()
    treated = table[table["dose_nM"] > 0]
    axes.plot(treated["dose_nM"], 100 * treated["viability"], "o", ms=4, color=PALETTE[0], alpha=0.7, label="wells")
    if np.isfinite(fit.ic50) and fit.ic50 > 0:
        dose = np.geomspace(treated["dose_nM"].min(), treated["dose_nM"].max(), 200)
        axes.plot(dose, 100 * hill(dose, fit.ic50, fit.slope), color=PALETTE[1], lw=1.8, label=f"Hill fit, slope {fit.slope:.2g}")
        axes.axvspan(fit.ci_low, fit.ci_high, color=PALETTE[1], alpha=0.25, lw=0, label=f"IC50 {fit.ic50:.3g} nM, 95 % interval")
    axes.axhline(50, color="#888888", lw=0.7, ls=":")
    axes.set(xscale="log", xlabel="concentration in medium, total (nM)", ylabel="living cells, % of untreated", ylim=(0, None))
    axes.set_title(title, fontsize=11, loc="left")
    axes.legend(frameon=False, fontsize=8)
    finish(axes)
    return figure


def gates_figure(table: pd.DataFrame, title: str) -> Figure:
    """Shares of viable, early and late apoptotic cells per dose, mean over wells [%]."""
    figure = Figure(figsize=(6.5, 3.8), layout="constrained")
    axes = figure.subplots()
    means = 100 * table.groupby("dose_nM")[list(GATES)].mean()
    bottom = np.zeros(len(means))
    for name, color in GATES.items():
        axes.bar(range(len(means)), means[name], bottom=bottom, color=color, label=name)
        bottom += means[name].to_numpy()
    axes.set_xticks(range(len(means)), [f"{dose:.3g}" for dose in means.index])
    axes.set(xlabel="concentration in medium, total (nM)", ylabel="cells (%)", ylim=(0, 100))
    axes.set_title(title, fontsize=11, loc="left")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    finish(axes)
    return figure
