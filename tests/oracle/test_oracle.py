"""The fast model against the reference model, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.oracle.naive import COLUMNS, NaiveTumor
from xenosim.cell import population
from xenosim.cell.columns import FLOAT_COLUMNS
from xenosim.cell.kernel import DYING, READY, step_cells, well_mixed
from xenosim.cell.params import cell_params, step_factors
from xenosim.cell.state import CellState, allocate, positions
from xenosim.parameters.load import load_set
from xenosim.testing import small_spec
from xenosim.tumor import regions
from xenosim.tumor.oxygen import OxygenParams
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, Perfusion
from xenosim.tumor.tumor import Tumor

Schedule = Callable[[int], tuple[Any, ...]]


def double(spec: TumorSpec) -> TumorSpec:
    """The same tumor with float64 columns: then nothing but the rules can differ."""
    return spec._replace(params=cell_params(load_set("generic").value, np.float64))  # type: ignore[arg-type]


def assert_same(fast: Tumor, naive: NaiveTumor) -> None:
    """Same cells on the same sites with the same values, and the same gaps."""
    cells = {agent.uid: agent for agent in naive.agents}
    live = fast.live
    assert sorted(cells) == sorted(int(uid) for uid in live.uid)
    sites = positions(live.site)
    others = [cells[int(uid)] for uid in live.uid]
    assert [o.site for o in others] == [tuple(site) for site in sites.tolist()]
    assert [o.state for o in others] == [CellState(state).name.lower() for state in live.state]
    assert [o.event_step for o in others] == live.event_step.tolist()
    assert [o.clone for o in others] == live.clone.tolist()
    assert set(COLUMNS) >= set(FLOAT_COLUMNS)
    dying = live.state >= CellState.APOPTOTIC
    for name in FLOAT_COLUMNS:
        ignored = (
            dying if name in ("clock", "commitment") else np.zeros(fast.n, bool)
        )  # of no meaning in a dying cell
        expected = np.array([getattr(o, name) for o in others])
        # Both are float64: only the order of operations differs, over some dozens of steps.
        np.testing.assert_allclose(
            getattr(live, name)[~ignored], expected[~ignored], rtol=1e-9, atol=1e-12, err_msg=name
        )
    bits = np.unpackbits(
        fast.lattice.taken, axis=2, count=fast.lattice.row.shape[2], bitorder="little"
    )
    assert np.array_equal(bits, fast.lattice.row >= 0)
    gaps = {tuple(site) for site in np.argwhere(fast.lattice.row == -2).tolist()}
    assert gaps == naive.gaps


def step_together(
    fast: Any, naive: Any, steps: int, schedule: Schedule, same: Callable[[Any, Any], None]
) -> None:
    """Both models through the same steps [-], compared before, every six steps and at the end."""
    same(fast, naive)
    for step in range(1, steps + 1):
        seen = schedule(step)
        fast.step(*seen)
        naive.expose(*seen)
        naive.step()
        if step % 6 == 0 or step == steps:
            same(fast, naive)


def zones(step: int) -> tuple[np.ndarray, float]:
    """Occupancy that differs between zones, rises and falls; lenalidomide from hour 12 on."""
    wave = 0.5 + 0.5 * np.sin(step / 9.0)
    return (np.linspace(0.3, 1.0, N_ZONES) * wave)[:, None], 0.6 if step > 12 else 0.0


def kill_and_brake(step: int) -> tuple[Any, ...]:
    """A drug that kills, one that kills cycling cells, one that brakes; an inhibitor in between."""
    inhibition = np.full((1, 1), 0.6) if 16 < step < 30 else None
    return inhibition, 0.0, (0.01 * (step > 6), 0.04 * (step > 10), 0.4 if step > 3 else 1.0)


def poor(spec: TumorSpec) -> TumorSpec:
    """Hardly any vessels: the core is short of oxygen, some of it dies; its debris goes within a
    day.
    """
    oxygen = OxygenParams(6e6, 600.0, 705.0, 38.0, 38.0, 600.0, 5.0, 2.5, 1 / 6, 24.0)
    return spec._replace(perfusion=Perfusion(0.02, 0.5, 300.0, 100.0), oxygen=oxygen)


def mixing(spec: TumorSpec, hours: float) -> TumorSpec:
    """The same tumor, its traits forgotten within ``hours``."""
    return spec._replace(traits=spec.traits._replace(mixing_rate=1 / hours))


SCENARIOS: dict[str, tuple[TumorSpec, float, int, Schedule]] = {
    "vehicle with loss": (small_spec(cycle_h=30.0), 0.3, 72, lambda step: (None, 0.0)),
    "crowded core": (
        small_spec(cycle_h=24.0, loss_factor=0.0, depth_um=250.0),
        0.6,
        60,
        lambda step: (None, 0.0),
    ),
    "strong inhibition, then none": (
        small_spec(cycle_h=30.0),
        0.5,
        80,
        lambda step: (np.full((1, 1), 0.93 if step < 40 else 0.0), 0.0),
    ),
    "zones and lenalidomide": (small_spec(cycle_h=30.0), 0.4, 60, zones),
    "gaps in a crowded core": (
        small_spec(cycle_h=16.0, loss_factor=0.9, depth_um=200.0),
        0.9,
        60,
        lambda step: (None, 0.0),
    ),
    "one agent per cell": (
        small_spec(cycle_h=24.0, depth_um=60.0, resolution=1e5),
        0.004,
        72,
        lambda step: (np.full((1, 1), 0.9 if step < 25 else 0.0), 0.0),
    ),
    "a core without oxygen": (
        poor(small_spec(cycle_h=24.0, loss_factor=0.0)),
        0.6,
        24,
        lambda step: (np.full((1, 1), 0.3) if step > 12 else None, 0.0),
    ),
    "direct kill and brake in a crowded core": (
        small_spec(cycle_h=16.0, loss_factor=0.1, depth_um=200.0),
        0.4,
        48,
        kill_and_brake,
    ),
    "cells without oxygen are spared": (
        poor(small_spec(cycle_h=24.0, loss_factor=0.0)),
        0.5,
        12,
        lambda step: (None, 0.0, (0.0, 0.1, 1.0)),
    ),
    "traits that mix before, under and after drug": (
        mixing(small_spec(cycle_h=30.0), 40.0),
        0.4,
        72,
        lambda step: (np.full((1, 1), 0.8 if 24 < step < 44 else 0.0), 0.0),
    ),
    "half-hour steps": (
        small_spec(cycle_h=20.0)._replace(dt_h=0.5),
        0.3,
        72,
        lambda step: (np.full((1, 1), 0.8), 0.0),
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_cell_by_cell(name: str) -> None:
    spec, volume, steps, schedule = SCENARIOS[name]
    fast = Tumor(double(spec), volume, 11)
    naive = NaiveTumor(fast)
    step_together(fast, naive, steps, schedule, assert_same)
    assert fast.born > 0
    if name == "crowded core":
        assert fast.counts()[CellState.QUIESCENT] > 0
    if name == "a core without oxygen":
        assert fast.hypoxic() > 50 and fast.necrosed > 20 and fast.counts()[CellState.NECROTIC] > 5
        assert (fast.pressures() < 2.5).any()
    if name in ("direct kill and brake in a crowded core", "cells without oxygen are spared"):
        assert fast.committed > 50
    if name == "strong inhibition, then none":
        assert fast.committed > 100 and fast.cleared > 100


@pytest.mark.parametrize("name", ["one agent per cell", "gaps in a crowded core"])
def test_division_by_quarters(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As large tumors divide: the quarters on their own, then the cells whose line left theirs."""
    monkeypatch.setattr(regions, "SPLIT_FROM", 0)
    spec, volume, _, schedule = SCENARIOS[name]
    fast, whole = Tumor(double(spec), volume, 11), Tumor(double(spec), volume, 11)
    naive = NaiveTumor(fast)
    naive.split_from = 0
    for step in range(1, 49):
        seen = schedule(step)
        fast.step(*seen)
        naive.expose(*seen)
        naive.step()
        monkeypatch.setattr(regions, "SPLIT_FROM", 10**9)
        whole.step(*seen)
        monkeypatch.setattr(regions, "SPLIT_FROM", 0)
    assert_same(fast, naive)
    assert fast.born > 30
    if name == "gaps in a crowded core":  # where cells compete for room, their order matters
        assert fast.digest() != whole.digest()


def test_a_rate_changed_by_one_percent_is_noticed() -> None:
    fast = Tumor(double(small_spec(cycle_h=30.0)), 0.1, 11)
    naive = NaiveTumor(fast)
    params = fast.spec.params
    naive.spec = fast.spec._replace(params=params._replace(noxa_gain=1.01 * params.noxa_gain))
    for _ in range(6):
        fast.step(np.full((1, 1), 0.8))
        naive.expose(np.full((1, 1), 0.8))
        naive.step()
    with pytest.raises(AssertionError, match="noxa"):
        assert_same(fast, naive)


def test_a_direct_kill_changed_by_five_percent_is_noticed() -> None:
    fast = Tumor(double(small_spec(cycle_h=30.0)), 0.3, 11)
    naive = NaiveTumor(fast)
    for _ in range(6):
        fast.step(direct=(0.1, 0.0, 1.0))
        naive.expose(direct=(0.105, 0.0, 1.0))
        naive.step()
    with pytest.raises(AssertionError):
        assert_same(fast, naive)


def test_mixing_changed_by_one_percent_is_noticed() -> None:
    fast = Tumor(double(mixing(small_spec(cycle_h=30.0), 40.0)), 0.1, 11)
    naive = NaiveTumor(fast)
    traits = fast.spec.traits
    naive.spec = fast.spec._replace(traits=traits._replace(load_sd=1.01 * traits.load_sd))
    for _ in range(6):
        fast.step()
        naive.step()
    with pytest.raises(AssertionError, match="load"):
        assert_same(fast, naive)


def test_dish() -> None:
    """Cells without a lattice: the kernel alone, columns and marks, while exposure changes."""
    spec = double(small_spec(cycle_h=30.0))
    spec = spec._replace(traits=spec.traits._replace(mixing_rate=0.0))
    naive = NaiveTumor(Tumor(spec, 0.4, 13))
    cells, marks = allocate(400, np.float64), np.empty(400, np.uint8)
    population.found_cells(cells, 400, np.uint64(13), spec.traits, spec.dt_h)
    population.fill_resting_columns(cells, spec.params)
    cells.site[:] = 0
    seen = set()
    for step in range(1, 49):
        inhibition = np.full((1, 1), 0.5 + 0.45 * np.sin(step / 6.0))
        exposure = well_mixed(inhibition, np.float64(0.5))
        step_cells(
            cells,
            exposure,
            spec.params,
            step_factors(spec.params, spec.dt_h, np.float64),
            np.int64(step),
            marks,
        )
        naive.expose(inhibition, 0.5)
        naive.advance_cells()
        agents = list(naive.agents)
        assert [a.uid for a in agents] == cells.uid.tolist()
        dying = np.array([a.commitment >= 1 or a.due() for a in agents])
        ready = np.array([a.clock >= 1 for a in agents])
        np.testing.assert_array_equal(marks, dying * DYING + ready * READY)
        seen.update(marks.tolist())
        for name in FLOAT_COLUMNS:
            np.testing.assert_allclose(
                getattr(cells, name),
                [getattr(a, name) for a in agents],
                rtol=1e-9,
                atol=1e-12,
                err_msg=name,
            )
    assert {0, int(DYING), int(READY)} <= seen


def test_two_clones_that_mutate_and_revert() -> None:
    spec = double(small_spec(cycle_h=30.0))
    spec = spec._replace(
        traits=spec.traits._replace(
            resistant_fraction=0.3, mutation_rate=0.05, reversion_rate=0.1, cycle_cost=0.25
        )
    )
    fast = Tumor(spec, 0.4, 12)
    naive = NaiveTumor(fast)
    start = float((fast.live.clone == 1).mean())
    for _ in range(48):
        table = np.array([[0.92, 0.2]])
        fast.step(table)
        naive.expose(table)
        naive.step()
    assert_same(fast, naive)
    survivors = fast.live.clone[fast.live.state != CellState.APOPTOTIC]
    assert 0.2 < start < 0.4 < (survivors == 1).mean() < 1


def test_float32_columns_agree_with_float64_without_branching() -> None:
    """Error budget of the columns: the same cells in float32 and float64 for a day under drug,
    before any of them dies.
    """
    single, wide = Tumor(small_spec(), 0.5, 3), Tumor(double(small_spec()), 0.5, 3)
    for _ in range(8):
        single.step(np.full((1, 1), 0.7))
        wide.step(np.full((1, 1), 0.7))
    order = {int(uid): row for row, uid in enumerate(wide.live.uid)}
    rows = [order[int(uid)] for uid in single.live.uid]
    for name in FLOAT_COLUMNS:
        # float32 keeps 6e-8 of a value; eight steps and differences of near values cost two digits.
        np.testing.assert_allclose(
            getattr(single.live, name),
            getattr(wide.live, name)[rows],
            rtol=2e-5,
            atol=2e-6,
            err_msg=name,
        )
