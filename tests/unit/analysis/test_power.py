"""Power: the closed forms against statsmodels, pools against new animals, errors of the first kind
within their binomial bound.
"""

import math

import numpy as np
import pytest
from scipy.stats import binom

from tests.unit.analysis.growing import DAYS, fresh_studies, pool, readings
from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.power import (
    TESTS,
    Power,
    effective_studies,
    log_rank_power,
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


@pytest.mark.parametrize("test", TESTS)
def test_drawing_from_a_pool_is_unbiased(test: str) -> None:
    """Means over many pools of 40 animals against studies of 10 new animals each."""
    studies = 4000
    new = TESTS[test].run(*fresh_studies(5, studies, 7, 0.03), "drug", False).p
    fresh = float((new <= 0.05).mean())
    shares = [
        power_of(verdicts(each, test, 5, 100, k), 0, each).share
        for k, each in ((k, pool(40, 9000 + k)) for k in range(60))
    ]
    pooled, spread = float(np.mean(shares)), float(np.std(shares, ddof=1)) / math.sqrt(60)
    error = math.hypot(spread, math.sqrt(pooled * (1.0 - pooled) / studies))
    assert abs(fresh - pooled) < 3.0 * error


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
    """Without an effect, of studies that share a pool."""
    empty = pool(400, 11).untreated()
    found = power_of(verdicts(empty, test, 8, 1000, 3), 0, empty)
    assert binom.ppf(0.0005, 1000, 0.035) <= found.significant <= binom.ppf(0.9995, 1000, 0.05)


@pytest.mark.parametrize("studies", [2000, pytest.param(8000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("n", [4, 8, 16])
def test_errors_of_the_first_kind_of_new_animals_every_time(
    test: str, n: int, paired: bool, studies: int
) -> None:
    """Animals leave for their size, and with them the day on which arms are compared."""
    p = TESTS[test].run(*fresh_studies(n, studies, 20_000 + n, 0.0), "drug", paired).p
    assert (p <= 0.05).sum() <= binom.ppf(0.999, studies, 0.05)


@pytest.mark.parametrize("test", ["tc", "logrank"])
def test_permutations_use_their_level_where_assignments_are_many(test: str) -> None:
    hits = (TESTS[test].run(*fresh_studies(16, 2000, 9, 0.0), "drug", False).p <= 0.05).sum()
    assert hits >= binom.ppf(0.001, 2000, 0.045)


@pytest.mark.parametrize(
    ("test", "paired", "n"),
    [("lmm", False, 5), ("lmm", True, 5), ("tc", False, 5), ("tc", True, 8)],
)
def test_growth_and_volume_tests_keep_their_level_where_nobody_leaves(
    test: str, paired: bool, n: int
) -> None:
    animals, dealt = fresh_studies(n, 4000, 5, 0.0, end_mm3=math.inf)
    hits = (TESTS[test].run(animals, dealt, "drug", paired).p <= 0.05).sum()
    assert binom.ppf(0.001, 4000, 0.045) <= hits <= binom.ppf(0.999, 4000, 0.05)


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


def test_pairs_have_their_own_tests_and_need_animals_that_are_in_every_arm() -> None:
    animals = pool(60, 2)
    apart = {test: verdicts(animals, test, 8, 50, 1).p for test in TESTS}
    for test, p in apart.items():
        within = verdicts(animals, test, 8, 50, 1, paired=True).p
        assert (within <= 1.0).all() and not np.array_equal(within, p)
    own = AnimalPool.of_readings(readings(20, 1), DAYS, "vehicle", paired=False)
    with pytest.raises(TableError, match="animals of their own"):
        verdicts(own, "lmm", 8, 50, 1, paired=True)


def test_a_study_without_an_answer_is_no_study_without_an_effect() -> None:
    assert Power(8, 2, 10, 8.0).share == 1.0
    nothing = Power(0, 10, 10, 0.0)
    assert math.isnan(nothing.share) and nothing.limits == (0.0, 1.0)


def test_unknown_tests_are_refused_with_a_neighbor() -> None:
    with pytest.raises(TableError, match="did you mean 'logrank'"):
        verdicts(pool(20, 1), "lograng", 4, 1, 1)
