"""The likelihood against scipy's multivariate normal of all animals at once, and its t."""

from __future__ import annotations

import numpy as np
from scipy.stats import multivariate_normal, multivariate_t

from xenosim.inference.fit.blocks import VOLUME, Block
from xenosim.inference.fit.emulate import Predicted
from xenosim.inference.fit.likelihood import (
    center_and_scale,
    log_likelihood,
    patterns,
    weigh,
)

COVARIANCE = np.array([[0.2, 0.1, 0.1], [0.1, 0.3, 0.2], [0.1, 0.2, 0.5]])
MEAN = np.array([0.5, 1.0, 1.5])
DOUBT = np.array([[0.05, 0.02, 0.0], [0.02, 0.04, 0.01], [0.0, 0.01, 0.03]])
VALUES = np.array([[0.4, 1.1, 1.3], [0.9, 1.4, np.nan], [0.2, np.nan, 1.9], [0.1, 0.2, np.nan]])
BLOCK = Block(VOLUME, "vehicle", (3.0, 6.0, 9.0), VALUES, ("a", "b", "c", "d"))


def exact(doubt: np.ndarray) -> float:
    """All animals' values as one normal vector that shares the doubt of its mean."""
    there = np.isfinite(VALUES)
    whole = np.kron(np.eye(4), COVARIANCE) + np.kron(np.ones((4, 4)), doubt)
    seen = there.ravel()
    count = seen.sum()
    found = multivariate_normal(np.tile(MEAN, 4)[seen], whole[np.ix_(seen, seen)])
    return float(found.logpdf(VALUES[there])) + 0.5 * count * float(np.log(2.0 * np.pi))


def test_missing_days_and_a_mean_in_doubt() -> None:
    for doubt in (np.zeros((3, 3)), DOUBT):
        expected = Predicted(MEAN[None], COVARIANCE[None], doubt[None])
        assert np.isclose(log_likelihood(patterns(BLOCK), expected)[0], exact(doubt))


def test_an_animal_that_was_never_measured_says_nothing() -> None:
    expected = Predicted(MEAN[None], COVARIANCE[None], DOUBT[None])
    more = BLOCK._replace(values=np.vstack([VALUES, np.full(3, np.nan)]))
    assert log_likelihood(patterns(more), expected) == log_likelihood(patterns(BLOCK), expected)
    counted = [p * square.shape[1] for p, square in weigh(patterns(more), expected).squares]
    assert sum(counted) == 9


def test_heavy_tails_are_those_of_a_t_distribution() -> None:
    """Up to a constant, which differs between animals by what was measured of them."""
    own = 0.0
    for row in VALUES:
        seen = np.isfinite(row)
        one = multivariate_t(MEAN[seen], COVARIANCE[np.ix_(seen, seen)], df=4.0)
        other = multivariate_t(MEAN[seen] + 0.2, COVARIANCE[np.ix_(seen, seen)], df=4.0)
        own += float(one.logpdf(row[seen]) - other.logpdf(row[seen]))
    at, there = (
        log_likelihood(
            patterns(BLOCK), Predicted(mean[None], COVARIANCE[None], np.zeros((1, 3, 3)), 4.0)
        )[0]
        for mean in (MEAN, MEAN + 0.2)
    )
    assert np.isclose(at - there, own)


def test_doubt_of_the_mean_of_a_t_distribution() -> None:
    """Against the integral over the mean, to the second order that the likelihood takes."""
    drawn = np.random.default_rng(2).multivariate_normal(np.zeros(3), 0.1 * DOUBT, 20_000)
    n = len(drawn)
    none = Predicted(MEAN + drawn, np.repeat(COVARIANCE[None], n, 0), np.zeros((n, 3, 3)), 4.0)
    exact_log = np.log(np.exp(log_likelihood(patterns(BLOCK), none)).mean())
    doubted = Predicted(MEAN[None], COVARIANCE[None], 0.1 * DOUBT[None], 4.0)
    assert np.isclose(log_likelihood(patterns(BLOCK), doubted)[0], exact_log, atol=0.05)


def test_a_few_that_are_far_move_neither_center_nor_scale() -> None:
    rng = np.random.default_rng(1)
    rows = rng.multivariate_normal(MEAN, COVARIANCE, 400)
    far = rows.copy()
    far[:20] -= 5.0
    (center, scale), (moved, wider) = (center_and_scale(each, 4.0) for each in (rows, far))
    assert np.abs(center - moved).max() < 0.05 and (np.diag(wider) < 1.7 * np.diag(scale)).all()
    assert np.abs(far.mean(axis=0) - rows.mean(axis=0)).min() > 0.2
    assert (far.var(axis=0) > 3.0 * rows.var(axis=0)).all()
