"""Deaths, clearance, closing gaps and division, committed in a fixed order: the result depends on no thread and no row order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.rng import CLEARANCE, CYCLE, DIRECTION, LOSS, OFFSET, PRIORITY, VACANCY, block, lineage_id, normals, u01, unit
from xenosim.cell.state import NEVER
from xenosim.jit import kernel
from xenosim.tumor.lattice import OUTSIDE, VACANT, coordinates, inside, line_point, outward, place

APOPTOTIC, QUIESCENT, PROLIFERATING = np.uint8(2), np.uint8(1), np.uint8(0)
#: Random spread of the push direction about the unit outward normal (per component).
_JITTER = 0.5


class SpaceParams(NamedTuple):
    """Space in sites: ``depth`` mechanical depth [thirds of a site]; ``reach`` longest push [sites]; ``close_probability`` of
    a gap per step [-]; center of mass ``cz``, ``cy``, ``cx`` [sites]; ``dt`` [h]; ``seed`` [-]."""

    depth: Any
    reach: Any
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


@kernel
def loss_step(seed, step, uid, loss_per_h, dt):  # type: ignore[no-untyped-def]
    """Step [-] at which a cell born at ``step`` [-] is lost: exponential waiting time at ``loss_per_h`` [1/h] (P5)."""
    if loss_per_h <= 0.0:
        return NEVER
    wait = -np.log(u01(seed, LOSS, step, uid)) / loss_per_h
    return np.int32(min(step + steps_until(wait, dt), np.int64(NEVER)))


@kernel
def begin_death(cells, i, step, traits, space):  # type: ignore[no-untyped-def]
    """Row ``i`` [-] becomes apoptotic at ``step`` [-]; its clearance is drawn from the line's range [h] (P4)."""
    wait = u01(space.seed, CLEARANCE, step, cells.uid[i])
    hours = traits.clearance_min_h + wait * (traits.clearance_max_h - traits.clearance_min_h)
    cells.state[i] = APOPTOTIC
    # A dying cell neither commits nor cycles again: it is marked only when its clearance is due.
    cells.commitment[i] = 0.0
    cells.clock[i] = -1e6
    cells.event_step[i] = np.int32(step + steps_until(hours, space.dt))


@kernel
def settle_deaths(cells, n, marks, step, traits, space, cleared):  # type: ignore[no-untyped-def]
    """Start the deaths of marked rows and list the rows [-] to clear in ``cleared``, shape (n,) [-].

    Returns
    -------
    tuple of int
        Rows to clear, deaths by commitment, deaths by background loss [-].
    """
    to_clear, committed, lost = 0, 0, 0
    for i in range(n):
        if marks[i] == 0:
            continue
        if cells.state[i] == APOPTOTIC:
            marks[i] = 0
            if cells.event_step[i] <= step:
                cleared[to_clear] = i
                to_clear += 1
        elif cells.commitment[i] >= 1 or cells.event_step[i] <= step:
            if cells.commitment[i] >= 1:
                committed += 1
            else:
                lost += 1
            begin_death(cells, i, step, traits, space)
            marks[i] = 0
    return to_clear, committed, lost


@kernel
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
def clear_rows(cells, lattice, n, marks, cleared, count):  # type: ignore[no-untyped-def]
    """Remove ``count`` rows listed in rising order [-]; each leaves a vacant site. Returns the rows that remain [-]."""
    for k in range(count - 1, -1, -1):
        i = cleared[k]
        z, y, x = coordinates(lattice, np.int64(cells.site[i]))
        lattice.row[z, y, x] = VACANT
        n -= 1
        if i != n:
            move_row(cells, n, i)
            marks[i] = marks[n]
            z, y, x = coordinates(lattice, np.int64(cells.site[i]))
            lattice.row[z, y, x] = i
    return n


@kernel
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
    """Let each listed gap (flat site [-]) close with the probability of one step; ``origin`` (3,) fixes coordinates [-] (P7)."""
    for k in range(count):
        z, y, x = coordinates(lattice, gaps[k])
        if lattice.row[z, y, x] != VACANT:
            continue
        key = ((z - origin[0]) + 2048) * 16777216 + ((y - origin[1]) + 2048) * 4096 + (x - origin[2]) + 2048
        if u01(space.seed, VACANCY, step, np.uint64(key)) < space.close_probability:
            collapse(lattice, cells, z, y, x, space)


@kernel
def push(lattice, cells, i, step, space, target):  # type: ignore[no-untyped-def]
    """Make room beside row ``i`` [-]: shift the cells on a line along the outward normal to the first free site (P7).

    The free daughter site goes to ``target`` (3,) [-]. Returns whether room was made within the reach.
    """
    z, y, x = coordinates(lattice, np.int64(cells.site[i]))
    nz, ny, nx = outward(lattice, z, y, x)
    jz, jy, jx, _ = normals(space.seed, DIRECTION, step, cells.uid[i])
    flat = nz == 0.0 and ny == 0.0 and nx == 0.0
    spread = 1.0 if flat else _JITTER
    dz, dy, dx = nz + spread * jz, ny + spread * jy, nx + spread * jx
    largest = max(abs(dz), max(abs(dy), abs(dx)))
    dz, dy, dx = dz / largest, dy / largest, dx / largest
    stretch = np.sqrt(dz * dz + dy * dy + dx * dx)
    # The line starts anywhere within the mother's site: from its center, lines near an axis would all run along lattice rows.
    a, b, c, _ = block(space.seed, OFFSET, step, cells.uid[i])
    oz, oy, ox = z + unit(a) - 0.5, y + unit(b) - 0.5, x + unit(c) - 0.5
    last = 0
    k = 1
    while k * stretch <= space.reach:
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
    target[0], target[1], target[2] = line_point(oz, oy, ox, dz, dy, dx, 1)
    return True


@kernel
def bear_daughter(cells, mother, row, step, traits, space):  # type: ignore[no-untyped-def]
    """Fill ``row`` [-] with the daughter of ``mother`` [-]: traits inherited, cycle length with noise, new lineage (P5)."""
    move_row(cells, mother, row)
    uid = lineage_id(space.seed, cells.uid[mother], step)
    cells.uid[row] = uid
    keep = traits.cycle_inheritance
    deviation = np.log(np.float64(cells.cycle_h[mother]) / traits.cycle_h)
    noise = normals(space.seed, CYCLE, step, uid)[0]
    cells.cycle_h[row] = traits.cycle_h * np.exp(keep * deviation + np.sqrt(1.0 - keep * keep) * traits.cycle_sd * noise)
    cells.event_step[row] = loss_step(space.seed, step, uid, traits.loss_per_h, space.dt)


@kernel
def list_candidates(cells, n, marks, step, space, rows, priority):  # type: ignore[no-untyped-def]
    """Rows [-] that finished their cycle and their priority draws [-]; returns how many [-]."""
    count = 0
    for i in range(n):
        if marks[i] != 0 and cells.clock[i] >= 1:
            if count < rows.shape[0]:
                rows[count] = i
                priority[count] = u01(space.seed, PRIORITY, step, cells.uid[i])
            count += 1
    return count


@kernel
def divide(cells, lattice, n, rows, order, step, traits, space, target):  # type: ignore[no-untyped-def]
    """Let candidates divide in ``order`` [-] where an empty site lies within the depth; the others wait a cycle (P5, P7).

    Returns
    -------
    tuple of int
        Rows after division; pushes that found no room within the reach [-].
    """
    failed = 0
    for k in range(order.shape[0]):
        i = rows[order[k]]
        cells.clock[i] -= 1.0
        z, y, x = coordinates(lattice, np.int64(cells.site[i]))
        if lattice.distance[z, y, x] > space.depth:
            cells.state[i] = QUIESCENT
            continue
        if not push(lattice, cells, i, step, space, target):
            cells.state[i] = QUIESCENT
            failed += 1
            continue
        cells.state[i] = PROLIFERATING
        bear_daughter(cells, i, n, step, traits, space)
        place(lattice, cells, n, target[0], target[1], target[2])
        n += 1
    return n, failed
