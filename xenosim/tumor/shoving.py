"""Making and closing space: gaps, pushes, divisions in a fixed order; the result depends on no thread and no row order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.population import PROLIFERATING, move_row, take
from xenosim.cell.rng import DIVIDE, VACANCY, blocks, half_units, join, scramble, unit
from xenosim.cell.state import pack, unpack
from xenosim.jit import kernel
from xenosim.tumor.lattice import OUTSIDE, VACANT, extend_bounds, inside, line_point, place, slope

#: A line from within the depth of the surface ends at the latest at this multiple of the depth: it is straight, the surface is not.
LONGEST = 3.0
#: Edge of a block of sites that divides in one turn [sites].
BLOCK = 16
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)


class SpaceParams(NamedTuple):
    """Space in sites: ``depth`` mechanical depth [sites], ``depth_squared`` [sites2]; ``close_probability`` of
    a gap per update [-]; center of mass ``cz``, ``cy``, ``cx`` [sites]; ``seed`` [-]."""

    depth: Any
    depth_squared: Any
    close_probability: Any
    cz: Any
    cy: Any
    cx: Any
    seed: Any


@kernel
def settle(cells, lattice, sites):  # type: ignore[no-untyped-def]
    """Put row i on ``sites[i]``, shape (n, 3) [-]."""
    for i in range(sites.shape[0]):
        place(lattice, cells, i, sites[i, 0], sites[i, 1], sites[i, 2])
        extend_bounds(lattice, sites[i, 0], sites[i, 1], sites[i, 2])


@kernel
def vacate(cells, lattice, leaving):  # type: ignore[no-untyped-def]
    """The sites of the ``leaving`` rows [-] become gaps."""
    row, site = lattice.row, cells.site
    for i in leaving:
        z, y, x = unpack(site[i])
        row[z, y, x] = VACANT


@kernel
def fill_holes(cells, lattice, n, holes):  # type: ignore[no-untyped-def]
    """Move the last rows into ``holes``, rows without a cell in rising order [-]; returns the rows that remain [-]."""
    for k in range(holes.shape[0] - 1, -1, -1):
        i = holes[k]
        n -= 1
        if i != n:
            move_row(cells, n, i)
            z, y, x = unpack(cells.site[i])
            lattice.row[z, y, x] = i
    return n


@kernel(inline=True)
def collapse(lattice, cells, z, y, x, space):  # type: ignore[no-untyped-def]
    """Close the gap at (z, y, x) [-]: everything outward of it on the radial line moves one site inward (P7)."""
    dz, dy, dx = z - space.cz, y - space.cy, x - space.cx
    largest = max(abs(dz), max(abs(dy), abs(dx)))
    if largest < 0.5:
        dz, dy, dx, largest = 1.0, 0.0, 0.0, 1.0
    dz, dy, dx = dz / largest, dy / largest, dx / largest
    pz, py, px = z, y, x
    k = 1
    while True:
        qz, qy, qx = line_point(z, y, x, dz, dy, dx, k)
        occupant = lattice.row[qz, qy, qx] if inside(lattice, qz, qy, qx) else OUTSIDE
        if occupant == OUTSIDE:
            lattice.row[pz, py, px] = OUTSIDE
            return
        if occupant >= 0:
            place(lattice, cells, occupant, pz, py, px)
        else:
            lattice.row[pz, py, px] = VACANT
        pz, py, px = qz, qy, qx
        k += 1


@kernel
def close_gaps(lattice, cells, gaps, count, origin, step, space):  # type: ignore[no-untyped-def]
    """Let each listed gap (packed site [-]) close with the probability of one update; ``origin`` (3,) fixes coordinates [-] (P7)."""
    keys, words = np.empty(count, np.uint64), np.empty((4, count), np.uint32)
    for k in range(count):
        z, y, x = unpack(gaps[k])
        keys[k] = ((z - origin[0]) + 2048) * 16777216 + ((y - origin[1]) + 2048) * 4096 + (x - origin[2]) + 2048
    blocks(space.seed, VACANCY, step, keys, words)
    for k in range(count):
        if unit(words[0, k]) < space.close_probability:
            z, y, x = unpack(gaps[k])
            if lattice.row[z, y, x] == VACANT:
                collapse(lattice, cells, z, y, x, space)


@kernel
def queue(cells, lattice, rows, origin, step, seed, keys):  # type: ignore[no-untyped-def]
    """Sorting ``keys``, uint64 (n,), that give ``rows`` [-] their turn to divide: blocks of the lattice in random order, cells of a
    block in random order, both drawn anew each step [-]. Cells that compete for room are near each other, so their order is
    random; neighbours in turn are neighbours in space, so the lattice about them is in the cache. ``origin`` (3,) fixes the blocks [-] (P7).
    """
    z0, y0, x0 = origin[0] - 32768, origin[1] - 32768, origin[2] - 32768
    site, uid = cells.site, cells.uid
    key = scramble(seed, step)
    for k in range(rows.shape[0]):
        z, y, x = unpack(site[rows[k]])
        block = (((z - z0) // BLOCK * 65536) + (y - y0) // BLOCK) * 65536 + (x - x0) // BLOCK
        turn, priority = scramble(key, block), scramble(key, uid[rows[k]])
        keys[k] = (turn & _HIGH) | (priority & _LOW)


@kernel
def aim(cells, lattice, rows, step, space, normals, words):  # type: ignore[no-untyped-def]
    """Where ``rows`` [-] would push: the outward normal, from the core the radius (P7).

    ``normals`` (n, 3) of length 1 [-]; ``words`` uint32 (4, n), the draws of the first line of each [-].
    """
    squared, site = lattice.squared, cells.site
    cz, cy, cx = space.cz, space.cy, space.cx
    uids = np.empty(rows.shape[0], np.uint64)
    take(cells.uid, rows, uids)
    blocks(space.seed, DIVIDE, step, uids, words)
    for k in range(rows.shape[0]):
        z, y, x = unpack(site[rows[k]])
        gz, gy, gx = slope(squared, z, y, x)
        if gz == 0.0 and gy == 0.0 and gx == 0.0:
            gz, gy, gx = z - cz, y - cy, x - cx
        scale = 1.0 / max(np.sqrt(gz * gz + gy * gy + gx * gx), 1e-9)
        normals[k, 0], normals[k, 1], normals[k, 2] = gz * scale, gy * scale, gx * scale


@kernel(inline=True)
def jittered(nz, ny, nx, a, b, c):  # type: ignore[no-untyped-def]
    """A line about the normal (nz, ny, nx) [-] from three words [-]: direction, its largest component 1 [-], jittered by up to half
    the length of the normal per axis; offset of its start within the site [-] (from the center, lines near an axis would all run
    along lattice rows)."""
    (jz, oz), (jy, oy), (jx, ox) = half_units(a), half_units(b), half_units(c)
    dz, dy, dx = nz + jz - 0.5, ny + jy - 0.5, nx + jx - 0.5
    scale = 1.0 / max(abs(dz), max(abs(dy), abs(dx)))
    return dz * scale, dy * scale, dx * scale, oz - 0.5, oy - 0.5, ox - 0.5


@kernel(inline=True)
def first_free(row, oz, oy, ox, dz, dy, dx, reach):  # type: ignore[no-untyped-def]
    """Number of the first site without a cell on a line from (oz, oy, ox) [-], 0 if there is none within ``reach`` sites (P7).

    ``row`` (nz, ny, nx): an array, not the lattice, because reading a field of a tuple of arrays in a loop with several exits
    counts references, which costs more than the walk.
    """
    nz, ny, nx = row.shape
    for k in range(1, np.int64(reach / np.sqrt(dz * dz + dy * dy + dx * dx)) + 1):
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, k)
        if not (2 <= z < nz - 2 and 2 <= y < ny - 2 and 2 <= x < nx - 2):
            return 0
        if row[z, y, x] < 0:
            return k
    return 0


@kernel(inline=True)
def first_gap(row, oz, oy, ox, dz, dy, dx, reach):  # type: ignore[no-untyped-def]
    """Number of the first gap on a line from (oz, oy, ox) [-], 0 if there is none within ``reach`` sites, which must not be farther than the host tissue, or a cleft comes first (P7)."""
    flat, ny, nx = row.reshape(-1), row.shape[1], row.shape[2]
    for k in range(1, np.int64(reach / np.sqrt(dz * dz + dy * dy + dx * dx)) + 1):
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, k)
        found = flat[np.uint64((z * ny + y) * nx + x)]
        if found < 0:
            return k if found == VACANT else 0
    return 0


@kernel(inline=True)
def shift(row, site, oz, oy, ox, dz, dy, dx, last):  # type: ignore[no-untyped-def]
    """Move every cell on a line one site on, from the one before site ``last`` [-] down to the first; its site becomes free (P7)."""
    qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, last)
    for k in range(last - 1, 0, -1):
        az, ay, ax = line_point(oz, oy, ox, dz, dy, dx, k)
        i = row[az, ay, ax]
        row[qz, qy, qx] = i
        site[i] = pack(qz, qy, qx)
        qz, qy, qx = az, ay, ax


@kernel
def divide(cells, lattice, rows, normals, words, births, n_lines, space, mothers):  # type: ignore[no-untyped-def]
    """Let ``rows`` divide in turn along lines about their ``normals`` where room can be made; the others stay quiescent (P5, P7).

    A cell deeper than the depth looks for a gap along ``n_lines`` lines [-]. The k-th daughter takes row ``births[k]``, its mother's
    row goes to ``mothers[k]``, for :func:`bear_daughters` [-]. Other arrays as in :func:`aim` [-].

    Returns
    -------
    int
        Number of divisions [-].
    """
    row, squared, bounds = lattice.row, lattice.squared, lattice.bounds
    site, state = cells.site, cells.state
    count = 0
    for k in range(rows.shape[0]):
        i = rows[k]
        z, y, x = unpack(site[i])
        dz, dy, dx, oz, oy, ox = jittered(normals[k, 0], normals[k, 1], normals[k, 2], words[0, k], words[1, k], words[2, k])
        oz, oy, ox = oz + z, oy + y, ox + x
        if squared[z, y, x] <= space.depth_squared:
            last = first_free(row, oz, oy, ox, dz, dy, dx, LONGEST * space.depth)
        else:
            last = first_gap(row, oz, oy, ox, dz, dy, dx, space.depth)
            key, line = join(words[0, k], words[1, k]), 1
            while last == 0 and line < n_lines:
                a, b = scramble(key, 2 * line), scramble(key, 2 * line + 1)
                dz, dy, dx, oz, oy, ox = jittered(normals[k, 0], normals[k, 1], normals[k, 2], a >> np.uint64(32), a & _LOW, b >> np.uint64(32))
                oz, oy, ox = oz + z, oy + y, ox + x
                last = first_gap(row, oz, oy, ox, dz, dy, dx, space.depth)
                line += 1
        if last == 0:
            continue
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, last)
        bounds[0], bounds[1] = min(bounds[0], z), max(bounds[1], z)
        bounds[2], bounds[3] = min(bounds[2], y), max(bounds[3], y)
        bounds[4], bounds[5] = min(bounds[4], x), max(bounds[5], x)
        shift(row, site, oz, oy, ox, dz, dy, dx, last)
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, 1)
        daughter = births[count]
        row[z, y, x] = daughter
        site[daughter] = pack(z, y, x)
        state[i] = PROLIFERATING
        mothers[count] = i
        count += 1
    return count
