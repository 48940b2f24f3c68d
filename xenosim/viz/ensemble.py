"""What parameters leave open: bands over the parameter sets of growth and of T/C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from xenosim.viz.style import MANY, finish, plain_log, room_for

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def ensemble_bands(curves: pd.DataFrame, colors: dict[str, str], sets: str) -> Figure:
    """Relative volume by arm, log axis [-], and T/C of treated arms [%] over time [day]: the median
    over the parameter sets, and bands that hold half of them and 90 %.

    Parameters
    ----------
    curves : DataFrame
        Columns ``arm``, ``day``, ``quantity`` (rtv or tc_pct), ``p05`` to ``p95``.
    colors : dict of str to str
        Color of each arm.
    sets : str
        How many sets of which kind, for the title.
    """
    figure = Figure(figsize=(9.5 + room_for(colors, 0.05), 4.4), layout="constrained")
    volumes, effects = figure.subplots(1, 2)
    for axes, quantity in ((volumes, "rtv"), (effects, "tc_pct")):
        for arm, color in colors.items():
            rows = curves[(curves["arm"] == arm) & (curves["quantity"] == quantity)]
            if len(rows):
                _fan(axes, rows, color, arm, filled=len(colors) < MANY)
        axes.set_xlabel("day (0 = first dose)")
        finish(axes)
    volumes.set_yscale("log")
    plain_log(volumes.yaxis)
    volumes.minorticks_off()
    volumes.set_ylabel("volume relative to day 0, geometric mean")
    volumes.legend(frameon=False, loc="best", fontsize=9)
    effects.axhline(100, color="#7F7F7F", lw=1)
    effects.set(ylabel="T/C of true volumes (%)", ylim=(0, None))
    figure.suptitle(
        f"What parameters leave open: {sets}, median, 50 % and 90 % of them",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _fan(axes: Axes, rows: pd.DataFrame, color: str, arm: str, filled: bool) -> None:
    """Median and both bands of one arm; where many bands would cover each other the outer one is
    two dotted lines.
    """
    days = rows["day"].to_numpy(float)
    if filled:
        axes.fill_between(days, rows["p05"], rows["p95"], color=color, alpha=0.18, lw=0)
    else:
        axes.plot(days, rows[["p05", "p95"]], color=color, lw=0.9, ls=":")
    axes.fill_between(days, rows["p25"], rows["p75"], color=color, alpha=0.30, lw=0)
    axes.plot(days, rows["p50"], color=color, lw=2.0, label=arm)
