"""Growth laws, invariants and oxygen of the radial twin."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.analytic.test_oxygen import PARAMS, spheroid
from xenosim.cell.state import CellState
from xenosim.testing import small_spec
from xenosim.tumor.lattice import VACANT
from xenosim.tumor.radial import RadialTumor, unit_um
from xenosim.tumor.shell_oxygen import ShellAir, solve_shells
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, Perfusion
from xenosim.tumor.tumor import Tumor


def twin(volume: float, seed: int, agents_per_mm3: float = 100.0, **given: float) -> RadialTumor:
    spec = small_spec(**given)
    return RadialTumor(
        spec._replace(engine="twin", resolution=agents_per_mm3, lattice_resolution=spec.resolution),
        volume,
        seed,
    )


def no_drug(steps: int) -> tuple[None, np.ndarray]:
    return None, np.zeros(steps)


def test_below_the_depth_growth_is_exponential() -> None:
    tumor = twin(50.0, 3, cycle_h=40.0, loss_factor=0.0, depth_um=9000.0, cv=0.0)
    tumor.advance(*no_drug(40))
    start = tumor.n
    tumor.advance(*no_drug(80))
    # 5,000 founders of random age: sd of the count is below 1 %.
    assert math.log(tumor.n / start) == pytest.approx(2 * math.log(2), rel=0.02)


def test_above_the_depth_the_rim_grows() -> None:
    """Conger 1983: dV/dt = ln2/T x volume of the rim, as thick as the lattice's distance field has
    it.
    """
    cycle = 24.0
    tumor = twin(100.0, 5, 200.0, cycle_h=cycle, loss_factor=0.0, depth_um=800.0, cv=0.05)
    depth = tumor.spec.on_lattice.rim_um / 1000.0
    assert 0.7 < depth < 0.8
    tumor.advance(*no_drug(48))
    volume = tumor.volume_mm3
    for _ in range(48):
        tumor.advance(*no_drug(1))
        radius = (3 * volume / (4 * math.pi)) ** (1 / 3)
        volume += math.log(2) / cycle * (volume - 4 / 3 * math.pi * (radius - depth) ** 3)
    assert tumor.volume_mm3 == pytest.approx(volume, rel=0.03)


def test_cells_and_places_are_conserved_and_their_order_is_kept() -> None:
    tumor = twin(10.0, 7, cycle_h=16.0, loss_factor=0.6, depth_um=500.0)
    founders = tumor.n
    for step in range(120):
        before = [int(uid) for uid in uids(tumor)]
        occupancy = np.full((1, 1, 1), 0.9 if step < 30 else 0.0)
        tumor.advance(occupancy, np.zeros(1))
        assert tumor.n == founders + tumor.born - tumor.cleared
        order = tumor.space.places.order[: tumor.n_places]
        rows = order[order != VACANT]
        assert sorted(rows.tolist()) == list(range(tumor.n))
        assert np.array_equal(tumor.space.places.order[tumor.space.places.place[rows]], rows)
        after = [int(uid) for uid in uids(tumor)]
        left, kept = set(after), set(before)
        # Whoever is there before and after keeps the same rank among the others.
        assert [u for u in before if u in left] == [u for u in after if u in kept]
    assert tumor.born > 100 and tumor.committed > 0 and tumor.lost > 100


def uids(tumor: RadialTumor) -> np.ndarray:
    """Lineages from the center outward."""
    order = tumor.space.places.order[: tumor.n_places]
    return np.asarray(tumor.rows.uid[order[order != VACANT]])


def test_zero_dose_is_vehicle_and_histories_agree_until_they_differ() -> None:
    vehicle, zero = twin(10.0, 4, cycle_h=20.0), twin(10.0, 4, cycle_h=20.0)
    early, late = twin(10.0, 4, cycle_h=20.0), twin(10.0, 4, cycle_h=20.0)
    vehicle.advance(*no_drug(48))
    zero.advance(np.zeros((48, 1, 1)), np.zeros(48))
    assert vehicle.digest() == zero.digest() and not zero.exposed
    course = np.full((48, N_ZONES, 1), 0.4)
    other = course.copy()
    other[36:] = 0.9
    early.advance(course[:36], np.zeros(36))
    late.advance(other[:36], np.zeros(36))
    assert early.digest() == late.digest()
    early.advance(course[36:], np.zeros(12))
    late.advance(other[36:], np.zeros(12))
    assert early.digest() != late.digest()


def test_many_steps_in_one_call_are_as_many_calls_and_a_state_goes_on() -> None:
    wave = 0.5 + 0.5 * np.sin(np.arange(96) / 9.0)
    course = np.linspace(0.2, 1.0, N_ZONES)[None, :, None] * wave[:, None, None]
    at_once, apart = twin(4.0, 9, cycle_h=14.0), twin(4.0, 9, cycle_h=14.0)
    at_once.advance(course, np.zeros(96))
    for k in range(48):
        apart.step(course[k])
    resumed = RadialTumor.from_state(apart.spec, apart.state())
    resumed.advance(course[48:], np.zeros(48))
    assert resumed.digest() == at_once.digest()
    # It outgrew the rows that it began with.
    assert resumed.born == at_once.born > 1024


def test_a_kill_shrinks_it_and_the_last_cell_ends_it() -> None:
    tumor = twin(10.0, 2, cycle_h=24.0)
    volume = tumor.volume_mm3
    tumor.kill(list(range(tumor.n)))
    tumor.advance(*no_drug(200))
    assert tumor.n == 0 and tumor.volume_mm3 == 0.0 < volume and tumor.n_places == 0
    assert tumor.axes_mm() == (0.0, 0.0, 0.0) and tumor.hypoxic() == 0
    tumor.advance(*no_drug(10))
    assert tumor.step_number == 210


def solved(radius_um: float, exchange: np.ndarray, edge: float = 10.0) -> ShellAir:
    """Oxygen of a ball of living cells."""
    pad = 60
    n = math.ceil(radius_um / edge) + pad
    outer, inner = edge * np.arange(1, n + 1), edge * np.arange(n)
    share = np.clip((radius_um**3 - inner**3) / (outer**3 - inner**3), 0.0, 1.0)
    air = ShellAir(np.zeros((n, exchange.size)), exchange, edge, 1.0, 6.0 / 300.0**2, pad)
    solve_shells(share, share, air, PARAMS)
    return air


def test_oxygen_of_a_ball_without_vessels_is_the_closed_form() -> None:
    air = solved(500.0, np.zeros(4))
    middle = 10.0 * (np.arange(air.pressure.shape[0]) + 0.5)
    np.testing.assert_allclose(air.pressure[:, 0], spheroid(middle, 500.0, PARAMS), atol=0.15)


def test_deep_in_even_vessels_oxygen_is_the_local_balance() -> None:
    air = solved(2000.0, np.full(4, 0.5))
    supply = PARAMS.supply * 0.5
    balance = PARAMS.blood * supply / (supply + PARAMS.uptake)
    assert air.pressure[:50] == pytest.approx(balance, abs=0.05)


def test_classes_differ_less_than_their_own_balance_and_average_to_it() -> None:
    exchange = np.array([0.1, 0.9])
    air = solved(3000.0, exchange)
    poor, rich = air.pressure[10]
    balance = PARAMS.blood * PARAMS.supply * exchange / (PARAMS.supply * exchange + PARAMS.uptake)
    assert balance[0] < poor < rich < balance[1]
    # What is consumed is what is supplied, over both classes.
    supplied = PARAMS.supply * exchange * (PARAMS.blood - np.array([poor, rich]))
    assert supplied.mean() == pytest.approx(PARAMS.uptake * (poor + rich) / 2, rel=1e-6)


def poor(engine_of: TumorSpec) -> TumorSpec:
    return engine_of._replace(perfusion=Perfusion(0.05, 0.5, 300.0, 100.0), oxygen=PARAMS)


def test_a_core_without_oxygen_is_that_of_the_lattice() -> None:
    """Shares of hypoxic and of necrotic cells of a poorly perfused tumor, lattice and twin."""
    spec = poor(small_spec(cycle_h=40.0, loss_factor=0.2, depth_um=800.0))
    shares = []
    for tumor in (
        Tumor(spec, 20.0, 3),
        RadialTumor(
            spec._replace(engine="twin", resolution=100.0, lattice_resolution=1e3), 20.0, 3
        ),
    ):
        tumor.advance(*no_drug(72))
        necrotic = tumor.counts()[CellState.NECROTIC]
        shares.append((tumor.hypoxic() / tumor.n, necrotic / tumor.n, tumor.volume_mm3))
    (hypoxic, necrotic, volume), (radial_hypoxic, radial_necrotic, radial_volume) = shares
    assert radial_hypoxic == pytest.approx(hypoxic, abs=0.06) and hypoxic > 0.05
    assert radial_necrotic == pytest.approx(necrotic, abs=0.06) and necrotic > 0.02
    assert radial_volume == pytest.approx(volume, rel=0.08)


def test_positions_lie_at_the_radius_of_their_place() -> None:
    tumor = twin(10.0, 1)
    radius = np.linalg.norm(tumor.positions_um(), axis=1) / unit_um(tumor.spec.resolution)
    np.testing.assert_allclose(radius**3, np.arange(tumor.n) + 0.5, rtol=1e-6)
