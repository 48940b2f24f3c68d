"""Tumors that ``xenosim export`` wrote, as few enough voxels for a browser: a color of every site,
one scale for all days.
"""

from __future__ import annotations

import json
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import NDArray

from xenosim.errors import RunError
from xenosim.io.volumes import FIELDS, GAP, halve
from xenosim.viz.paint import Paint, paint

#: Longest edge of what a browser is given [sites], largest array that is read [byte], and shades of
#: a number [-].
EDGE, LARGEST, SHADES = 96, 600_000_000, 64


class Voxels(NamedTuple):
    """A quantity of one tumor, made coarse: ``values`` by (z, y, x) with voxels of ``spacing_mm``
    [mm] and the ``names`` of its labels; ``fields``: what else the file has.
    """

    values: NDArray[Any]
    spacing_mm: float
    names: dict[int, str]
    fields: tuple[str, ...]

    @property
    def radius_mm(self) -> float:
        """Half of the longest edge of its box, and some room [mm]."""
        return 0.57 * self.spacing_mm * max(self.values.shape)


def read_voxels(path: Path, field: str) -> Voxels:
    """One quantity of a file that ``xenosim export --format npz`` wrote.

    Raises
    ------
    RunError
        No such file or quantity, a damaged one, or one that is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if max(member.file_size for member in archive.infolist()) > LARGEST:
                raise RunError("this tumor is too large to be shown here", remedy="export it")
        with np.load(path) as arrays:
            values, spacing_um = arrays[field], float(arrays["spacing_um"][0])
            about = json.loads(str(arrays["about"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise RunError("the exported tumor cannot be read", where=path.name) from error
    if FIELDS[field].is_label:
        values[values == GAP] = 0
    while max(values.shape) > EDGE:
        values, spacing_um = halve(values), 2.0 * spacing_um
    names = {int(code): str(name) for code, name in about["fields"][field]["labels"].items()}
    return Voxels(values, spacing_um / 1000.0, names, tuple(about["fields"]))


@lru_cache(maxsize=6)
def series(paths: tuple[Path, ...], field: str) -> tuple[list[Voxels], Paint]:
    """A quantity on all days, and the colors that are the same on all of them (RunError)."""
    found = [read_voxels(path, field) for path in paths]
    return found, paint(field, [one.values for one in found], found[0].names)


def packed(paths: tuple[Path, ...], field: str, place: int) -> bytes:
    """What a browser draws of the day at a ``place`` among ``paths``: a line of JSON, then a byte
    for each voxel, x fastest: 0 nothing, else the number of its color.

    Raises
    ------
    RunError
        A file that cannot be read.
    """
    days, colors = series(paths, field)
    one = days[place]
    codes, palette, key = coded(one.values, colors)
    about = {
        "shape": one.values.shape,
        "spacing_mm": one.spacing_mm,
        "radius_mm": max(day.radius_mm for day in days),
        "palette": palette,
        "key": key,
        "fields": one.fields,
    }
    return json.dumps(about).encode() + b"\n" + codes.tobytes()


def coded(values: NDArray[Any], colors: Paint) -> tuple[NDArray[np.uint8], list[str], list[Any]]:
    """Number of its color for every voxel, the colors, and what they mean: (text, color)."""
    if colors.colors:
        labels = sorted(colors.colors)[: np.iinfo(np.uint8).max]
        codes = np.zeros(values.shape, np.uint8)
        for number, label in enumerate(labels, start=1):
            codes[values == label] = number
        palette = [to_hex(colors.colors[label]) for label in labels]
        names = [colors.names.get(label, str(label)) for label in labels]
        return codes, palette, list(zip(names, palette, strict=True))
    steps = np.nan_to_num(np.clip(values / colors.top, 0.0, 1.0)) * (SHADES - 1)
    codes = np.where(np.isnan(values), 0, 1 + np.rint(steps)).astype(np.uint8)
    shades = colors.rgb(np.linspace(0.0, colors.top, SHADES))
    palette = [to_hex(shade) for shade in shades]
    unit = FIELDS[colors.field].unit.replace("-", "")
    ends = (f"{colors.field} 0", f"{colors.top:.3g} {unit} and more")
    return codes, palette, [(ends[0], palette[0]), (ends[1], palette[-1])]
