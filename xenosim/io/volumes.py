"""Quantities on the sites of a tumor: what they are called, how they are stored, and how a box of
them is read and made coarser.

Axes are always (z, y, x). Codes are labels as image software has them: 0 is no cell, and what the
columns count from 0 counts from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.columns import COLUMNS
from xenosim.errors import RunError, suggest

Region = tuple[slice, slice, slice]
#: Label of ``state`` at a gap that a cleared cell left inside the tumor.
GAP = 255
#: Planes read and written at once [sites].
BLOCK = 64


class Field(NamedTuple):
    """How a quantity is stored: ``dtype``, ``unit`` and what it means. Integers are labels, 0
    without a cell; numbers are NaN without one.
    """

    dtype: str
    unit: str
    meaning: str

    @property
    def is_label(self) -> bool:
        """Whether values are codes, which have no mean."""
        return np.dtype(self.dtype).kind == "u"

    @property
    def empty(self) -> float:
        """The value where there is no cell."""
        return 0 if self.is_label else np.nan


#: Every quantity that can be exported.
FIELDS = {
    "state": Field("uint8", "label", "what the cell is doing; 0 no cell"),
    **{
        column.name: Field("float32", column.unit, f"{column.meaning}; NaN without a cell")
        for column in COLUMNS
        if column.reported
    },
    "oxygen": Field("float32", "mmHg", "oxygen pressure; NaN without a cell"),
    "clone": Field("uint16", "label", "heritable type of the cell, 1 the founding one; 0 no cell"),
}


class Volumes(NamedTuple):
    """Quantities on a box of sites, read region by region so that they need not be in memory
    together.

    ``shape`` (nz, ny, nx) [sites]; ``spacing_um`` edge of a site [um]; ``origin_um`` center of the
    first site, (z, y, x) from the founding center [um]; ``fields`` names out of :data:`FIELDS`;
    ``read(name, region)`` the values on a region of the box; ``labels`` the name of every label of
    a field; ``about`` what is shown, plain data.
    """

    shape: tuple[int, int, int]
    spacing_um: float
    origin_um: tuple[float, float, float]
    fields: tuple[str, ...]
    read: Callable[[str, Region], NDArray[Any]]
    labels: dict[str, dict[int, str]]
    about: dict[str, Any]

    def whole(self, name: str, step: int = 1) -> NDArray[Any]:
        """One quantity on the whole box, every ``step``-th site of each axis; shape about ``shape /
        step``.
        """
        every = slice(None, None, step)
        return self.read(name, (every, every, every))

    def blocks(self, name: str) -> Iterator[tuple[int, int, NDArray[Any]]]:
        """One quantity in blocks of planes: first plane, plane after the last, values."""
        for low, high in ranges(self.shape[0]):
            yield low, high, self.read(name, (slice(low, high), slice(None), slice(None)))

    def section(
        self, name: str, axis: int
    ) -> tuple[NDArray[Any], tuple[float, float, float, float]]:
        """One quantity on the plane through the middle of ``axis`` (0 z, 1 y, 2 x), and its left,
        right, lower and upper edge [mm].
        """
        planes = [slice(None)] * 3
        middle = self.shape[axis] // 2
        planes[axis] = slice(middle, middle + 1)
        first = [center - self.spacing_um / 2.0 for center in self.origin_um]
        last = [edge + n * self.spacing_um for edge, n in zip(first, self.shape, strict=True)]
        down, across = (k for k in range(3) if k != axis)
        edges = first[across], last[across], first[down], last[down]
        left, right, low, high = (edge / 1000.0 for edge in edges)
        return self.read(name, (planes[0], planes[1], planes[2])).squeeze(axis), (
            left,
            right,
            low,
            high,
        )

    def legend(self) -> dict[str, Any]:
        """What is shown, with unit, meaning and labels of every field, as plain data."""
        fields: dict[str, Any] = {name: FIELDS[name]._asdict() for name in self.fields}
        for name in fields:
            fields[name]["labels"] = {
                str(code): text for code, text in self.labels.get(name, {}).items()
            }
        return self.about | {"length_unit": "micrometer", "fields": fields}


def check_fields(names: Iterable[str], known: Sequence[str] = tuple(FIELDS)) -> None:
    """Refuse a name that is no field, or not one of the ``known`` ones."""
    for name in names:
        if name not in known:
            raise RunError(
                f"there is no field '{name}'{suggest(name, known)}",
                remedy=f"known: {', '.join(known)}",
            )


def ranges(n: int) -> Iterator[tuple[int, int]]:
    """Consecutive ranges of at most BLOCK out of ``n`` [sites]."""
    return ((low, min(low + BLOCK, n)) for low in range(0, n, BLOCK))


def halve(values: NDArray[Any]) -> NDArray[Any]:
    """Every 2 x 2 x 2 sites to one: the mean over those with a cell, or the most frequent label (a
    cell rather than none of equals).

    Parameters
    ----------
    values : array
        Labels (unsigned) or numbers, shape (nz, ny, nx); an odd last plane, row or column counts
        twice.
    """
    is_label = values.dtype.kind == "u"
    padded = np.pad(values, [(0, n % 2) for n in values.shape], mode="edge")
    parts = np.stack([padded[z::2, y::2, x::2] for z in (0, 1) for y in (0, 1) for x in (0, 1)])
    if is_label:
        return _most_frequent(parts)
    count = (~np.isnan(parts)).sum(axis=0)
    total = np.nansum(parts, axis=0, dtype=np.float64)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean.astype(values.dtype)


def _most_frequent(parts: NDArray[Any]) -> NDArray[Any]:
    """The label that most of ``parts``, shape (n, ...), have; of equals the smallest above 0."""
    # Less one, 0 becomes the largest. After sorting, a run of m equal labels starts at k where k +
    # m - 1 is the same.
    codes = np.sort(parts - parts.dtype.type(1), axis=0)
    best = codes[0].copy()
    for length in range(2, len(codes) + 1):
        for k in range(len(codes) - length, -1, -1):
            same = codes[k] == codes[k + length - 1]
            best[same] = codes[k][same]
    return np.asarray(best + parts.dtype.type(1))
