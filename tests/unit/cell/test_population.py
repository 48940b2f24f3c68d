"""Lists of marked rows, and columns of a tumor that hold for many cells."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import erlang, kstest, uniform

from xenosim.cell.kernel import DYING, LEAVING, READY
from xenosim.cell.population import clearance_hours, list_marked
from xenosim.cell.rng import Stream, u01
from xenosim.testing import small_spec
from xenosim.tumor.tissue import N_ZONES
from xenosim.tumor.tumor import Tumor


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9, 64, 1000])
@pytest.mark.parametrize("share", [0.0, 0.02, 1.0])
def test_marked_rows_are_listed_in_order(n: int, share: float) -> None:
    rng = np.random.default_rng(n)
    marks = rng.choice(np.array([DYING, DYING | LEAVING, READY, DYING | READY], np.uint8), n) * (
        rng.random(n) < share
    ).astype(np.uint8)
    dying, leaving, ready = list_marked(marks)
    assert np.array_equal(dying, np.flatnonzero((marks & (DYING | LEAVING)) == DYING))
    assert np.array_equal(leaving, np.flatnonzero(marks & LEAVING))
    assert np.array_equal(ready, np.flatnonzero(marks == READY))


@pytest.mark.parametrize("treated", [False, True])
def test_a_tumor_is_summed_up_as_its_columns_are(treated: bool) -> None:
    spec = small_spec(cycle_h=20.0)
    # Lines of descent are alike only where traits do not mix.
    tumor = Tumor(spec._replace(traits=spec.traits._replace(mixing_rate=0.0)), 3.0, 5)
    table = np.linspace(0.0, 0.9, N_ZONES)[:, None]
    for _ in range(40):
        tumor.step(table if treated else None)
    values, counts = tumor.distribution("load", "stress")
    assert (counts is None) == treated
    for name, column in zip(("load", "stress"), values, strict=True):
        every = column if counts is None else np.repeat(column, counts)
        assert np.array_equal(np.sort(every), np.sort(tumor.column(name)))
    occupancy, cells = tumor.per_kind(table)
    assert cells.sum() == tumor.n and np.repeat(occupancy, cells).mean() == pytest.approx(
        table[tumor._zones[tumor._voxels()], 0].mean()
    )
    assert sum(tumor.counts().values()) == tumor.n


@pytest.mark.parametrize("mean_h", [96.0, 30.0])
def test_a_killed_cell_is_cleared_after_three_transits_and_a_lost_one_within_its_range(
    mean_h: float,
) -> None:
    traits = small_spec().traits._replace(
        clearance_min_h=6.0, clearance_max_h=24.0, killed_clearance_h=mean_h
    )

    def hours(killed: bool, mean: float = mean_h) -> list[float]:
        own = traits._replace(killed_clearance_h=mean)
        return [clearance_hours(killed, 7, uid, own, np.uint64(3)) for uid in range(4000)]

    assert kstest(hours(True), erlang(3, scale=mean_h / 3.0).cdf).pvalue > 0.01
    lost = hours(False)
    assert kstest(lost, uniform(6.0, 18.0).cdf).pvalue > 0.01
    # Without a time of their own the killed are cleared as any other, by the same draws.
    assert hours(True, 0.0) == lost
    one = u01(np.uint64(3), int(Stream.CLEARANCE), 7, np.uint64(5))
    assert lost[5] == pytest.approx(6.0 + 18.0 * one)


def test_a_treated_tumor_keeps_its_dead_for_days_and_an_untreated_one_knows_nothing_of_it() -> None:
    def volumes(mean_h: float, occupancy: float | None) -> list[float]:
        spec = small_spec(cycle_h=30.0)
        tumor = Tumor(spec._replace(traits=spec.traits._replace(killed_clearance_h=mean_h)), 3.0, 5)
        days = []
        for step in range(1, 241):
            tumor.step(None if occupancy is None or step > 40 else np.full((1, 1), occupancy))
            if step % 24 == 0:
                days.append(tumor.volume_mm3)
        return days

    assert volumes(0.0, None) == volumes(96.0, None)
    soon, late = volumes(0.0, 0.85), volumes(96.0, 0.85)
    steepest = [max(a / b for a, b in zip(v, v[1:], strict=False)) for v in (soon, late)]
    assert min(soon) < 0.2 * soon[0] and steepest[0] > 3.0
    assert min(late) < 0.7 * late[0] and steepest[1] < 1.5
    assert late.index(min(late)) > soon.index(min(soon))
    assert late[-1] == pytest.approx(soon[-1], rel=0.1)
