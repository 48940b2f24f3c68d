"""Room for a daughter: found along a line, made by a push."""

import numpy as np
import pytest

from xenosim.cell.state import allocate, pack
from xenosim.tumor.division import WAITS, Search, find_room, push
from xenosim.tumor.lattice import OUTSIDE, VACANT, empty_lattice, place
from xenosim.tumor.lines import EVERYWHERE, Box, Line, Shape, fixed

SIDE = 16
SHAPE = Shape(SIDE, SIDE, SIDE // 8 + 1)
LINE = Line(fixed(8.5), fixed(3.5), fixed(8.5), 0, 65536, 0)


def row_of_cells(n: int, beyond: int) -> tuple:
    """Cells 0..n-1 along y from site (8, 3, 8) on, and what lies beyond the last."""
    cells, lattice = allocate(64), empty_lattice((SIDE,) * 3, 8)
    for i in range(n):
        place(lattice, cells, i, 8, 3 + i, 8)
    lattice.row[8, 3 + n, 8] = beyond
    return cells, lattice


def room(lattice, reach: float = 20.0, deep: bool = False, box: Box = EVERYWHERE) -> int:
    """Number of the free site on the one line of a search."""
    flat, taken = lattice.row.reshape(-1), lattice.taken.reshape(-1)
    normal, words = np.zeros((3, 1)), np.zeros((4, 1), np.uint32)
    search = Search(reach, 1, deep, box.z_high < 2**29, box)
    return int(find_room(flat, taken, SHAPE, normal, words, 0, LINE, 1.0, search)[1])


@pytest.mark.parametrize(
    ("beyond", "deep", "expected"), [(-1, False, 5), (-1, True, 0), (-2, True, 5)]
)
def test_a_deep_cell_takes_only_a_gap(beyond: int, deep: bool, expected: int) -> None:
    assert (OUTSIDE, VACANT) == (-1, -2)
    assert room(row_of_cells(5, beyond)[1], deep=deep) == expected


def test_room_beyond_the_reach_is_no_room_and_beyond_the_box_is_awaited() -> None:
    _, lattice = row_of_cells(5, -1)
    assert room(lattice, reach=4.0) == 0
    assert room(lattice, box=Box(0, 15, 0, 6)) == WAITS


def test_a_push_moves_every_cell_one_site_on() -> None:
    cells, lattice = row_of_cells(5, -1)
    flat, taken = lattice.row.reshape(-1), lattice.taken.reshape(-1)
    assert push(flat, taken, cells.site, SHAPE, LINE, 5) == (8, 4, 8)
    assert lattice.row[8, [3, 5, 6, 7, 8], 8].tolist() == [0, 1, 2, 3, 4]
    assert cells.site[:5].tolist() == [pack(8, y, 8) for y in (3, 5, 6, 7, 8)]
