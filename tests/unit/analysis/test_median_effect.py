"""Median-effect curves whose parameters are known."""

import numpy as np
import pytest

from tests.unit.analysis.test_combination import DOSES_A, FIT_A, FIT_B, sham, wells
from xenosim.analysis.dose_response import hill
from xenosim.analysis.median_effect import affected_at, dose_at, fit_median_effect
from xenosim.analysis.wells import single_fits


def test_median_effect_is_recovered() -> None:
    fit = fit_median_effect(DOSES_A, affected_at(DOSES_A, FIT_A))
    assert fit[:3] == pytest.approx((8.0, 2.0, 1.0), rel=1e-5)
    noisy, _ = single_fits(wells(sham, noise=0.03))
    assert noisy is not None and noisy.dm_low < noisy.dm < noisy.dm_high and 0.97 < noisy.r <= 1.0
    assert noisy.dm == pytest.approx(8.0, rel=0.1) and noisy.m == pytest.approx(2.0, rel=0.15)


def test_the_interval_of_dm_covers_as_it_says() -> None:
    rng, dose = np.random.default_rng(5), np.repeat(DOSES_A, 3)
    fits = [
        fit_median_effect(
            dose, np.minimum(affected_at(dose, FIT_A) + 0.04 * rng.standard_normal(dose.size), 1)
        )
        for _ in range(300)
    ]
    # 95 % nominal, normal quantile on 16 degrees of freedom: 93 %; four standard errors of 300
    # draws are 6 points.
    assert 0.87 <= np.mean([fit.dm_low <= 8.0 <= fit.dm_high for fit in fits]) <= 0.99


def test_dose_at_inverts_the_curve() -> None:
    fa = np.array([0.05, 0.5, 0.97])
    assert affected_at(dose_at(fa, FIT_B.dm, FIT_B.m), FIT_B) == pytest.approx(fa)


def test_the_curve_is_the_hill_curve() -> None:
    assert affected_at(DOSES_A, FIT_A) == pytest.approx(1 - hill(DOSES_A, 8.0, 2.0))
