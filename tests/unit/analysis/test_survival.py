"""Kaplan-Meier medians against hand-computed numbers and scipy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from xenosim.analysis.survival import followed_until, km_median


def test_median_times_are_those_of_kaplan_and_meier() -> None:
    last = np.full(3, 42.0)
    assert float(km_median(np.array([10.0, 12.0, 20.0]), last)) == 12.0
    assert float(km_median(np.array([20.0, np.inf, np.inf]), last)) == np.inf
    assert float(km_median(np.array([10.0, 12.0, 20.0, 30.0]), np.full(4, 42.0))) == 16.0


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=15))
def test_median_agrees_with_scipy(animals: list[tuple[int, bool]]) -> None:
    days, censored = (np.array(x) for x in zip(*animals, strict=True))
    sf = ecdf(CensoredData.right_censored(days.astype(float), censored)).sf
    below = sf.quantiles[sf.probabilities < 0.5 - 1e-9]
    at = sf.quantiles[np.isclose(sf.probabilities, 0.5)]
    expected = np.mean(
        [*at[:1], *below[:1]] or [np.inf]
    )  # on a flat step at one half the middle, as in R's survival
    assert (
        float(km_median(np.where(censored, np.inf, days.astype(float)), days.astype(float)))
        == expected
    )


def test_the_curve_goes_as_far_as_the_last_animal() -> None:
    assert followed_until(np.array([5.0, np.inf]), np.array([40.0, 12.0])) == 12.0
