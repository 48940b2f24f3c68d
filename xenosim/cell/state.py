"""How cells are stored: one row per living or dying cell, one array per quantity."""

from __future__ import annotations

import hashlib
import math
from collections import namedtuple
from enum import IntEnum, unique
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.columns import CHANGED_COLUMNS, COLUMNS, FLOAT, LOOP_COLUMNS
from xenosim.jit import kernel


@unique
class CellState(IntEnum):
    """What a cell is doing."""

    PROLIFERATING = 0
    QUIESCENT = 1
    APOPTOTIC = 2
    NECROTIC = 3


#: States as the columns hold them.
PROLIFERATING, QUIESCENT = np.uint8(CellState.PROLIFERATING), np.uint8(CellState.QUIESCENT)
APOPTOTIC, NECROTIC = np.uint8(CellState.APOPTOTIC), np.uint8(CellState.NECROTIC)


@kernel(inline=True)
def is_dying(state):
    """Whether only the body of a cell of this ``state`` is left [-]."""
    return state >= APOPTOTIC


#: Step number that never comes: a cell without background loss.
NEVER = np.int32(2**31 - 1)


if TYPE_CHECKING:

    class Cells(tuple[NDArray[Any], ...]):
        """What a type checker sees: a tuple of arrays by the names of the table."""

        _fields: ClassVar[tuple[str, ...]]

        def __new__(cls, *columns: NDArray[Any]) -> Cells: ...
        def __getattr__(self, name: str) -> NDArray[Any]: ...

    CellValues: Any
    NewValues: Any
else:
    Cells = namedtuple("Cells", [column.name for column in COLUMNS])
    Cells.__doc__ = """Columns of the living and dying cells, each of shape (capacity,), as
    :data:`xenosim.cell.columns.COLUMNS` says; only the first ``n`` rows are in use.
    """
    #: Values of one cell that the hot loop reads, and those that it writes.
    CellValues = namedtuple("CellValues", LOOP_COLUMNS)
    NewValues = namedtuple("NewValues", CHANGED_COLUMNS)

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
        [
            ((capacity,), np.dtype(dtype if column.kind == FLOAT else column.kind))
            for column in COLUMNS
        ]
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
