"""The four models against scipy's solution of their equations."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from xenosim.pkpd.curves import MODELS, PSI, exponential, gompertz, logistic, simeoni

DAYS = np.array([0.0, 3.0, 10.0, 21.0, 40.0])
V0, RATE = 90.0, 0.15


def solved(slope: object, state: list[float]) -> np.ndarray:
    """ln of the sum of the states on the days."""
    found = solve_ivp(slope, (0.0, 40.0), state, t_eval=DAYS, rtol=1e-9, atol=1e-9, max_step=0.05)
    return np.log(found.y.sum(axis=0))


def test_exponential_logistic_and_gompertz_solve_their_equations() -> None:
    b, capacity = 0.04, 1500.0
    expected = {
        "exponential": lambda t, v: RATE * v,
        "logistic": lambda t, v: RATE * v * (1.0 - v / capacity),
        "gompertz": lambda t, v: RATE * np.exp(-b * t) * v,
    }
    found = {
        "exponential": exponential(DAYS, np.log([V0, RATE])),
        "logistic": logistic(DAYS, np.log([V0, RATE, capacity])),
        "gompertz": gompertz(DAYS, np.log([V0, RATE, b])),
    }
    for name, slope in expected.items():
        np.testing.assert_allclose(found[name], solved(slope, [V0]), atol=1e-6)


def test_simeoni_solves_its_equations_with_and_without_a_drug() -> None:
    linear, k2, k1 = 60.0, 0.002, 0.4

    def level(t: np.ndarray) -> np.ndarray:
        return 100.0 * np.exp(-0.05 * np.asarray(t))

    def slope(potency: float) -> object:
        def of(t: float, x: np.ndarray) -> list[float]:
            hit = potency * float(level(np.array(t))) * x[0]
            grown = RATE * x[0] / (1.0 + (RATE * x.sum() / linear) ** PSI) ** (1.0 / PSI)
            return [grown - hit, hit - k1 * x[1], k1 * (x[1] - x[2]), k1 * (x[2] - x[3])]

        return of

    logs = np.log([V0, RATE, linear])
    start = [V0, 0.0, 0.0, 0.0]
    np.testing.assert_allclose(simeoni(DAYS, logs), solved(slope(0.0), start), atol=1e-4)
    found = simeoni(DAYS, logs, (np.log(k2), np.log(k1)), level)
    np.testing.assert_allclose(found, solved(slope(k2), start), atol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_a_first_guess_is_a_finite_curve(name: str) -> None:
    model = MODELS[name]
    first = np.array(model.first(np.log(V0), RATE, 2000.0))
    assert first.size == len(model.names)
    assert np.isfinite(model.curve(DAYS, first)).all()
