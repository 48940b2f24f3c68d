"""Making and closing space: gaps, pushes, divisions in a fixed order; the result depends on no
thread and no row order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.population import AHEAD, BIRTHS, PROLIFERATING, finish_cycles, move_row, take
from xenosim.cell.rng import DIVIDE, VACANCY, blocks, join, scramble, unit, upper_unit
from xenosim.cell.state import MAX_SIDE, pack, unpack
from xenosim.jit import kernel, prange, prefetch
from xenosim.tumor.lattice import (
    OUTSIDE,
    POINT_BITS,
    VACANT,
    extend_bounds,
    fixed,
    flip,
    line_point,
    place,
    slope,
)

#: A line from within the depth of the surface ends at the latest at this multiple of the depth: it
#: is straight, the surface is not.
LONGEST = 3.0
#: Edge of a block of sites that divides in one turn [sites], and their number [-].
BLOCK = 16
N_BLOCKS = (MAX_SIDE // BLOCK) ** 3
#: From this many cells on, a tumor divides by regions: the quarters of its center, several at a
#: time [rows].
SPLIT_FROM, N_REGIONS = 4_000_000, 4
#: How many turns ahead memory is asked for whose place the row gives, and how many sites of a line
#: [-].
SOON, NEAR = 6, 8
#: No end within the lattice [sites].
_FAR = 1 << 30
_POINT = np.uint64(2**POINT_BITS - 1)
_LOW = np.uint64(0xFFFFFFFF)


class SpaceParams(NamedTuple):
    """Space in sites: ``depth`` mechanical depth [sites], ``depth_squared`` [cubes2];
    ``close_probability`` of a gap per update [-]; center of mass ``cz``, ``cy``, ``cx`` [whole
    sites]; ``n_regions`` that divide at a time [-]; ``seed`` [-].
    """

    depth: Any
    depth_squared: Any
    close_probability: Any
    cz: Any
    cy: Any
    cx: Any
    n_regions: Any
    seed: Any


class Aims(NamedTuple):
    """Where n cells would push: ``normal`` (3, n) of length 1, or 0 for anywhere [-]; ``words``
    uint32 (4, n), the draws of the first line of each [-]; ``first`` int32 (3, n), its direction
    [1/65536 site]; ``sites_per_length`` (n,) of it [-].
    """

    normal: Any
    words: Any
    first: Any
    sites_per_length: Any


def no_aims(n: int) -> Aims:
    """Room for the aims of ``n`` cells."""
    return Aims(
        np.empty((3, n)), np.empty((4, n), np.uint32), np.empty((3, n), np.int32), np.empty(n)
    )


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
def settle(cells, lattice, half, outermost, n_outermost):
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


@kernel
def vacate(cells, lattice, leaving):
    """The sites of the ``leaving`` rows [-] become gaps."""
    row, taken, site = lattice.row, lattice.taken, cells.site
    for i in leaving:
        z, y, x = unpack(site[i])
        row[z, y, x] = VACANT
        flip(taken, z, y, x)


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


@kernel(inline=True)
def quarter_of(z, y, space):
    """Quarter about the center in which the sites of plane ``z``, row ``y`` lie [-]."""
    return 2 * (z >= space.cz) + (y >= space.cy)


@kernel(inline=True)
def radial(z, y, x, space):
    """Direction from the center to site (z, y, x) [-], its largest component 1 site [1/65536
    site].
    """
    dz, dy, dx = z - space.cz, y - space.cy, x - space.cx
    largest = max(abs(dz), max(abs(dy), abs(dx)))
    if largest < 0.5:
        return fixed(1.0), fixed(0.0), fixed(0.0)
    return fixed(dz / largest), fixed(dy / largest), fixed(dx / largest)


@kernel
def outermost_beside(row, z, y, x, dz, dy, dx, quarter, space):
    """The cell farthest from the center among the eight sites about (z, y, x) [-] in the plane
    across the largest component of (dz, dy, dx) [1/65536 site], within ``quarter`` [-]: its site;
    (z, y, x) if there is none (P7).
    """
    best, bz, by, bx = -1.0, z, y, x
    one = fixed(1.0)
    rz = 0 if abs(dz) == one else 1
    ry = 0 if rz == 1 and abs(dy) == one else 1
    rx = 0 if rz == 1 and ry == 1 else 1
    for qz in range(z - rz, z + rz + 1):
        for qy in range(y - ry, y + ry + 1):
            for qx in range(x - rx, x + rx + 1):
                if row[qz, qy, qx] >= 0 and quarter_of(qz, qy, space) == quarter:
                    squared = (qz - space.cz) ** 2 + (qy - space.cy) ** 2 + (qx - space.cx) ** 2
                    if squared > best:
                        best, bz, by, bx = squared, qz, qy, qx
    return bz, by, bx


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
    dz, dy, dx = radial(z, y, x, space)
    oz, oy, ox = fixed(z + 0.5), fixed(y + 0.5), fixed(x + 0.5)
    pz, py, px = z, y, x
    was_taken = False
    k = 1
    while True:
        qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, k)
        within = (
            bounds[0] - 1 <= qz <= bounds[1] + 1
            and bounds[2] - 1 <= qy <= bounds[3] + 1
            and bounds[4] - 1 <= qx <= bounds[5] + 1
        )
        occupant = row[qz, qy, qx] if within else OUTSIDE
        if within and occupant < 0:
            within = (qz - space.cz) ** 2 + (qy - space.cy) ** 2 + (qx - space.cx) ** 2 <= most
        if not within:
            occupant = OUTSIDE
        elif occupant < 0:
            bz, by, bx = outermost_beside(row, qz, qy, qx, dz, dy, dx, quarter, space)
            if bz != qz or by != qy or bx != qx:
                qz, qy, qx = bz, by, bx
                occupant = row[qz, qy, qx]
                dz, dy, dx = radial(qz, qy, qx, space)
                oz, oy, ox = fixed(qz + 0.5), fixed(qy + 0.5), fixed(qx + 0.5)
                k = 0
        row[pz, py, px] = occupant
        if occupant >= 0:
            site[occupant] = pack(pz, py, px)
        if (occupant >= 0) != was_taken:
            flip(taken, pz, py, px)
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
        keys[k] = (
            ((z - origin[0]) + 2048) * 16777216
            + ((y - origin[1]) + 2048) * 4096
            + (x - origin[2])
            + 2048
        )
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


@kernel(inline=True)
def spread(number):
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
        spread(z // BLOCK) << np.uint64(2) | spread(y // BLOCK) << np.uint64(1) | spread(x // BLOCK)
    )


@kernel(parallel=True)
def queue(cells, lattice, rows, origin, step, space, keys):
    """Sorting ``keys``, uint64 (n,), that give ``rows`` [-] their turn to divide: regions one after
    another, blocks along their curve, cells of a block in random order. Each step mirrors the curve
    at random at each of its scales, and draws the order in a block anew, so that of two cells
    either is as likely to come first [-]. Neighbours in turn are neighbours in space, so the
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


@kernel(inline=True)
def ask_for_slope(distance, ny, nx, z, y, x):
    """Ask for the memory that the slope of the distance about cube (z, y, x) [-] is read from;
    ``distance``: flat, of ``ny`` rows of ``nx`` cubes a plane.
    """
    cube = (z * ny + y) * nx + x
    prefetch(distance, cube)
    for across in (2 * nx, 2 * nx * ny):
        prefetch(distance, cube - across)
        prefetch(distance, cube + across)


@kernel(inline=True)
def ask_for_line(flat, taken, ny, nx, n_bytes, where, dz, dy, dx):
    """Ask for the memory that a line from a packed site ``where`` [-] in direction (dz, dy, dx)
    [1/65536 site] meets first; ``flat``, ``taken`` as in :func:`first_free`.
    """
    z, y, x = unpack(where)
    for k in range(1, NEAR + 1):
        pz, py, px = line_point(
            z << POINT_BITS,
            y << POINT_BITS,
            x << POINT_BITS,
            np.int64(dz),
            np.int64(dy),
            np.int64(dx),
            k,
        )
        prefetch(taken, (pz * ny + py) * n_bytes + (px >> 3))
        prefetch(flat, (pz * ny + py) * nx + px)


@kernel(parallel=True)
def aim(cells, lattice, rows, step, space, aims):
    """Let ``rows`` [-] finish their cycles, and find where they would push: along the outward
    normal, from the core the radius, from a clump too small for a normal anywhere; into ``aims``
    (P5, P7).
    """
    for b in prange((rows.shape[0] + BIRTHS - 1) // BIRTHS):
        _aim_some(
            cells,
            lattice,
            rows,
            step,
            space,
            aims,
            b * BIRTHS,
            min((b + 1) * BIRTHS, rows.shape[0]),
        )


@kernel
def _aim_some(cells, lattice, rows, step, space, aims, lo, hi):
    """As :func:`aim`, for lo..hi-1 of the ``rows``, those of one thread [-]."""
    squared, site, bits = lattice.squared, cells.site, lattice.cube_bits
    cz, cy, cx = space.cz, space.cy, space.cx
    normal, first = aims.normal[:, lo:hi], aims.first[:, lo:hi]
    finish_cycles(cells, rows[lo:hi])
    uids = np.empty(hi - lo, np.uint64)
    take(cells.uid, rows[lo:hi], uids)
    words = aims.words[:, lo:hi]
    for k in range(lo, hi):
        prefetch(site, rows[k])
    blocks(space.seed, DIVIDE, step, uids, words)
    distance = squared.reshape(-1)
    for k in range(lo, hi):
        z, y, x = unpack(site[rows[min(k + SOON, hi - 1)]])
        ask_for_slope(distance, squared.shape[1], squared.shape[2], z >> bits, y >> bits, x >> bits)
        z, y, x = unpack(site[rows[k]])
        gz, gy, gx = slope(squared, z >> bits, y >> bits, x >> bits)
        if gz == 0.0 and gy == 0.0 and gx == 0.0 and squared[z >> bits, y >> bits, x >> bits] > 0:
            gz, gy, gx = z - cz, y - cy, x - cx
        normal[0, k - lo], normal[1, k - lo], normal[2, k - lo] = gz, gy, gx
    draw_lines(
        normal[0],
        normal[1],
        normal[2],
        words[0],
        words[1],
        words[2],
        first[0],
        first[1],
        first[2],
        aims.sites_per_length[lo:hi],
    )


@kernel
def draw_lines(nz, ny, nx, a, b, c, dz, dy, dx, sites_per_length):
    """Give the normals (nz, ny, nx) of many cells the length 1, or 0 [-], and draw the first line
    of each as :func:`jittered`; columns (n,) of the same cells, contiguous, so that it runs on wide
    registers.
    """
    for k in range(nz.shape[0]):
        scale = 1.0 / max(np.sqrt(nz[k] * nz[k] + ny[k] * ny[k] + nx[k] * nx[k]), 1e-9)
        nz[k], ny[k], nx[k] = nz[k] * scale, ny[k] * scale, nx[k] * scale
        dz[k], dy[k], dx[k], sites_per_length[k] = jittered(nz[k], ny[k], nx[k], a[k], b[k], c[k])


@kernel(inline=True)
def jittered(nz, ny, nx, a, b, c):
    """Direction of a line about the normal (nz, ny, nx) [-] from the upper halves of three words
    [-]: jittered by up to half the length of the normal per axis, the largest component 1 site
    [1/65536 site]; and sites per site of its length [-].
    """
    dz, dy, dx = nz + upper_unit(a) - 0.5, ny + upper_unit(b) - 0.5, nx + upper_unit(c) - 0.5
    scale = 1.0 / max(abs(dz), max(abs(dy), abs(dx)))
    dz, dy, dx = dz * scale, dy * scale, dx * scale
    return fixed(dz), fixed(dy), fixed(dx), 1.0 / np.sqrt(dz * dz + dy * dy + dx * dx)


@kernel(inline=True)
def first_free(taken, ny, nx, oz, oy, ox, dz, dy, dx, count):
    """Number of the first site without a cell on a line from (oz, oy, ox) [1/65536 site], 0 if it
    is not among the first ``count`` [-] (P7).

    ``taken``: the bits of all sites, flat, of a lattice of ``ny`` rows of ``nx`` bytes a plane: an
    array, not the lattice, because reading a field of a tuple of arrays in a loop with several
    exits counts references, which costs more than the walk. A line cannot leave the lattice: it
    ends in the host tissue that surrounds every cell.
    """
    for k in range(1, count + 1):
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, k)
        if (taken[np.uint64((z * ny + y) * nx + (x >> 3))] >> (x & 7)) & 1 == 0:
            return k
    return 0


@kernel(inline=True)
def shift(flat, ny, nx, site, oz, oy, ox, dz, dy, dx, last):
    """Move every cell on a line one site on, from the one before site ``last`` [-] down to the
    first; its site becomes free (P7).
    """
    qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, last)
    for k in range(last - 1, 0, -1):
        az, ay, ax = line_point(oz, oy, ox, dz, dy, dx, k)
        i = flat[np.uint64((az * ny + ay) * nx + ax)]
        flat[np.uint64((qz * ny + qy) * nx + qx)] = i
        site[i] = pack(qz, qy, qx)
        qz, qy, qx = az, ay, ax


@kernel(inline=True)
def sites_before(start, d, low, high):
    """Number of sites on a line from ``start``, going ``d`` a site [1/65536 site] along one axis,
    before it leaves low..high [sites] [-].
    """
    if d > 0:
        return (((high + 1) << POINT_BITS) - 1 - start) // d
    if d < 0:
        return (start - (low << POINT_BITS)) // -d
    return _FAR


@kernel
def _divide_some(
    cells, lattice, rows, turns, aims, births, n_lines, space, box, mothers, deferred, bounds
):
    """As :func:`divide`, for the rows that ``turns`` [-] list, in that order, within a ``box`` (4,)
    of z and y [sites].

    A cell whose line would leave the box before room is found waits: its turn goes to ``deferred``.
    ``bounds`` (7,) are extended. Returns the number of divisions and of those that wait [-].
    """
    squared, bits, flat, taken = (
        lattice.squared,
        lattice.cube_bits,
        lattice.row.reshape(-1),
        lattice.taken.reshape(-1),
    )
    ny, nx, n_bytes = lattice.row.shape[1], lattice.row.shape[2], lattice.taken.shape[2]
    site, state = cells.site, cells.state
    normals, words, first_direction, sites_per_length = aims
    z_low, z_high, y_low, y_high = box
    bounded = z_high - z_low < _FAR
    count, waiting = 0, 0
    distance, last_turn = squared.reshape(-1), turns.shape[0] - 1
    for turn in range(turns.shape[0]):
        i = rows[turns[min(turn + AHEAD, last_turn)]]
        prefetch(site, i)
        prefetch(state, i)
        k = turns[min(turn + SOON, last_turn)]
        z, y, x = unpack(site[rows[k]])
        prefetch(
            distance,
            ((z >> bits) * squared.shape[1] + (y >> bits)) * squared.shape[2] + (x >> bits),
        )
        ask_for_line(
            flat,
            taken,
            ny,
            nx,
            n_bytes,
            site[rows[k]],
            first_direction[0, k],
            first_direction[1, k],
            first_direction[2, k],
        )
        k = turns[turn]
        i = rows[k]
        z, y, x = unpack(site[i])
        deep = squared[z >> bits, y >> bits, x >> bits] > space.depth_squared
        reach = space.depth if deep else LONGEST * space.depth
        z, y, x = z << POINT_BITS, y << POINT_BITS, x << POINT_BITS
        a, b, c = np.uint64(words[0, k]), np.uint64(words[1, k]), np.uint64(words[2, k])
        dz, dy, dx, per_length = (
            np.int64(first_direction[0, k]),
            np.int64(first_direction[1, k]),
            np.int64(first_direction[2, k]),
            sites_per_length[k],
        )
        last, line = 0, 0
        while last == 0 and line < (n_lines if deep else 1):
            if line > 0:
                key = join(words[0, k], words[1, k])
                first, second = scramble(key, 2 * line), scramble(key, 2 * line + 1)
                a, b, c = first >> np.uint64(32), first & _LOW, second >> np.uint64(32)
                dz, dy, dx, per_length = jittered(
                    normals[0, k], normals[1, k], normals[2, k], a, b, c
                )
            # From a random point of the site: from its center, lines near an axis would all run
            # along lattice rows.
            oz, oy, ox = (
                z + np.int64(a & _POINT),
                y + np.int64(b & _POINT),
                x + np.int64(c & _POINT),
            )
            length = np.int64(reach * per_length)
            within = length
            if bounded:
                within = min(
                    length,
                    min(sites_before(oz, dz, z_low, z_high), sites_before(oy, dy, y_low, y_high)),
                )
            last = first_free(taken, ny, n_bytes, oz, oy, ox, dz, dy, dx, within)
            if last == 0 and within < length:
                break
            if deep and last > 0:
                qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, last)
                if flat[np.uint64((qz * ny + qy) * nx + qx)] != VACANT:
                    last = 0
            line += 1
        if last == 0:
            if line < (n_lines if deep else 1):
                deferred[waiting] = k
                waiting += 1
            continue
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, last)
        bounds[0], bounds[1] = min(bounds[0], z), max(bounds[1], z)
        bounds[2], bounds[3] = min(bounds[2], y), max(bounds[3], y)
        bounds[4], bounds[5] = min(bounds[4], x), max(bounds[5], x)
        bounds[6] = max(
            bounds[6], np.int64((z - space.cz) ** 2 + (y - space.cy) ** 2 + (x - space.cx) ** 2)
        )
        taken[np.uint64((z * ny + y) * n_bytes + (x >> 3))] ^= np.uint8(1 << (x & 7))
        shift(flat, ny, nx, site, oz, oy, ox, dz, dy, dx, last)
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, 1)
        daughter = births[count]
        flat[np.uint64((z * ny + y) * nx + x)] = daughter
        site[daughter] = pack(z, y, x)
        state[i] = PROLIFERATING
        mothers[count] = i
        count += 1
    return count, waiting


@kernel
def divide(cells, lattice, rows, aims, births, n_lines, space, mothers):
    """Let ``rows`` divide in turn along lines of their ``aims`` where room can be made; the others
    stay quiescent (P5, P7).

    A cell deeper than the depth looks for a gap along ``n_lines`` lines [-]. The k-th daughter
    takes row ``births[k]``, its mother's row goes to ``mothers[k]``, for :func:`bear_daughters`
    [-].

    Returns
    -------
    int
        Number of divisions [-].
    """
    everywhere, nobody = (0, _FAR, 0, _FAR), np.empty(0, np.int64)
    turns = np.arange(rows.shape[0])
    return _divide_some(
        cells,
        lattice,
        rows,
        turns,
        aims,
        births,
        n_lines,
        space,
        everywhere,
        mothers,
        nobody,
        lattice.bounds,
    )[0]


@kernel(parallel=True)
def divide_by_regions(cells, lattice, rows, aims, births, n_lines, space, mothers):
    """As :func:`divide`, the regions at the same time; cells whose line would leave their region
    divide after all others (P7).

    A region sees and changes nothing of another, so the result does not depend on the number of
    threads.
    """
    n, cz, cy, site = rows.shape[0], np.int64(space.cz), np.int64(space.cy), cells.site
    starts, born, waiting = (
        np.zeros(N_REGIONS + 1, np.int64),
        np.zeros(N_REGIONS, np.int64),
        np.zeros(N_REGIONS, np.int64),
    )
    for k in range(n):
        z, y, _ = unpack(site[rows[k]])
        starts[quarter_of(z, y, space) + 1] += 1
    for region in range(N_REGIONS):
        starts[region + 1] += starts[region]
    turns, deferred, bounds = (
        np.arange(n),
        np.empty(n, np.int64),
        np.empty((N_REGIONS, 7), np.int64),
    )
    for region in prange(N_REGIONS):
        lo, hi = starts[region], starts[region + 1]
        box = (
            cz if region >= 2 else 0,
            _FAR if region >= 2 else cz - 1,
            cy if region % 2 else 0,
            _FAR if region % 2 else cy - 1,
        )
        bounds[region] = lattice.bounds
        born[region], waiting[region] = _divide_some(
            cells,
            lattice,
            rows,
            turns[lo:hi],
            aims,
            births[lo:hi],
            n_lines,
            space,
            box,
            mothers[lo:hi],
            deferred[lo:hi],
            bounds[region],
        )
    count, last = 0, 0
    for region in range(N_REGIONS):
        # Rows were set aside for as many daughters as could be born; those that were close up, in
        # the same order.
        lo = starts[region]
        _close_up(cells, lattice, births, mothers, lo, lo + born[region], count)
        count += born[region]
        deferred[last : last + waiting[region]] = deferred[lo : lo + waiting[region]]
        last += waiting[region]
        for axis in range(3):
            lattice.bounds[2 * axis] = min(lattice.bounds[2 * axis], bounds[region, 2 * axis])
            lattice.bounds[2 * axis + 1] = max(
                lattice.bounds[2 * axis + 1], bounds[region, 2 * axis + 1]
            )
        lattice.bounds[6] = max(lattice.bounds[6], bounds[region, 6])
    everywhere, nobody = (0, _FAR, 0, _FAR), np.empty(0, np.int64)
    more, _ = _divide_some(
        cells,
        lattice,
        rows,
        deferred[:last],
        aims,
        births[count:],
        n_lines,
        space,
        everywhere,
        mothers[count:],
        nobody,
        lattice.bounds,
    )
    return count + more


@kernel
def _close_up(cells, lattice, births, mothers, lo, hi, target):
    """Daughters lo..hi-1 [-] take the rows ``births`` from ``target`` <= lo on [-], which nobody
    has; their ``mothers`` [-] likewise.
    """
    for k in range(lo, hi if target < lo else lo):
        daughter = births[target + k - lo]
        packed = cells.site[births[k]]
        z, y, x = unpack(packed)
        cells.site[daughter] = packed
        lattice.row[z, y, x] = daughter
        mothers[target + k - lo] = mothers[k]


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
