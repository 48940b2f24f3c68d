"""Growth of one tumor on hand-computed numbers."""

import numpy as np
import pytest

from xenosim.analysis.growth import (
    correlation,
    doubling_time_days,
    growth_auc_per_day,
    growth_rate_per_day,
    slope,
    time_to_multiple,
)


def test_growth_of_an_exponential() -> None:
    days = np.arange(0.0, 22.0, 3.0)
    volumes = 100 * np.exp(0.1 * days)
    assert growth_rate_per_day(days, volumes) == pytest.approx(0.1)
    assert time_to_multiple(days, volumes, 4.0) == pytest.approx(np.log(4) / 0.1)
    assert time_to_multiple(days[:3], volumes[:3], 4.0) == np.inf


def test_doubling_time_by_hand() -> None:
    assert doubling_time_days(np.log(2) / 5) == pytest.approx(5.0)
    assert doubling_time_days(-0.1) == np.inf


def test_area_under_ln_v_by_hand() -> None:
    """ln(V + 1) of 1, 2, 4 on days 0, 2, 4: AUC of the gain 1 + 4 = 5, 2 x 5 / 16."""
    days, volumes = np.array([0.0, 2.0, 4.0]), np.expm1([1.0, 2.0, 4.0])
    assert growth_auc_per_day(days, volumes) == pytest.approx(0.625)
    assert np.isnan(growth_auc_per_day(days[:1], volumes[:1]))


def test_f9_a_constant_curve_has_no_slope_at_all() -> None:
    for volume in (0.1, 33.510321638, 1e-3, 1234.5678):
        for count in (2, 3, 7, 13):
            assert growth_rate_per_day(3.0 * np.arange(count), np.full(count, volume)) == 0.0


def test_f9_a_slope_is_that_of_least_squares() -> None:
    rng = np.random.default_rng(3)
    x, y = np.sort(rng.uniform(-5, 40, 9)), rng.normal(5, 1, 9)
    assert slope(x, y) == pytest.approx(np.polyfit(x, y, 1)[0], rel=1e-12)
    assert np.isnan(slope(np.ones(2), np.ones(2)))


def test_f9_a_correlation_is_that_of_numpy_and_none_of_a_constant() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=40)
    y = x + rng.normal(size=40)
    assert correlation(x, y) == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert correlation(x, 0.3 - 7.1 * x) == -1.0
    assert np.isnan(correlation(x, np.full(40, 0.1)))
