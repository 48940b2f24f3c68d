"""Cells that a drug kills directly, not through the proteasome (MODEL.md P14)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.kernel import BLOCK, DYING, HYPOXIC
from xenosim.cell.rng import DIRECT, u01
from xenosim.cell.rules import kill_probability
from xenosim.cell.state import MAX_SIDE, PROLIFERATING, SITE_BITS, is_dying
from xenosim.jit import kernel, prange

_UPPER, _MIDDLE, _MASK = np.uint64(2 * SITE_BITS), np.uint64(SITE_BITS), np.uint64(MAX_SIDE - 1)


class DirectEffect(NamedTuple):
    """What drugs do to cells directly, numbers of one step or arrays (n_steps,): ``kill``, rate of
    death of every cell [1/h]; ``kill_cycling``, more of it for cells that cycle [1/h]; ``pace``,
    share of its speed that is left to the clock [-].
    """

    kill: Any
    kill_cycling: Any
    pace: Any


#: What no such drug does.
NOTHING = DirectEffect(0.0, 0.0, 1.0)


def in_one_step(direct: tuple[Any, Any, Any] | None, step: int) -> DirectEffect:
    """Direct effects in one ``step`` [-] of a course, plain numbers; none: :data:`NOTHING`."""
    if direct is None:
        return NOTHING
    return DirectEffect(*(float(each[step]) for each in direct))


def acts(effect: DirectEffect) -> bool:
    """Whether the direct ``effect`` of one step is any at all."""
    return bool(effect.kill > 0.0 or effect.kill_cycling > 0.0 or effect.pace < 1.0)


@kernel
def strike_some(cells, lo, hi, exposure, effect, step, seed, dt, marks):
    """Of the rows lo..hi-1, those that ``effect`` kills in this ``step`` commit to death, and are
    marked for it (P14).

    Parameters
    ----------
    cells : Cells
        Columns, of which ``commitment`` is changed [-].
    lo, hi : int
        First row, and that after the last [-].
    exposure : Exposure
        Where there is oxygen for the cycle.
    effect : DirectEffect
        Rates of death [1/h] in this step.
    step, seed : int
        Number of this step, seed of the tumor [-].
    dt : float
        Time step [h].
    marks : uint8 array
        Marks of all rows, changed.

    Source: MODEL.md P14.
    """
    resting = kill_probability(effect.kill, dt)
    cycling = kill_probability(effect.kill + effect.kill_cycling, dt)
    zone, vz, vy, vx = exposure.zone, exposure.voxel_z, exposure.voxel_y, exposure.voxel_x
    for i in range(lo, hi):
        if is_dying(cells.state[i]):
            continue
        chance = resting
        if cycling > resting and cells.state[i] == PROLIFERATING:
            s = np.uint64(cells.site[i])
            if zone[vz[s >> _UPPER] + vy[(s >> _MIDDLE) & _MASK] + vx[s & _MASK]] < HYPOXIC:
                chance = cycling
        if chance > 0.0 and u01(seed, DIRECT, step, cells.uid[i]) < chance:
            cells.commitment[i] = 1.0
            marks[i] |= DYING


@kernel(parallel=True)
def strike_cells(cells, exposure, effect, step, seed, dt, marks):
    """:func:`strike_some` of all rows [-], on all threads."""
    for b in prange((marks.shape[0] + BLOCK - 1) // BLOCK):
        hi = min((b + 1) * BLOCK, marks.shape[0])
        strike_some(cells, b * BLOCK, hi, exposure, effect, step, seed, dt, marks)
