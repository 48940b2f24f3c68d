"""What a lattice holds, and the moments of its cells."""

import numpy as np
import pytest

from xenosim.cell.state import allocate, positions
from xenosim.tumor.lattice import (
    OUTSIDE,
    empty_lattice,
    extend_bounds,
    extent,
    farthest,
    mark_taken,
    moments,
    place,
)


def test_an_empty_lattice_has_no_bounds_and_narrow_distances() -> None:
    lattice = empty_lattice((9, 9, 17), 12)
    assert (lattice.row == OUTSIDE).all() and not lattice.taken.any()
    assert lattice.squared.dtype == np.uint8 and lattice.bounds[0] > lattice.bounds[1]
    assert empty_lattice((9, 9, 17), 20).squared.dtype == np.uint16
    assert empty_lattice((9, 9, 17), 12, cube_bits=1).squared.shape == (5, 5, 9)


def test_bits_follow_rows() -> None:
    cells, lattice = allocate(8), empty_lattice((9, 9, 17), 12)
    for i, site in enumerate([(1, 2, 3), (4, 5, 11)]):
        place(lattice, cells, i, *site)
        extend_bounds(lattice, *site)
    bits = lattice.taken.copy()
    assert np.unpackbits(bits, axis=2, count=17, bitorder="little").sum() == 2
    lattice.taken[:] = 255
    mark_taken(lattice)
    assert np.array_equal(lattice.taken, bits)


def test_sums_over_sites_are_exact() -> None:
    cells, lattice = allocate(64), empty_lattice((9, 9, 17), 12)
    random = np.random.default_rng(2)
    sites = random.permutation(9 * 9 * 17)[:50]
    for i, (z, y, x) in enumerate(zip(*np.unravel_index(sites, (9, 9, 17)), strict=True)):
        place(lattice, cells, i, z, y, x)
    at, found, sums = positions(cells.site[:50]), np.empty(9, np.int64), np.empty(9, np.int64)
    extent(cells.site[:50], found)
    moments(cells.site[:50], sums)
    assert found[:3].tolist() == sums[:3].tolist() == at.sum(axis=0).tolist()
    assert found[3::2].tolist() == at.min(axis=0).tolist()
    assert found[4::2].tolist() == at.max(axis=0).tolist()
    assert sums[6] == (at[:, 0] * at[:, 1]).sum()
    center = [4, 4, 8]
    assert farthest(cells.site[:50], *center) == pytest.approx(((at - center) ** 2).sum(1).max())
