"""Batched tests against scipy, one study at a time, and against R."""

import numpy as np
import pytest
from scipy import stats

from xenosim.analysis.batches import holm, log_rank, paired_log_rank, paired_t, student_t

#: Remission of leukemia under 6-mercaptopurine and placebo [weeks]; inf: still in remission.
MERCAPTOPURINE = (
    "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
    "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23",
)


def times(text: str) -> tuple[np.ndarray, np.ndarray]:
    words = text.split()
    until = np.array([float(word.rstrip("+")) for word in words])
    return np.where([word.endswith("+") for word in words], np.inf, until), until


def test_student_is_scipys_with_animals_missing() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(5, 6)), rng.normal(size=(5, 7))
    a[2, 3] = np.nan
    found = student_t(a, b)
    expected = stats.ttest_ind(a, b, axis=1, nan_policy="omit")
    np.testing.assert_allclose(found.p, expected.pvalue)
    np.testing.assert_allclose(found.statistic, expected.statistic)


def test_pairs_are_scipys_and_lose_a_pair_with_one_of_both() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
    np.testing.assert_allclose(paired_t(a, b).p, stats.ttest_rel(a, b, axis=1).pvalue)
    a[0, 0] = np.nan
    assert float(paired_t(a, b).df[0]) == 4.0


@pytest.mark.parametrize(
    "treated", [np.full(4, 2.0), np.array([1.0]), np.full(4, np.nan)], ids=["same", "one", "none"]
)
def test_without_spread_or_animals_a_test_has_failed_and_found_nothing(treated: np.ndarray) -> None:
    control = np.full(4, 1.0) if treated.size > 1 else np.array([2.0])
    assert bool(student_t(treated, control).failed)


def test_6mp_log_rank_is_the_published_one() -> None:
    """R: survdiff(Surv(t, s) ~ g)$chisq is 16.79294099, p 4.1688091e-05; Z = 4.098."""
    found = log_rank(*(times(text) for text in reversed(MERCAPTOPURINE)))
    assert float(found.statistic) == pytest.approx(4.0979, abs=1e-4)
    assert float(found.statistic) ** 2 == pytest.approx(16.79294099, abs=1e-7)
    assert float(found.p) == pytest.approx(4.1688091e-05, rel=1e-6)


def test_log_rank_is_scipys_in_many_studies_with_ties() -> None:
    rng = np.random.default_rng(3)
    until = np.ceil(rng.exponential(8.0, (20, 14)))
    event = rng.random((20, 14)) < 0.7
    t = np.where(event, until, np.inf)
    found = log_rank((t[:, :6], until[:, :6]), (t[:, 6:], until[:, 6:]))
    for study in range(20):
        sides = [
            stats.CensoredData.right_censored(until[study, part], ~event[study, part])
            for part in (slice(0, 6), slice(6, 14))
        ]
        expected = stats.logrank(*sides)
        assert float(found.p[study]) == pytest.approx(expected.pvalue)


def test_log_rank_without_events_has_no_answer() -> None:
    never = (np.full(3, np.inf), np.full(3, 30.0))
    assert bool(log_rank(never, never).failed)


def test_log_rank_of_pairs_is_the_stratified_one_with_an_exact_p() -> None:
    """Strata one by one, O - E and V by the definition; p against scipy's binomial test."""
    rng = np.random.default_rng(4)
    until = np.ceil(rng.exponential(8.0, (2, 30, 9)))
    event = rng.random(until.shape) < 0.7
    sides = [(np.where(event[k], until[k], np.inf), until[k]) for k in (0, 1)]
    found = paired_log_rank(*sides)
    for study in range(30):
        excess = variance = 0.0
        for pair in range(9):
            t, e = until[:, study, pair], event[:, study, pair]
            for time in sorted(set(t[e])):
                risk, deaths = t >= time, int((e & (t == time)).sum())
                share, n = risk[0] / risk.sum(), int(risk.sum())
                excess += float(e[0] and t[0] == time) - deaths * share
                variance += deaths * share * (1.0 - share) * (n - deaths) / (n - 1) if n > 1 else 0
        assert float(found.statistic[study]) == pytest.approx(excess / variance**0.5)
        assert float(found.estimate[study]) == pytest.approx(excess / variance)
        told = round(4.0 * variance)
        exact = stats.binomtest(round(excess + told / 2.0), told).pvalue
        assert float(found.p[study]) == pytest.approx(exact)


def test_pairs_without_a_first_one_have_no_log_rank() -> None:
    both = (np.full(6, 9.0), np.full(6, 9.0))
    assert bool(paired_log_rank(both, both).failed)


def test_holm_is_rs_and_leaves_out_what_has_no_p() -> None:
    """R: p.adjust(c(0.01, 0.02, 0.03, 0.005), "holm") is 0.03 0.04 0.04 0.02."""
    assert holm(np.array([0.01, 0.02, 0.03, 0.005])).tolist() == pytest.approx(
        [0.03, 0.04, 0.04, 0.02]
    )
    adjusted = holm(np.array([[0.01, np.nan, 0.03]]))
    np.testing.assert_allclose(adjusted, [[0.02, np.nan, 0.03]])
