"""Power against the number of animals."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.viz.style import PALETTE, finish, in_lines, short


def power_figure(table: pd.DataFrame, title: str, targets: Sequence[float]) -> Figure:
    """A panel per treated arm, a curve per test with its 95 % band; closed forms are dotted,
    designs with an interim look dashed.

    Parameters
    ----------
    table : DataFrame
        Table ``power`` of a design.
    title : str
        Its title.
    targets : sequence of float
        Powers that are marked [-].
    """
    arms = list(dict.fromkeys(table["arm"]))
    figure = Figure(figsize=(1.6 + 4.2 * len(arms), 4.4), layout="constrained")
    panels = figure.subplots(1, len(arms), squeeze=False, sharey=True)[0]
    for axes, arm in zip(panels, arms, strict=True):
        _draw(axes, table[table["arm"] == arm])
        for target in targets:
            axes.axhline(100 * target, color="#999999", lw=0.7, zorder=0)
        control = short(str(table["control"].iloc[0]))
        axes.set_title(f"{short(str(arm))} against {control}", fontsize=10)
        axes.set(xlabel="animals per arm", ylim=(0, 102))
        axes.locator_params(axis="x", integer=True)
        finish(axes)
    panels[0].set_ylabel("studies that find the effect (%)")
    panels[-1].legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.suptitle(in_lines(title, 40 + 40 * len(arms)), fontsize=11, x=0.01, ha="left")
    return figure


def _draw(axes: Axes, rows: pd.DataFrame) -> None:
    """The curves of one arm."""
    tests = list(dict.fromkeys(rows["test"]))
    for (test, design), part in rows.groupby(["test", "design"], sort=False):
        color, look = PALETTE[tests.index(test) % len(PALETTE)], design.startswith("interim")
        label = f"{test}, {design.split(' (')[0]}" if look else str(test)
        axes.plot(
            part["n"], 100 * part["power"], "o--" if look else "o-", color=color, ms=4, label=label
        )
        if not look:
            low, high = 100 * part["ci_low"], 100 * part["ci_high"]
            axes.fill_between(part["n"], low, high, color=color, alpha=0.18, lw=0)
            if part["closed_form"].notna().any():
                axes.plot(part["n"], 100 * part["closed_form"], ":", color=color, lw=1.2)
