"""Efficacy against tolerability in one plot."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from xenosim.analysis.tolerability import LIMITS_PCT
from xenosim.viz.style import finish, in_lines, page, plain_log, short

#: A smaller T/C is drawn here: a log axis has no 0 [%].
LOWEST = 0.1


def tradeoff(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """T/C of every arm on a log axis [%] against the mean largest loss of body weight [%], both
    with 95 % intervals: what is wanted is at the lower left; dotted: losses of 10, 15 and 20 %.

    ``table``: as of :func:`~xenosim.analysis.tradeoff.tradeoff_table`; ``colors``: by arm.
    """
    figure = page(7.5, 4.8)
    axes = figure.subplots()
    told = table.dropna(subset=["tc_pct", "worst_loss_pct"])
    for row in told.to_dict("records"):
        x, y = row["worst_loss_pct"], max(row["tc_pct"], LOWEST)
        color, label = colors[row["arm"]], in_lines(f"{short(row['arm'])} (n = {row['n']})", 36)
        axes.plot(x, y, "o", color=color, ms=8, label=label)
        if np.isfinite([row["loss_low"], row["loss_high"]]).all():
            axes.plot([row["loss_low"], row["loss_high"]], [y, y], color=color, lw=1.6)
        if np.isfinite([row["tc_low"], row["tc_high"]]).all():
            limits = np.maximum([row["tc_low"], row["tc_high"]], LOWEST)
            axes.plot([x, x], limits, color=color, lw=1.6)
    axes.set_yscale("log")
    seen = told[["tc_pct", "tc_low", "tc_high"]].to_numpy(float).ravel()
    seen = np.maximum(np.append(seen[np.isfinite(seen)], 100.0), LOWEST)
    axes.set_ylim(seen.min() / 1.4, 1.4 * seen.max())
    plain_log(axes.yaxis)
    axes.axhline(100.0, color="#7F7F7F", lw=0.8)
    for limit in LIMITS_PCT:
        axes.axvline(limit, color="#7F7F7F", lw=0.8, ls=":")
    low, high = axes.get_xlim()
    axes.set_xlim(min(low, -1.0), max(high, 22.0))
    axes.set(xlabel="largest loss of body weight without tumor, mean of animals (%)")
    axes.set_ylabel("T/C (%)")
    if told.empty:
        axes.text(0.5, 0.5, "no arm has both T/C and weights", ha="center",
                  transform=axes.transAxes)  # fmt: skip
    else:
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    finish(axes)
    return figure
