"""Diagnostics: uniform ranks pass and others do not; what data fix is named."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.inference.diagnostics import (
    RANKED,
    correlations,
    directions,
    emulation,
    ranks,
    uniformity,
)
from xenosim.inference.posterior import Posterior

from .test_posterior import P, asked, simulated


def test_the_self_test_passes_and_notices_a_posterior_that_is_too_narrow() -> None:
    rng = np.random.default_rng(2)
    z = rng.standard_normal((80, P))
    posterior = Posterior.of(z, simulated(z), asked(np.array([1.0, 0.0])))
    found = ranks(posterior, rng)
    assert uniformity(found).min() > 0.001
    # Were posteriors too narrow, truth would lie at the ends.
    ends = np.where(rng.random(found.shape) < 0.5, 0, RANKED)
    assert uniformity(ends).max() < 1e-6


def test_errors_of_emulation_are_told_by_target() -> None:
    z = np.random.default_rng(2).standard_normal((80, P))
    outputs = simulated(z)
    told = emulation(Posterior.of(z, outputs, asked(np.array([1.0, 0.0]))), outputs)
    assert set(told) == {"output 0", "output 1"}
    assert all(0.0 <= entry["error"] < 0.5 and entry["within_2"] > 0.8 for entry in told.values())


def test_directions_and_pairs() -> None:
    rng = np.random.default_rng(3)
    z = rng.standard_normal((4000, 3))
    z[:, 1] = -z[:, 0] + 0.1 * rng.standard_normal(4000)
    (fixed,) = directions(z, ["a", "b", "c"])
    assert fixed["variance_left"] < 0.02 and set(list(fixed["of"])[:2]) == {"a", "b"}
    (pair,) = correlations(z, ["a", "b", "c"])
    assert set(pair["of"]) == {"a", "b"} and pair["r"] == pytest.approx(-1.0, abs=0.02)
