"""Permutation tests of many studies at once: against scipy's and by hand."""

import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_ind

from xenosim.analysis.batches import log_rank
from xenosim.analysis.shuffled import (
    DRAWN,
    FEWEST_PAIRS,
    assignments,
    flips,
    log_rank_scores,
    p_of_last_day,
    p_of_scores,
    smallest_p,
)


def test_all_assignments_are_tried_where_they_are_few() -> None:
    few, complete = assignments(4, 4)
    assert complete and len(np.unique(few, axis=0)) == 70
    many, complete = assignments(10, 10)
    assert not complete and len(many) == DRAWN and (many.sum(axis=1) == 10).all()


def test_the_exact_p_is_scipys() -> None:
    values = np.random.default_rng(1).normal(size=(3, 11))
    found = p_of_scores(values, 5)

    def apart(a: np.ndarray, b: np.ndarray) -> float:
        return float(abs(a.mean() - b.mean()))

    for row, p in zip(values, found, strict=True):
        expected = permutation_test((row[:5], row[5:]), apart, alternative="greater")
        assert p == pytest.approx(float(expected.pvalue))


def test_scores_add_up_to_observed_less_expected_events() -> None:
    rng = np.random.default_rng(2)
    times = rng.integers(3, 9, (20, 12)).astype(float)
    times[rng.random((20, 12)) < 0.3] = np.inf
    last = np.full((20, 12), 9.0)
    found = log_rank((times[:, :6], last[:, :6]), (times[:, 6:], last[:, 6:]))
    event = np.isfinite(times)
    scores = log_rank_scores(np.where(event, times, last), event)
    assert scores[:, :6].sum(axis=1) == pytest.approx(found.estimate / found.se**2)
    assert scores.sum(axis=1) == pytest.approx(np.zeros(20), abs=1e-12)


def last_day_by_hand(values: np.ndarray, n: int) -> float:
    """p of scipy's t on the last day with half of both arms."""
    a, b = values[:n], values[n:]
    there = [(~np.isnan(each)).mean(axis=0) >= 0.5 for each in (a, b)]
    day = np.nonzero(there[0] & there[1])[0][-1]
    return float(ttest_ind(a[:, day], b[:, day], nan_policy="omit").pvalue)


def test_the_day_is_found_anew_for_every_assignment() -> None:
    """Against scipy's t, assignment by assignment."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(8, 5)).cumsum(axis=1)
    values[rng.random(8) < 0.5, 3:] = np.nan
    values[:3, 4:] = np.nan
    ways, _ = assignments(4, 4)
    order = [np.argsort(-way, kind="stable") for way in ways]
    told = np.array([last_day_by_hand(values[chosen], 4) for chosen in order])
    expected = (told <= last_day_by_hand(values, 4) * (1.0 + 1e-9)).mean()
    found = p_of_last_day(values[None], 4, 0.5, np.ones((1, 5), bool))
    assert found == pytest.approx([expected])


def test_identical_animals_and_a_lone_day_have_no_answer() -> None:
    same = np.ones((1, 8, 2))
    assert np.isnan(p_of_last_day(same, 4, 0.5, np.ones((1, 2), bool))).all()
    some = np.random.default_rng(4).normal(size=(1, 8, 2))
    assert np.isnan(p_of_last_day(some, 4, 0.5, np.zeros((1, 2), bool))).all()


def test_pairs_are_assigned_anew_within_them_alone() -> None:
    """Against scipy's t, all 256 ways and not the half that is computed."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=(16, 5)).cumsum(axis=1)
    values[:5, 4:], values[8:11, 3:], values[14:, 4:] = np.nan, np.nan, np.nan
    values[8:] -= 1.5
    told = []
    for way in range(256):
        turned = np.array([way >> k & 1 for k in range(8)], bool)
        order = np.arange(8) + np.where(turned, 8, 0), np.arange(8) + np.where(turned, 0, 8)
        told.append(last_day_by_hand(values[np.concatenate(order)], 8))
    expected = (np.array(told) <= told[0] * (1.0 + 1e-9)).mean()
    found = p_of_last_day(values[None], 8, 0.5, np.ones((1, 5), bool), within_pairs=True)
    assert found == pytest.approx([expected]) and 0.01 < expected < 0.9


def test_the_smallest_p_is_that_of_the_ways() -> None:
    assert smallest_p(3) == 0.1 and smallest_p(20) == 1.0 / (DRAWN + 1)
    apart = np.arange(12.0)[None, ::-1]
    assert p_of_scores(apart, 6)[0] == smallest_p(6)
    few, complete = flips(FEWEST_PAIRS)
    assert complete and 1.0 / len(few) <= 0.05 < 1.0 / len(flips(FEWEST_PAIRS - 1)[0])
    drawn, complete = flips(20)
    assert not complete and len(drawn) == DRAWN
    assert (drawn[:, :20] + drawn[:, 20:] == 1.0).all() and drawn.mean() == 0.5
