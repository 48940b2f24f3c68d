"""The state of a tumor as a tree of numbers and arrays, and back. Whatever a tumor holds is kept,
unless it is listed as recomputed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xenosim.tumor.lattice import mark_taken

if TYPE_CHECKING:
    from xenosim.tumor.tumor import Tumor

#: Attributes of a tumor, and fields of its lattice, that follow exactly from the rest or are
#: scratch.
RECOMPUTED = {"spec", "factors", "_gaps", "_rested", "_vessels", "oxygen"}
#: Arrays of the oxygen field.
OXYGEN = ("pressure", "corner")
RECOMPUTED_FIELDS = {"taken", "voxel_z", "voxel_y", "voxel_x"}


def take(tumor: Tumor) -> dict[str, Any]:
    """State of ``tumor``: ``scalars``, ``arrays``, the rows in use of the columns of ``cells`` that
    it holds, its ``lattice``; arrays are views.

    Raises
    ------
    TypeError
        An attribute that is neither plain data nor listed as recomputed: it would be lost.
    """
    scalars: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in vars(tumor).items():
        if name in RECOMPUTED or name in ("cells", "lattice"):
            continue
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif _is_plain(value):
            scalars[name] = value.item() if isinstance(value, np.generic) else value
        else:
            raise TypeError(
                f"the attribute {name} of a tumor cannot be kept: {type(value).__name__}"
            )
    if tumor.oxygen:
        arrays |= {name: getattr(tumor.oxygen, name) for name in OXYGEN}
    lattice = _kept_fields(tumor)
    return {
        "scalars": scalars,
        "arrays": arrays,
        "cells": {name: getattr(tumor.rows, name) for name in tumor.held},
        "lattice": {
            name: cropped(field) if field.ndim == 3 else {"block": field}
            for name, field in lattice.items()
        },
    }


def restore(tumor: Tumor, state: dict[str, Any]) -> None:
    """Give ``tumor``, prepared for its spec, the ``state``; nothing of the state is shared
    afterwards.

    Raises
    ------
    KeyError, ValueError
        A state of another kind of tumor.
    """
    for name, value in state["scalars"].items():
        setattr(tumor, name, list(value) if isinstance(value, list) else value)
    tumor._build_domain(tumor._half)
    for name, value in state["arrays"].items():
        setattr(tumor.oxygen if name in OXYGEN else tumor, name, value.copy())
    for name in tumor.held:
        getattr(tumor.rows, name)[:] = state["cells"][name]
    for name, field in _kept_fields(tumor).items():
        fill(field, state["lattice"][name])
    mark_taken(tumor.lattice)


def _kept_fields(tumor: Tumor) -> dict[str, NDArray[Any]]:
    """Arrays of the lattice that do not follow from its size; its plain numbers follow from the
    spec.
    """
    fields = tumor.lattice._asdict().items()
    return {
        name: field
        for name, field in fields
        if isinstance(field, np.ndarray) and name not in RECOMPUTED_FIELDS
    }


def cropped(field: NDArray[Any]) -> dict[str, Any]:
    """The smallest ``block`` of a 3D ``field`` outside of which it has the value of its ``corner``,
    and where it ``start``s [sites].
    """
    background = field[0, 0, 0]
    seen = [np.zeros(length, bool) for length in field.shape]
    for z, plane in enumerate(field):
        differs = plane != background
        columns = differs.any(axis=0)
        seen[0][z] = columns.any()
        seen[1] |= differs.any(axis=1)
        seen[2] |= columns
    box = []
    for axis in seen:
        found = np.flatnonzero(axis)
        box.append(slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0))
    return {
        "corner": background.item(),
        "start": [part.start for part in box],
        "block": field[tuple(box)],
    }


def fill(field: NDArray[Any], kept: dict[str, Any]) -> None:
    """Put what :func:`cropped` kept back into ``field``; or a whole field of fewer axes."""
    if "start" not in kept:
        field[:] = kept["block"]
        return
    block = kept["block"]
    field[:] = kept["corner"]
    field[
        tuple(
            slice(start, start + length)
            for start, length in zip(kept["start"], block.shape, strict=True)
        )
    ] = block


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, (int, float)) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, np.generic))
