"""What befalls cells in a tumor or in a dish, in columns: founding, death, cycle and birth."""

from __future__ import annotations

from typing import Any

import numpy as np

from xenosim.cell.generate import generated
from xenosim.cell.kernel import DYING, LEAVING, READY, slice_rows
from xenosim.cell.rng import (
    BIRTH,
    CLEARANCE,
    CLONE,
    FOUNDER,
    LINEAGE,
    NECROSIS,
    TRAITS,
    block,
    blocks,
    join,
    normal_of,
    normals,
    u01,
    unit,
)
from xenosim.cell.rules import (  # noqa: F401 - some are used by what is generated
    ONE,
    ZERO,
    chaperone_target,
    dr5_target,
    noxa_drive,
    resting_load,
    resting_stress_step,
)
from xenosim.cell.state import (
    APOPTOTIC,
    NECROTIC,
    NEVER,
    PROLIFERATING,
    QUIESCENT,
    is_dying,
    unpack,
)
from xenosim.jit import kernel, prange, prefetch

#: Cells that one thread founds, bears or lets rest at a time.
BIRTHS = 512
#: How many rows ahead of their use memory is asked for.
AHEAD = 16
#: Most iterations that solve the stress of a cell at rest, each at least halving its error.
RESTING_ITERATIONS = 64
#: Transits of equal mean through which the body of a killed cell goes [-].
TRANSITS = 3.0
#: Clock of a dying cell [-]: it stands so far back that it never comes near a division. Nobody
#: reads it; what a cell is doing stands in its state.
PARKED = -1e6


@kernel
def steps_until(hours, dt):
    """Whole steps of ``dt`` [h] that cover ``hours`` [h], at least one [-]."""
    return max(np.int64(np.ceil(hours / dt)), 1)


@kernel(inline=True)
def loss_step(word, step, loss_per_h, dt):
    """Step [-] at which a cell born at ``step`` [-] is lost: exponential waiting time at
    ``loss_per_h`` [1/h] from a word [-] (P5).
    """
    if loss_per_h <= 0.0:
        return NEVER
    wait = -np.log(unit(word)) / loss_per_h
    return np.int32(min(step + steps_until(wait, dt), np.int64(NEVER)))


@kernel(inline=True)
def clone_cycle(clone, traits):
    """Typical cycle [h] of a ``clone`` [-]: a resistant one pays for its mutation with a longer
    cycle (P5).

    Assumption: the cost falls on the cycle alone.
    """
    return traits.cycle_h * (1.0 + traits.cycle_cost) if clone > 0 else traits.cycle_h


@kernel(parallel=True)
def found_cells(cells, n, seed, traits, dt):
    """Fill rows 0..n-1 [-] with founders: traits drawn, ages of a growing population; no site yet,
    states by :func:`fill_resting_columns` (P5).
    """
    for b in prange((n + BIRTHS - 1) // BIRTHS):
        found_some(cells, b * BIRTHS, min((b + 1) * BIRTHS, n), seed, traits, dt)


@kernel
def found_some(cells, lo, hi, seed, traits, dt):
    """As :func:`found_cells`, for the rows lo..hi-1 of one thread [-]."""
    for i in range(lo, hi):
        a, b, age, lifetime = block(seed, FOUNDER, 0, i)
        uid = join(a, b)
        z1, z2, z3, _ = normals(seed, TRAITS, 0, uid)
        cells.uid[i] = uid
        cells.state[i] = PROLIFERATING
        cells.clone[i] = (
            traits.resistant_fraction > 0.0 and u01(seed, CLONE, 0, uid) < traits.resistant_fraction
        )
        cells.event_step[i] = loss_step(lifetime, 0, traits.loss_per_h, dt)
        cells.load_ratio[i] = traits.load_median * np.exp(traits.load_sd * z1)
        cells.threshold[i] = traits.threshold_median * np.exp(traits.threshold_sd * z2)
        cells.cycle_h[i] = clone_cycle(cells.clone[i], traits) * np.exp(traits.cycle_sd * z3)
        cells.clock[i] = -np.log2(1.0 - 0.5 * unit(age))


#: ``fill_from_stress(cells, params)``: the columns that follow from load and stress at rest [-].
fill_from_stress: Any = generated("fill_from_stress", globals())


@kernel(parallel=True)
def fill_resting_columns(cells, params):
    """Fill the columns of cells (n,) that have never met a drug,
    :data:`xenosim.cell.columns.RESTING_COLUMNS`, from their traits [-] (P3-P4).
    """
    n = cells.uid.shape[0]
    for b in prange((n + BIRTHS - 1) // BIRTHS):
        # Few enough rows that their columns stay in the nearest cache.
        fill_some_resting_columns(cells, b * BIRTHS, min((b + 1) * BIRTHS, n), params)


@kernel
def fill_some_resting_columns(cells, lo, hi, params):
    """As :func:`fill_resting_columns`, for the rows lo..hi-1 of one thread [-]."""
    rows = slice_rows(cells, lo, hi)
    solve_at_rest(rows.load_ratio, rows.load, rows.stress, params)
    fill_from_stress(rows, params)


@kernel
def solve_at_rest(load_ratio, load, stress, params):
    """``load`` and ``stress`` (n,) of cells that have never met a drug, from their ``load_ratio``
    (n,) [-]: the fixed point of the stress and the chaperones that it induces (P3-P4).
    """
    for i in range(load_ratio.shape[0]):
        load[i], stress[i] = resting_load(load_ratio[i], params), ZERO
    for _ in range(RESTING_ITERATIONS):
        changed = 0
        for i in range(load_ratio.shape[0]):
            before = stress[i]
            stress[i] = resting_stress_step(before, load[i], params)
            changed += stress[i] != before
        if changed == 0:
            break


@kernel
def list_marked(marks):
    """Rows whose death, clearance or division is due: three lists of rows, int64, each in rising
    order [-].

    Few rows are marked, and nothing tells which: every pass writes all it meets and keeps only what
    counts, for a branch that cannot be foretold costs more than the writing. Eight marks are looked
    at together.
    """
    n, none, one = marks.shape[0], np.uint64(0), np.uint64(1)
    words = marks[: n - n % 8].view(np.uint64)
    eights, n_eights = np.empty(words.shape[0] + 1, np.int32), none
    for w in range(words.shape[0]):
        eights[n_eights] = w
        n_eights += np.uint64(words[w] != none)
    # The marks beyond the last word count as another one.
    eights[n_eights] = words.shape[0]
    marked, n_marked = np.empty(8 * np.int64(n_eights) + 8, np.int32), none
    for k in range(n_eights + one):
        for i in range(8 * eights[k], min(8 * eights[k] + 8, n)):
            marked[n_marked] = i
            n_marked += np.uint64(marks[i] != 0)
    lists = np.empty((3, np.int64(n_marked) + 1), np.int64)
    dying, leaving, ready = lists[0], lists[1], lists[2]
    n_dying, n_leaving, n_ready = none, none, none
    for k in range(n_marked):
        i = marked[k]
        mark = marks[i]
        dying[n_dying], leaving[n_leaving], ready[n_ready] = i, i, i
        n_dying += np.uint64((mark & (DYING | LEAVING)) == DYING)
        n_leaving += np.uint64((mark & LEAVING) != 0)
        n_ready += np.uint64(mark == READY)
    return dying[:n_dying], leaving[:n_leaving], ready[:n_ready]


@kernel(inline=True)
def clearance_hours(killed, step, uid, traits, seed):
    """Time [h] from the death of cell ``uid`` at ``step`` [-] until its body is cleared: uniform
    between the two times of the line, as of single cells among living neighbors; of a cell that a
    drug ``killed`` [-], with many others, three transits of equal mean (P4). Drawn from ``seed``.

    Source: transits of damaged cells, Simeoni et al. 2004, doi:10.1158/0008-5472.CAN-03-2524.
    """
    a, b, c, _ = block(seed, CLEARANCE, step, uid)
    if killed and traits.killed_clearance_h > 0.0:
        return -traits.killed_clearance_h / TRANSITS * np.log(unit(a) * unit(b) * unit(c))
    return traits.clearance_min_h + unit(a) * (traits.clearance_max_h - traits.clearance_min_h)


@kernel
def begin_deaths(cells, dying, step, traits, seed, dt, exposed):
    """The ``dying`` rows become apoptotic at ``step`` [-], cleared after the time of
    :func:`clearance_hours`; how many committed, none unless ``exposed`` to a drug [-] (P4).
    """
    committed = 0
    for k in range(dying.shape[0]):
        i, soon = dying[k], dying[min(k + AHEAD, dying.shape[0] - 1)]
        prefetch(cells.uid, soon)
        prefetch(cells.state, soon)
        prefetch(cells.clock, soon)
        prefetch(cells.event_step, soon)
        killed = False
        if exposed:
            prefetch(cells.commitment, soon)
            killed = cells.commitment[i] >= 1
            committed += killed
            # A dying cell neither commits nor cycles again: it is marked only when its clearance is
            # due.
            cells.commitment[i] = 0.0
        hours = clearance_hours(killed, step, cells.uid[i], traits, seed)
        cells.state[i] = APOPTOTIC
        cells.clock[i] = PARKED
        cells.event_step[i] = np.int32(step + steps_until(hours, dt))
    return committed


@kernel
def suffocate(cells, anoxic, space, probability, debris_steps, step, seed):
    """Living cells of the ``anoxic`` voxels (bool, by voxel) die of necrosis with ``probability``
    [-]; how many did [-] (P6).

    ``space``: the lattice, for its voxel tables [-]; ``debris_steps``: mean number of steps until
    the debris is cleared [-], exponential. Death and clearance are two words of one draw.
    """
    vz, vy, vx = space.voxel_z, space.voxel_y, space.voxel_x
    died = 0
    for i in range(cells.site.shape[0]):
        z, y, x = unpack(cells.site[i])
        if is_dying(cells.state[i]) or not anoxic[vz[z] + vy[y] + vx[x]]:
            continue
        first, second, _, _ = block(seed, NECROSIS, step, cells.uid[i])
        if unit(first) < probability:
            cells.state[i] = NECROTIC
            cells.commitment[i] = 0.0
            cells.clock[i] = PARKED
            cells.event_step[i] = np.int32(
                min(step + steps_until(-np.log(unit(second)) * debris_steps, 1.0), np.int64(NEVER))
            )
            died += 1
    return died


@kernel
def inherit(column, mothers, daughters):
    """Copy one column from ``mothers`` to ``daughters``, rows of the same shape [-]: a loop of its
    own, so that misses overlap.
    """
    for k in range(mothers.shape[0]):
        soon = min(k + AHEAD, mothers.shape[0] - 1)
        prefetch(column, mothers[soon])
        prefetch(column, daughters[soon])
        column[daughters[k]] = column[mothers[k]]


@kernel
def gather(column, rows, out):
    """Values of ``rows`` of a column into ``out``, of the same shape [unit of the column]."""
    for k in range(rows.shape[0]):
        prefetch(column, rows[min(k + AHEAD, rows.shape[0] - 1)])
        out[k] = column[rows[k]]


#: ``inherit_columns(cells, mothers, daughters, exposed)``: what daughters take over as it is [-].
inherit_columns: Any = generated("inherit_columns", globals())
#: ``move_row(cells, source, target, exposed)``: copy row ``source`` to row ``target`` [-].
move_row: Any = generated("move_row", globals())


@kernel(parallel=True)
def bear_daughters(cells, mothers, daughters, step, traits, seed, dt, exposed):
    """Fill the rows ``daughters`` from ``mothers`` [-]: all inherited but place; a new lineage,
    cycle length with noise, and the clone unless it mutates or reverts. Unless ``exposed`` to a
    drug [-], without what follows from the traits (P5).
    """
    n = mothers.shape[0]
    for b in prange((n + BIRTHS - 1) // BIRTHS):
        lo, hi = b * BIRTHS, min((b + 1) * BIRTHS, n)
        bear_some(cells, mothers[lo:hi], daughters[lo:hi], step, traits, seed, dt, exposed)


@kernel
def bear_some(cells, mothers, daughters, step, traits, seed, dt, exposed):
    """As :func:`bear_daughters`, for the births of one thread [-]."""
    inherit_columns(cells, mothers, daughters, exposed)
    n = mothers.shape[0]
    uids, words = np.empty(n, np.uint64), np.empty((4, n), np.uint32)
    gather(cells.uid, mothers, uids)
    # Whoever is met below waits for none of these.
    for k in range(n):
        prefetch(cells.clone, mothers[k])
        prefetch(cells.cycle_h, mothers[k])
        prefetch(cells.uid, daughters[k])
        prefetch(cells.clone, daughters[k])
        prefetch(cells.cycle_h, daughters[k])
        prefetch(cells.event_step, daughters[k])
    blocks(seed, LINEAGE, step, uids, words)
    for k in range(n):
        uids[k] = join(words[0, k], words[1, k])
    blocks(seed, BIRTH, step, uids, words)
    keep = traits.cycle_inheritance
    spread = np.sqrt(1.0 - keep * keep) * traits.cycle_sd
    uid, clone, cycle, event_step = cells.uid, cells.clone, cells.cycle_h, cells.event_step
    loss = traits.loss_per_h
    for k in range(n):
        row, kind = daughters[k], clone[mothers[k]]
        deviation = np.log(np.float64(cycle[mothers[k]]) / clone_cycle(kind, traits))
        changes = unit(words[3, k]) < (traits.mutation_rate if kind == 0 else traits.reversion_rate)
        uid[row] = uids[k]
        clone[row] = 1 - kind if changes else kind
        cycle[row] = clone_cycle(clone[row], traits) * np.exp(
            keep * deviation + spread * normal_of(words[0, k], words[1, k])
        )
        event_step[row] = loss_step(words[2, k], step, loss, dt)


@kernel
def finish_cycles(cells, rows):
    """``rows`` [-] begin a new cycle, quiescent unless they divide (P5)."""
    for k in range(rows.shape[0]):
        i, soon = rows[k], rows[min(k + AHEAD, rows.shape[0] - 1)]
        prefetch(cells.clock, soon)
        prefetch(cells.state, soon)
        cells.clock[i] -= 1.0
        cells.state[i] = QUIESCENT
