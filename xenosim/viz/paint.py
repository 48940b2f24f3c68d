"""Colors of the quantities of a tumor, the same in sections, turntables and movies; scale bars and
keys.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from xenosim.io.volumes import FIELDS, GAP
from xenosim.viz.clones import COLORS as CLONE_COLORS
from xenosim.viz.states import STATES

#: Colors of the labels of ``state``: those of every figure, gaps pale.
STATE_COLORS = dict(enumerate(STATES.values(), start=1)) | {GAP: "#D9D9D9"}
#: Light to dark, read in the same order by color-blind readers.
COLOR_MAP = "cividis"
#: Scatter above this quantile does not stretch the colors.
TOP_QUANTILE = 0.98


class Paint(NamedTuple):
    """How one quantity is colored: ``colors`` and ``names`` of labels, or the value of the ``top``
    color.
    """

    field: str
    colors: dict[int, str]
    names: dict[int, str]
    top: float

    def rgb(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Color of every value, shape (..., 3) from 0 to 1; white where there is no cell."""
        if self.colors:
            table = np.ones((int(max(values.max(initial=0), *self.colors)) + 1, 3))
            for label, color in self.colors.items():
                table[label] = to_rgb(color)
            return np.asarray(table[values])
        shades = matplotlib.colormaps[COLOR_MAP](np.nan_to_num(values) / self.top)[..., :3]
        shades[np.isnan(values)] = 1.0
        return np.asarray(shades)

    def key(self, figure: Figure, axes: Any) -> None:
        """A legend of the labels below the figure, or a color bar beside ``axes``."""
        if self.colors:
            patches = [
                Patch(color=color, label=self.names.get(label, str(label)))
                for label, color in self.colors.items()
            ]
            figure.legend(
                handles=patches,
                loc="outside lower center",
                ncols=len(patches),
                frameon=False,
                fontsize=8,
                handlelength=1.0,
            )
        else:
            bar = ScalarMappable(Normalize(0.0, self.top), COLOR_MAP)
            figure.colorbar(
                bar,
                ax=axes,
                shrink=0.6,
                extend="max",
                label=f"{self.field} ({FIELDS[self.field].unit})",
            )


def paint(field: str, samples: list[NDArray[Any]], names: dict[int, str]) -> Paint:
    """One coloring for all ``samples`` of a field, so that pictures of different days can be
    compared.

    Parameters
    ----------
    field : str
        A name out of :data:`xenosim.io.volumes.FIELDS`.
    samples : list of array
        What will be shown.
    names : dict
        Names of the labels, if the field has some.
    """
    if FIELDS[field].is_label:
        present = sorted({int(label) for sample in samples for label in np.unique(sample)} - {0})
        if field == "state":
            return Paint(field, {label: STATE_COLORS[label] for label in present}, names, 1.0)
        colors = {label: CLONE_COLORS[(label - 1) % len(CLONE_COLORS)] for label in present}
        return Paint(
            field, colors, {label: names.get(label, f"clone {label}") for label in present}, 1.0
        )
    values = np.concatenate([sample[np.isfinite(sample)] for sample in samples])
    top = float(np.quantile(values, TOP_QUANTILE)) if values.size else 1.0
    return Paint(field, {}, {}, max(top, 1e-6))


def scale_bar(axes: Axes, width_mm: float) -> None:
    """A bar of 1, 2 or 5 times a power of ten in the lower left of axes that are ``width_mm`` wide
    and measure in mm.
    """
    aim = width_mm / 3.0
    power = 10.0 ** math.floor(math.log10(aim))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= aim)
    share = length / width_mm
    axes.add_patch(
        Rectangle(
            (0.04, 0.04), share, 0.012, transform=axes.transAxes, color="#222222", lw=0, zorder=5
        )
    )
    axes.text(
        0.04 + share / 2.0,
        0.06,
        f"{length:g} mm",
        transform=axes.transAxes,
        ha="center",
        va="bottom",
        fontsize=8,
        color="#222222",
    )


def simulated(figure: Figure) -> None:
    """Mark a picture as simulated."""
    figure.text(
        0.995, 0.985, "SIMULATED · xenosim", ha="right", va="top", fontsize=7, color="#555555"
    )
