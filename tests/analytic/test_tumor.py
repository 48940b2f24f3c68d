"""Growth laws, roundness and invariants of the tumor on its lattice."""

import math

import numba
import numpy as np
import pytest

from xenosim.cell.state import CellState, positions
from xenosim.testing import small_spec
from xenosim.tumor import regions
from xenosim.tumor import tumor as tumor_module
from xenosim.tumor.tumor import Tumor


def test_unconstrained_growth_rate_is_ln2_over_cycle() -> None:
    spec = small_spec(cycle_h=40.0, loss_factor=0.0, depth_um=5000.0, cv=0.0)
    tumor = Tumor(spec, 5.0, 3)
    for _ in range(40):
        tumor.step()
    start = tumor.n
    for _ in range(80):
        tumor.step()
    # 5,000 founders of random age: the population doubles each cycle; sd of the count is below 1 %.
    assert math.log(tumor.n / start) == pytest.approx(2 * math.log(2), rel=0.02)


def test_rim_limited_growth_follows_the_depth() -> None:
    """Conger 1983: dV/dt = ln2/T x volume of the rim, so dR/dt tends to delta ln2/T."""
    cycle, depth = 24.0, 0.8
    tumor = Tumor(
        small_spec(cycle_h=cycle, loss_factor=0.0, depth_um=1000 * depth, cv=0.05), 100.0, 5
    )
    for _ in range(48):
        tumor.step()
    volume = tumor.volume_mm3
    for _ in range(48):
        tumor.step()
        radius = (3 * volume / (4 * math.pi)) ** (1 / 3)
        volume += math.log(2) / cycle * (volume - 4 / 3 * math.pi * (radius - depth) ** 3)
    # A site is an eighth of the depth and the distance is up to four hours old; 3 % measured
    # (MODEL.md).
    assert tumor.volume_mm3 == pytest.approx(volume, rel=0.06)


def test_tumors_stay_round() -> None:
    tumor = Tumor(small_spec(cycle_h=24.0, loss_factor=0.0, depth_um=1000.0), 20.0, 8)
    for _ in range(110):
        tumor.step()
    z, y, x = positions(tumor.live.site).T
    offsets = np.stack([z, y, x], axis=1) - np.array([z.mean(), y.mean(), x.mean()])
    directions = {
        "axis": [(1, 0, 0), (0, 1, 0), (0, 0, 1)],
        "face": [(1, 1, 0), (1, 0, 1), (0, 1, 1), (1, -1, 0), (1, 0, -1), (0, 1, -1)],
        "body": [(1, 1, 1), (1, 1, -1), (1, -1, 1), (-1, 1, 1)],
    }
    # Cells within 15 degrees of a family of directions fill a cone: its radius is (3 N /
    # omega)^(1/3).
    unit = offsets / np.maximum(np.linalg.norm(offsets, axis=1), 1e-9)[:, None]
    radii = []
    for family in directions.values():
        n = sum(
            int((abs(unit @ (np.array(d) / np.linalg.norm(d))) > math.cos(math.radians(15))).sum())
            for d in family
        )
        omega = 2 * len(family) * 2 * math.pi * (1 - math.cos(math.radians(15)))
        radii.append((3 * n / omega) ** (1 / 3))
    assert max(radii) / min(radii) - 1 < 0.02


def test_cells_are_conserved_and_lattice_agrees() -> None:
    tumor = Tumor(small_spec(), 4.0, 2)
    inhibition = np.full((1, 1), 0.8)
    start = tumor.n
    for _ in range(72):
        born, cleared, n = tumor.born, tumor.cleared, tumor.n
        tumor.step(inhibition)
        assert tumor.n - n == (tumor.born - born) - (tumor.cleared - cleared)
        rows = tumor.lattice.row[tumor.lattice.row >= 0]
        assert np.array_equal(np.sort(rows), np.arange(tumor.n))
        assert np.array_equal(
            tumor.lattice.row[tuple(positions(tumor.live.site).T)], np.arange(tumor.n)
        )
        bits = np.unpackbits(
            tumor.lattice.taken, axis=2, count=tumor.lattice.row.shape[2], bitorder="little"
        )
        assert np.array_equal(bits, tumor.lattice.row >= 0)
    assert tumor.n == start + tumor.born - tumor.cleared
    assert tumor.cleared > 0
    for name in ("load", "stress", "noxa", "dr5", "commitment"):
        values = getattr(tumor.live, name)
        assert np.isfinite(values).all() and values.min() >= 0


@pytest.mark.parametrize("split_from", [0, 10**9])
def test_threads_do_not_change_the_result(split_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As large tumors divide, by quarters, and as small ones do."""
    monkeypatch.setattr(regions, "SPLIT_FROM", split_from)
    digests = []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(threads)
        tumor = Tumor(small_spec(), 15.0, 4)
        for hour in range(48):
            tumor.step(np.full((1, 1), 0.6 if hour < 24 else 0.2))
        digests.append(tumor.digest())
    assert digests[0] == digests[1]


def test_zero_inhibition_is_vehicle_bit_for_bit_and_histories_agree_until_they_differ() -> None:
    plain, zero, late = (Tumor(small_spec(), 4.0, 6) for _ in range(3))
    for _ in range(36):
        plain.step()
        zero.step(np.zeros((1, 1)))
        late.step(np.zeros((1, 1)))
    assert plain.digest() == zero.digest() == late.digest()
    late.step(np.full((1, 1), 0.9))
    plain.step()
    assert late.digest() != plain.digest()


def test_killed_tumor_shrinks_compactly_and_dies_out() -> None:
    tumor = Tumor(small_spec(loss_factor=0.0, cycle_h=1e6), 10.0, 9)
    tumor.kill(list(range(0, tumor.n, 2)))
    for _ in range(24 * 8):
        tumor.step()
    assert tumor.volume_mm3 == pytest.approx(5.0, rel=0.01)
    z, y, x = (axis - axis.mean() for axis in positions(tumor.live.site).T)
    radius = (3 * tumor.n / (4 * math.pi)) ** (1 / 3)
    inner = int((z**2 + y**2 + x**2 < (0.7 * radius) ** 2).sum())
    assert (
        inner > 0.93 * 4 / 3 * math.pi * (0.7 * radius) ** 3
    )  # no hollow shell; 0.96 measured, a radius of ten sites
    tumor.kill(list(range(tumor.n)))
    for _ in range(30):
        tumor.step(np.zeros((1, 1)))
    assert tumor.n == 0 and tumor.volume_mm3 == 0 and tumor.axes_mm() == (0.0, 0.0, 0.0)
    assert tumor.counts() == dict.fromkeys(CellState, 0)


def test_sorting_rows_by_place_changes_nothing_but_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, sorted_often = Tumor(small_spec(), 8.0, 4), Tumor(small_spec(), 8.0, 4)
    for hour in range(72):
        inhibition = np.full((1, 1), 0.6 if hour < 24 else 0.2)
        plain.step(inhibition)
        with monkeypatch.context() as patch:
            patch.setattr(tumor_module, "REORDER_FROM", 0)
            patch.setattr(tumor_module, "REORDER_TURNOVER", 0.01)
            sorted_often.step(inhibition)
    assert not np.array_equal(plain.live.uid, sorted_often.live.uid)
    assert plain.digest() == sorted_often.digest()
    z, y, x = positions(sorted_often.live.site).T
    assert np.array_equal(sorted_often.lattice.row[z, y, x], np.arange(sorted_often.n))


def test_survivors_of_a_large_kill_come_together() -> None:
    """Spread: volume of a ball with the cells' radius of gyration over the volume of the cells; 1
    for a solid ball.
    """
    tumor = Tumor(small_spec(loss_factor=0.0, cycle_h=1e6), 60.0, 9)
    tumor.kill([row for row in range(tumor.n) if row % 20])
    spread = []
    for _day in range(12):
        sites = positions(tumor.live.site).astype(float)
        gyration = math.sqrt(float(((sites - sites.mean(axis=0)) ** 2).sum(axis=1).mean()))
        spread.append(4 / 3 * math.pi * (gyration * math.sqrt(5 / 3)) ** 3 / tumor.n)
        for _ in range(24):
            tumor.step()
    assert tumor.volume_mm3 == pytest.approx(3.0, rel=0.01)
    assert max(spread) > 2 and spread[-1] < 1.1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_tumor_from_one_agent_becomes_round(seed: int) -> None:
    tumor = Tumor(small_spec(cycle_h=20.0, loss_factor=0.0), 0.001, seed)
    while tumor.n < 4000:
        tumor.step()
    length, _, height = tumor.axes_mm()
    assert length / height < 1.5
