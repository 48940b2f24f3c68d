"""Traits mix at the turns of lineages, whatever the order of rows."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from xenosim.cell import mixing
from xenosim.cell.kernel import BLOCK
from xenosim.cell.population import fill_resting_columns, found_cells
from xenosim.cell.state import Cells, allocate, digest, view
from xenosim.testing import small_spec
from xenosim.tumor.radial import RadialTumor
from xenosim.tumor.tumor import Tumor

SPEC = small_spec(cycle_h=24.0, loss_factor=0.0)
TRAITS = SPEC.traits._replace(mixing_rate=1 / 60.0)


def founders(n: int) -> Any:
    """Cells that have met no drug."""
    cells = view(allocate(n), n)
    found_cells(cells, n, np.uint64(3), TRAITS, 1.0)
    fill_resting_columns(cells, SPEC.params)
    cells.site[:] = 0
    return cells


def mix(cells: Any, steps: range, exposed: bool = True) -> None:
    """Let traits mix for some hours."""
    for step in steps:
        mixing.mix_traits(cells, np.int64(step), np.uint64(3), TRAITS, SPEC.params, 1.0, exposed)


@pytest.mark.parametrize(
    ("hours", "dt", "steps"), [(60.0, 1.0, 15), (1e4, 1.0, 24), (60.0, 0.5, 30), (1.0, 1.0, 1)]
)
def test_every_cell_has_one_turn_in_so_many_steps(hours: float, dt: float, steps: int) -> None:
    every = mixing.steps_a_turn(SPEC.traits._replace(mixing_rate=1 / hours), dt)
    assert every == steps
    uids = founders(6000).uid
    turns = [mixing.list_turns(uids, step, every) for step in range(100, 100 + every)]
    assert np.array_equal(np.sort(np.concatenate(turns)), np.arange(6000))
    # Five standard deviations of a binomial number.
    assert all(abs(t.size - 6000 / every) <= 5 * np.sqrt(6000 / every) for t in turns)


def test_neither_rows_nor_threads_matter() -> None:
    n = 2 * BLOCK + 100
    plain, turned, one = founders(n), founders(n), founders(n)
    order = np.random.default_rng(1).permutation(n)
    for column in turned:
        column[:] = column[order]
    mix(plain, range(1, 30))
    mix(turned, range(1, 30))
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    mix(one, range(1, 30))
    numba.set_num_threads(threads)
    assert digest(plain, n) == digest(turned, n) == digest(one, n) != digest(founders(n), n)


def test_the_stress_at_rest_goes_with_the_load_and_nothing_else_changes() -> None:
    cells, before = founders(500), founders(500)
    mix(cells, range(1, 16))
    assert (cells.load_ratio != before.load_ratio).all()
    assert (cells.threshold != before.threshold).all()
    rest = founders(500)
    rest.load_ratio[:] = cells.load_ratio
    fill_resting_columns(rest, SPEC.params)
    assert np.array_equal(cells.resting_stress, rest.resting_stress)
    for name in set(Cells._fields) - {"load_ratio", "threshold", "resting_stress"}:
        assert np.array_equal(getattr(cells, name), getattr(before, name)), name
    mix(before, range(1, 16), exposed=False)
    assert np.array_equal(before.load_ratio, cells.load_ratio)
    assert not np.array_equal(before.resting_stress, cells.resting_stress)


@pytest.mark.parametrize("engine", ["lattice", "twin"])
def test_a_tumor_without_drug_is_at_rest_and_a_dose_later_finds_it_so(engine: str) -> None:
    spec = SPEC._replace(traits=TRAITS)
    twin = spec._replace(engine="twin", lattice_resolution=spec.resolution)
    tumor = Tumor(spec, 3.0, 5) if engine == "lattice" else RadialTumor(twin, 3.0, 5)
    for _ in range(40):
        tumor.step()
    assert not tumor.exposed
    (stress, rest), counts = tumor.distribution("stress", "resting_stress")
    assert counts is None and stress.size == tumor.n and np.array_equal(stress, rest)
    # Of the last births, within a turn of 15 h, some mothers and daughters are still alike.
    assert np.unique(tumor.rows.load_ratio).size > 0.7 * tumor.n > 3000
    tumor.step(np.full((1, 1), 1e-6))
    live = tumor.live
    # Cells of every load were put at rest as the drug came.
    assert tumor.exposed and np.abs(live.stress - live.resting_stress).max() < 1e-4


def test_a_twin_in_one_call_is_the_twin_step_by_step() -> None:
    spec = SPEC._replace(traits=TRAITS, engine="twin", lattice_resolution=SPEC.resolution)
    whole, steps = RadialTumor(spec, 2.0, 5), RadialTumor(spec, 2.0, 5)
    table = np.full((60, 1, 1), 0.7)
    table[:20] = 0.0
    whole.advance(table, np.zeros(60))
    for k in range(60):
        steps.step(table[k])
    assert whole.digest() == steps.digest()
    back = RadialTumor.from_state(spec, whole.state())
    back.step(table[-1])
    whole.step(table[-1])
    assert back.digest() == whole.digest()
