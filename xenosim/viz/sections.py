"""Sections through a tumor: three at right angles as a figure, one of every day beside the volume
curve as a movie.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from xenosim.io.volumes import Volumes
from xenosim.viz.animation import pixels
from xenosim.viz.growth import dose_days
from xenosim.viz.paint import Paint, paint, scale_bar, simulated
from xenosim.viz.style import PALETTE, finish, plain_log

Box = tuple[float, float, float, float]
#: Plane through the middle of each axis, as its two directions are read in the picture: across, up.
PLANES = (("z", "x", "y"), ("y", "x", "z"), ("x", "y", "z"))


def section_figure(volumes: Volumes, field: str, title: str) -> Figure:
    """Three sections of one quantity through the middle of the tumor's box, on one scale [mm]."""
    cuts = [volumes.section(field, axis) for axis in range(3)]
    coloring = paint(field, [values for values, _ in cuts], volumes.labels.get(field, {}))
    side = max(volumes.shape) * volumes.spacing_um / 1000.0
    figure = Figure(figsize=(10.0, 4.0), layout="constrained")
    panels = figure.subplots(1, 3)
    for axes, (values, box), (plane, across, up) in zip(panels, cuts, PLANES, strict=True):
        _show(axes, coloring, values, box, _square(box, side))
        axes.set_title(f"section at mid {plane}:  {across} →, {up} ↑", fontsize=8, color="#555555")
    scale_bar(panels[0], side)
    coloring.key(figure, panels)
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    simulated(figure)
    return figure


class Still(NamedTuple):
    """The section of one ``day``: ``values`` and edges of the ``box`` [mm]; none without cells.
    ``volume_mm3`` is the tumor's.
    """

    day: float
    volume_mm3: float
    values: NDArray[Any] | None
    box: Box


def still(day: float, volume_mm3: float, volumes: Volumes | None, field: str) -> Still:
    """The section of one day for :func:`growth_movie`, copied from the living tumor; ``volumes``
    None: no cells.
    """
    if volumes is None:
        return Still(day, volume_mm3, None, (0.0, 0.0, 0.0, 0.0))
    values, box = volumes.section(field, 0)
    return Still(day, volume_mm3, values, box)


def growth_movie(
    stills: list[Still],
    field: str,
    names: dict[int, str],
    tables: dict[str, pd.DataFrame],
    title: str,
) -> Iterator[NDArray[np.uint8]]:
    """One picture a day: the section on a fixed frame and one color scale, and the volume curve so
    far with its doses.

    Parameters
    ----------
    stills : list of Still
        Sections in order of their days.
    field : str
        What they show.
    names : dict
        Names of the labels, if the field has some.
    tables : dict
        ``observations`` and ``events`` of this animal.
    title : str
        Which animal it is.
    """
    shown = [s for s in stills if s.values is not None]
    coloring = paint(field, [s.values for s in shown if s.values is not None], names)
    lows, highs = (
        np.array([s.box[::2] for s in shown]).min(axis=0),
        np.array([s.box[1::2] for s in shown]).max(axis=0),
    )
    side = 1.04 * float((highs - lows).max())
    frame = _square((lows[0], highs[0], lows[1], highs[1]), side)
    for k, now in enumerate(stills):
        figure = Figure(figsize=(8.8, 4.6), dpi=100, layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
        if now.values is None:
            left.text(0.5, 0.5, "no cells", transform=left.transAxes, ha="center", color="#555555")
        _show(left, coloring, now.values, now.box, frame)
        scale_bar(left, side)
        coloring.key(figure, left)
        _volume_curve(right, stills, k, tables)
        figure.suptitle(f"{title}, day {now.day:g}", fontsize=11, x=0.01, ha="left")
        simulated(figure)
        yield pixels(figure)


def _volume_curve(
    axes: Axes, stills: list[Still], now: int, tables: dict[str, pd.DataFrame]
) -> None:
    """True volume up to now, caliper readings so far, doses below; the axes are those of the whole
    movie.
    """
    measured, today = tables["observations"], stills[now]
    past, shown = measured[measured["day"] <= today.day], stills[: now + 1]
    days, volumes = [s.day for s in shown], [s.volume_mm3 for s in shown]
    axes.plot(days, volumes, color=PALETTE[0], lw=1.8, label="tumor")
    axes.plot([today.day], [today.volume_mm3], "o", ms=6, color=PALETTE[0])
    past_days, readings = past["day"], past["tumor_volume_mm3"]
    axes.plot(past_days, readings, "s", ms=4, mfc="none", color="#555555", label="calipers")
    _mark_doses(axes, tables["events"], today.day, stills[-1].day)
    _frame_of_the_movie(axes, stills, list(measured["tumor_volume_mm3"]))
    axes.legend(frameon=False, loc="upper left", fontsize=8)
    finish(axes)


def _mark_doses(axes: Axes, events: pd.DataFrame, now: float, last: float) -> None:
    """Triangles for all doses up to the ``last`` day, those after ``now`` pale [day]."""
    doses = [day for arm in events["arm"].unique() for day in dose_days(events, arm) if day <= last]
    for given, color in ((True, PALETTE[1]), (False, "#C8C8C8")):
        days = [day for day in doses if (day <= now) == given]
        axes.plot(
            days,
            [0.03] * len(days),
            "^",
            ms=6,
            color=color,
            transform=axes.get_xaxis_transform(),
            label="dose" if given else None,
        )


def _frame_of_the_movie(axes: Axes, stills: list[Still], readings: list[float]) -> None:
    """Axes that hold every true volume and caliper reading of the movie [mm3]."""
    volumes = [s.volume_mm3 for s in stills if s.volume_mm3 > 0] + readings
    first, last = stills[0].day, stills[-1].day
    span = last - first + 1
    axes.set(
        yscale="log",
        xlim=(first - 0.02 * span, last + 0.05 * span),
        ylim=(0.6 * min(volumes), 1.6 * max(volumes)),
        xlabel="day (0 = first dose)",
        ylabel="volume (mm³)",
    )
    plain_log(axes.yaxis)


def _square(box: Box, side: float) -> Box:
    """A square of ``side`` [mm] about the middle of ``box``."""
    x, y = (box[0] + box[1]) / 2.0, (box[2] + box[3]) / 2.0
    return x - side / 2.0, x + side / 2.0, y - side / 2.0, y + side / 2.0


def _show(axes: Any, coloring: Paint, values: NDArray[Any] | None, box: Box, frame: Box) -> None:
    if values is not None:
        axes.imshow(coloring.rgb(values), extent=box, origin="lower", interpolation="nearest")
    axes.set(xlim=frame[:2], ylim=frame[2:], aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
