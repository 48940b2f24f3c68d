"""Traits mix: a cell's load and threshold return to the median of its line and are blown about, so
that the distribution over cells stays as it is and every cell forgets where it was (MODEL.md P5).
"""

from __future__ import annotations

import numpy as np

from xenosim.cell.kernel import BLOCK
from xenosim.cell.population import gather, solve_at_rest
from xenosim.cell.rng import MIXING, blocks, unit
from xenosim.cell.rules import TWO, mixed_trait
from xenosim.jit import kernel, prange

#: Turns of a cell within the time in which traits are forgotten, at least [-].
TURNS = 4.0
#: Longest time from one turn of a cell to its next [h].
LONGEST_TURN_H = 24.0
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)


@kernel
def steps_a_turn(traits, dt):
    """Steps of ``dt`` [h] from one turn of a cell to its next [-]: a quarter of the time in which
    traits are forgotten, a day at most.
    """
    hours = min(1.0 / (TURNS * traits.mixing_rate), LONGEST_TURN_H)
    return max(np.int64(np.rint(hours / dt)), 1)


@kernel
def list_turns(uids, step, every):
    """Rows of ``uids`` (n,) whose turn is at ``step``, int64: each has one in ``every`` steps, by
    its lineage, so that every step has about as many [-].
    """
    whole, now = np.uint64(every), np.uint64(step % every)
    rows, n = np.empty(uids.shape[0] + 1, np.int64), np.uint64(0)
    for i in range(uids.shape[0]):
        # Every row is written, and kept if it counts: a branch that cannot be foretold costs more.
        rows[n] = i
        n += np.uint64(((uids[i] & _LOW) * whole) >> _SHIFT == now)
    return rows[:n]


@kernel(parallel=True)
def mix_traits(cells, step, seed, traits, params, dt, exposed):
    """Load and threshold of the ``cells`` (n,) whose turn it is take the exact step of the time
    since their last; those of a tumor that is ``exposed`` to drug get the stress at rest that goes
    with the load (P5).

    Parameters
    ----------
    cells : Cells
        Rows in use; changed in place.
    step, seed : int
        Step, seed of the tumor or well [-].
    traits, params : TraitParams, CellParams
        The population; the mixing rate [1/h] is above 0.
    dt : float
        Time step [h].
    exposed : bool
        Whether the columns of a cell at rest are held [-].
    """
    n = cells.uid.shape[0]
    for b in prange((n + BLOCK - 1) // BLOCK):
        mix_some(cells, b * BLOCK, min((b + 1) * BLOCK, n), step, seed, traits, params, dt, exposed)


@kernel
def mix_some(cells, lo, hi, step, seed, traits, params, dt, exposed):
    """As :func:`mix_traits`, for the rows lo..hi-1 of one thread [-]."""
    every = steps_a_turn(traits, dt)
    rows = list_turns(cells.uid[lo:hi], step, every) + lo
    kept = np.exp(-traits.mixing_rate * every * dt)
    share = np.sqrt(1.0 - kept * kept)
    # As wide as the columns: a float32 logarithm costs half.
    wide = np.empty(5, cells.load_ratio.dtype)
    wide[0], wide[1], wide[2] = kept, traits.load_median, share * traits.load_sd
    wide[3], wide[4] = traits.threshold_median, share * traits.threshold_sd
    keep, ratio, threshold = wide[0], cells.load_ratio, cells.threshold
    radius, angle = _draws(cells, rows, step, seed)
    for k in range(rows.shape[0]):
        i = rows[k]
        noise = radius[k] * np.cos(angle[k]), radius[k] * np.sin(angle[k])
        ratio[i] = mixed_trait(ratio[i], wide[1], keep, wide[2], noise[0])
        threshold[i] = mixed_trait(threshold[i], wide[3], keep, wide[4], noise[1])
    if exposed:
        _rest_anew(cells, rows, params)


@kernel
def _draws(cells, rows, step, seed):
    """Two independent standard normal numbers for each of ``rows`` (n,) [-], as radius and angle of
    Box and Muller.
    """
    n, kind = rows.shape[0], cells.load_ratio.dtype
    uids, words = np.empty(n, np.uint64), np.empty((4, n), np.uint32)
    gather(cells.uid, rows, uids)
    blocks(seed, MIXING, step, uids, words)
    radius, angle = np.empty(n, kind), np.empty(n, kind)
    for k in range(n):
        radius[k], angle[k] = unit(words[0, k]), 2.0 * np.pi * unit(words[1, k])
    for k in range(n):
        radius[k] = np.sqrt(-TWO * np.log(radius[k]))
    return radius, angle


@kernel
def _rest_anew(cells, rows, params):
    """The stress at rest of ``rows`` (n,) [-], from their load ratios."""
    n, kind = rows.shape[0], cells.load_ratio.dtype
    ratio, load, stress = np.empty(n, kind), np.empty(n, kind), np.empty(n, kind)
    gather(cells.load_ratio, rows, ratio)
    solve_at_rest(ratio, load, stress, params)
    for k in range(n):
        cells.resting_stress[rows[k]] = stress[k]
