"""Founders fill the sites nearest to the center."""

import numpy as np
import pytest

from xenosim.cell.state import allocate, positions
from xenosim.tumor.lattice import empty_lattice
from xenosim.tumor.sowing import sow


@pytest.mark.parametrize("n", [1, 7, 10, 500])
def test_no_free_site_is_nearer_than_a_cell(n: int) -> None:
    half = 9
    cells, lattice = allocate(1024), empty_lattice((2 * half + 1,) * 3, 8)
    sow(cells, lattice, n, half)
    squared = ((np.indices(lattice.row.shape) - half) ** 2).sum(axis=0)
    occupied = lattice.row >= 0
    assert occupied.sum() == n and squared[occupied].max() <= squared[~occupied].min()
    at = positions(cells.site[:n])
    assert np.array_equal(lattice.row[tuple(at.T)], np.arange(n))
    low, high = lattice.bounds[0:6:2], lattice.bounds[1:6:2]
    assert np.array_equal(low, at.min(axis=0)) and np.array_equal(high, at.max(axis=0))
