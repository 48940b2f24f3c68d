"""Lists of marked rows, and columns of a tumor that hold for many cells."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.cell.kernel import DYING, LEAVING, READY
from xenosim.cell.population import list_marked
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
    tumor = Tumor(small_spec(cycle_h=20.0), 3.0, 5)
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
