"""Gaps: the places that dead cells leave, and how they close along radial lines (P7)."""

from __future__ import annotations

import numpy as np

from xenosim.cell.population import move_row
from xenosim.cell.rng import VACANCY, blocks, unit
from xenosim.cell.state import pack, unpack
from xenosim.jit import kernel, prange
from xenosim.tumor.lattice import OUTSIDE, VACANT, toggle_taken
from xenosim.tumor.lines import Line, fixed, line_point
from xenosim.tumor.regions import N_REGIONS, quarter_of, squared_from_center
from xenosim.tumor.tissue import key_of_place


@kernel
def leave_gaps(cells, lattice, leaving):
    """The sites of the ``leaving`` rows [-] become gaps."""
    row, taken, site = lattice.row, lattice.taken, cells.site
    for i in leaving:
        z, y, x = unpack(site[i])
        row[z, y, x] = VACANT
        toggle_taken(taken, z, y, x)


@kernel
def fill_holes(cells, lattice, n, holes, exposed):
    """Move the last rows into ``holes``, rows without a cell in rising order [-]; returns the rows
    that remain [-]; ``exposed`` as in :func:`xenosim.cell.population.move_row` [-].
    """
    for k in range(holes.shape[0] - 1, -1, -1):
        i = holes[k]
        n -= 1
        if i != n:
            move_row(cells, n, i, exposed)
            z, y, x = unpack(cells.site[i])
            lattice.row[z, y, x] = i
    return n


@kernel
def _count_vacant(sites):
    """Number of gaps on one row of ``sites`` [-]."""
    count = 0
    for x in range(sites.shape[0]):
        count += sites[x] == VACANT
    return count


@kernel(parallel=True)
def count_gaps(lattice, counts):
    """Number of gaps on each row of sites within the bounds into ``counts`` (nz, ny) [-] (P7)."""
    b, row = lattice.bounds, lattice.row
    for z in prange(counts.shape[0]):
        for y in range(counts.shape[1]):
            counts[z, y] = _count_vacant(row[b[0] + z, b[2] + y, b[4] : b[5] + 1])


@kernel
def _list_vacant(sites, first, gaps):
    """The gaps on one row of ``sites``, the first of them the packed site ``first``, into ``gaps``
    [-].
    """
    found = 0
    for x in range(sites.shape[0]):
        if sites[x] == VACANT:
            gaps[found] = first + x
            found += 1


@kernel(parallel=True)
def list_gaps(lattice, ends, gaps):
    """The gaps, packed, in the order of the lattice, into ``gaps``; ``ends`` (nz, ny): how many
    there are up to the end of each row [-] (P7).
    """
    b, row = lattice.bounds, lattice.row
    ny, flat = ends.shape[1], ends.reshape(-1)
    for z in prange(ends.shape[0]):
        for y in range(ny):
            begin = flat[z * ny + y - 1] if z + y > 0 else 0
            if flat[z * ny + y] > begin:
                _list_vacant(
                    row[b[0] + z, b[2] + y, b[4] : b[5] + 1],
                    pack(b[0] + z, b[2] + y, b[4]),
                    gaps[begin : flat[z * ny + y]],
                )


@kernel(inline=True)
def radial(z, y, x, space):
    """Line from the middle of site (z, y, x) [-] straight away from the center."""
    dz, dy, dx = z - space.cz, y - space.cy, x - space.cx
    largest = max(abs(dz), max(abs(dy), abs(dx)))
    if largest < 0.5:
        dz, dy, dx, largest = 1.0, 0.0, 0.0, 1.0
    return Line(
        fixed(z + 0.5),
        fixed(y + 0.5),
        fixed(x + 0.5),
        fixed(dz / largest),
        fixed(dy / largest),
        fixed(dx / largest),
    )


@kernel
def outermost_beside(row, z, y, x, line, quarter, space):
    """The cell farthest from the center among the eight sites about (z, y, x) [-] in the plane
    across the largest component of a ``line``, within ``quarter`` [-]: its site; (z, y, x) if there
    is none (P7).
    """
    best, bz, by, bx = -1.0, z, y, x
    one = fixed(1.0)
    rz = 0 if abs(line.dz) == one else 1
    ry = 0 if rz == 1 and abs(line.dy) == one else 1
    rx = 0 if rz == 1 and ry == 1 else 1
    for qz in range(z - rz, z + rz + 1):
        for qy in range(y - ry, y + ry + 1):
            for qx in range(x - rx, x + rx + 1):
                if row[qz, qy, qx] >= 0 and quarter_of(qz, qy, space) == quarter:
                    squared = squared_from_center(qz, qy, qx, space)
                    if squared > best:
                        best, bz, by, bx = squared, qz, qy, qx
    return bz, by, bx


@kernel(inline=True)
def _is_beside_box(bounds, z, y, x):
    """Whether site (z, y, x) [-] is in the box of the tumor, or a site beside it."""
    return (
        bounds[0] - 1 <= z <= bounds[1] + 1
        and bounds[2] - 1 <= y <= bounds[3] + 1
        and bounds[4] - 1 <= x <= bounds[5] + 1
    )


@kernel
def collapse(row, taken, site, bounds, z, y, x, quarter, space):
    """Close the gap at (z, y, x) [-]: everything outward of it on the radial line moves one site
    inward, as far out as there are cells within ``bounds`` (7,) [-].

    Where the line meets no cell it turns to the outermost of the cells beside it, if there are any,
    and goes on from there: what is left of a tumor comes together, and none of it stays behind by
    chance (P7). All within one ``quarter`` about the center [-].
    """
    # Beyond the farthest cell, and two sites for those beside the line and for what moved since it
    # was measured, there is none; nor is there beside a line more than a site outside the box.
    most = (np.sqrt(bounds[6]) + 2.0) ** 2
    line = radial(z, y, x, space)
    pz, py, px = z, y, x
    was_taken = False
    k = 1
    while True:
        qz, qy, qx = line_point(line, k)
        within = _is_beside_box(bounds, qz, qy, qx)
        occupant = row[qz, qy, qx] if within else OUTSIDE
        if within and occupant < 0:
            within = squared_from_center(qz, qy, qx, space) <= most
        if not within:
            occupant = OUTSIDE
        elif occupant < 0:
            bz, by, bx = outermost_beside(row, qz, qy, qx, line, quarter, space)
            if bz != qz or by != qy or bx != qx:
                qz, qy, qx = bz, by, bx
                occupant = row[qz, qy, qx]
                line = radial(qz, qy, qx, space)
                k = 0
        row[pz, py, px] = occupant
        if occupant >= 0:
            site[occupant] = pack(pz, py, px)
        if (occupant >= 0) != was_taken:
            toggle_taken(taken, pz, py, px)
            was_taken = not was_taken
        if not within:
            return
        pz, py, px = qz, qy, qx
        k += 1


@kernel(parallel=True)
def close_gaps(lattice, cells, gaps, origin, step, space):
    """Let each listed gap (packed site [-]) close with the probability of one update; ``origin``
    (3,) fixes coordinates [-].

    Radial lines stay in their quarter about the center, so the quarters do not see each other (P7).
    """
    keys, words = np.empty(gaps.shape[0], np.uint64), np.empty((4, gaps.shape[0]), np.uint32)
    for k in range(gaps.shape[0]):
        z, y, x = unpack(gaps[k])
        keys[k] = key_of_place(z - origin[0], y - origin[1], x - origin[2])
    blocks(space.seed, VACANCY, step, keys, words)
    for quarter in prange(N_REGIONS):
        _close_some(np.int64(quarter), lattice, cells, gaps, words[0], space)


@kernel
def _close_some(quarter, lattice, cells, gaps, words, space):
    """As :func:`close_gaps`, for the gaps of one ``quarter``; ``words`` (n,) is the draw of each
    gap [-].
    """
    row, taken, site, bounds = lattice.row, lattice.taken, cells.site, lattice.bounds
    for k in range(gaps.shape[0]):
        if unit(words[k]) < space.close_probability:
            z, y, x = unpack(gaps[k])
            if quarter_of(z, y, space) == quarter and row[z, y, x] == VACANT:
                collapse(row, taken, site, bounds, z, y, x, quarter, space)
