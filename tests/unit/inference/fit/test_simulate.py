"""What the model expects of a block at one point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.inference.fit.animals import ANIMALS, BEYOND, LEVEL, balanced, follow_animals
from xenosim.inference.fit.blocks import IC50, PLASMA, VOLUME, WEIGHT, Block, Expected, Problem
from xenosim.inference.fit.emulate import unpacked
from xenosim.inference.fit.free import free_of
from xenosim.inference.fit.simulate import expectations, packed, simulate_point
from xenosim.inference.points import Point
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

SHAPE = np.zeros((2, 2))


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Of a tumor that calipers can read."""
    return small_scenario(overrides={"engine": "twin", "tumor.start_volume": "100 mm^3"})


def test_packing_loses_nothing_but_the_least_spread() -> None:
    covariance = np.array([[0.5, 0.2], [0.2, 0.4]])
    block = Block(VOLUME, "vehicle", (3.0, 6.0), SHAPE, ("a", "b"))
    numbers = packed(Expected(np.array([0.3, 0.7]), covariance, 0.01))
    assert len(numbers) == block.size
    again = unpacked(np.array([numbers]), block)
    assert np.allclose(again.mean, [[0.3, 0.7]])
    assert np.allclose(again.covariance[0], covariance, atol=0.002)
    assert np.allclose(again.doubt, 0.01 * again.covariance)


def test_volumes_and_weights_of_untreated_animals(scenario: Scenario) -> None:
    """Growth asked for is growth expected, and its spread is the animals' and the calipers'."""
    times = (3.0, 6.0)
    blocks = tuple(Block(kind, "vehicle", times, SHAPE, ("a", "b")) for kind in (VOLUME, WEIGHT))
    free = free_of(scenario, ["doubling_time", "cv_growth"])
    problem = Problem("small", scenario, blocks)
    volume, weight = expectations(problem, free, [5.0, 0.05])
    (wider, _) = expectations(problem, free, [5.0, 0.6])
    assert volume.mean[1] == pytest.approx(6.0 * math.log(2.0) / 5.0, rel=0.2)
    # Growth, in which the animals are balanced, makes most of the spread where it varies widely.
    assert 0.0 < weight.mean[1] < 0.2 and wider.chance < 0.5 / ANIMALS
    error = scenario.measure.error_sd(scenario.tumor.start_volume_mm3)
    assert volume.covariance[0, 0] > 0.5 * error**2
    assert wider.covariance[1, 1] > 1.5 * volume.covariance[1, 1]


def test_beyond_what_was_measured_nothing_is_simulated(scenario: Scenario) -> None:
    largest = 6.0 * scenario.tumor.start_volume_mm3
    found = follow_animals(scenario, ("vehicle",), (0.0, 40.0), largest, 0)
    assert found.volumes.max() <= math.log(BEYOND * largest) + LEVEL


def test_plasma_and_ic50_without_tumors(scenario: Scenario) -> None:
    plasma = Block(PLASMA, "QW", (0.02, 0.2), SHAPE, ("a", "b"), "ixazomib", 0.15)
    dish = Block(IC50, "", (0.0,), np.log([[50.0]]), ("1",), "ixazomib", 0.7, 72.0)
    free = free_of(scenario, ["cl", "load_mean"])
    problem = Problem("small", scenario, (plasma, dish))
    slow, resistant = expectations(problem, free, [1.0, 0.1])
    fast, sensitive = expectations(problem, free, [4.0, 0.6])
    assert (slow.mean > fast.mean).all() and slow.covariance[0, 0] > 0.15**2
    assert resistant.mean > sensitive.mean


def test_what_cannot_be_simulated_is_no_number(scenario: Scenario) -> None:
    block = Block(PLASMA, "QW", (0.1,), SHAPE[:, :1], ("a", "b"), "nodrug", 0.15)
    problem = Problem("small", scenario, (block,))
    found = simulate_point((problem,), free_of(scenario, ["cl"]), Point(1, 0, (0.5,)))
    assert len(found) == block.size and np.isnan(found).all()


def test_balanced_animals_have_no_chance_in_any_factor() -> None:
    scores = balanced(4, 1, ANIMALS)
    assert np.allclose(scores.mean(axis=0), 0.0) and np.allclose(scores.std(axis=0), 1.0)
    assert not np.array_equal(scores, balanced(4, 0, ANIMALS))
