"""How cells are stored: one row per living or dying cell, one array per quantity."""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum, unique
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.jit import kernel


@unique
class CellState(IntEnum):
    """What a cell is doing."""

    PROLIFERATING = 0
    QUIESCENT = 1
    APOPTOTIC = 2
    NECROTIC = 3


#: Step number that never comes: a cell without background loss.
NEVER = np.int32(2**31 - 1)


class Cells(NamedTuple):
    """Columns of the living and dying cells, each of shape (capacity,); only the first ``n`` rows
    are in use.

    ``uid`` lineage id; ``site`` packed lattice site (:func:`pack`; 0 in a dish); ``state``
    :class:`CellState`; ``clone`` heritable type; ``event_step`` step of background loss (living) or
    of clearance (dying). Biology [-] unless said otherwise: ``capacity`` p, ``load`` U, ``stress``
    S, ``chaperone`` H, ``noxa`` N, ``dr5`` D, ``commitment`` X, ``ikzf`` I, ``clock`` cycle phase;
    traits ``load_ratio`` rho, ``threshold`` theta, ``cycle_h`` [h], ``resting_stress`` S0.
    """

    uid: NDArray[np.uint64]
    site: NDArray[np.int32]
    state: NDArray[np.uint8]
    clone: NDArray[np.uint8]
    event_step: NDArray[np.int32]
    capacity: NDArray[Any]
    load: NDArray[Any]
    stress: NDArray[Any]
    chaperone: NDArray[Any]
    noxa: NDArray[Any]
    dr5: NDArray[Any]
    commitment: NDArray[Any]
    ikzf: NDArray[Any]
    clock: NDArray[Any]
    load_ratio: NDArray[Any]
    threshold: NDArray[Any]
    cycle_h: NDArray[Any]
    resting_stress: NDArray[Any]


#: Bits of one coordinate of a packed site, and the longest side of a lattice [sites].
SITE_BITS = 10
MAX_SIDE = 2**SITE_BITS
_LOW = MAX_SIDE - 1


@kernel(inline=True)
def pack(z, y, x):
    """One number [-] for the site (z, y, x) [-]; its place does not depend on the size of the
    lattice.
    """
    return (z << (2 * SITE_BITS)) | (y << SITE_BITS) | x


@kernel(inline=True)
def unpack(site):
    """(z, y, x) [-] of a packed ``site`` [-]."""
    s = np.int64(site)
    return s >> (2 * SITE_BITS), (s >> SITE_BITS) & _LOW, s & _LOW


def positions(site: NDArray[np.int32]) -> NDArray[np.int64]:
    """(z, y, x) [-] of packed sites, shape (n, 3)."""
    s = site.astype(np.int64)
    return np.stack([s >> (2 * SITE_BITS), (s >> SITE_BITS) & _LOW, s & _LOW], axis=1)


INTEGER_COLUMNS = {"uid": "u8", "site": "i4", "state": "u1", "clone": "u1", "event_step": "i4"}
FLOAT_COLUMNS = tuple(name for name in Cells._fields if name not in INTEGER_COLUMNS)
#: Columns that follow from the traits in a cell that has never met a drug
#: (:func:`xenosim.cell.population.rest`). A tumor that has met none neither fills nor moves them:
#: their memory is not touched.
RESTING_COLUMNS = (
    "capacity",
    "load",
    "stress",
    "chaperone",
    "noxa",
    "dr5",
    "commitment",
    "ikzf",
    "resting_stress",
)
HELD_AT_REST = tuple(name for name in Cells._fields if name not in RESTING_COLUMNS)


def allocate(capacity: int, dtype: type = np.float32) -> Cells:
    """Reserve rows without touching the memory.

    Parameters
    ----------
    capacity : int
        Number of rows [-].
    dtype : type
        ``float32``, or ``float64`` for error-budget runs.
    """
    columns: Any = in_one_block(
        [((capacity,), np.dtype(INTEGER_COLUMNS.get(name, dtype))) for name in Cells._fields]
    )
    return Cells(*columns)


def in_one_block(wanted: list[tuple[tuple[int, ...], np.dtype[Any]]]) -> list[NDArray[Any]]:
    """Arrays of the ``wanted`` shapes and kinds in one block of memory, which is not touched: numpy
    asks for huge pages from 4 MB on, which halves the cost of random access. Arrays start on cache
    lines, each a little further into its page than the last, so that they do not share cache
    sets.
    """
    sizes = [(math.prod(shape) * kind.itemsize // 64 + 3) * 64 for shape, kind in wanted]
    buffer = np.empty(sum(sizes) + 64, np.uint8)
    start = -buffer.ctypes.data % 64
    arrays = []
    for (shape, kind), size in zip(wanted, sizes, strict=True):
        arrays.append(
            buffer[start : start + math.prod(shape) * kind.itemsize].view(kind).reshape(shape)
        )
        start += size
    return arrays


def view(cells: Cells, n: int) -> Cells:
    """The first ``n`` rows, without a copy."""
    columns: Any = (column[:n] for column in cells)
    return Cells(*columns)


def grown(cells: Cells, n: int, capacity: int, columns: tuple[str, ...] = Cells._fields) -> Cells:
    """A copy of the first ``n`` rows of the named ``columns`` with room for ``capacity``."""
    bigger = allocate(capacity, cells.load.dtype.type)
    for name in columns:
        getattr(bigger, name)[:n] = getattr(cells, name)[:n]
    return bigger


def bytes_per_cell(cells: Cells, columns: tuple[str, ...] = Cells._fields) -> int:
    """Bytes that one row of the named ``columns`` takes [byte]."""
    return sum(getattr(cells, name).itemsize for name in columns)


def digest(cells: Cells, n: int, columns: tuple[str, ...] = Cells._fields) -> str:
    """Hash of the named ``columns`` of the first ``n`` rows in uid order: equal tumors have equal
    digests.
    """
    order = np.lexsort((cells.site[:n], cells.uid[:n]))
    sha = hashlib.sha256()
    for name in columns:
        sha.update(np.ascontiguousarray(getattr(cells, name)[:n][order]).tobytes())
    return sha.hexdigest()
