"""The hot loop: load a row, apply the rules, store it, and mark rows that need a decision."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.rules import (
    ONE,
    ZERO,
    capacity_target,
    commitment_step,
    cycle_speed,
    death_signal,
    death_threshold,
    ikzf_step,
    nfkb_activity,
    noxa_step,
    proteasome_load,
    relax,
    stress_drive,
)
from xenosim.cell.state import MAX_SIDE, SITE_BITS, Cells
from xenosim.jit import kernel, prange

#: Bits of a mark: death is due, clearance is due (dying cells have a negative clock), the cycle is
#: finished.
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
    voxel: zeros); ``cereblon``: CRBN occupancy by lenalidomide [-].
    """

    inhibition: Any
    zone: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any
    cereblon: Any


def well_mixed(inhibition: NDArray[Any], cereblon: Any) -> Exposure:
    """What cells without a lattice see, all on site 0 of one voxel: ``inhibition`` (n_clones,
    n_zones) of zone 0 [-], ``cereblon`` [-].
    """
    origin = np.zeros(1, np.uint32)
    return Exposure(inhibition, np.zeros(1, np.uint8), origin, origin, origin, cereblon)


@kernel
def gather_exposure(cells, exposure, inhibition, oxygen):
    """Look up the beta5 occupancy of a run of cells by clone and zone of their voxel into
    ``inhibition`` [-], and whether oxygen lets them cycle into ``oxygen`` [-], 1 or 0, each of
    shape (n,).

    A loop of its own: LLVM cannot prove that an indexed read stays clear of the columns, and would
    not vectorize the rest.

    Source: MODEL.md P2, P6.
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
        oxygen[i] = ONE if kind < HYPOXIC else ZERO


@kernel
def advance_rows(cells, inhibition, oxygen, cereblon, params, factors, step, marks):
    """Advance a run of cells by one step and mark the rows that reached a decision (P3-P5).

    Parameters
    ----------
    cells : Cells
        Columns of the rows to advance, shape (n,); changed in place.
    inhibition : float array, shape (n,)
        beta5 occupancy of each row [-].
    oxygen : float array, shape (n,)
        1 where there is oxygen for the cycle, 0 where not [-].
    cereblon : float
        CRBN occupancy [-].
    params, factors : CellParams, StepFactors
        Rates [1/h], step [h].
    step : int
        Number of this step [-].
    marks : uint8 array, shape (n,)
        DYING where the cell committed to death or met its event step, LEAVING where its body is due
        to go, READY where its cycle is finished [-].

    Source: MODEL.md P3-P6.
    """
    q, dt = cereblon, factors.dt
    # Local names: LLVM then sees plain pointers and vectorizes the loop.
    event_step = cells.event_step
    capacity_c, load_c, stress_c, chaperone_c = (
        cells.capacity,
        cells.load,
        cells.stress,
        cells.chaperone,
    )
    noxa_c, dr5_c, commitment_c, ikzf_c, clock_c = (
        cells.noxa,
        cells.dr5,
        cells.commitment,
        cells.ikzf,
        cells.clock,
    )
    ratio_c, threshold_c, cycle_c, resting_c = (
        cells.load_ratio,
        cells.threshold,
        cells.cycle_h,
        cells.resting_stress,
    )
    for i in range(marks.shape[0]):
        o = inhibition[i]
        capacity = relax(capacity_c[i], capacity_target(o, params.bounce_back), factors.capacity)
        left = ONE - o
        activity = capacity * left
        supply = ratio_c[i] * (ONE + params.lenalidomide_load_gain * q)
        load = proteasome_load(
            load_c[i], supply, activity, params.synthesis_rate, params.load_clearance, dt
        )
        stress = relax(
            stress_c[i], stress_drive(load, chaperone_c[i], params.stress_half_load), factors.stress
        )
        chaperone = relax(chaperone_c[i], ONE + params.chaperone_gain * stress, factors.chaperone)
        noxa = noxa_step(noxa_c[i], stress, left, params, dt)
        dr5 = relax(dr5_c[i], params.dr5 * stress, factors.dr5)
        ikzf = ikzf_step(ikzf_c[i], q, activity, params, dt)
        threshold = death_threshold(
            threshold_c[i], nfkb_activity(o, ikzf, params), stress, ikzf, params
        )
        commitment = commitment_step(
            commitment_c[i],
            death_signal(stress, noxa, dr5, params),
            threshold,
            params,
            factors.commitment,
            dt,
        )
        clock = (
            clock_c[i]
            + dt / cycle_c[i] * cycle_speed(stress, resting_c[i], ikzf, params) * oxygen[i]
        )
        capacity_c[i], load_c[i], stress_c[i], chaperone_c[i] = capacity, load, stress, chaperone
        noxa_c[i], dr5_c[i], commitment_c[i], ikzf_c[i], clock_c[i] = (
            noxa,
            dr5,
            commitment,
            ikzf,
            clock,
        )
        due = event_step[i] <= step
        marks[i] = (
            np.uint8(((commitment >= ONE) & (clock >= ZERO)) | due) * DYING
            | np.uint8(due & (clock < ZERO)) * LEAVING
            | np.uint8(clock >= ONE) * READY
        )


@kernel
def _advance_block(b, cells, exposure, params, factors, step, marks):
    """Advance rows [b BLOCK, (b + 1) BLOCK) [-]; parameters as in :func:`advance_rows` [-]."""
    lo = b * BLOCK
    hi = min(lo + BLOCK, marks.shape[0])
    rows = _slice(cells, lo, hi)
    inhibition, oxygen = np.empty(hi - lo, cells.load.dtype), np.empty(hi - lo, cells.load.dtype)
    gather_exposure(rows, exposure, inhibition, oxygen)
    advance_rows(rows, inhibition, oxygen, exposure.cereblon, params, factors, step, marks[lo:hi])


@kernel(inline=True)
def _slice(cells, lo, hi):
    """Views of rows [lo, hi) [-] of ``cells`` [-]."""
    return Cells(
        cells.uid[lo:hi],
        cells.site[lo:hi],
        cells.state[lo:hi],
        cells.clone[lo:hi],
        cells.event_step[lo:hi],
        cells.capacity[lo:hi],
        cells.load[lo:hi],
        cells.stress[lo:hi],
        cells.chaperone[lo:hi],
        cells.noxa[lo:hi],
        cells.dr5[lo:hi],
        cells.commitment[lo:hi],
        cells.ikzf[lo:hi],
        cells.clock[lo:hi],
        cells.load_ratio[lo:hi],
        cells.threshold[lo:hi],
        cells.cycle_h[lo:hi],
        cells.resting_stress[lo:hi],
    )


@kernel
def age_cells(cells, dt, step, marks):
    """Advance cells that have never met a drug: they are at rest, so that only their clock runs;
    parameters as in :func:`advance_rows`.

    Source: MODEL.md P5.
    """
    event_step, clock_c, cycle_c = cells.event_step, cells.clock, cells.cycle_h
    for i in range(marks.shape[0]):
        clock = clock_c[i] + dt / cycle_c[i]
        due = event_step[i] <= step
        clock_c[i] = clock
        marks[i] = (
            np.uint8(due) * DYING
            | np.uint8(due & (clock < ZERO)) * LEAVING
            | np.uint8(clock >= ONE) * READY
        )


@kernel
def age_hypoxic_cells(cells, exposure, dt, step, marks):
    """As :func:`age_cells`, where the clock [-] stands still in voxels without oxygen.

    Source: MODEL.md P5, P6.
    """
    zone, vz, vy, vx = exposure.zone, exposure.voxel_z, exposure.voxel_y, exposure.voxel_x
    site, event_step, clock_c, cycle_c = cells.site, cells.event_step, cells.clock, cells.cycle_h
    for i in range(marks.shape[0]):
        s = np.uint64(site[i])
        clock = clock_c[i]
        if zone[vz[s >> _UPPER] + vy[(s >> _MIDDLE) & _MASK] + vx[s & _MASK]] < HYPOXIC:
            clock += dt / cycle_c[i]
        due = event_step[i] <= step
        clock_c[i] = clock
        marks[i] = (
            np.uint8(due) * DYING
            | np.uint8(due & (clock < ZERO)) * LEAVING
            | np.uint8(clock >= ONE) * READY
        )


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
