"""An emulator predicts, knows how well, and its gradient is that of its likelihood."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from xenosim.inference import emulator


def surface(z: np.ndarray) -> np.ndarray:
    return np.tanh(z[:, 0]) + 0.5 * z[:, 1] - 0.2 * z[:, 0] * z[:, 1]


def test_it_predicts_places_it_has_not_seen() -> None:
    rng = np.random.default_rng(3)
    x, new = rng.standard_normal((120, 8)), rng.standard_normal((200, 8))
    y = surface(x) + 0.02 * rng.standard_normal(120)
    mean, variance = emulator.fit(x, y).predict(new)
    away = mean - surface(new)
    assert np.sqrt((away**2).mean()) < 0.1 * surface(new).std()
    assert (np.abs(away) < 2.0 * np.sqrt(variance)).mean() > 0.85


def test_the_inputs_that_matter_have_the_shortest_lengths() -> None:
    x = np.random.default_rng(3).standard_normal((120, 6))
    found = emulator.fit(x, np.sin(2.0 * x[:, 2]))
    assert (
        found.lengths.argmin() == 2 and found.lengths[2] < 0.2 * np.delete(found.lengths, 2).min()
    )


def test_left_out_errors_are_those_of_a_fit_without_the_point() -> None:
    rng = np.random.default_rng(5)
    x = rng.standard_normal((30, 2))
    y = surface(x)
    found = emulator.fit(x, y)
    error, size = found.left_out(y)
    kept = np.arange(30) != 7
    cross = emulator._covariance(x[kept], x[kept], found.lengths, found.size, found.slope)
    inverse = np.linalg.inv(cross + found.noise * np.eye(29))
    row = emulator._covariance(x[7:8], x[kept], found.lengths, found.size, found.slope)
    mean = y.mean() + (row @ inverse @ (y[kept] - y.mean()))[0]
    assert error[7] == pytest.approx(y[7] - mean, rel=1e-6) and size[7] > 0.0


def test_the_gradient_is_right() -> None:
    rng = np.random.default_rng(1)
    x, at = rng.standard_normal((25, 3)), np.array([0.1, -1.0, -1.5, 0.4, 1.0, 0.7])
    y = surface(x)
    slopes = approx_fprime(at, lambda logs: emulator._loss(logs, x, y)[0], 1e-6)
    assert emulator._loss(at, x, y)[1] == pytest.approx(slopes, rel=1e-3, abs=1e-3)


def test_far_residuals_are_squeezed_and_near_ones_are_not() -> None:
    found = emulator.squeezed(np.array([-100.0, -1.0, 0.0, 1.0, 100.0]))
    assert np.abs(found).max() <= emulator.WIDEST and found[3] == pytest.approx(1.0, abs=0.02)
