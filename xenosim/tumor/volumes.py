"""What a tumor holds, site by site: state, load, stress, oxygen and clone on its bounding box, for
export and figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import CellState
from xenosim.errors import ResourceError
from xenosim.io.volumes import FIELDS, GAP, Region, Volumes, check_fields
from xenosim.tumor.lattice import VACANT, extent
from xenosim.tumor.tumor import Tumor


def available_fields(tumor: Tumor) -> tuple[str, ...]:
    """Names of the quantities that this tumor has on its sites."""
    return tuple(name for name in FIELDS if name != "oxygen" or tumor.spec.oxygen is not None)


def volumes(
    tumor: Tumor, fields: Sequence[str] = (), about: dict[str, Any] | None = None
) -> Volumes:
    """Quantities on the smallest box of sites that holds every cell of ``tumor``.

    They are read from the living tumor: a later step changes them, and may move the box. Read them
    before it.

    Parameters
    ----------
    tumor : Tumor
        The tumor; it must have cells.
    fields : sequence of str
        Names out of :func:`available_fields`; all by default.
    about : dict, optional
        What is shown, plain data.

    Raises
    ------
    RunError
        A quantity that the tumor does not have.
    ResourceError
        A tumor without cells.

    Examples
    --------
    >>> from xenosim.tumor.volumes import volumes
    >>> volumes(model.tumor).whole("state").shape  # doctest: +SKIP
    (29, 30, 29)
    """
    known = available_fields(tumor)
    check_fields(fields, known)
    if tumor.n == 0:
        raise ResourceError(
            "the tumor has no cells: there is nothing to show",
            remedy="choose an earlier day or another animal",
        )
    found = np.empty(9, np.int64)
    extent(tumor.rows.site, found)
    low, high = found[3::2], found[4::2] + 1
    rows = tumor.lattice.row[low[0] : high[0], low[1] : high[1], low[2] : high[2]]
    first = (low - tumor.domain.origin) * tumor.spec.spacing_um

    @cache
    def column(name: str) -> NDArray[Any]:
        return tumor.pressures().astype(np.float32) if name == "oxygen" else tumor.column(name)

    def read(name: str, region: Region) -> NDArray[Any]:
        return _values(column(name), name, rows[region])

    nz, ny, nx = rows.shape
    states = {int(state) + 1: state.name.lower() for state in CellState} | {GAP: "gap"}
    return Volumes(
        shape=(nz, ny, nx),
        spacing_um=tumor.spec.spacing_um,
        origin_um=(float(first[0]), float(first[1]), float(first[2])),
        fields=tuple(dict.fromkeys(fields)) or known,
        read=read,
        labels={"state": states},
        about=about or {},
    )


def _values(column: NDArray[Any], name: str, rows: NDArray[np.int32]) -> NDArray[Any]:
    """The ``column`` of a field for the cells of ``rows``, as a label or number; the field's empty
    value where there is none.
    """
    field = FIELDS[name]
    values = np.asarray(column[np.maximum(rows, 0)].astype(field.dtype, copy=False))
    if field.is_label:
        values += values.dtype.type(1)
    values[rows < 0] = field.empty
    if name == "state":
        values[rows == VACANT] = GAP
    return values
