"""Schedules of a search: what they do against what they cost, the front, and those repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from xenosim.viz.style import CONTROL, PALETTE, finish, in_lines, page

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def schedules_figure(
    tried: pd.DataFrame, finalists: pd.DataFrame, about: Mapping[str, Any], title: str
) -> Figure:
    """The first objective over the second, or over the loss of weight: every schedule of the
    search, grey those above the limit; those repeated on fresh animals with their 95 % intervals,
    numbered by rank; the front of two objectives as a line.

    Parameters
    ----------
    tried, finalists : DataFrame
        Tables ``schedules`` and ``finalists`` of a search.
    about : mapping
        ``objectives`` with name, label and unit, ``max_weight_loss_pct``, ``arm``.
    title : str
        Title of the study.
    """
    first, *others = about["objectives"]
    loss = {"name": "loss_pct", "label": "largest mean loss of weight", "unit": "%"}
    over = others[0] if others else loss
    figure = page(7.6, 5.0)
    place = figure.subplots()
    for feasible, color, text in (
        (False, CONTROL, "above the limit"),
        (True, PALETTE[5], "search, within the limit"),
    ):
        rows = tried[tried["feasible"].astype(bool) == feasible]
        if len(rows):
            place.scatter(rows[over["name"]], rows[first["name"]], s=14, color=color, alpha=0.7,
                          label=text, zorder=1)  # fmt: skip
    if len(finalists):
        _repeated(place, finalists, first["name"], over["name"], bool(others))
    limit = about["max_weight_loss_pct"]
    if over is loss and isinstance(limit, (int, float)):
        place.axvline(limit, color="black", lw=1.0, ls="--", label=f"limit {limit:g} %")
    place.set_xlabel(f"{over['label']} ({over['unit']})")
    place.set_ylabel(f"{first['label']} ({first['unit']})")
    if first["name"] == "tc_pct":
        place.set_ylim(bottom=0.0)
    place.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    finish(place)
    figure.suptitle(in_lines(f"{title}: schedules of {about['arm']}", 80), fontsize=11, x=0.01,
                    ha="left")  # fmt: skip
    return figure


def _repeated(place: Axes, rows: pd.DataFrame, first: str, over: str, front: bool) -> None:
    """The schedules on fresh animals."""
    x, y = rows[over].to_numpy(float), rows[first].to_numpy(float)
    place.errorbar(x, y, xerr=_reach(rows, over), yerr=_reach(rows, first), fmt="o",
                   color=PALETTE[1], ms=5, elinewidth=0.9, label="repeated on fresh animals",
                   zorder=3)  # fmt: skip
    if front and len(rows) > 1:
        order = np.argsort(x)
        place.plot(x[order], y[order], color=PALETTE[1], lw=1.0, zorder=2)
    for row, a, b in zip(rows.to_dict("records"), x, y, strict=True):
        place.annotate(f"{row['rank']:g}", (a, b), textcoords="offset points", xytext=(5, 4),
                       fontsize=8)  # fmt: skip


def _reach(rows: pd.DataFrame, name: str) -> np.ndarray | None:
    """Lengths of the bars of a column, None where it has no interval."""
    if f"{name}_low" not in rows:
        return None
    value = rows[name].to_numpy(float)
    ends = [value - rows[f"{name}_low"], rows[f"{name}_high"] - value]
    return np.maximum(np.nan_to_num(np.array(ends, float)), 0.0)
