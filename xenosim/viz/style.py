"""One color per arm in every figure, the control grey; the Okabe-Ito palette, safe for color-blind
readers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import (
    LogFormatter,
    LogLocator,
    NullFormatter,
    ScalarFormatter,
    StrMethodFormatter,
)

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
CONTROL = "#7F7F7F"
#: Mark of every figure of simulated animals, of measured ones, and of any other simulation.
SIMULATED, MEASURED = "SIMULATED ANIMALS · xenosim", "measured animals · xenosim"
MODEL = "SIMULATED · xenosim"
#: Most letters of a name in a figure.
LONGEST = 60
#: From so many arms on bands would cover each other: intervals are bars.
MANY = 4
#: Size of a slide [inch], and how much larger its type is [-].
SLIDE, LARGER = (13.333, 7.5), 1.9
#: Settings of SVG: shapes of letters, and names that do not change.
SVG: dict[Any, Any] = {"svg.hashsalt": "xenosim", "svg.fonttype": "path"}


def arm_colors(arms: Iterable[str], control: str) -> dict[str, str]:
    """Color of each arm, in the order of the study; the control is grey."""
    treated = [arm for arm in arms if arm != control]
    return {control: CONTROL} | {arm: PALETTE[i % len(PALETTE)] for i, arm in enumerate(treated)}


def in_lines(text: str, width: int) -> str:
    """A title with a long name in lines of at most ``width`` characters; "n = 8" stays whole.

    Examples
    --------
    >>> in_lines("ixazomib 7 mg per kg BIW, day 3", 20)
    'ixazomib 7 mg per kg\\nBIW, day 3'
    """
    whole = text.replace(" = ", "\u00a0=\u00a0")
    return "\n".join(textwrap.wrap(whole, width)) or text


def short(name: str) -> str:
    """A name as a figure has room for it.

    Examples
    --------
    >>> short("vehicle"), len(short("n" * 200))
    ('vehicle', 60)
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def beside(name: str) -> str:
    """A name at the left of an axis, in lines, so that it leaves the axis its room.

    Examples
    --------
    >>> beside("ixazomib 7 mg per kg BIW, then weekly")
    'ixazomib 7 mg per kg\\nBIW, then weekly'
    """
    return in_lines(short(name), 24)


def room_for(names: Iterable[str], inches: float) -> float:
    """Width that a figure needs beyond its usual one so that long ``names`` beside its axes leave
    room for them: ``inches`` for every character from the 13th on [inch].

    Examples
    --------
    >>> room_for(["vehicle", "ixazomib 4 mg"], 0.1)
    0.1
    """
    return inches * max(0, max((len(short(name)) for name in names), default=0) - 12)


def plain_log(axis: Axis) -> None:
    """Numbers on a log axis written out, 60 and 100 instead of 6 x 10^1: 1, 2 and 5 of every power
    of ten, over more than three powers the powers alone.
    """
    low, high = axis.get_view_interval()
    steps = (1.0, 2.0, 5.0) if 0 < low < high < 1e3 * low else (1.0,)
    axis.set_major_locator(LogLocator(subs=steps))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def finish(axes: Axes) -> None:
    """Remove the frame's upper and right sides."""
    axes.spines[["top", "right"]].set_visible(False)


def show_as_typed(figure: Figure) -> None:
    """Names with ``$`` are shown as they were typed, not as formulas; numbers of a log axis stay
    formulas.
    """
    formulas = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), LogFormatter | ScalarFormatter):
                formulas.update(axis.get_majorticklabels())
            if isinstance(axis.get_minor_formatter(), LogFormatter | ScalarFormatter):
                formulas.update(axis.get_minorticklabels())
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text not in formulas:
            text.set_parse_math(False)


def page(width: float, height: float) -> Figure:
    """An empty figure [inch] whose lowest part is kept free for the mark."""
    free = 0.16 / height
    return Figure((width, height), layout=ConstrainedLayoutEngine(rect=(0, free, 1, 1 - free)))


def stamp(figure: Figure, mark: str) -> None:
    """Label a figure with a ``mark`` and show its names as they were typed."""
    size = 7.0 if figure.get_figwidth() < SLIDE[0] else 11.0
    figure.text(0.995, 0.005, mark, ha="right", va="bottom", fontsize=size, color="#555555")
    show_as_typed(figure)


def svg_text(figure: Figure, mark: str) -> str:
    """A figure labelled with a ``mark`` as the text of an SVG file, the same on every run."""
    import matplotlib

    stamp(figure, mark)
    buffer = StringIO()
    with matplotlib.rc_context(SVG):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def for_slides(figure: Figure) -> None:
    """Make a figure as wide as a slide of 16:9, with type that is read from the last row."""
    figure.set_size_inches(*SLIDE)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            sizes = [float(label.get_fontsize()) for label in axis.get_ticklabels()]
            axis.set_tick_params(labelsize=LARGER * max(sizes, default=10.0))
    ticks = {id(t) for a in figure.axes for t in (*a.get_xticklabels(), *a.get_yticklabels())}
    for text in figure.findobj(Text):
        if isinstance(text, Text) and id(text) not in ticks:
            text.set_fontsize(LARGER * float(text.get_fontsize()))
    for line in figure.findobj(Line2D):
        if isinstance(line, Line2D):
            line.set_linewidth(1.5 * line.get_linewidth())
            line.set_markersize(1.5 * line.get_markersize())


def save(figure: Figure, folder: Path, name: str, mark: str = MODEL) -> list[Path]:
    """Write SVG and PNG, labelled with a ``mark``, as simulated or as measured; the SVG is the same
    on every run.
    """
    import matplotlib

    stamp(figure, mark)
    with matplotlib.rc_context(SVG):
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        figure.set_layout_engine("none")  # laid out once, for both
        figure.savefig(folder / f"{name}.png", dpi=130, metadata={"Software": None})
    return [folder / f"{name}.svg", folder / f"{name}.png"]
