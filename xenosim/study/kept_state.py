"""States of checkpoints are data from outside: what does not hold an animal is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.columns import COLUMNS, FLOAT
from xenosim.cell.kernel import HYPOXIC
from xenosim.cell.state import MAX_SIDE, CellState, positions
from xenosim.errors import CheckpointError
from xenosim.io import tables
from xenosim.tumor.lattice import OUTSIDE, VACANT
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.tissue import N_ZONES

#: What Python raises where a tree of plain data lacks a part, or has another kind of one.
_MALFORMED = (AttributeError, IndexError, KeyError, MemoryError, OverflowError)
#: Largest half of a lattice [sites].
_LARGEST_HALF = (MAX_SIDE - 1) // 2
#: Rows whose sites are compared with the lattice at a time [rows].
_ROWS = 1_000_000
_KINDS = {column.name: column.kind for column in COLUMNS}
#: Columns of the rows that are written down of an animal, by the list that they are in.
_RECORDS = {
    "truth": (set(tables.COLUMNS["observations"]) | {"measured_mm3", "n_agents", "measured_g"})
    - {"study_id", "rtv"},
    "cells": set(tables.COLUMNS["cells"]) - {"study_id"},
    "lesions": set(tables.COLUMNS["lesions"]) - {"study_id"},
}


@contextmanager
def well_formed(where: str | None = None) -> Iterator[None]:
    """Within, a part that is missing or of another kind is a CheckpointError of the file
    ``where``.
    """
    try:
        yield
    except (*_MALFORMED, TypeError, ValueError) as error:
        raise CheckpointError(
            "the checkpoint does not hold an animal as xenosim keeps it",
            where=where,
            remedy="use another checkpoint, or run its scenario again",
        ) from error


def check_animal(state: Mapping[str, Any]) -> None:
    """Raise a ValueError unless ``state`` is one that an animal can be in: compiled code would read
    beyond its arrays, and numbers that are none would spread.
    """
    if not state["tumors"]:
        raise ValueError("no tumor")
    for tumor in state["tumors"]:
        n = _checked_counters(tumor["scalars"])
        _check_columns(tumor["cells"], n)
        if "order" in tumor["space"]:
            _check_places(tumor["space"], tumor["scalars"]["n_places"], n)
            continue
        _check_space(tumor["space"], tumor["cells"]["site"])
        _check_oxygen(tumor["arrays"], tumor["space"])
    _require(state["day_0"] is None or _is_count(state["day_0"]), "a day 0 that is no step")
    clones = 1 + max(int(t["cells"]["clone"].max(initial=0)) for t in state["tumors"])
    if (seen := state["inhibition"]) is not None:
        _check_field(seen, 2)
        _require(seen.shape[0] in (1, N_ZONES) and seen.shape[1] >= clones, "no such occupancy")
    for tissue in state["occupancy"].values():
        _check_field(tissue["values"], 3)
        _require(all(type(name) is str for name in tissue["drugs"]), "a drug without a name")
    body = [state["blood"], *(state["weight"] or {}).values()]
    _require(all(_is_number(value) for value in body), "a body that is no number")


def check_voxels(tumors: Sequence[AnyTumor]) -> None:
    """Raise a ValueError or IndexError unless all voxels that cells of ``tumors`` lie in have their
    oxygen.
    """
    for tumor in tumors:
        tumor.hypoxic()
        if tumor.spec.may_lack_oxygen:
            tumor.pressures()


def are_volumes(known: Any) -> bool:
    """Whether ``known`` are volumes of a growing animal, day by day [mm3]."""
    return isinstance(known, list) and bool(known) and all(_is_number(each) for each in known)


def check_record(record: Mapping[str, Any]) -> None:
    """Raise a ValueError unless ``record`` holds the rows that are written down of an animal."""
    for name, needed in _RECORDS.items():
        _require(type(record[name]) is list, "rows that are no list")
        for row in record[name]:
            _require(set(row) == needed, "a row of other columns")
            for column, value in row.items():
                of_kind = type(value) is str if column in tables.TEXT else _is_value(value)
                _require(of_kind, "a value of another kind")
    _require(isinstance(record["snapshot"], dict | None), "a slice of another kind")
    for kept in (record["snapshot"] or {}).values():
        _require(_is_value(kept) or isinstance(kept, np.ndarray), "a slice of another kind")
    _require(all(type(note) is str for note in record["notes"]), "notes that are no text")


def _require(holds: bool | np.bool_, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _is_value(value: Any) -> bool:
    """Whether ``value`` is a number, or a missing one."""
    return type(value) in (bool, int, float)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and bool(np.isfinite(value))


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31 - 1


def _check_field(values: Any, axes: int) -> None:
    """A field of floating-point numbers."""
    _require(values.ndim == axes and values.dtype.kind == "f", "a field of another kind")
    _require(np.isfinite(values).all(), "a field that is not finite")


def _checked_counters(scalars: Mapping[str, Any]) -> int:
    """Number of cells [-] of the counters of a tumor."""
    for name, value in scalars.items():
        kind = bool if name == "exposed" else int
        _require(type(value) is kind and 0 <= value < 2**62, "a counter that is no number")
    _require(_is_count(scalars["n"]) and _is_count(scalars["step_number"]), "a count too large")
    return int(scalars["n"])


def _check_columns(cells: Mapping[str, Any], n: int) -> None:
    """Columns of ``n`` rows, of their kinds, and with values that a cell can have."""
    for name, column in cells.items():
        _require(column.shape == (n,), "columns of several lengths")
        if _KINDS[name] == FLOAT:
            _check_field(column, 1)
        else:
            _require(column.dtype == np.dtype(_KINDS[name]), "a column of another kind")
    _require(cells["state"].max(initial=0) <= max(CellState), "a state that no cell has")


def _check_space(space: Mapping[str, Any], site: NDArray[np.int32]) -> None:
    """A lattice in which every cell has the site that says so, and no site another cell."""
    half, lattice = space["half"], space["lattice"]
    _require(type(half) is int and 0 < half <= _LARGEST_HALF, "a lattice of no size")
    inside = [_is_count(place) and place <= 2 * half for place in space["center"]]
    _require(len(inside) == 3 and all(inside), "no center")
    bounds = lattice["bounds"]["block"]
    _require(bounds.shape == (7,) and bounds.dtype.kind == "i", "no bounds")
    _require((0 <= bounds).all() and (bounds[:6] <= 2 * half + 1).all(), "bounds outside")
    row = lattice["row"]
    block, start = row["block"], row["start"]
    _require(block.dtype.kind == "i" and row["corner"] == OUTSIDE, "sites of another kind")
    _require(block.min(initial=0) >= VACANT, "a site that is neither empty nor taken")
    _require(all(_is_count(place) for place in start), "a block outside")
    _require(int((block >= 0).sum()) == site.size, "a site of a row that is not there")
    for low in range(0, site.size, _ROWS):
        z, y, x = (positions(site[low : low + _ROWS]) - np.asarray(start)).T
        _require(min(z.min(), y.min(), x.min()) >= 0, "a cell outside")
        rows = np.arange(low, low + z.size)
        _require((block[z, y, x] == rows).all(), "a cell that is not on its site")


def _check_places(space: Mapping[str, Any], n_places: int, n: int) -> None:
    """An order in which each of ``n`` rows has one of ``n_places``, the others gaps; oxygen and
    classes that vessels have.
    """
    order = space["order"]
    _require(order.dtype == np.int32 and order.shape == (n_places,), "places of another kind")
    rows = order[order != VACANT]
    _require(np.array_equal(np.sort(rows), np.arange(n)), "a place of a row that is not there")
    if "zone" in space:
        _check_field(space["pressure"], 2)
        zone = space["zone"]
        _require(zone.dtype == np.uint8 and zone.ndim == 2, "classes of another kind")
        _require((zone & (HYPOXIC - 1)).max(initial=0) < N_ZONES, "a class that no vessel has")


def _check_oxygen(arrays: Mapping[str, Any], space: Mapping[str, Any]) -> None:
    """Classes of voxels that vessels have, and a pressure that is one."""
    classes = arrays["_classes"]
    _require(classes.dtype == np.uint8 and classes.ndim == 1, "classes of another kind")
    _require((classes & (HYPOXIC - 1)).max(initial=0) < N_ZONES, "a class that no vessel has")
    if "oxygen" in space:
        _check_field(space["oxygen"]["pressure"], 3)
        corner = space["oxygen"]["corner"]
        _require(corner.shape == (3,) and corner.dtype.kind == "i", "no corner")
