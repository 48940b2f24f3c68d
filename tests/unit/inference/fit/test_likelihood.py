"""The likelihood against scipy's multivariate normal of all animals at once."""

from __future__ import annotations

import numpy as np
from scipy.stats import multivariate_normal

from xenosim.inference.fit.blocks import VOLUME, Block
from xenosim.inference.fit.emulate import Predicted
from xenosim.inference.fit.likelihood import log_likelihood, patterns, weigh

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
    assert weigh(patterns(more), expected).numbers == 9
