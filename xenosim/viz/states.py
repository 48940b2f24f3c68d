"""Plasma and target occupancy, cell states over time, and a slice through the tumor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from xenosim.viz.style import finish, in_lines, plain_log, room_for

STATES = {
    "n_proliferating": "#0072B2",
    "n_quiescent": "#E69F00",
    "n_apoptotic": "#000000",
    "n_necrotic": "#999999",
}


#: Lines of the first, second, third and fourth drug.
DRUG_STYLES = ("-", "--", "-.", ":")
#: At most so many arms beside each other.
PANELS = 4


def plasma_and_occupancy(plasma: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Plasma concentration (log) above, beta5 occupancy of tumor and blood below, typical animal
    [nM, %].
    """
    figure = Figure(figsize=(7.5 + room_for(colors, 0.07), 5.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    drugs, seen = list(dict.fromkeys(plasma["drug"])), set()
    for (arm, drug), rows in plasma.groupby(["arm", "drug"], sort=False):
        color, style = colors[str(arm)], DRUG_STYLES[drugs.index(drug) % len(DRUG_STYLES)]
        conc = rows["concentration_nM"].where(rows["concentration_nM"] > 1e-3)
        upper.plot(
            rows["day"], conc, color=color, lw=1.2, ls=style, label=_treatment(str(arm), str(drug))
        )
        if arm in seen:
            continue
        seen.add(arm)
        # The occupancy is that of all drugs of the arm together.
        lower.plot(
            rows["day"], 100 * rows["tumor_occupancy"], color=color, lw=1.4, label=f"{arm}: tumor"
        )
        lower.plot(
            rows["day"],
            100 * rows["blood_occupancy"],
            color=color,
            lw=0.9,
            ls=":",
            label=f"{arm}: blood",
        )
    upper.set(yscale="log", ylabel="plasma, total (nM)")
    plain_log(upper.yaxis)
    upper.set_title(
        "Plasma concentration and β5 occupancy, typical animal", fontsize=11, loc="left"
    )
    lower.set(xlabel="day", ylabel="β5 sites occupied (%)", ylim=(0, 100))
    for axes in (upper, lower):
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        finish(axes)
    return figure


def _treatment(arm: str, drug: str) -> str:
    """An arm and its drug, said once where the arm's name says it."""
    return arm if drug.lower() in arm.lower() else f"{arm}: {drug}"


def cell_states(cells: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """Share of proliferating, quiescent, apoptotic and necrotic cells per arm, mean over animals
    [%].
    """
    n_rows = math.ceil(len(colors) / PANELS)
    n_columns = math.ceil(len(colors) / n_rows)
    figure = Figure(figsize=(3.4 * n_columns + 1.6, 3.6 * n_rows), layout="constrained")
    panels = figure.subplots(n_rows, n_columns, sharey=True, squeeze=False)
    for axes in panels.flat[len(colors) :]:
        axes.set_visible(False)
    for axes, arm in zip(panels.flat, colors, strict=False):
        rows = cells[(cells["arm"] == arm) & (cells["n_cells"] > 0)]
        shares = 100 * rows[list(STATES)].div(rows["n_cells"], axis=0)
        mean = shares.groupby(rows["day"]).mean()
        axes.stackplot(
            mean.index,
            mean.T.to_numpy(),
            colors=list(STATES.values()),
            alpha=0.85,
            labels=[name[2:] for name in STATES],
        )
        axes.set_title(in_lines(arm, 36), fontsize=10, color=colors[arm], loc="left")
        axes.set(xlabel="day", ylim=(0, 100))
        finish(axes)
    for axes in panels[:, 0]:
        axes.set_ylabel("share of cells (%)")
    panels[0, -1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def tumor_slices(snapshots: dict[str, dict[str, Any]], colors: dict[str, str]) -> Figure:
    """State, load and stress on the central plane, one row per arm, one scale for all arms [mm]."""
    figure = Figure(figsize=(9.5, 3.1 * len(snapshots)), layout="constrained")
    panels = figure.subplots(len(snapshots), 3, squeeze=False)
    top = {name: _top(snapshots, name) for name in ("load", "stress")}
    states = ListedColormap(list(STATES.values()))
    extent = max(s["state"].shape[1] * float(s["spacing_um"]) for s in snapshots.values()) / 2000.0
    for row, (arm, snapshot) in zip(panels, snapshots.items(), strict=True):
        half = np.array(snapshot["state"].shape) * float(snapshot["spacing_um"]) / 2000.0
        box = (-half[1], half[1], -half[0], half[0])
        for axes, name in zip(row, ("state", "load", "stress"), strict=True):
            if name == "state":
                image = axes.imshow(
                    snapshot[name],
                    cmap=states,
                    norm=BoundaryNorm([-0.5, 0.5, 1.5, 2.5, 3.5], 4),
                    extent=box,
                    origin="lower",
                    interpolation="nearest",
                )
                bar = figure.colorbar(image, ax=axes, ticks=[0, 1, 2, 3], shrink=0.8)
                bar.ax.set_yticklabels(["prolif.", "quiesc.", "apopt.", "necr."], fontsize=7)
            else:
                image = axes.imshow(
                    snapshot[name],
                    cmap="cividis",
                    vmin=0,
                    vmax=top[name],
                    extent=box,
                    origin="lower",
                    interpolation="nearest",
                )
                figure.colorbar(image, ax=axes, shrink=0.8, label=f"{name} (-)")
            axes.set(xlim=(-extent, extent), ylim=(-extent, extent), aspect="equal")
            title = f"{arm}{_whose(snapshot)}, day {float(snapshot['day']):g}: {name}"
            axes.set_title(
                in_lines(title, 34),
                fontsize=9,
                color=colors[arm],
                loc="left",
            )
        row[0].set_ylabel("y (mm)")
        for axes in row:
            axes.set_xlabel("x (mm)", fontsize=8)
    title = "Central plane of one tumor per arm, at right angles to z"
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    return figure


def _whose(snapshot: dict[str, Any]) -> str:
    """Which animal a slice is of, where it says so; directories of earlier versions do not."""
    return f", animal {int(snapshot['animal_id'])}" if "animal_id" in snapshot else ""


def _top(snapshots: dict[str, dict[str, Any]], name: str) -> float:
    values = np.concatenate([s[name][np.isfinite(s[name])] for s in snapshots.values()])
    return max(float(np.quantile(values, 0.98)), 1e-6) if values.size else 1.0
