"""Power: the closed forms against statsmodels, pools against new animals, errors of the first kind
within their binomial bound.
"""

import math

import numpy as np
import pytest
from scipy.stats import binom

from tests.unit.analysis.growing import pool
from xenosim.analysis.power import (
    TESTS,
    Power,
    effective_studies,
    log_rank_power,
    needed,
    power_of,
    power_table,
    t_power,
    verdicts,
)
from xenosim.errors import TableError


@pytest.mark.parametrize(("effect", "n"), [(0.5, 10), (1.0, 17), (2.0, 4)])
def test_power_of_t_is_statsmodels(effect: float, n: int) -> None:
    power = pytest.importorskip("statsmodels.stats.power")
    expected = power.TTestIndPower().power(effect, n, 0.05)
    assert t_power(effect, n, n) == pytest.approx(expected, abs=1e-6)


def test_power_of_log_rank_is_schoenfelds() -> None:
    """66 events for a hazard ratio of 2 at 80 % power: (1.95996 + 0.84162)^2 x 4 / ln(2)^2 = 65.3
    events.
    """
    assert log_rank_power(math.log(2.0), 65.3) == pytest.approx(0.8, abs=1e-3)


def test_drawing_from_a_pool_is_unbiased() -> None:
    """Means over many pools of 40 animals against studies of 10 new animals each."""
    studies = 400
    fresh = sum(
        verdicts(pool(10, 1000 + k), "lmm", 5, 1, k).p[0, 0] <= 0.05 for k in range(studies)
    )
    shares = [
        power_of(verdicts(each, "lmm", 5, 100, k), 0, each).share
        for k, each in ((k, pool(40, 9000 + k)) for k in range(60))
    ]
    pooled, spread = float(np.mean(shares)), float(np.std(shares, ddof=1)) / math.sqrt(60)
    error = math.hypot(spread, math.sqrt(pooled * (1.0 - pooled) / studies))
    assert abs(fresh / studies - pooled) < 3.0 * error


def test_studies_that_share_animals_count_for_fewer() -> None:
    """The spread of power between pools is that which one pool says of itself."""
    found = [
        power_of(verdicts(each, "lmm", 4, 400, k), 0, each)
        for k, each in ((k, pool(80, 500 + k)) for k in range(40))
    ]
    shares = np.array([each.share for each in found])
    mean = float(shares.mean())
    told = float(np.mean([mean * (1.0 - mean) / each.independent for each in found]))
    assert 0.5 < shares.var(ddof=1) / told < 2.0
    assert all(each.independent <= 400 for each in found)


def test_all_or_none_tells_nothing_of_the_pool() -> None:
    drawn = np.tile(np.arange(4), (10, 1))
    assert effective_studies(np.ones(10, bool), drawn, 8) == 10.0


@pytest.mark.parametrize("test", TESTS)
def test_errors_of_the_first_kind_keep_their_level(test: str) -> None:
    """Without an effect; the log-rank test of few animals is known to find a little more."""
    empty = pool(400, 11).untreated()
    found = power_of(verdicts(empty, test, 8, 1000, 3), 0, empty)
    level = 0.065 if test == "logrank" else 0.05
    assert binom.ppf(0.0005, 1000, 0.035) <= found.significant <= binom.ppf(0.9995, 1000, level)


@pytest.mark.slow
@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("n", [4, 8, 16])
def test_errors_of_the_first_kind_of_new_animals_every_time(test: str, n: int) -> None:
    hits = sum(
        bool(verdicts(pool(2 * n, 20_000 + k, 0.0), test, n, 1, k).p[0, 0] <= 0.05)
        for k in range(2000)
    )
    level = 0.07 if test == "logrank" else 0.05
    assert hits <= binom.ppf(0.999, 2000, level)


def test_the_table_has_a_row_per_test_and_size_and_a_closed_form_near_by() -> None:
    table = power_table(pool(200, 1), (4, 12), ("lmm", "logrank"), studies=300)
    assert table[["test", "n"]].to_numpy().tolist() == [
        ["lmm", 4],
        ["lmm", 12],
        ["logrank", 4],
        ["logrank", 12],
    ]
    lmm = table[table["test"] == "lmm"]
    assert (abs(lmm["power"] - lmm["closed_form"]) < 0.1).all()
    assert ((table["ci_low"] <= table["power"]) & (table["power"] <= table["ci_high"])).all()


def test_pairs_have_their_own_tests() -> None:
    animals = pool(60, 2)
    assert (verdicts(animals, "lmm", 8, 50, 1, paired=True).p <= 1.0).all()
    with pytest.raises(TableError, match="not for matched pairs"):
        verdicts(animals, "logrank", 8, 50, 1, paired=True)


def test_a_study_without_an_answer_is_no_study_without_an_effect() -> None:
    assert Power(8, 2, 10, 8.0).share == 1.0
    nothing = Power(0, 10, 10, 0.0)
    assert math.isnan(nothing.share) and nothing.limits == (0.0, 1.0)


def test_unknown_tests_are_refused_with_a_neighbor() -> None:
    with pytest.raises(TableError, match="did you mean 'logrank'"):
        verdicts(pool(20, 1), "lograng", 4, 1, 1)


def test_the_number_needed_lies_between_the_sizes_tried() -> None:
    sizes = np.array([4.0, 8.0, 12.0])
    assert needed(sizes, np.array([0.4, 0.7, 0.9]), 0.8) == 10.0
    assert needed(sizes, np.array([0.9, 0.95, 1.0]), 0.8) == 4.0
    assert needed(sizes, np.array([0.1, 0.2, 0.3]), 0.8) == math.inf
    assert needed(sizes, np.full(3, math.nan), 0.8) == math.inf
