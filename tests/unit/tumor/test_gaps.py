"""Gaps: where they are, and how they close."""

import numpy as np

from xenosim.cell.state import pack, positions
from xenosim.testing import small_spec
from xenosim.tumor import gaps
from xenosim.tumor.lattice import OUTSIDE, VACANT
from xenosim.tumor.tumor import Tumor


def holed(rows: list[int]) -> Tumor:
    """A round tumor of which some rows have just left gaps."""
    tumor = Tumor(small_spec(), 1.0, 1)
    gaps.leave_gaps(tumor.cells, tumor.lattice, np.array(rows, np.int64))
    return tumor


def test_gaps_are_listed_in_the_order_of_the_lattice() -> None:
    tumor = holed([3, 500, 801])
    found = tumor.domain.gaps()
    at = np.argwhere(tumor.lattice.row == VACANT)
    assert len(at) == 3 and np.array_equal(found, [pack(*site) for site in at.tolist()])


def test_the_last_rows_fill_the_holes() -> None:
    tumor = holed([0, 7])
    n, moved = tumor.n, tumor.cells.uid[tumor.n - 2 : tumor.n].copy()
    left = gaps.fill_holes(tumor.cells, tumor.lattice, n, np.array([0, 7]), tumor.exposed)
    assert left == n - 2 and set(tumor.cells.uid[[0, 7]]) == set(moved)
    at = positions(tumor.cells.site[:left])
    assert np.array_equal(tumor.lattice.row[tuple(at.T)], np.arange(left))


def test_a_gap_closes_from_outside() -> None:
    tumor = holed([])
    center = tumor.domain.center
    z, y, x = center[0], center[1], center[2] + 2
    middle = int(tumor.lattice.row[z, y, x])
    gaps.leave_gaps(tumor.cells, tumor.lattice, np.array([middle]))
    before = tumor.lattice.row[z, y].copy()
    space = tumor._space()._replace(close_probability=1.0)
    found = tumor.domain.gaps()
    gaps.close_gaps(tumor.lattice, tumor.cells, found, tumor.domain.origin, np.int64(1), space)
    after = tumor.lattice.row[z, y]
    edge = int(np.flatnonzero(before >= 0)[-1])
    assert np.array_equal(after[x:edge], before[x + 1 : edge + 1]) and after[edge] == OUTSIDE
    assert not (tumor.lattice.row == VACANT).any()
