"""Founding: cells on the sites about the center, shell after shell."""

from __future__ import annotations

import numpy as np

from xenosim.cell.state import Cells
from xenosim.jit import kernel
from xenosim.tumor.lattice import Lattice, extend_bounds, place


@kernel
def count_shells(half, shells):
    """Number of sites at each squared distance from the center of a cube of ``half`` sites each way
    into ``shells`` (3 half^2 + 1,) [-].
    """
    for z in range(-half, half + 1):
        for y in range(-half, half + 1):
            for x in range(-half, half + 1):
                shells[z * z + y * y + x * x] += 1


@kernel
def place_founders(cells, lattice, half, outermost, n_outermost):
    """Put rows 0, 1, ... on the sites about the center (half, half, half) [-] in their order on the
    lattice: all nearer than a squared distance of ``outermost`` [sites2] and the first
    ``n_outermost`` at it [-].
    """
    i = 0
    for z in range(-half, half + 1):
        for y in range(-half, half + 1):
            for x in range(-half, half + 1):
                squared = z * z + y * y + x * x
                if squared < outermost or (squared == outermost and n_outermost > 0):
                    n_outermost -= squared == outermost
                    place(lattice, cells, i, z + half, y + half, x + half)
                    extend_bounds(lattice, z + half, y + half, x + half)
                    i += 1


def sow(cells: Cells, lattice: Lattice, n: int, half: int) -> None:
    """Put the first ``n`` rows on the ``n`` sites nearest to the center of a lattice of ``half``
    sites each way [sites].
    """
    shells = np.zeros(3 * half * half + 1, np.int64)
    count_shells(half, shells)
    outermost = int(np.searchsorted(np.cumsum(shells), n))
    place_founders(cells, lattice, half, outermost, n - int(shells[:outermost].sum()))
