"""The hot loop: load a row, apply the rules, store it, and mark rows that need a decision."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.generate import generated
from xenosim.cell.rules import (
    ONE,
    ZERO,
    capacity_target,
    chaperone_target,
    commitment_step,
    cycle_speed,
    death_signal,
    death_threshold,
    dr5_target,
    ikzf_step,
    nfkb_activity,
    noxa_step,
    proteasome_activity,
    proteasome_load,
    protein_supply,
    relax,
    stress_drive,
)
from xenosim.cell.state import MAX_SIDE, SITE_BITS, Cells, CellValues, NewValues, is_dying  # noqa: F401 - Cells and CellValues are used by what is generated
from xenosim.jit import kernel, prange

#: Bits of a mark: death is due, clearance is due, the cycle is finished.
DYING, LEAVING, READY = np.uint8(1), np.uint8(2), np.uint8(4)
#: Bit of a voxel's class: too little oxygen for the cycle (P6).
HYPOXIC = 128
_CLASS = HYPOXIC - 1
#: Rows per parallel block; a block is the unit of work of a thread.
BLOCK = 4096
_UPPER, _MIDDLE, _MASK = np.uint64(2 * SITE_BITS), np.uint64(SITE_BITS), np.uint64(MAX_SIDE - 1)


class Exposure(NamedTuple):
    """What cells see during one step.

    ``inhibition``: mean beta5 occupancy [-], shape (n_clones, n_zones); ``zone``: vessel class of
    each voxel, uint8 (n_voxels,), with the bit HYPOXIC where the cycle stands still; ``voxel_z``,
    ``voxel_y``, ``voxel_x``: uint32, their sum over the coordinates of a site is its voxel (one
    voxel: zeros); ``cereblon``: CRBN occupancy by lenalidomide [-]; ``pace``: share of its speed
    that drugs which brake the cycle directly leave to the clock [-].
    """

    inhibition: Any
    zone: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any
    cereblon: Any
    pace: Any


def well_mixed(inhibition: NDArray[Any], cereblon: Any) -> Exposure:
    """What cells without a lattice see, all on site 0 of one voxel: ``inhibition`` (n_clones,
    n_zones) of zone 0 [-], ``cereblon`` [-].
    """
    origin = np.zeros(1, np.uint32)
    whole = type(cereblon)(1.0)
    return Exposure(inhibition, np.zeros(1, np.uint8), origin, origin, origin, cereblon, whole)


@kernel
def gather_exposure(cells, exposure, inhibition, pace):
    """Look up the beta5 occupancy of a run of cells by clone and zone of their voxel into
    ``inhibition`` [-], and the share of its speed that is left to their clock into ``pace`` [-], 0
    without oxygen, each of shape (n,).

    A loop of its own: LLVM cannot prove that an indexed read stays clear of the columns, and would
    not vectorize the rest.

    Source: MODEL.md P2, P6, P14.
    """
    table, zone = exposure.inhibition, exposure.zone
    vz, vy, vx = exposure.voxel_z, exposure.voxel_y, exposure.voxel_x
    site, clone = cells.site, cells.clone
    for i in range(inhibition.shape[0]):
        # Unsigned, because a signed index is tested for being negative.
        s = np.uint64(site[i])
        voxel = vz[s >> _UPPER] + vy[(s >> _MIDDLE) & _MASK] + vx[s & _MASK]
        kind = zone[voxel]
        inhibition[i] = table[clone[i], kind & _CLASS]
        pace[i] = exposure.pace if kind < HYPOXIC else ZERO


@kernel(inline=True)
def advance_cell(cell, occupancy, pace, cereblon, params, factors):
    """One cell after one step (P3-P5).

    Parameters
    ----------
    cell : CellValues
        What is stored of it, in units of :data:`xenosim.cell.columns.COLUMNS`.
    occupancy, cereblon : float
        beta5 and CRBN occupancy [-].
    pace : float
        Share of its speed that oxygen and drugs on the cycle leave to the clock [-].
    params, factors : CellParams, StepFactors
        Rates [1/h], step [h].

    Returns
    -------
    NewValues

    Source: MODEL.md P3-P6.
    """
    dt = factors.dt
    capacity = relax(
        cell.capacity, capacity_target(occupancy, params.bounce_back), factors.capacity
    )
    activity = proteasome_activity(capacity, occupancy)
    supply = protein_supply(cell.load_ratio, cereblon, params)
    load = proteasome_load(
        cell.load, supply, activity, params.synthesis_rate, params.load_clearance, dt
    )
    drive = stress_drive(load, cell.chaperone, params.stress_half_load)
    stress = relax(cell.stress, drive, factors.stress)
    chaperone = relax(cell.chaperone, chaperone_target(stress, params), factors.chaperone)
    noxa = noxa_step(cell.noxa, stress, occupancy, params, dt)
    dr5 = relax(cell.dr5, dr5_target(stress, params), factors.dr5)
    ikzf = ikzf_step(cell.ikzf, cereblon, activity, params, dt)
    nfkb = nfkb_activity(occupancy, ikzf, params)
    threshold = death_threshold(cell.threshold, nfkb, stress, ikzf, params)
    signal = death_signal(stress, noxa, dr5, params)
    commitment = commitment_step(cell.commitment, signal, threshold, params, factors.commitment, dt)
    speed = cycle_speed(stress, cell.resting_stress, activity, ikzf, params)
    clock = cell.clock + dt / cell.cycle_h * speed * pace
    return NewValues(
        capacity=capacity,
        load=load,
        stress=stress,
        chaperone=chaperone,
        noxa=noxa,
        dr5=dr5,
        commitment=commitment,
        ikzf=ikzf,
        clock=clock,
    )


@kernel(inline=True)
def mark_of(committed, due, state, clock):
    """Mark of a cell [-]: DYING where it ``committed`` or its event step is ``due``, LEAVING where
    its body is due to go, READY where its cycle, by the ``clock``, is finished; by its ``state``.
    """
    dying = is_dying(state)
    living = not dying
    return (
        np.uint8((committed & living) | due) * DYING
        | np.uint8(due & dying) * LEAVING
        | np.uint8((clock >= ONE) & living) * READY
    )


#: Advance a run of cells: :data:`xenosim.cell.generate.ADVANCE_ROWS` says with what.
advance_rows: Any = generated("advance_rows", globals())
#: ``slice_rows(cells, lo, hi)``: views of rows [lo, hi) of ``cells`` [-].
slice_rows: Any = generated("slice_rows", globals())


@kernel
def _advance_block(b, cells, exposure, params, factors, step, marks):
    """Advance rows [b BLOCK, (b + 1) BLOCK) [-]; parameters as in :func:`advance_rows` [-]."""
    lo = b * BLOCK
    hi = min(lo + BLOCK, marks.shape[0])
    rows = slice_rows(cells, lo, hi)
    inhibition, pace = np.empty(hi - lo, cells.load.dtype), np.empty(hi - lo, cells.load.dtype)
    gather_exposure(rows, exposure, inhibition, pace)
    advance_rows(rows, inhibition, pace, exposure.cereblon, params, factors, step, marks[lo:hi])


@kernel
def age_cells(cells, dt, step, marks):
    """Advance cells that have never met a drug: they are at rest, so that only their clock runs;
    parameters as in :func:`advance_rows`.

    Source: MODEL.md P5.
    """
    state, event_step, clock_c, cycle_c = (
        cells.state,
        cells.event_step,
        cells.clock,
        cells.cycle_h,
    )
    for i in range(marks.shape[0]):
        clock = clock_c[i] + dt / cycle_c[i]
        due = event_step[i] <= step
        clock_c[i] = clock
        marks[i] = mark_of(False, due, state[i], clock)


@kernel
def age_hypoxic_cells(cells, exposure, dt, step, marks):
    """As :func:`age_cells`, where the clock [-] stands still in voxels without oxygen.

    Source: MODEL.md P5, P6.
    """
    zone, vz, vy, vx = exposure.zone, exposure.voxel_z, exposure.voxel_y, exposure.voxel_x
    site, state, event_step = cells.site, cells.state, cells.event_step
    clock_c, cycle_c = cells.clock, cells.cycle_h
    for i in range(marks.shape[0]):
        s = np.uint64(site[i])
        clock = clock_c[i]
        if zone[vz[s >> _UPPER] + vy[(s >> _MIDDLE) & _MASK] + vx[s & _MASK]] < HYPOXIC:
            clock += dt / cycle_c[i]
        due = event_step[i] <= step
        clock_c[i] = clock
        marks[i] = mark_of(False, due, state[i], clock)


@kernel
def step_few_cells(cells, exposure, params, factors, step, marks):
    """As :func:`step_cells`, on one thread: for so few cells that starting threads costs more than
    the work.
    """
    for b in range((marks.shape[0] + BLOCK - 1) // BLOCK):
        _advance_block(b, cells, exposure, params, factors, step, marks)


@kernel(parallel=True)
def step_cells(cells, exposure, params, factors, step, marks):
    """Advance every cell by one step on all threads; parameters as in :func:`advance_rows` [-]."""
    n_blocks = (marks.shape[0] + BLOCK - 1) // BLOCK
    for b in prange(n_blocks):
        _advance_block(np.int64(b), cells, exposure, params, factors, step, marks)
