"""Figures of a fit: marginals and pairs of the posterior, and what it predicts over the data."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.inference.fit.agreement import bands
from xenosim.inference.fit.blocks import IC50, LABELS, VOLUME, WEIGHT
from xenosim.inference.fit.posterior import Fit
from xenosim.viz.style import CONTROL, PALETTE, finish, page, plain_log, short

#: Bins of a histogram, and most panels in a row [-].
BINS, ROW = 30, 3
#: Draws that a panel of pairs shows [-].
SHOWN = 400


def pairs_figure(found: Fit) -> Figure:
    """Marginals, with the prior as a line, on the diagonal; pairs of parameters below it."""
    p = len(found.free)
    figure = page(2.4 * p + 1.0, 2.2 * p + 0.8)
    panels = figure.subplots(p, p, squeeze=False)
    values = found.values
    for i in range(p):
        for j in range(p):
            axes = panels[i, j]
            if j > i:
                axes.set_axis_off()
            elif i == j:
                _marginal(axes, found, i)
            else:
                axes.plot(
                    values[:SHOWN, j], values[:SHOWN, i], ".", ms=2.5, alpha=0.5, color=PALETTE[0]
                )
                axes.plot(values[found.middle, j], values[found.middle, i], "+", color="black")
                finish(axes)
            if i == p - 1:
                axes.set_xlabel(_named(found, j), fontsize=8)
            if j == 0 and i > 0:
                axes.set_ylabel(_named(found, i), fontsize=8)
            axes.tick_params(labelsize=7)
    figure.suptitle("Posterior (bars, draws) and prior (line)", fontsize=10)
    return figure


def _named(found: Fit, k: int) -> str:
    unit = found.free[k].prior.unit
    return f"{found.free[k].name} ({unit})" if unit else found.free[k].name


def _marginal(axes: Axes, found: Fit, k: int) -> None:
    values, prior = found.values[:, k], found.free[k].prior
    low, high = float(values.min()), float(values.max())
    margin = 0.6 * (high - low) + 1e-12
    edges = np.linspace(max(low - margin, prior.low), min(high + margin, prior.high), BINS + 1)
    axes.hist(values, edges.tolist(), density=True, color=PALETTE[0], alpha=0.6)
    fine = prior.quantile(np.linspace(0.0, 1.0, 20001))
    before = np.histogram(fine, edges)[0] / (len(fine) * np.diff(edges))
    axes.stairs(before, edges, color="#333333", lw=1.2)
    axes.axvline(found.free[k].stated, color="#999999", lw=0.9, ls=":")
    axes.set_yticks([])
    finish(axes)


def predictive_figure(found: Fit) -> Figure:
    """Of every block the data, a line for each animal, over what the posterior predicts: of animals
    and of the mean curve, 95 % each.
    """
    count = len(found.blocks)
    rows = math.ceil(count / ROW)
    figure = page(4.0 * min(count, ROW) + 0.5, 3.3 * rows + 0.5)
    panels = figure.subplots(rows, min(count, ROW), squeeze=False).ravel()
    rng = np.random.default_rng(found.settings.seed)
    for k, axes in enumerate(panels):
        if k >= count:
            axes.set_axis_off()
            continue
        _block(axes, found, k, rng)
    figure.suptitle(
        "Data (lines) over predictions: mean curve (dark) and animals, 95 %", fontsize=10
    )
    return figure


def _block(axes: Axes, found: Fit, k: int, rng: np.random.Generator) -> None:
    block = found.blocks[k]
    mean, animals = (np.exp(part) for part in bands(found, k, rng))
    hours = block.kind not in (VOLUME, WEIGHT) and block.kind != IC50
    times = np.array(block.times) * (24.0 if hours else 1.0)
    color = CONTROL if k == 0 else PALETTE[(k - 1) % len(PALETTE)]
    if block.kind in (VOLUME, WEIGHT):
        one = np.ones((3, 1))
        times = np.concatenate([[0.0], times])
        mean, animals = np.hstack([one, mean]), np.hstack([one, animals])
    if times.size > 1:
        axes.fill_between(times, animals[0], animals[2], color=color, alpha=0.18, lw=0)
        axes.fill_between(times, mean[0], mean[2], color=color, alpha=0.5, lw=0)
        axes.plot(times, mean[1], color=color, lw=1.5)
    else:
        axes.errorbar(times, animals[1], animals[[1, 2]] - animals[[0, 1]], fmt="s", color=color)
    for row in block.values:
        there = np.isfinite(row)
        seen, own = np.exp(row[there]), times[times.size - row.size :][there]
        if block.kind in (VOLUME, WEIGHT):
            seen, own = np.concatenate([[1.0], seen]), np.concatenate([[0.0], own])
        axes.plot(own, seen, "-o", ms=2, lw=0.7, color="#222222", alpha=0.7)
    if block.kind != WEIGHT:
        axes.set_yscale("log")
        plain_log(axes.yaxis)
    axes.set_title(short(block.label), fontsize=9)
    axes.set_ylabel(LABELS[block.kind], fontsize=8)
    axes.set_xlabel("" if block.kind == IC50 else "time (h)" if hours else "day", fontsize=8)
    axes.tick_params(labelsize=8)
    finish(axes)
