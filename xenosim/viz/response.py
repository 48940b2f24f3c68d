"""Dose-response curves and Annexin V / PI gates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from xenosim.analysis.dose_response import HillFit, hill
from xenosim.viz.style import PALETTE, finish, plain_log

#: Viable, early and late apoptotic, as everywhere: living blue, dying orange, dead black.
GATES = {"viable": "#0072B2", "early": "#E69F00", "late": "#222222"}


def dose_response_figure(table: pd.DataFrame, fit: HillFit, title: str) -> Figure:
    """Viability of every well, the fitted curve and its IC50 against the total concentration in
    medium [nM, %].
    """
    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.subplots()
    treated = table[table["dose_nM"] > 0]
    doses, signal = treated["dose_nM"], 100 * treated["viability"]
    axes.plot(doses, signal, "o", ms=4, color=PALETTE[0], alpha=0.7, label="wells")
    if np.isfinite(fit.ic50) and fit.ic50 > 0:
        _draw_fit(axes, fit, np.geomspace(doses.min(), doses.max(), 200))
    axes.axhline(50, color="#888888", lw=0.7, ls=":")
    axes.set(
        xscale="log",
        xlabel="concentration in medium, total (nM)",
        ylabel="signal, % of untreated",
        ylim=(0, None),
    )
    plain_log(axes.xaxis)
    axes.set_title(title, fontsize=11, loc="left")
    axes.legend(frameon=False, fontsize=8)
    finish(axes)
    return figure


def _draw_fit(axes: Axes, fit: HillFit, dose: NDArray[np.float64]) -> None:
    """The curve over ``dose`` [nM] and the interval of its IC50."""
    curve = 100 * hill(dose, fit.ic50, fit.slope, fit.bottom)
    axes.plot(dose, curve, color=PALETTE[1], lw=1.8, label=f"Hill fit, slope {fit.slope:.2g}")
    label = f"IC50 {fit.ic50:.3g} nM, 95 % interval of the fit"
    axes.axvspan(fit.ci_low, fit.ci_high, color=PALETTE[1], alpha=0.25, lw=0, label=label)


def flow_figure(table: pd.DataFrame, title: str) -> Figure:
    """Annexin V / PI of up to five doses as density plots with quadrants, and the shares of all
    doses, mean over wells [%].
    """
    doses = sorted(table["dose_nM"].unique())
    shown = [
        doses[i]
        for i in np.unique(np.linspace(0, len(doses) - 1, min(len(doses), 5)).round().astype(int))
    ]
    figure = Figure(figsize=(2.3 * len(shown) + 0.6, 5.6), layout="constrained")
    grid = figure.add_gridspec(2, len(shown), height_ratios=[1.0, 1.1])
    means = 100 * table.groupby("dose_nM")[list(GATES)].mean()
    for k, dose in enumerate(shown):
        axes = figure.add_subplot(grid[0, k])
        _draw_gates(axes, means.loc[dose].to_numpy(), seed=k)
        axes.set(ylabel="PI →" if k == 0 else "")
        axes.set_title(f"{dose:.3g} nM" if dose else "untreated", fontsize=9)
        finish(axes)
    axes = figure.add_subplot(grid[1, :])
    _draw_shares(axes, means)
    finish(axes)
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    return figure


def _draw_gates(axes: Axes, shares: NDArray[np.float64], seed: int) -> None:
    """Cells of one dose in their quadrants, with the share of each gate [%]."""
    annexin, propidium = cytometer(shares / 100.0, seed)
    axes.scatter(annexin, propidium, s=1.5, color="#333333", alpha=0.25, lw=0)
    axes.axvline(0.0, color="#888888", lw=0.7)
    axes.axhline(0.0, color="#888888", lw=0.7)
    for (x, y), value in zip(((0.03, 0.04), (0.97, 0.04), (0.97, 0.9)), shares, strict=True):
        side = "left" if x < 0.5 else "right"
        axes.text(x, y, f"{value:.0f} %", transform=axes.transAxes, ha=side, fontsize=8)
    axes.set(xlim=(-2.2, 2.6), ylim=(-2.2, 2.6), xticks=[], yticks=[], xlabel="Annexin V →")


def _draw_shares(axes: Axes, means: pd.DataFrame) -> None:
    """Bars of the gates by dose [%]."""
    bottom = np.zeros(len(means))
    for name, color in GATES.items():
        axes.bar(range(len(means)), means[name], bottom=bottom, color=color, label=name)
        bottom += means[name].to_numpy()
    every = max(1, len(means) // 14)
    labels = [f"{float(f'{dose:.3g}'):g}" for dose in means.index[::every]]
    axes.set_xticks(range(0, len(means), every), labels)
    axes.set(xlabel="concentration in medium, total (nM)", ylabel="cells (%)", ylim=(0, 100))
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def cytometer(shares: np.ndarray, seed: int, n: int = 1500) -> tuple[np.ndarray, np.ndarray]:
    """Log fluorescence of ``n`` cells drawn by the ``shares`` of viable, early and late [-], the
    quadrants at 0: a drawing of the gates, whose spread is that of a cytometer and carries no
    information.
    """
    rng = np.random.default_rng(seed)
    gate = rng.choice(3, size=n, p=shares / shares.sum())
    centers = np.array([(-1.0, -1.0), (1.2, -0.9), (1.4, 1.2)])[gate]
    spread = np.clip(rng.normal(0.0, 0.33, (n, 2)), -0.85, 0.85)
    return centers[:, 0] + spread[:, 0], centers[:, 1] + spread[:, 1]


def course_figure(table: pd.DataFrame, title: str) -> Figure:
    """Fold change of every marker over time, log axis, mean over replicates [h, fold]."""
    markers = list(dict.fromkeys(table["marker"]))
    figure = Figure(figsize=(7.2, max(4.2, 0.2 * len(markers))), layout="constrained")
    axes = figure.subplots()
    for k, marker in enumerate(markers):
        rows = table[table["marker"] == marker].groupby("time_h")["fold"]
        style = ("-", "--", ":")[k // len(PALETTE) % 3]
        axes.plot(
            rows.mean().index,
            rows.mean(),
            style,
            color=PALETTE[k % len(PALETTE)],
            marker="o",
            ms=4,
            lw=1.6,
            label=marker,
        )
    axes.axhline(1.0, color="#888888", lw=0.7)
    axes.set(yscale="log", xlabel="time (h)", ylabel="fold of untreated")
    plain_log(axes.yaxis)
    axes.set_title(title, fontsize=10, loc="left")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    finish(axes)
    return figure


def characterized_figure(data: pd.DataFrame, fitted: pd.DataFrame, title: str) -> Figure:
    """A user's viabilities and the fitted model, one color per drug and time [nM, %]."""
    figure = Figure(figsize=(6.5, 4.2), layout="constrained")
    axes = figure.subplots()
    for k, ((drug, hours), rows) in enumerate(data.groupby(["drug", "hours"])):
        color = PALETTE[k % len(PALETTE)]
        model = (
            fitted[(fitted["drug"] == drug) & (fitted["hours"] == hours)]
            .groupby("dose_nM")["viability"]
            .mean()
        )
        axes.plot(
            rows["dose_nM"],
            100 * rows["viability"],
            "o",
            ms=4,
            color=color,
            label=f"{drug}, {hours:g} h: data",
        )
        axes.plot(model.index, 100 * model, color=color, lw=1.6, label="fitted cells")
    axes.set(
        xscale="log",
        xlabel="concentration in medium, total (nM)",
        ylabel="signal, % of untreated",
        ylim=(0, None),
    )
    plain_log(axes.xaxis)
    axes.set_title(title, fontsize=9, loc="left")
    axes.legend(frameon=False, fontsize=8)
    finish(axes)
    return figure


def compare_figure(table: pd.DataFrame, title: str) -> Figure:
    """IC50 of every line and drug with its interval, log axis; triangles: not reached [nM]."""
    lines, drugs = list(dict.fromkeys(table["line"])), list(dict.fromkeys(table["drug"]))
    figure = Figure(figsize=(6.8, 1.4 + 0.34 * len(lines)), layout="constrained")
    axes = figure.subplots()
    for k, drug in enumerate(drugs):
        rows = table[table["drug"] == drug].set_index("line").reindex(lines)
        height = np.arange(len(lines)) + 0.14 * (k - (len(drugs) - 1) / 2)
        reached = np.isfinite(rows["ic50_nM"].to_numpy(float)) & (
            rows["ic50_nM"].to_numpy(float) > 0
        )
        low, mid, high = (rows[name].to_numpy(float) for name in ("ci_low", "ic50_nM", "ci_high"))
        if reached.any():
            errors = np.array([mid - low, np.minimum(high, 1e6) - mid])[:, reached]
            axes.errorbar(
                mid[reached],
                height[reached],
                xerr=errors,
                fmt="o",
                ms=5,
                color=PALETTE[k],
                label=drug,
            )
        axes.plot(
            low[~reached],
            height[~reached],
            ">",
            ms=6,
            color=PALETTE[k],
            label=None if reached.any() else f"{drug}: above the highest dose",
        )
    axes.set_yticks(range(len(lines)), lines)
    axes.set(xscale="log", xlabel="IC50 (nM), total in medium", ylim=(len(lines) - 0.5, -0.5))
    plain_log(axes.xaxis)
    axes.set_title(title, fontsize=10, loc="left")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    finish(axes)
    return figure
