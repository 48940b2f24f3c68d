"""The radial twin against its plain-Python reference, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracle.naive_twin import NaiveTwin
from tests.oracle.test_oracle import Schedule, double, kill_and_brake, mixing, step_together, zones
from xenosim.cell.columns import FLOAT_COLUMNS
from xenosim.cell.state import CellState
from xenosim.testing import small_spec
from xenosim.tumor.lattice import VACANT
from xenosim.tumor.radial import RadialTumor
from xenosim.tumor.spec import TumorSpec


def twin_of(spec: TumorSpec, agents_per_mm3: float) -> TumorSpec:
    """The twin of a tumor on a lattice."""
    return spec._replace(
        engine="twin", resolution=agents_per_mm3, lattice_resolution=spec.resolution
    )


def assert_same(fast: RadialTumor, naive: NaiveTwin) -> None:
    """Same cells in the same order with the same values, and the same gaps."""
    live, order = fast.live, fast.space.places.order[: fast.n_places]
    uids = [None if row == VACANT else int(live.uid[row]) for row in order]
    assert uids == [None if cell is None else cell.uid for cell in naive.line]
    cells = [(int(row), cell) for row, cell in zip(order, naive.line, strict=True) if cell]
    rows = np.array([row for row, _ in cells], np.int64)
    assert sorted(rows.tolist()) == list(range(fast.n))
    assert [cell.state for _, cell in cells] == [
        CellState(state).name.lower() for state in live.state[rows]
    ]
    assert [cell.event_step for _, cell in cells] == live.event_step[rows].tolist()
    assert [cell.clone for _, cell in cells] == live.clone[rows].tolist()
    sites = [(int(site) >> 20, int(site) & 1023) for site in live.site[rows]]
    assert [cell.site for _, cell in cells] == sites
    dying = live.state[rows] >= CellState.APOPTOTIC
    for name in FLOAT_COLUMNS:
        kept = ~dying if name in ("clock", "commitment") else np.ones(fast.n, bool)
        expected = np.array([getattr(cell, name) for _, cell in cells])
        np.testing.assert_allclose(
            getattr(live, name)[rows][kept], expected[kept], rtol=1e-9, atol=1e-12, err_msg=name
        )


CASES: dict[str, tuple[TumorSpec, float, float, int, Schedule]] = {
    "vehicle with loss": (small_spec(cycle_h=30.0), 10.0, 20.0, 96, lambda step: (None, 0.0)),
    "gaps in a crowded core": (
        small_spec(cycle_h=16.0, loss_factor=0.9, depth_um=300.0),
        100.0,
        6.0,
        72,
        lambda step: (None, 0.0),
    ),
    "zones and lenalidomide": (small_spec(cycle_h=30.0), 50.0, 5.0, 72, zones),
    "a kill and regrowth": (
        small_spec(cycle_h=24.0),
        50.0,
        5.0,
        120,
        lambda step: (np.full((1, 1), 0.93 if step < 40 else 0.0), 0.0),
    ),
    "traits that mix before, under and after drug": (
        mixing(small_spec(cycle_h=24.0), 40.0),
        50.0,
        5.0,
        96,
        lambda step: (np.full((1, 1), 0.8 if 24 < step < 44 else 0.0), 0.0),
    ),
    "direct kill and brake": (
        small_spec(cycle_h=16.0, loss_factor=0.1, depth_um=300.0),
        50.0,
        5.0,
        60,
        kill_and_brake,
    ),
    "one founder": (
        small_spec(cycle_h=12.0, loss_factor=0.0),
        1.0,
        1.0,
        96,
        lambda step: (None, 0.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_cell_by_cell(name: str) -> None:
    spec, agents_per_mm3, volume, steps, schedule = CASES[name]
    fast = RadialTumor(twin_of(double(spec), agents_per_mm3), volume, 11)
    naive = NaiveTwin(fast)
    step_together(fast, naive, steps, schedule, assert_same)
    assert fast.born > 0
    if name == "gaps in a crowded core":
        assert fast.failed_pushes > 10 and fast.n_places > fast.n
