"""Muller plot: the volume of each clone over time, a subclone drawn inside its parent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.animals import KEYS
from xenosim.analysis.clones import clone_fractions, clone_means, mutant_fractions
from xenosim.analysis.data import while_half_is_left
from xenosim.viz.style import finish, in_lines

#: The wild type is pale, so that what grows inside it shows.
COLORS = ("#CFCFCF", "#CC79A7", "#E69F00", "#56B4E9", "#009E73", "#D55E00", "#0072B2")


def has_clones(clones: pd.DataFrame) -> bool:
    """Whether more than one clone ever has cells."""
    return clones.loc[clones["n_cells"] > 0, "clone"].nunique() > 1


def muller_plot(clones: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Clones over time, one column per arm: volumes [mm3] and shares [%], means over the animals
    measured that day; below, the share of all mutants in each animal (thin) and its mean.

    A clone with subclones is split in two halves with the subclones between them. Areas stop when
    under half of an arm is left.
    """
    figure = Figure(figsize=(3.6 * len(colors) + 1.8, 8.0), layout="constrained")
    panels = figure.subplots(
        3, len(colors), sharex=True, sharey="row", squeeze=False, height_ratios=[1.2, 1.0, 0.8]
    )
    parents = dict(clones[["clone", "parent"]].fillna("").drop_duplicates().itertuples(index=False))
    palette = {clone: COLORS[k % len(COLORS)] for k, clone in enumerate(parents)}
    for (upper, middle, lower), arm in zip(panels.T, colors, strict=True):
        rows = clones[clones["arm"] == arm]
        kept = while_half_is_left(rows)
        _stack(upper, clone_means(kept, "volume_mm3"), parents, palette)
        _stack(middle, 100.0 * clone_means(clone_fractions(kept), "fraction"), parents, palette)
        _mutants(lower, rows, colors[arm])
        upper.set_title(
            in_lines(f"{arm} (n = {len(rows[KEYS].drop_duplicates())})", 36),
            fontsize=10,
            color=colors[arm],
            loc="left",
        )
        upper.set_ylim(bottom=0)
        middle.set_ylim(0, 100)
        lower.set(xlabel="day (0 = first dose)", ylim=(0, 100))
        for axes in (upper, middle, lower):
            finish(axes)
    for axes, label in zip(
        panels[:, 0],
        ("volume (mm³)", "share of cells (%)", "mutants in each animal (%)"),
        strict=True,
    ):
        axes.set_ylabel(label)
    panels[0, -1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.suptitle(
        "Clones: means of the animals on study, subclones inside their parents",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _mutants(axes: Axes, rows: pd.DataFrame, color: str) -> None:
    """Share of all mutants [%] in each animal, and the mean of the animals."""
    mutants = 100.0 * mutant_fractions(rows)
    for _, animal in mutants.groupby(level=[0, 1]):
        axes.plot(animal.index.get_level_values("day"), animal, color=color, lw=0.7, alpha=0.5)
    mean = mutants.groupby("day").mean()
    axes.plot(mean.index, mean, color=color, lw=2.0)


def muller_layers(parents: dict[str, str]) -> list[tuple[str, float]]:
    """Clones from bottom to top with the part of each that is drawn there [-]: subclones lie
    between the halves of their parent.
    """

    def inside(clone: str) -> list[tuple[str, float]]:
        subclones = [
            layer for child, parent in parents.items() if parent == clone for layer in inside(child)
        ]
        return [(clone, 0.5), *subclones, (clone, 0.5)] if subclones else [(clone, 1.0)]

    return [layer for clone, parent in parents.items() if not parent for layer in inside(clone)]


def _stack(
    axes: Axes, values: pd.DataFrame, parents: dict[str, str], palette: dict[str, str]
) -> None:
    layers = muller_layers(parents)
    values = values.reindex(columns=list(parents))
    heights = np.array([part * values[clone].to_numpy(float) for clone, part in layers])
    areas = axes.stackplot(
        values.index.to_numpy(float), heights, colors=[palette[clone] for clone, _ in layers], lw=0
    )
    for area, (clone, _) in zip(areas, layers, strict=True):
        if clone not in axes.get_legend_handles_labels()[1]:
            area.set_label(clone)
