"""Divisions: who finishes a cycle looks for room along a line, pushes the cells on it, and bears a
daughter beside itself (P5, P7).

The result depends on no thread and no row order: cells divide in the turns of
:func:`xenosim.tumor.order.division_keys`, and regions do not see each other.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.population import AHEAD, BIRTHS, finish_cycles, gather
from xenosim.cell.rng import DIVIDE, blocks, join, scramble
from xenosim.cell.state import PROLIFERATING, pack, unpack
from xenosim.jit import kernel, prange, prefetch
from xenosim.tumor.distance import ask_for_slope, slope
from xenosim.tumor.lattice import VACANT
from xenosim.tumor.lines import (
    EVERYWHERE,
    FAR,
    POINT_BITS,
    Line,
    Shape,
    ask_for_line,
    byte_of,
    first_free,
    index_of,
    jittered,
    line_point,
    sites_within,
)
from xenosim.tumor.regions import N_REGIONS, box_of, quarter_of, squared_from_center

#: A line from within the depth of the surface ends at the latest at this multiple of the depth: it
#: is straight, the surface is not.
LONGEST = 3.0
#: How many turns ahead memory is asked for whose place the row gives [-].
SOON = 6
#: The turn of a cell whose line would leave its region before room is found.
WAITS = -1
_POINT = np.uint64(2**POINT_BITS - 1)
_LOW = np.uint64(0xFFFFFFFF)


class Search(NamedTuple):
    """How a cell looks for room: lines of ``reach`` [sites], at most ``n_lines`` [-], to a gap
    alone if it is ``deep``; within a ``box`` if ``is_bounded``.
    """

    reach: Any
    n_lines: Any
    deep: Any
    is_bounded: Any
    box: Any


class Ledger(NamedTuple):
    """What divisions are written to: the k-th daughter takes row ``births[k]``, its mother's row
    goes to ``mothers[k]``; the turns of cells that wait go to ``deferred`` [-].
    """

    births: Any
    mothers: Any
    deferred: Any


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
    normal, first = aims.normal[:, lo:hi], aims.first[:, lo:hi]
    finish_cycles(cells, rows[lo:hi])
    uids = np.empty(hi - lo, np.uint64)
    gather(cells.uid, rows[lo:hi], uids)
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
            gz, gy, gx = z - space.cz, y - space.cy, x - space.cx
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
def first_line(z, y, x, aims_first, words, k):
    """The first line of the cell of turn ``k`` [-] on site (z, y, x) [-]: from a random point of
    the site, because from its center lines near an axis would all run along lattice rows;
    ``aims_first`` and ``words`` as in :class:`Aims`.
    """
    return Line(
        (z << POINT_BITS) + np.int64(np.uint64(words[0, k]) & _POINT),
        (y << POINT_BITS) + np.int64(np.uint64(words[1, k]) & _POINT),
        (x << POINT_BITS) + np.int64(np.uint64(words[2, k]) & _POINT),
        np.int64(aims_first[0, k]),
        np.int64(aims_first[1, k]),
        np.int64(aims_first[2, k]),
    )


@kernel(inline=True)
def further_line(z, y, x, normal, words, k, number):
    """As :func:`first_line`, line ``number`` > 0 [-], drawn now; and sites per site of its length
    [-].
    """
    key = join(words[0, k], words[1, k])
    first, second = scramble(key, 2 * number), scramble(key, 2 * number + 1)
    a, b, c = first >> np.uint64(32), first & _LOW, second >> np.uint64(32)
    dz, dy, dx, per_length = jittered(normal[0, k], normal[1, k], normal[2, k], a, b, c)
    line = Line(
        (z << POINT_BITS) + np.int64(a & _POINT),
        (y << POINT_BITS) + np.int64(b & _POINT),
        (x << POINT_BITS) + np.int64(c & _POINT),
        dz,
        dy,
        dx,
    )
    return line, per_length


@kernel(inline=True)
def how_to_search(deep, space, box):
    """The search of a cell that is ``deep``, or within the depth, in a ``box`` (P7)."""
    reach = space.depth if deep else LONGEST * space.depth
    is_bounded = box.z_high - box.z_low < FAR
    return Search(reach, space.n_lines if deep else 1, deep, is_bounded, box)


@kernel(inline=True)
def find_room(flat, taken, shape, normal, words, k, line, per_length, search):
    """The line of the cell of turn ``k`` [-] that leads to room, and the number of the free site on
    it [-]; 0: there is none; :data:`WAITS`: a line left the box first (P7).

    ``flat`` rows and ``taken`` bits of all sites; ``line`` the first one, of ``per_length`` sites a
    site of length; ``normal`` and ``words`` of all turns, as in :class:`Aims`.
    """
    z, y, x = line.z >> POINT_BITS, line.y >> POINT_BITS, line.x >> POINT_BITS
    for number in range(search.n_lines):
        if number > 0:
            line, per_length = further_line(z, y, x, normal, words, k, number)
        length = np.int64(search.reach * per_length)
        within = length
        if search.is_bounded:
            within = min(length, sites_within(line, search.box))
        last = first_free(taken, shape, line, within)
        if last == 0 and within < length:
            return line, WAITS
        if search.deep and last > 0:
            qz, qy, qx = line_point(line, last)
            if flat[index_of(qz, qy, qx, shape)] != VACANT:
                last = 0
        if last > 0:
            return line, last
    return line, 0


@kernel(inline=True)
def push(flat, taken, site, shape, line, last):
    """Move every cell on a ``line`` one site on, from the one before the free site ``last`` [-]
    down to the first, whose site becomes free: it is returned (P7).
    """
    qz, qy, qx = line_point(line, last)
    taken[byte_of(qz, qy, qx, shape)] ^= np.uint8(1 << (qx & 7))
    for k in range(last - 1, 0, -1):
        az, ay, ax = line_point(line, k)
        i = flat[index_of(az, ay, ax, shape)]
        flat[index_of(qz, qy, qx, shape)] = i
        site[i] = pack(qz, qy, qx)
        qz, qy, qx = az, ay, ax
    return qz, qy, qx


@kernel(inline=True)
def reach_out(bounds, z, y, x, space):
    """Make ``bounds`` (7,) hold a cell on site (z, y, x) [-]."""
    bounds[0], bounds[1] = min(bounds[0], z), max(bounds[1], z)
    bounds[2], bounds[3] = min(bounds[2], y), max(bounds[3], y)
    bounds[4], bounds[5] = min(bounds[4], x), max(bounds[5], x)
    bounds[6] = max(bounds[6], np.int64(squared_from_center(z, y, x, space)))


@kernel
def _divide_some(cells, lattice, rows, turns, aims, ledger, space, box, bounds):
    """As :func:`divide`, for the rows that ``turns`` [-] list, in that order, within a ``box``.

    A cell whose line would leave the box before room is found waits. ``bounds`` (7,) are extended.
    Returns the number of divisions and of those that wait [-].
    """
    # Arrays by themselves: a field of a tuple of arrays, read in the loop, would count references.
    squared, bits = lattice.squared, lattice.cube_bits
    flat, taken, distance = lattice.row.reshape(-1), lattice.taken.reshape(-1), squared.reshape(-1)
    shape = Shape(lattice.row.shape[1], lattice.row.shape[2], lattice.taken.shape[2])
    site, state = cells.site, cells.state
    normal, words, first, sites_per_length = aims
    births, mothers, deferred = ledger
    count, waiting, last_turn = 0, 0, turns.shape[0] - 1
    for turn in range(turns.shape[0]):
        i = rows[turns[min(turn + AHEAD, last_turn)]]
        prefetch(site, i)
        prefetch(state, i)
        k = turns[min(turn + SOON, last_turn)]
        z, y, x = unpack(site[rows[k]])
        cube = ((z >> bits) * squared.shape[1] + (y >> bits)) * squared.shape[2] + (x >> bits)
        prefetch(distance, cube)
        ask_for_line(flat, taken, shape, first_line(z, y, x, first, words, k))

        k = turns[turn]
        i = rows[k]
        z, y, x = unpack(site[i])
        line = first_line(z, y, x, first, words, k)
        deep = squared[z >> bits, y >> bits, x >> bits] > space.depth_squared
        search = how_to_search(deep, space, box)
        line, last = find_room(
            flat, taken, shape, normal, words, k, line, sites_per_length[k], search
        )
        if last == WAITS:
            deferred[waiting] = k
            waiting += 1
        if last <= 0:
            continue
        z, y, x = line_point(line, last)
        reach_out(bounds, z, y, x, space)
        z, y, x = push(flat, taken, site, shape, line, last)
        daughter = births[count]
        flat[index_of(z, y, x, shape)] = daughter
        site[daughter] = pack(z, y, x)
        state[i] = PROLIFERATING
        mothers[count] = i
        count += 1
    return count, waiting


@kernel
def divide(cells, lattice, rows, aims, ledger, space):
    """Let ``rows`` divide in turn along lines of their ``aims`` where room can be made; the others
    stay quiescent (P5, P7).

    Returns
    -------
    int
        Number of divisions [-], as many as there are daughters and mothers in the ``ledger``, for
        :func:`xenosim.cell.population.bear_daughters`.
    """
    turns = np.arange(rows.shape[0])
    return _divide_some(
        cells, lattice, rows, turns, aims, ledger, space, EVERYWHERE, lattice.bounds
    )[0]


@kernel
def _region_starts(site, rows, space):
    """Where the turns of each region begin among ``rows``, which come region by region,
    (N_REGIONS + 1,) [-].
    """
    starts = np.zeros(N_REGIONS + 1, np.int64)
    for k in range(rows.shape[0]):
        z, y, _ = unpack(site[rows[k]])
        starts[quarter_of(z, y, space) + 1] += 1
    for region in range(N_REGIONS):
        starts[region + 1] += starts[region]
    return starts


@kernel
def _join_bounds(bounds, other):
    """Make ``bounds`` (7,) hold all that ``other`` (7,) hold [-]."""
    for axis in range(3):
        bounds[2 * axis] = min(bounds[2 * axis], other[2 * axis])
        bounds[2 * axis + 1] = max(bounds[2 * axis + 1], other[2 * axis + 1])
    bounds[6] = max(bounds[6], other[6])


@kernel(parallel=True)
def divide_by_regions(cells, lattice, rows, aims, ledger, space):
    """As :func:`divide`, the regions at the same time; cells whose line would leave their region
    divide after all others (P7).

    A region sees and changes nothing of another, so the result does not depend on the number of
    threads.
    """
    n, births, mothers, deferred = rows.shape[0], ledger.births, ledger.mothers, ledger.deferred
    starts, turns = _region_starts(cells.site, rows, space), np.arange(n)
    found = np.zeros((N_REGIONS, 2), np.int64)
    bounds = np.empty((N_REGIONS, 7), np.int64)
    for region in prange(N_REGIONS):
        lo, hi = starts[region], starts[region + 1]
        bounds[region] = lattice.bounds
        found[region] = _divide_some(
            cells,
            lattice,
            rows,
            turns[lo:hi],
            aims,
            Ledger(births[lo:hi], mothers[lo:hi], deferred[lo:hi]),
            space,
            box_of(region, space),
            bounds[region],
        )
    count, last = 0, 0
    for region in range(N_REGIONS):
        # Rows were set aside for as many daughters as could be born; those that were close up, in
        # the same order.
        lo, (born, waiting) = starts[region], found[region]
        _close_up(cells, lattice, births, mothers, lo, lo + born, count)
        deferred[last : last + waiting] = deferred[lo : lo + waiting]
        count, last = count + born, last + waiting
        _join_bounds(lattice.bounds, bounds[region])
    rest = Ledger(births[count:], mothers[count:], np.empty(0, np.int64))
    more, _ = _divide_some(
        cells, lattice, rows, deferred[:last], aims, rest, space, EVERYWHERE, lattice.bounds
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
