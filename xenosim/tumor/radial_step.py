"""The steps of a radial tumor: the phases of :data:`xenosim.tumor.phases.PHASES`, for as many steps
as are asked for, in one compiled call.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.direct import DirectEffect, strike_some
from xenosim.cell.kernel import (
    HYPOXIC,
    Exposure,
    age_cells,
    age_hypoxic_cells,
    slice_rows,
    step_few_cells,
)
from xenosim.cell.mixing import mix_some
from xenosim.cell.population import (
    bear_some,
    begin_deaths,
    fill_some_resting_columns,
    list_marked,
    suffocate,
)
from xenosim.jit import kernel
from xenosim.tumor.shell_oxygen import mark_short, update_shell_oxygen
from xenosim.tumor.shells import (
    close_some_gaps,
    divide_places,
    fill_empty_rows,
    leave_places,
    settle,
    without_outer_gaps,
)

#: Where each counter of a radial tumor stands: rows, places, steps; births, clearances, deaths by
#: drug, by loss and by necrosis, divisions without room; whether it has met a drug [-].
N, PLACES, STEP, BORN, CLEARED, COMMITTED, LOST, NECROSED, FAILED, EXPOSED = range(10)
N_COUNTERS = 10


class RadialSpace(NamedTuple):
    """``places``; vessel class of every shell and sector in ``zone``, uint8 (n_shells, n_sectors),
    with its ``voxel_z``, ``voxel_y``, ``voxel_x`` as in :class:`xenosim.cell.kernel.Exposure`;
    ``air``, the oxygen of the shells; ``rules``; ``may_lack_oxygen``; ``dt`` [h].
    """

    places: Any
    zone: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any
    air: Any
    rules: Any
    may_lack_oxygen: Any
    dt: Any


class RadialModel(NamedTuple):
    """``params`` and ``factors`` of the cells, ``traits``, ``oxygen``."""

    params: Any
    factors: Any
    traits: Any
    oxygen: Any


@kernel
def live_steps(cells, space, counts, inhibition, cereblon, direct, model):
    """Live through the steps of ``cereblon`` (n_steps,) [-]; return how many were lived: fewer if
    rows or places could run short (P2-P7).

    Parameters
    ----------
    cells : Cells
        All rows that there are, of which the first ``counts[N]`` are in use; changed in place.
    space : RadialSpace
        Where they are; changed in place.
    counts : int64 array, shape (N_COUNTERS,)
        Counters [-]; changed in place.
    inhibition : float array, shape (n_steps, n_clones, n_zones), or (1, n_clones, n_zones)
        Mean beta5 occupancy of every step, or of all [-].
    cereblon : float array, shape (n_steps,)
        Mean CRBN occupancy of every step [-].
    direct : DirectEffect
        Direct effects of drugs in every step, (n_steps,) each [1/h, 1/h, -].
    model : RadialModel
        Cells, traits, oxygen.
    """
    for s in range(cereblon.shape[0]):
        n = counts[N]
        if n > 0:
            most = counts[PLACES] + n
            if 2 * n > cells.uid.shape[0] or most > space.places.order.shape[0]:
                return s
        counts[STEP] += 1
        if n > 0:
            exposure = Exposure(
                inhibition[min(s, inhibition.shape[0] - 1)],
                space.zone.reshape(-1),
                space.voxel_z,
                space.voxel_y,
                space.voxel_x,
                cereblon[s],
                direct.pace[s],
            )
            effect = DirectEffect(direct.kill[s], direct.kill_cycling[s], direct.pace[s])
            _step(cells, space, counts, exposure, effect, model)
    return cereblon.shape[0]


@kernel
def _step(cells, space, counts, exposure, effect, model):
    """One step of a tumor with cells; parameters as in :func:`live_steps`, ``effect`` of the one
    step [-].
    """
    places, rules, step, n = space.places, space.rules, counts[STEP], counts[N]
    marks = places.marks[:n]
    if model.traits.mixing_rate > 0.0:
        exposed = counts[EXPOSED] > 0
        mix_some(cells, 0, n, step, rules.seed, model.traits, model.params, space.dt, exposed)
    _advance(cells, space, counts, exposure, effect, model, marks)
    dying, leaving, ready = list_marked(marks)
    exposed = counts[EXPOSED] > 0
    committed = begin_deaths(cells, dying, step, model.traits, rules.seed, space.dt, exposed)
    counts[COMMITTED] += committed
    counts[LOST] += dying.shape[0] - committed
    leave_places(places, leaving)
    counts[CLEARED] += leaving.shape[0]
    due = step % rules.space_steps == 0
    if due:
        counts[PLACES] = close_some_gaps(places, counts[PLACES], step, rules)
        settle(cells, places, counts[PLACES])
    born = _divide(cells, space, counts, leaving, ready, model)
    counts[PLACES] = without_outer_gaps(places, counts[PLACES])
    settle(cells, places, counts[PLACES])
    rows = n + max(born - leaving.shape[0], 0)
    counts[N] = fill_empty_rows(cells, places, rows, leaving[born:], exposed)
    if due and space.may_lack_oxygen and counts[N] > 0:
        _breathe(cells, space, counts, model)


@kernel
def _advance(cells, space, counts, exposure, effect, model, marks):
    """Every cell by one step, and its mark [-]."""
    step = counts[STEP]
    killing = effect.kill > 0.0 or effect.kill_cycling > 0.0
    if counts[EXPOSED] == 0 and (
        killing or effect.pace < 1.0 or exposure.cereblon > 0.0 or exposure.inhibition.max() > 0.0
    ):
        fill_some_resting_columns(cells, 0, marks.shape[0], model.params)
        counts[EXPOSED] = 1
    if counts[EXPOSED] > 0:
        step_few_cells(cells, exposure, model.params, model.factors, step, marks)
        if killing:
            seed = space.rules.seed
            strike_some(cells, 0, marks.shape[0], exposure, effect, step, seed, space.dt, marks)
    elif space.may_lack_oxygen:
        age_hypoxic_cells(cells, exposure, model.factors.dt, step, marks)
    else:
        age_cells(cells, model.factors.dt, step, marks)


@kernel
def _divide(cells, space, counts, leaving, ready, model):
    """The ``ready`` rows divide; daughters take the rows of ``leaving`` cells first; births [-]."""
    step = counts[STEP]
    daughters = np.empty(ready.shape[0], np.int64)
    for k in range(ready.shape[0]):
        daughters[k] = leaving[k] if k < leaving.shape[0] else counts[N] + k - leaving.shape[0]
    mothers = np.empty(ready.shape[0], np.int64)
    born, counts[PLACES] = divide_places(
        cells, space.places, counts[PLACES], ready, daughters, mothers, step, space.rules
    )
    bear_some(
        cells,
        mothers[:born],
        daughters[:born],
        step,
        model.traits,
        space.rules.seed,
        space.dt,
        counts[EXPOSED] > 0,
    )
    counts[BORN] += born
    counts[FAILED] += ready.shape[0] - born
    return born


@kernel
def _breathe(cells, space, counts, model):
    """Oxygen for the cells that are there, where it lets them cycle, and necrosis [-] (P6)."""
    params = model.oxygen
    update_radial_oxygen(cells, space, counts, params)
    pressure, zone = space.air.pressure, space.zone
    anoxic = np.zeros(zone.shape, np.bool_)
    some = False
    for s in range(zone.shape[0]):
        for sector in range(zone.shape[1]):
            kind = zone[s, sector] & np.uint8(HYPOXIC - 1)
            anoxic[s, sector] = pressure[s, kind] < params.necrosis
            some |= anoxic[s, sector]
    if some:
        hours = space.rules.space_steps * space.dt
        counts[NECROSED] += suffocate(
            slice_rows(cells, 0, counts[N]),
            anoxic.reshape(-1),
            space,
            -np.expm1(-params.necrosis_rate * hours),
            params.debris / space.dt,
            counts[STEP],
            space.rules.seed,
        )


@kernel
def update_radial_oxygen(cells, space, counts, params):
    """Oxygen of every shell, and the classes where the cycle stands still for want of it [-]."""
    update_shell_oxygen(cells, space.places, counts[PLACES], space.air, params)
    mark_short(space.zone, space.air.pressure, params.hypoxia, HYPOXIC)
