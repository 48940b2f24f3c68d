"""Means and quantiles of cells."""

import numpy as np
import pytest

from xenosim.analysis.describe import QUANTILES, describe


@pytest.mark.parametrize("counted", [False, True])
def test_means_and_quantiles_are_those_of_all_cells(counted: bool) -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=101).astype(np.float32)
    counts = rng.integers(0, 5, 101) if counted else None
    every = np.repeat(values, counts) if counts is not None else values
    found = list(describe("x", values, counts).values())
    assert found == pytest.approx(
        [every.mean(dtype=np.float64), *np.quantile(every.astype(np.float64), QUANTILES)], rel=1e-12
    )


def test_no_cells_have_no_mean() -> None:
    assert all(np.isnan(value) for value in describe("x", np.empty(0)).values())
    assert all(
        np.isnan(value) for value in describe("x", np.ones(3), np.zeros(3, np.int64)).values()
    )
