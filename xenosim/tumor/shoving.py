"""Deaths, clearance, closing gaps and division, committed in a fixed order: the result depends on no thread and no row order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.kernel import DYING, LEAVING, READY
from xenosim.cell.rng import BIRTH, CLEARANCE, DIVIDE, LINEAGE, VACANCY, blocks, half_units, join, normal_of, u01, unit
from xenosim.cell.state import NEVER
from xenosim.jit import kernel
from xenosim.tumor.lattice import OUTSIDE, VACANT, coordinates, extend_bounds, inside, line_point, place, slope

APOPTOTIC, QUIESCENT, PROLIFERATING = np.uint8(2), np.uint8(1), np.uint8(0)
#: Width of the uniform spread of the push direction about the unit outward normal (per component).
_SPREAD = 1.0
#: A line from within the depth of the surface ends at the latest at this multiple of the depth: it is straight, the surface is not.
LONGEST = 3.0
#: Sites along which a cell deeper than the depth looks for a gap. The chance to meet one depends on the share of gaps and on this
#: number, not on the size of a site, so it is the same at every resolution; it is the default depth at the default resolution.
GAP_REACH = 10.0


class SpaceParams(NamedTuple):
    """Space in sites: ``depth`` mechanical depth [sites], ``depth_squared`` [sites2]; ``close_probability`` of
    a gap per update [-]; center of mass ``cz``, ``cy``, ``cx`` [sites]; ``dt`` [h]; ``seed`` [-]."""

    depth: Any
    depth_squared: Any
    close_probability: Any
    cz: Any
    cy: Any
    cx: Any
    dt: Any
    seed: Any


@kernel
def steps_until(hours, dt):  # type: ignore[no-untyped-def]
    """Whole steps of ``dt`` [h] that cover ``hours`` [h], at least one [-]."""
    return max(np.int64(np.ceil(hours / dt)), 1)


@kernel(inline=True)
def loss_step(word, step, loss_per_h, dt):  # type: ignore[no-untyped-def]
    """Step [-] at which a cell born at ``step`` [-] is lost: exponential waiting time at ``loss_per_h`` [1/h] from a word [-] (P5)."""
    if loss_per_h <= 0.0:
        return NEVER
    wait = -np.log(unit(word)) / loss_per_h
    return np.int32(min(step + steps_until(wait, dt), np.int64(NEVER)))


@kernel
def count_marked(marks):  # type: ignore[no-untyped-def]
    """Number of rows with any mark [-]."""
    count = 0
    for i in range(marks.shape[0]):
        count += marks[i] != 0
    return count


@kernel
def list_marked(marks, dying, leaving, ready):  # type: ignore[no-untyped-def]
    """Rows whose death, clearance or division is due, each list in rising order [-].

    The arrays hold one entry more than there are marked rows.

    Returns
    -------
    tuple of int
        How many of each [-]. Eight marks are passed at a time.
    """
    n, n_dying, n_leaving, n_ready = marks.shape[0], 0, 0, 0
    words = marks[: n - n % 8].view(np.uint64)
    for w in range(words.shape[0] + 1):
        if w < words.shape[0] and words[w] == 0:
            continue
        for i in range(8 * w, min(8 * w + 8, n)):
            mark = marks[i]
            dying[n_dying], leaving[n_leaving], ready[n_ready] = i, i, i
            n_leaving += (mark & LEAVING) != 0
            n_dying += (mark & (DYING | LEAVING)) == DYING
            n_ready += mark == READY
    return n_dying, n_leaving, n_ready


@kernel
def begin_deaths(cells, dying, step, traits, space):  # type: ignore[no-untyped-def]
    """The ``dying`` rows become apoptotic at ``step`` [-], cleared after a time from the line's range [h]; how many committed (P4)."""
    committed = 0
    for i in dying:
        committed += cells.commitment[i] >= 1
        wait = u01(space.seed, CLEARANCE, step, cells.uid[i])
        hours = traits.clearance_min_h + wait * (traits.clearance_max_h - traits.clearance_min_h)
        cells.state[i] = APOPTOTIC
        # A dying cell neither commits nor cycles again: it is marked only when its clearance is due.
        cells.commitment[i] = 0.0
        cells.clock[i] = -1e6
        cells.event_step[i] = np.int32(step + steps_until(hours, space.dt))
    return committed


@kernel
def vacate(cells, lattice, leaving):  # type: ignore[no-untyped-def]
    """The sites of the ``leaving`` rows [-] become gaps."""
    row = lattice.row.reshape(-1)
    for i in leaving:
        row[cells.site[i]] = VACANT


@kernel(inline=True)
def move_row(cells, source, target):  # type: ignore[no-untyped-def]
    """Copy every column of row ``source`` [-] to row ``target`` [-]."""
    cells.uid[target] = cells.uid[source]
    cells.site[target] = cells.site[source]
    cells.voxel[target] = cells.voxel[source]
    cells.state[target] = cells.state[source]
    cells.clone[target] = cells.clone[source]
    cells.event_step[target] = cells.event_step[source]
    cells.capacity[target] = cells.capacity[source]
    cells.load[target] = cells.load[source]
    cells.stress[target] = cells.stress[source]
    cells.chaperone[target] = cells.chaperone[source]
    cells.noxa[target] = cells.noxa[source]
    cells.dr5[target] = cells.dr5[source]
    cells.commitment[target] = cells.commitment[source]
    cells.ikzf[target] = cells.ikzf[source]
    cells.clock[target] = cells.clock[source]
    cells.load_ratio[target] = cells.load_ratio[source]
    cells.threshold[target] = cells.threshold[source]
    cells.cycle_h[target] = cells.cycle_h[source]
    cells.resting_stress[target] = cells.resting_stress[source]


@kernel
def fill_holes(cells, lattice, n, holes):  # type: ignore[no-untyped-def]
    """Move the last rows into ``holes``, rows without a cell in rising order [-]; returns the rows that remain [-]."""
    for k in range(holes.shape[0] - 1, -1, -1):
        i = holes[k]
        n -= 1
        if i != n:
            move_row(cells, n, i)
            z, y, x = coordinates(lattice, np.int64(cells.site[i]))
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
    """Let each listed gap (flat site [-]) close with the probability of one update; ``origin`` (3,) fixes coordinates [-] (P7)."""
    keys, words = np.empty(count, np.uint64), np.empty((4, count), np.uint32)
    for k in range(count):
        z, y, x = coordinates(lattice, gaps[k])
        keys[k] = ((z - origin[0]) + 2048) * 16777216 + ((y - origin[1]) + 2048) * 4096 + (x - origin[2]) + 2048
    blocks(space.seed, VACANCY, step, keys, words)
    for k in range(count):
        if unit(words[0, k]) < space.close_probability:
            z, y, x = coordinates(lattice, gaps[k])
            if lattice.row[z, y, x] == VACANT:
                collapse(lattice, cells, z, y, x, space)


@kernel
def aim(cells, lattice, rows, step, space, lines, keys):  # type: ignore[no-untyped-def]
    """The line along which each of ``rows`` [-] would push: the outward normal, jittered; from the core, the radius (P7).

    ``lines``, shape (n, 8): direction, its largest component 1, its length per unit of that component, offset of the start within
    the mother's site (from the center, lines near an axis would all run along lattice rows), and reach [sites]. Deeper
    cells may only meet a gap; host tissue is met, by cells within the depth of it, wherever the line leaves the tumor.
    ``keys`` uint64 (n,): the order of the divisions [-], a priority draw before the uid.
    """
    n = rows.shape[0]
    words = np.empty((4, n), np.uint32)
    take(cells.uid, rows, keys)
    blocks(space.seed, DIVIDE, step, keys, words)
    for k in range(n):
        z, y, x = coordinates(lattice, np.int64(cells.site[rows[k]]))
        nz, ny, nx = slope(lattice, z, y, x)
        if nz == 0.0 and ny == 0.0 and nx == 0.0:
            nz, ny, nx = z - space.cz, y - space.cy, x - space.cx
        length = max(np.sqrt(nz * nz + ny * ny + nx * nx), 1e-9)
        (jz, oz), (jy, oy), (jx, ox) = half_units(words[0, k]), half_units(words[1, k]), half_units(words[2, k])
        dz = nz / length + _SPREAD * (jz - 0.5)
        dy = ny / length + _SPREAD * (jy - 0.5)
        dx = nx / length + _SPREAD * (jx - 0.5)
        scale = 1.0 / max(abs(dz), max(abs(dy), abs(dx)))
        line = lines[k]
        line[0], line[1], line[2] = dz * scale, dy * scale, dx * scale
        line[3] = scale * np.sqrt(dz * dz + dy * dy + dx * dx)
        line[4], line[5], line[6] = oz - 0.5, oy - 0.5, ox - 0.5
        line[7] = LONGEST * space.depth if lattice.squared[z, y, x] <= space.depth_squared else min(space.depth, GAP_REACH)
        keys[k] = join(words[3, k], np.uint32(keys[k]))


@kernel(inline=True)
def push(lattice, cells, i, line, target):  # type: ignore[no-untyped-def]
    """Make room beside row ``i`` [-]: shift the cells on its ``line`` (8,) to the first free site, a gap or host tissue (P7).

    The free daughter site goes to ``target`` (3,) [-]. Returns whether room was made.
    """
    z, y, x = coordinates(lattice, np.int64(cells.site[i]))
    dz, dy, dx, stretch, reach = line[0], line[1], line[2], line[3], line[7]
    oz, oy, ox = z + line[4], y + line[5], x + line[6]
    last = 0
    k = 1
    while k * stretch <= reach:
        qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, k)
        if not inside(lattice, qz, qy, qx):
            return False
        if lattice.row[qz, qy, qx] < 0:
            last = k
            break
        k += 1
    if last == 0:
        return False
    for k in range(last, 1, -1):
        qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, k)
        az, ay, ax = line_point(oz, oy, ox, dz, dy, dx, k - 1)
        place(lattice, cells, lattice.row[az, ay, ax], qz, qy, qx)
    qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, last)
    extend_bounds(lattice, qz, qy, qx)
    target[0], target[1], target[2] = line_point(oz, oy, ox, dz, dy, dx, 1)
    return True


@kernel
def bear_daughters(cells, mothers, daughters, step, traits, space):  # type: ignore[no-untyped-def]
    """Fill the rows ``daughters`` from ``mothers`` [-]: all inherited but place; a new lineage, cycle length with noise (P5)."""
    inherit(cells.state, mothers, daughters)
    inherit(cells.clone, mothers, daughters)
    inherit(cells.capacity, mothers, daughters)
    inherit(cells.load, mothers, daughters)
    inherit(cells.stress, mothers, daughters)
    inherit(cells.chaperone, mothers, daughters)
    inherit(cells.noxa, mothers, daughters)
    inherit(cells.dr5, mothers, daughters)
    inherit(cells.commitment, mothers, daughters)
    inherit(cells.ikzf, mothers, daughters)
    inherit(cells.clock, mothers, daughters)
    inherit(cells.load_ratio, mothers, daughters)
    inherit(cells.threshold, mothers, daughters)
    inherit(cells.resting_stress, mothers, daughters)
    n = mothers.shape[0]
    uids, words = np.empty(n, np.uint64), np.empty((4, n), np.uint32)
    take(cells.uid, mothers, uids)
    blocks(space.seed, LINEAGE, step, uids, words)
    for k in range(n):
        uids[k] = join(words[0, k], words[1, k])
    blocks(space.seed, BIRTH, step, uids, words)
    keep = traits.cycle_inheritance
    spread = np.sqrt(1.0 - keep * keep) * traits.cycle_sd
    for k in range(n):
        row = daughters[k]
        deviation = np.log(np.float64(cells.cycle_h[mothers[k]]) / traits.cycle_h)
        cells.uid[row] = uids[k]
        cells.cycle_h[row] = traits.cycle_h * np.exp(keep * deviation + spread * normal_of(words[0, k], words[1, k]))
        cells.event_step[row] = loss_step(words[2, k], step, traits.loss_per_h, space.dt)


@kernel
def inherit(column, mothers, daughters):  # type: ignore[no-untyped-def]
    """Copy one column from ``mothers`` to ``daughters``, rows of the same shape [-]: a loop of its own, so that misses overlap."""
    for k in range(mothers.shape[0]):
        column[daughters[k]] = column[mothers[k]]


@kernel
def take(column, rows, out):  # type: ignore[no-untyped-def]
    """Values of ``rows`` of a column into ``out``, of the same shape [unit of the column]."""
    for k in range(rows.shape[0]):
        out[k] = column[rows[k]]


@kernel
def divide(cells, lattice, rows, lines, order, births, mothers):  # type: ignore[no-untyped-def]
    """Let ``rows`` divide in ``order`` along their ``lines`` where room can be made; the others wait a cycle, quiescent (P5, P7).

    The k-th daughter takes row ``births[k]`` [-], its mother's row goes to ``mothers[k]`` [-]; :func:`bear_daughters` fills it.

    Returns
    -------
    int
        Number of divisions [-].
    """
    target = np.empty(3, np.int64)
    count = 0
    for k in order:
        i = rows[k]
        cells.clock[i] -= 1.0
        if push(lattice, cells, i, lines[k], target):
            cells.state[i] = PROLIFERATING
            place(lattice, cells, births[count], target[0], target[1], target[2])
            mothers[count] = i
            count += 1
        else:
            cells.state[i] = QUIESCENT
    return count
