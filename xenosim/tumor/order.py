"""Order: whose turn it is to divide, and rows sorted by place, both by blocks along a Z-order
curve.
"""

from __future__ import annotations

import numpy as np

from xenosim.cell.rng import scramble
from xenosim.cell.state import MAX_SIDE, unpack
from xenosim.jit import kernel, prange
from xenosim.tumor.regions import quarter_of

#: Edge of a block of sites that divides in one turn [sites], and their number [-].
BLOCK_EDGE = 16
N_BLOCKS = (MAX_SIDE // BLOCK_EDGE) ** 3
_LOW = np.uint64(0xFFFFFFFF)


@kernel(inline=True)
def morton_bits(number):
    """The bits of a ``number`` below 1024 [-], two free bits after each."""
    x = np.uint64(number)
    x = (x | (x << np.uint64(16))) & np.uint64(0x030000FF)
    x = (x | (x << np.uint64(8))) & np.uint64(0x0300F00F)
    x = (x | (x << np.uint64(4))) & np.uint64(0x030C30C3)
    return (x | (x << np.uint64(2))) & np.uint64(0x09249249)


@kernel(inline=True)
def block_of(site, origin):
    """Block of the lattice of a packed ``site`` [-], numbered along a Z-order curve, less than
    :data:`N_BLOCKS`; ``origin`` (3,) fixes the blocks [-].

    Source: Morton 1966 (Z-order).
    """
    z, y, x = unpack(site)
    z, y, x = (
        z - origin[0] + MAX_SIDE // 2,
        y - origin[1] + MAX_SIDE // 2,
        x - origin[2] + MAX_SIDE // 2,
    )
    return (
        morton_bits(z // BLOCK_EDGE) << np.uint64(2)
        | morton_bits(y // BLOCK_EDGE) << np.uint64(1)
        | morton_bits(x // BLOCK_EDGE)
    )


@kernel(parallel=True)
def division_keys(cells, lattice, rows, origin, step, space, keys):
    """Sorting ``keys``, uint64 (n,), that give ``rows`` [-] their turn to divide: regions one after
    another, blocks along their curve, cells of a block in random order. Each step mirrors the curve
    at random at each of its scales, and draws the order in a block anew, so that of two cells
    either is as likely to come first [-]. Neighbors in turn are neighbors in space, so the
    lattice about them is in the cache. ``origin`` (3,) fixes the blocks [-] (P7).
    """
    site, uid = cells.site, cells.uid
    key = scramble(space.seed, step)
    mirrored = key & np.uint64(N_BLOCKS - 1)
    for k in prange(rows.shape[0]):
        z, y, _ = unpack(site[rows[k]])
        region = np.uint64(quarter_of(z, y, space) if space.n_regions > 1 else 0)
        turn = block_of(site[rows[k]], origin) ^ mirrored
        keys[k] = (
            region << np.uint64(62) | turn << np.uint64(32) | (scramble(key, uid[rows[k]]) & _LOW)
        )


@kernel
def order_by_block(site, origin, order, starts):
    """Rows in the order of the blocks of their sites, stable, into ``order`` (n,); ``starts``: work
    space (N_BLOCKS + 1,); ``origin`` (3,) fixes the blocks [-].
    """
    starts[:] = 0
    for i in range(site.shape[0]):
        starts[block_of(site[i], origin) + 1] += 1
    for b in range(1, starts.shape[0]):
        starts[b] += starts[b - 1]
    for i in range(site.shape[0]):
        b = block_of(site[i], origin)
        order[starts[b]] = i
        starts[b] += 1


@kernel(parallel=True)
def rearrange(column, order, scratch):
    """column <- column[order], of the same shape [unit of the column]; ``scratch`` is work
    space.
    """
    for k in prange(order.shape[0]):
        scratch[k] = column[order[k]]
    for k in prange(order.shape[0]):
        column[k] = scratch[k]


@kernel(parallel=True)
def point_back(row, site):
    """Let every occupied site hold the row of its cell [-]."""
    for i in prange(site.shape[0]):
        z, y, x = unpack(site[i])
        row[z, y, x] = i
