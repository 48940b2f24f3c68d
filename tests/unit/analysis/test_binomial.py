"""Intervals of shares."""

import pytest
from scipy.stats import binomtest

from xenosim.analysis.binomial import clopper_pearson


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (3, 10), (250, 500)])
def test_the_interval_is_scipys_exact_one(count: int, of: int) -> None:
    expected = binomtest(count, of).proportion_ci(method="exact")
    assert clopper_pearson(count, of) == pytest.approx((expected.low, expected.high))


def test_of_none_everything_is_possible() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
