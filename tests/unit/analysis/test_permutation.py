"""Permutation tests: exact ones by hand, drawn ones against exact ones, level."""

import numpy as np
import pytest
from scipy.stats import binom
from scipy.stats import permutation_test as scipys

from xenosim.analysis.permutation import permutation_test, within_blocks


def test_the_exact_p_is_scipys() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.5, 1.0, 6), rng.normal(0.0, 1.0, 7)
    found = permutation_test(a, b, rng)
    expected = scipys((a, b), lambda x, y: abs(x.mean() - y.mean()), alternative="greater")
    assert found.p == pytest.approx(float(expected.pvalue)) and found.note == "all 1716 assignments"


def test_a_drawn_p_is_near_the_exact_one_and_the_same_again() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.9, 1.0, 11), rng.normal(0.0, 1.0, 11)
    first, again = (permutation_test(a, b, np.random.default_rng(3)) for _ in range(2))
    assert first == again and "drawn" in first.note
    expected = scipys(
        (a, b),
        lambda x, y: abs(x.mean() - y.mean()),
        alternative="greater",
        n_resamples=50_000,
        rng=np.random.default_rng(4),
    )
    assert first.p == pytest.approx(float(expected.pvalue), abs=0.015)


def test_identical_animals_have_p_1() -> None:
    same = np.full(4, 0.1)
    assert permutation_test(same, same, np.random.default_rng(1)).p == 1.0


def test_blocks_keep_their_animals() -> None:
    """Two cages that differ hide nothing: within each the drug takes 1 off."""
    values = np.array([10.0, 10.1, 10.2, 9.0, 9.1, 9.2, 0.0, 0.1, 0.2, -1.0, -0.9, -0.8])
    treated = np.array([False] * 3 + [True] * 3 + [False] * 3 + [True] * 3)
    cage = np.repeat([0.0, 1.0], 6)
    rng = np.random.default_rng(1)
    assert within_blocks(values, treated, cage, rng).p < 0.01
    assert permutation_test(values[treated], values[~treated], rng).p > 0.5


def test_errors_of_the_first_kind_keep_their_level() -> None:
    rng = np.random.default_rng(7)
    hits = sum(
        permutation_test(rng.normal(size=5), rng.normal(size=5), rng).p <= 0.05 for _ in range(400)
    )
    assert hits <= binom.ppf(0.999, 400, 0.05)
