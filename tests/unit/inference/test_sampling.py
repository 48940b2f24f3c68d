"""Chains find known posteriors; diagnostics notice chains that did not."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.inference.sampling import (
    effective_size,
    importance_size,
    resampled,
    sample,
    smoothed,
    split_r_hat,
)


def test_a_normal_posterior_is_found_in_many_dimensions() -> None:
    """Data on the sum of the first two of 20 inputs: they correlate, the others stay."""
    rng = np.random.default_rng(4)
    found = sample(
        lambda z: -0.5 * ((z[:, 0] + z[:, 1] - 2.0) / 0.2) ** 2, np.zeros((20, 20)), 1500, rng
    )[300:]
    flat = found.reshape(-1, 20)
    assert flat[:, :2].mean(axis=0) == pytest.approx([1.0 / 1.02] * 2, abs=0.06)
    assert flat[:, :2].sum(axis=1).var() == pytest.approx(2.0 * 0.04 / 2.04, rel=0.15)
    assert flat[:, 2:].std(axis=0) == pytest.approx(np.ones(18), abs=0.08)
    assert split_r_hat(found).max() < 1.05
    assert 300 < effective_size(found).min() < found.shape[0] * 20


def test_chains_that_did_not_meet_are_noticed() -> None:
    chains = np.random.default_rng(1).standard_normal((200, 4, 1))
    assert split_r_hat(chains)[0] < 1.05
    assert split_r_hat(chains + np.array([0.0, 0.0, 0.0, 3.0])[None, :, None])[0] > 1.3


def test_slow_chains_are_worth_less() -> None:
    rng = np.random.default_rng(1)
    walk = np.zeros((2000, 2, 1))
    for k in range(1, 2000):
        walk[k] = 0.9 * walk[k - 1] + rng.standard_normal((2, 1))
    # A first-order process of 0.9 is worth one in (1 + 0.9) / (1 - 0.9).
    assert effective_size(walk)[0] == pytest.approx(4000 / 19, rel=0.4)


def test_weights() -> None:
    assert importance_size(np.zeros(8)) == pytest.approx(8.0)
    assert importance_size(np.array([0.0, -800.0])) == pytest.approx(1.0)
    chosen = resampled(np.log([0.5, 0.25, 0.25]), 8, np.random.default_rng(1))
    assert np.bincount(chosen).tolist() == [4, 2, 2]


def test_copies_are_moved_a_little_and_spread_stays() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((300, 40)) * np.linspace(0.5, 2.0, 40)
    chosen = rng.integers(0, 60, 4000)
    found = smoothed(z, chosen, rng)
    assert len(np.unique(found[:, 0])) == 4000
    first = np.unique(chosen, return_index=True)[1]
    assert np.array_equal(found[first], z[chosen[first]])
    assert found.std(axis=0) == pytest.approx(z[chosen].std(axis=0), rel=0.05)
    assert np.abs(found - z[chosen]).mean() < 0.3
