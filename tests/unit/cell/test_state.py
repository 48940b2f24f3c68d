"""Columns in one block, packed sites, digests."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from xenosim.cell.state import (
    MAX_SIDE,
    Cells,
    CellState,
    allocate,
    bytes_per_cell,
    digest,
    grown,
    is_dying,
    pack,
    positions,
    unpack,
    view,
)


def filled(n: int) -> Cells:
    """Cells with distinct values."""
    cells = allocate(n)
    for k, column in enumerate(cells):
        column[:] = np.arange(n) + k
    return cells


def test_dying_is_said_by_the_state() -> None:
    assert [bool(is_dying(np.uint8(state))) for state in CellState] == [False, False, True, True]


@pytest.mark.parametrize("site", [(0, 0, 0), (1, 2, 3), (MAX_SIDE - 1, 0, MAX_SIDE - 1)])
def test_a_packed_site_comes_back(site: tuple[int, int, int]) -> None:
    packed = np.array([pack(*site)], np.int32)
    assert tuple(unpack(packed[0])) == site == tuple(positions(packed)[0])


def test_columns_share_a_block_and_do_not_overlap() -> None:
    cells = filled(100)
    for k, column in enumerate(cells):
        assert column[99] == 99 + k and column.ctypes.data % 64 == 0
    assert bytes_per_cell(cells) == sum(column.itemsize for column in cells)
    assert isinstance(pickle.loads(pickle.dumps(view(cells, 2))), Cells)


def test_growth_keeps_the_rows() -> None:
    cells = filled(4)
    bigger = grown(cells, 3, 10)
    assert digest(bigger, 3) == digest(cells, 3) and bigger.uid.size == 10


def test_a_digest_does_not_know_the_order_of_rows() -> None:
    cells, other = filled(5), filled(5)
    for column in other:
        column[:] = column[::-1].copy()
    assert digest(other, 5) == digest(cells, 5)
    other.ikzf[0] += 1
    assert digest(other, 5) != digest(cells, 5)
