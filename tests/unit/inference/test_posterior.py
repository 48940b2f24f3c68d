"""Parameters of a known simulator are recovered; limits and errors count as they should."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.inference.posterior import (
    Posterior,
    apart,
    counted,
    log_likelihood,
    residuals,
    scores,
    shares,
)
from xenosim.inference.targets import Target

P = 5


def simulated(z: np.ndarray) -> np.ndarray:
    """Two outputs that three of five inputs make."""
    return np.column_stack([np.exp(0.4 * z[:, 0]) + 0.3 * z[:, 1], z[:, 1] - 0.8 * z[:, 2]])


def asked(values: np.ndarray, at_most: bool = False) -> tuple[Target, ...]:
    return tuple(
        Target("dish", f"output {k}", "", float(v), 0.15, at_most, {"measure": "load"})
        for k, v in enumerate(values)
    )


def test_parameters_are_recovered() -> None:
    """Of twenty simulated data sets, 90 % intervals hold the truth as often as they say."""
    rng = np.random.default_rng(8)
    design = rng.standard_normal((90, P))
    inside = []
    for truth in rng.standard_normal((12, P)):
        data = simulated(truth[None])[0] + 0.15 * rng.standard_normal(2)
        found = Posterior.of(design, simulated(design), asked(data)).chains(80, rng)
        low, high = np.quantile(found, [0.05, 0.95], axis=(0, 1))
        inside += [*((low < truth) & (truth < high))]
    assert 0.8 <= np.mean(inside) <= 1.0


def test_data_narrow_what_they_see_and_nothing_else() -> None:
    rng = np.random.default_rng(8)
    design = rng.standard_normal((90, P))
    posterior = Posterior.of(design, simulated(design), asked(np.array([1.5, -0.5])))
    found = posterior.chains(200, rng).reshape(-1, P)
    assert found[:, 0].std() < 0.8 and found[:, 3:].std(axis=0) == pytest.approx([1, 1], abs=0.12)
    mean, _ = posterior.predict(found)
    assert np.abs(mean.mean(axis=0)).max() < 0.5
    assert apart(found[:, None, :], 50, rng).shape == (50, P)


def test_a_limit_is_met_by_less() -> None:
    limits = asked(np.array([1.0, 1.0]), at_most=True)
    outputs = np.array([[0.1, 1.0], [1.3, 1.0]])
    away = residuals(outputs, limits)
    assert counted(away, limits)[0].tolist() == [0.0, 0.0]
    assert log_likelihood(outputs, limits) == pytest.approx([0.0, -2.0])


def test_scores_and_shares_are_inverse() -> None:
    z = np.array([[-1.5, 0.0, 2.0]])
    assert scores(shares(z)) == pytest.approx(z)
    assert np.isfinite(scores(np.array([[0.0, 1.0]]))).all()
