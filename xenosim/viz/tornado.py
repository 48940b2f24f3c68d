"""Tornado of a sensitivity: effects of the strongest parameters, colored by status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from xenosim.viz.style import CONTROL, PALETTE, finish, in_lines, page, short
from xenosim.viz.sweep import label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Parameters that are drawn.
MOST = 20
#: Color of each status.
COLORS = {
    "assumed": PALETTE[1],
    "derived": PALETTE[4],
    "calibrated": PALETTE[0],
    "measured": PALETTE[2],
}


def tornado_figure(table: pd.DataFrame, title: str, method: str) -> Figure:
    """A panel for each arm, a bar for each of the strongest parameters with its 95 % interval; what
    is grey is not above noise, whose floor is a tick.

    Parameters
    ----------
    table : DataFrame
        Table ``effects`` of a sensitivity.
    title : str
        Title of the study.
    method : str
        "morris" or "sobol".
    """
    arms = list(dict.fromkeys(table["arm"]))
    bars = min(MOST, table.groupby("arm").size().max())
    figure = page(1.6 + 5.4 * len(arms), 1.4 + 0.25 * bars)
    panels = figure.subplots(1, len(arms), squeeze=False)[0]
    for place, arm in zip(panels, arms, strict=True):
        _bars(place, table[table["arm"] == arm].head(MOST))
        place.set_title(short(str(arm)), fontsize=10)
        what = label(str(table["output"].iloc[0]))
        place.set_xlabel(
            f"mean absolute effect on {what}"
            if method == "morris"
            else f"first-order index of {what}"
        )
        finish(place)
    used = [status for status in COLORS if (table["status"] == status).any()]
    marks = [Patch(color=COLORS[status], label=status) for status in used]
    marks.append(Patch(color=CONTROL, label="not above noise"))
    panels[-1].legend(handles=marks, frameon=False, fontsize=8, loc="lower right")
    figure.suptitle(in_lines(title, 40 + 40 * len(arms)), fontsize=11, x=0.01, ha="left")
    return figure


def _bars(place: Axes, rows: pd.DataFrame) -> None:
    """The bars of one arm, the strongest on top."""
    levels = list(range(len(rows)))[::-1]
    colors = [
        COLORS.get(row["status"], CONTROL) if row["share"] > 0 else CONTROL
        for row in rows.to_dict("records")
    ]
    effect = rows["effect"].to_numpy(float)
    reach = [
        effect - rows["effect_low"].to_numpy(float),
        rows["effect_high"].to_numpy(float) - effect,
    ]
    place.barh(levels, effect, color=colors, height=0.7)
    place.errorbar(effect, levels, xerr=reach, fmt="none", ecolor="#333333", elinewidth=0.9)
    place.plot(rows["noise"], levels, "|", color="black", ms=9, mew=1.4)
    place.set_yticks(levels, list(rows["parameter"]), fontsize=8)
    place.set_xlim(left=0.0)
