"""Figures of a calibration."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from xenosim.inference.calibration import Calibration
from xenosim.inference.posterior import residuals
from xenosim.parameters.priors import priors
from xenosim.viz.style import PALETTE, finish

#: Panels in a row, and bins of a histogram [-].
_COLUMNS, _BINS = 6, 20


def marginals_figure(found: Calibration) -> Figure:
    """Prior (line) and draws (bars) of every parameter."""
    every = priors()
    rows = math.ceil(len(every) / _COLUMNS)
    figure = Figure(figsize=(13.0, 1.9 * rows), layout="constrained")
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for k, axes in enumerate(panels):
        if k >= len(every):
            axes.set_axis_off()
            continue
        prior, edges = every[k], np.linspace(every[k].low, every[k].high, _BINS + 1)
        fine = prior.quantile(np.linspace(0.0, 1.0, 2001))
        before = np.histogram(fine, edges, density=True)[0]
        axes.hist(found.values[:, k], edges, density=True, color=PALETTE[0], alpha=0.6)
        axes.stairs(before, edges, color="#333333", lw=1.2)
        axes.set_title(prior.column, fontsize=8)
        axes.set_yticks([])
        axes.tick_params(labelsize=7)
        finish(axes)
    figure.suptitle(f"Prior (line) and {len(found.z)} draws after calibration (bars)")
    return figure


def rows_figure(found: Calibration) -> Figure:
    """Residuals of every published row over prior and draws, in errors of the data."""
    figure = Figure(figsize=(8.5, 0.42 * len(found.asked) + 1.4), layout="constrained")
    axes = figure.subplots()
    for shift, color, outputs, label in (
        (0.15, "#999999", found.prior_outputs, "prior"),
        (-0.15, PALETTE[0], found.outputs, "after calibration"),
    ):
        low, middle, high = np.quantile(residuals(outputs, found.asked), [0.05, 0.5, 0.95], axis=0)
        at = np.arange(len(found.asked))[::-1] + shift
        axes.errorbar(
            middle,
            at,
            xerr=[middle - low, high - middle],
            fmt="o",
            ms=4,
            color=color,
            label=label,
        )
    axes.axvspan(-2.0, 2.0, color="#eeeeee", zorder=0)
    axes.axvline(0.0, color="#555555", lw=0.8)
    axes.set_yticks(np.arange(len(found.asked))[::-1], [t.name for t in found.asked])
    axes.set_xlim(-8.0, 8.0)
    axes.set_xlabel("simulated less published, in errors of the data (90 %; shaded: 2 errors)")
    axes.legend(frameon=False, fontsize=8)
    finish(axes)
    return figure
