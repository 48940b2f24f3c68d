"""The sweep over vessels: ranks and verdicts."""

import pytest

from xenosim.validation.perfusion import SIGNIFICANT, Point, perfusion_rows, rank_correlation


def point(exchange: float, occupancy: float, peak: float, tc: float) -> Point:
    return Point(exchange, 10.0, 0.0, 0.0, occupancy, peak, tc, 0.0)


def test_ranks_not_values_are_correlated() -> None:
    assert rank_correlation([1.0, 2.0, 300.0], [-5.0, 0.1, 0.2]) == pytest.approx(1.0)
    assert rank_correlation([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == pytest.approx(-1.0)


def test_efficacy_that_follows_the_peak_alone_meets_one_row() -> None:
    points = [point(0.1 * k, 0.5 - 0.01 * k, 0.1 * k, 1.0 - 0.1 * k) for k in range(1, 8)]
    peak, mean = perfusion_rows(points)
    assert (peak["verdict"], mean["verdict"]) == ("met", "MISS")
    assert peak["simulated"] == pytest.approx(1.0) and peak["low"] == SIGNIFICANT
