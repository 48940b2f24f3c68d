"""Deaths, clearance, closing gaps and division, committed in a fixed order: the result depends on no thread and no row order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.kernel import DYING, LEAVING, READY
from xenosim.cell.rng import BIRTH, CLEARANCE, DIVIDE, LINEAGE, VACANCY, blocks, half_units, join, normal_of, u01, unit
from xenosim.cell.state import NEVER
from xenosim.jit import kernel
from xenosim.tumor.lattice import OUTSIDE, VACANT, coordinates, decompose, inside, line_point, place, slope

APOPTOTIC, QUIESCENT, PROLIFERATING = np.uint8(2), np.uint8(1), np.uint8(0)
#: A line from within the depth of the surface ends at the latest at this multiple of the depth: it is straight, the surface is not.
LONGEST = 3.0


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
def aim(cells, lattice, rows, attempt, step, space, lines, keys):  # type: ignore[no-untyped-def]
    """The lines along which ``rows`` [-] would push: the outward normal, jittered; from the core, the radius (P7).

    ``lines`` (n, 6): direction, its largest component 1; offset of the start within the mother's site (from the center, lines near
    an axis would all run along lattice rows) [sites]. ``keys`` uint64 (n,): the order of the divisions, a priority draw before
    the uid [-]. ``attempt`` counts from 0 [-].
    """
    n = rows.shape[0]
    squared, site = lattice.squared, cells.site
    ny, nx = squared.shape[1], squared.shape[2]
    cz, cy, cx = space.cz, space.cy, space.cx
    words = np.empty((4, n), np.uint32)
    take(cells.uid, rows, keys)
    blocks(space.seed, DIVIDE + 16 * attempt, step, keys, words)
    for k in range(n):
        z, y, x = decompose(np.int64(site[rows[k]]), ny, nx)
        gz, gy, gx = slope(squared, z, y, x)
        if gz == 0.0 and gy == 0.0 and gx == 0.0:
            gz, gy, gx = z - cz, y - cy, x - cx
        length = max(np.sqrt(gz * gz + gy * gy + gx * gx), 1e-9)
        (jz, oz), (jy, oy), (jx, ox) = half_units(words[0, k]), half_units(words[1, k]), half_units(words[2, k])
        dz, dy, dx = gz / length + jz - 0.5, gy / length + jy - 0.5, gx / length + jx - 0.5
        scale = 1.0 / max(abs(dz), max(abs(dy), abs(dx)))
        lines[k, 0], lines[k, 1], lines[k, 2] = dz * scale, dy * scale, dx * scale
        lines[k, 3], lines[k, 4], lines[k, 5] = oz - 0.5, oy - 0.5, ox - 0.5
        keys[k] = join(words[3, k], np.uint32(keys[k]))


@kernel(inline=True)
def first_free(row, oz, oy, ox, dz, dy, dx, reach, deep):  # type: ignore[no-untyped-def]
    """Number of the first site without a cell on a line from (oz, oy, ox) [-], 0 if there is none within ``reach`` sites (P7).

    A ``deep`` cell takes only a gap. ``row`` (nz, ny, nx): an array, not the lattice, because reading a field of a tuple of arrays
    in a loop with several exits counts references, which costs more than the walk.
    """
    nz, ny, nx = row.shape
    step = np.sqrt(dz * dz + dy * dy + dx * dx)
    for k in range(1, np.int64(reach / step) + 1):
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, k)
        if not (2 <= z < nz - 2 and 2 <= y < ny - 2 and 2 <= x < nx - 2):
            return 0
        found = row[z, y, x]
        if found < 0:
            return k if found == VACANT or not deep else 0
    return 0


@kernel(inline=True)
def shift(row, site, voxel, vz, vy, vx, oz, oy, ox, dz, dy, dx, last):  # type: ignore[no-untyped-def]
    """Move every cell on a line one site on, from the one before site ``last`` [-] down to the first; its site becomes free (P7)."""
    ny, nx = row.shape[1], row.shape[2]
    qz, qy, qx = line_point(oz, oy, ox, dz, dy, dx, last)
    for k in range(last - 1, 0, -1):
        az, ay, ax = line_point(oz, oy, ox, dz, dy, dx, k)
        i = row[az, ay, ax]
        row[qz, qy, qx] = i
        site[i] = (qz * ny + qy) * nx + qx
        voxel[i] = vz[qz] + vy[qy] + vx[qx]
        qz, qy, qx = az, ay, ax


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
    uid, cycle, event_step = cells.uid, cells.cycle_h, cells.event_step
    typical, loss, dt = traits.cycle_h, traits.loss_per_h, space.dt
    for k in range(n):
        row = daughters[k]
        deviation = np.log(np.float64(cycle[mothers[k]]) / typical)
        uid[row] = uids[k]
        cycle[row] = typical * np.exp(keep * deviation + spread * normal_of(words[0, k], words[1, k]))
        event_step[row] = loss_step(words[2, k], step, loss, dt)


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
def divide(cells, lattice, rows, lines, births, space, mothers, left):  # type: ignore[no-untyped-def]
    """Let ``rows`` divide, in their order, along their ``lines`` where room can be made; the others wait a cycle, quiescent (P5, P7).

    The k-th daughter takes row ``births[k]``, its mother's row goes to ``mothers[k]``, for :func:`bear_daughters`; rows deeper than
    the depth that met no gap go to ``left`` [-].

    Returns
    -------
    tuple of int
        Number of divisions and of rows left [-].
    """
    row, squared, bounds = lattice.row, lattice.squared, lattice.bounds
    vz, vy, vx = lattice.voxel_z, lattice.voxel_y, lattice.voxel_x
    site, voxel, state = cells.site, cells.voxel, cells.state
    ny, nx = row.shape[1], row.shape[2]
    count, n_left = 0, 0
    for k in range(rows.shape[0]):
        i = rows[k]
        z, y, x = decompose(np.int64(site[i]), ny, nx)
        deep = squared[z, y, x] > space.depth_squared
        dz, dy, dx = lines[k, 0], lines[k, 1], lines[k, 2]
        oz, oy, ox = z + lines[k, 3], y + lines[k, 4], x + lines[k, 5]
        last = first_free(row, oz, oy, ox, dz, dy, dx, space.depth if deep else LONGEST * space.depth, deep)
        if last == 0:
            if deep:
                left[n_left] = i
                n_left += 1
            continue
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, last)
        bounds[0], bounds[1] = min(bounds[0], z), max(bounds[1], z)
        bounds[2], bounds[3] = min(bounds[2], y), max(bounds[3], y)
        bounds[4], bounds[5] = min(bounds[4], x), max(bounds[5], x)
        shift(row, site, voxel, vz, vy, vx, oz, oy, ox, dz, dy, dx, last)
        z, y, x = line_point(oz, oy, ox, dz, dy, dx, 1)
        daughter = births[count]
        row[z, y, x] = daughter
        site[daughter] = (z * ny + y) * nx + x
        voxel[daughter] = vz[z] + vy[y] + vx[x]
        state[i] = PROLIFERATING
        mothers[count] = i
        count += 1
    return count, n_left


@kernel
def finish_cycles(cells, rows):  # type: ignore[no-untyped-def]
    """``rows`` [-] begin a new cycle, quiescent unless they divide (P5)."""
    for i in rows:
        cells.clock[i] -= 1.0
        cells.state[i] = QUIESCENT
