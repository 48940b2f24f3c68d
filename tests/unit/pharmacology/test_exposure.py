"""Target occupancy of one tissue (its equations: tests/analytic, tests/oracle)."""

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.pharmacology.exposure import TargetBinding, TargetExposure, solve_small
from xenosim.pharmacology.target import Pulse, medium_profile


def bound(koff: float = 0.04, kon: float = 0.1) -> TargetBinding:
    """One inhibitor; 0.4 nM by default is its Kd."""
    one = np.ones(1)
    return TargetBinding(("x",), 1e-6, 0.0, kon * one, koff * one, one)


def exposed(binding: TargetBinding, nanomolar: float, folds: list[float]) -> TargetExposure:
    profiles = {"x": medium_profile([Pulse("x", nanomolar, 0.0, np.inf)])}
    return TargetExposure(profiles, binding, np.array([50.0, 0.0]), np.array(folds)[:, None])


def test_occupancy_settles_at_the_law_of_mass_action() -> None:
    tissue = exposed(bound(), 0.4, [1.0, 10.0])
    tissue.advance(0.0, 400.0)
    mean = tissue.advance(400.0, 401.0)
    assert mean[0] == pytest.approx([0.5, 1.0 / 11.0], rel=1e-3)
    assert mean[1] == pytest.approx([0.0, 0.0], abs=1e-9)  # a zone without vessels


def test_without_drug_nothing_is_computed() -> None:
    tissue = exposed(bound(), 0.0, [1.0])
    assert tissue.advance(5.0, 6.0).tolist() == [[0.0], [0.0]]


def test_numbers_that_are_none_are_named() -> None:
    with pytest.raises(ParameterError, match="no finite number between 0 and 1 h"):
        exposed(bound(koff=np.nan), 1.0, [1.0]).advance(0.0, 1.0)


def test_small_systems_are_solved_in_place() -> None:
    a, x = np.array([[4.0, 1.0], [2.0, 3.0]]), np.array([0.5, -2.0])
    b = a @ x
    solve_small(a.copy(), b)
    assert b == pytest.approx(x)


def test_a_course_that_is_shared_is_solved_once_and_is_the_same() -> None:
    times = np.arange(0.0, 400.0, 5.0)
    first, second, other = (exposed(bound(), 1.0, [1.0]) for _ in range(3))
    other.occupancy[:] = 0.2
    means = first.follow(times)
    again = second.follow(times)
    assert again is means or np.array_equal(again, means)
    assert np.array_equal(first.occupancy, second.occupancy)
    assert not np.array_equal(other.follow(times), means)
    apart = exposed(bound(), 1.0, [1.0])
    steps = [apart.advance(a, b) for a, b in zip(times[:-1], times[1:], strict=True)]
    assert np.array_equal(np.array(steps), means)
