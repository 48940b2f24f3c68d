"""When a published number, direction or count is met, and that noise is not rewarded."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from xenosim.validation.verdicts import (
    Simulated,
    agreement,
    judge_count,
    judge_number,
    judge_range,
    judge_share,
    published_sd,
    significance,
    tolerance,
)


def test_the_tolerance_is_that_of_the_written_rule() -> None:
    assert tolerance(8, False, 0.0) == pytest.approx(1.64 * 0.4 * math.sqrt(2 / 8))
    assert tolerance(7, True, 0.1) == pytest.approx(
        1.64 * math.sqrt(0.16 * 2 / 7 + 0.3**2 + 0.1**2)
    )


def test_a_number_is_met_within_the_tolerance_alone() -> None:
    limit = tolerance(8, True, 0.0)
    for factor, verdict in ((0.98, "met"), (1.02, "MISS")):
        for sign in (1, -1):
            value = 0.3 * math.exp(sign * factor * limit)
            found = judge_number(Simulated(np.array([value])), 0.3, 8, True)
            assert found.verdict == verdict
            assert found.low < 0.3 < found.high


def test_a_vague_simulation_meets_nothing() -> None:
    wide = Simulated(0.3 * np.exp(np.linspace(-1.0, 1.0, 101)))
    found = judge_number(wide, 0.3, 8, True)
    assert found.verdict == "inconclusive" and "factor of 4" in found.said
    assert judge_number(Simulated(0.3 * np.exp(np.linspace(-0.5, 0.5, 101))), 0.3, 8, True)[0] == (
        "met"
    )


def test_the_predictive_interval_holds_the_scatter_of_the_published_study() -> None:
    sd = published_sd(8, False)
    found = judge_number(Simulated(np.array([0.5])), 0.3, 8, False)
    assert found.predicted == pytest.approx(
        (0.5 * math.exp(-1.645 * sd), 0.5 * math.exp(1.645 * sd)), rel=0.02
    )
    assert found.sim_low == pytest.approx(0.5) == pytest.approx(found.sim_high)


@pytest.mark.parametrize(("share", "verdict"), [(0.79, "MISS"), (0.8, "met"), (1.0, "met")])
def test_a_direction_needs_most_of_the_parameter_sets(share: float, verdict: str) -> None:
    holds = np.arange(100) < round(100 * share)
    found = Simulated(np.where(holds, 0.5, 1.5))
    assert judge_share(found, holds, 0.8, "T/C < 1", (0.0, 1.0)).verdict == verdict


def test_counts_are_judged_by_what_studies_of_that_size_would_find() -> None:
    assert judge_count(Simulated(np.array([7.0])), 6, 7).verdict == "met"
    assert judge_count(Simulated(np.array([1.0])), 6, 7).verdict == "MISS"
    found = judge_count(Simulated(np.array([4.0])), 4, 8)
    assert (found.sim_low, found.sim_high) == (2.0, 6.0)


def test_a_range_is_tolerated_beyond_its_ends() -> None:
    assert judge_range(Simulated(np.array([1.3])), 0.91, 1.26, 0.1).verdict == "met"
    assert judge_range(Simulated(np.array([1.5])), 0.91, 1.26, 0.1).verdict == "MISS"


def test_the_chance_of_significance_is_that_of_a_test() -> None:
    """Against simulated studies of eight, tested by a normal test of ln V with known spread."""
    rng = np.random.default_rng(1)
    logs = 0.5 * rng.standard_normal(4000)
    chance = significance(np.exp(logs - 0.6), np.exp(logs), 8)
    means = 0.5 * rng.standard_normal((20000, 2, 8))
    z = (means[:, 1].mean(axis=1) - means[:, 0].mean(axis=1) + 0.6) / (0.5 * math.sqrt(2 / 8))
    assert chance == pytest.approx(float(np.mean(np.abs(z) > 1.96)), abs=0.03)


def test_agreement_is_told_by_use() -> None:
    rows = [
        ("calibration", 0.12, 0.2, 0.1, 0.4),
        ("validation", 0.8, 0.5, 0.3, 0.7),
        ("assumed", 0.4, 0.9, 0.8, 1.0),
    ]
    table = pd.DataFrame(
        rows, columns=["used", "published", "simulated", "predicted_low", "predicted_high"]
    )
    text = agreement(table)
    assert "0.08 over 1 calibration" in text and "0.30 over 1 validation" in text
    assert "1 of 2 inside" in text
    assert agreement(pd.DataFrame({"used": ["validation"]})) == ""
