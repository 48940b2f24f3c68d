"""One color per arm in every figure, the control grey; the Okabe-Ito palette, safe for color-blind
readers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
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
#: Mark of every figure of simulated animals, and of measured ones.
SIMULATED, MEASURED = "SIMULATED · xenosim", "measured · xenosim"
#: Most letters of a name in a figure.
LONGEST = 60
#: From so many arms on bands would cover each other: intervals are bars.
MANY = 4


def arm_colors(arms: Iterable[str], control: str) -> dict[str, str]:
    """Color of each arm, in the order of the study; the control is grey."""
    treated = [arm for arm in arms if arm != control]
    return {control: CONTROL} | {arm: PALETTE[i % len(PALETTE)] for i, arm in enumerate(treated)}


def in_lines(text: str, width: int) -> str:
    """A title with a long name in lines of at most ``width`` characters.

    Examples
    --------
    >>> in_lines("ixazomib 7 mg per kg BIW, day 3", 20)
    'ixazomib 7 mg per kg\\nBIW, day 3'
    """
    return "\n".join(textwrap.wrap(text, width)) or text


def short(name: str) -> str:
    """A name as a figure has room for it.

    Examples
    --------
    >>> short("vehicle"), len(short("n" * 200))
    ('vehicle', 60)
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


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


def save(figure: Figure, folder: Path, name: str, mark: str = SIMULATED) -> list[Path]:
    """Write SVG and PNG, labelled with a ``mark``, as simulated or as measured; the SVG is the same
    on every run.
    """
    import matplotlib

    figure.text(0.995, 0.005, mark, ha="right", va="bottom", fontsize=7, color="#555555")
    show_as_typed(figure)
    with matplotlib.rc_context({"svg.hashsalt": "xenosim", "svg.fonttype": "path"}):
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        figure.set_layout_engine("none")  # laid out once, for both
        figure.savefig(folder / f"{name}.png", dpi=130, metadata={"Software": None})
    return [folder / f"{name}.svg", folder / f"{name}.png"]
