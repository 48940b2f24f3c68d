"""States of checkpoints are data from outside: what does not hold an animal is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from xenosim.errors import CheckpointError

#: What Python raises where a tree of plain data lacks a part, or has another kind of one.
_MALFORMED = (AttributeError, IndexError, KeyError, MemoryError, OverflowError)
#: Largest half of a lattice [sites].
_LARGEST_HALF = 4096


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


def check_tumors(state: Mapping[str, Any]) -> None:
    """Raise a ValueError unless every tumor of ``state`` has columns of one length and a lattice
    that refers to its rows alone: compiled code would read beyond them.
    """
    if not state["tumors"]:
        raise ValueError("no tumor")
    for tumor in state["tumors"]:
        n, space = tumor["scalars"]["n"], tumor["space"]
        if any(type(value) not in (bool, int, float) for value in tumor["scalars"].values()):
            raise ValueError("a scalar that is no number")
        if type(n) is not int or any(column.shape != (n,) for column in tumor["cells"].values()):
            raise ValueError("columns of several lengths")
        if type(space["half"]) is not int or not 0 < space["half"] <= _LARGEST_HALF:
            raise ValueError("a lattice of no size")
        if len(space["center"]) != 3 or not np.isfinite(np.asarray(space["center"], float)).all():
            raise ValueError("no center")
        rows = space["lattice"]["row"]["block"]
        if rows.dtype.kind != "i" or (rows.size and int(rows.max()) >= n):
            raise ValueError("a site of a row that is not there")
