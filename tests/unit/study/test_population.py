"""Pools of twin animals: the animals of one more replicate, each in every arm to the last day."""

import numpy as np
import pytest

from xenosim.scenario.schema import Scenario
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import (
    FEWEST_PAIRS,
    MOST_PAIRS,
    POOL_AGENTS,
    Pool,
    as_twin,
    pairs_within,
    seconds_of_a_pair,
    simulate_pool,
    smallest_seen,
)
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario

TWIN = SMALL | {"engine": "twin", "tumor.start_volume": "30 mm^3", "measure.days": "0..18 by 3"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario(overrides=TWIN | {"tumor.twin_agents": str(POOL_AGENTS)})


@pytest.fixture(scope="module")
def pool(scenario: Scenario) -> Pool:
    return simulate_pool(scenario, 4)


def test_a_pool_holds_every_animal_in_every_arm(scenario: Scenario, pool: Pool) -> None:
    assert pool.arms == ("vehicle", "QW", "BIW") and pool.pairs == 4
    assert pool.volumes.shape == pool.losses.shape == (3, 4, 7)
    assert np.array_equal(pool.volumes[0, :, 0], pool.volumes[2, :, 0])
    assert (pool.at("QW", 18.0) < pool.at("vehicle", 18.0)).all()
    assert (pool.losses[0] == 0.0).all()


def test_its_animals_are_those_of_one_more_replicate(scenario: Scenario, pool: Pool) -> None:
    """As a paired study of two replicates has them, true volumes to the last digit."""
    update = {"per_arm": 4, "follow_removed": True}
    animals = scenario.animals.model_copy(update=update)
    twice = scenario.model_copy(update={"replicates": 2, "animals": animals})
    truth = run_study(twice, jobs=1, paired=True).tables["truth"]
    second = truth[(truth["replicate"] == 1) & (truth["arm"] == "BIW")]
    for animal, rows in second.groupby("animal_id"):
        volumes = rows["tumor_volume_mm3"].to_numpy()
        assert np.array_equal(pool.of("BIW")[int(animal) - 1, : volumes.size], volumes)


def test_the_engine_of_the_study_does_not_matter(scenario: Scenario, pool: Pool) -> None:
    lattice = scenario.model_copy(update={"engine": "lattice"})
    found = simulate_pool(lattice, 2, growth=calibrate_growth(as_twin(scenario)))
    assert as_twin(lattice).engine == "twin" and found.volumes.shape[1] == 2


def test_staged_animals_are_within_the_window() -> None:
    staged = TWIN | {"animals.enroll.grown": "2", "animals.enroll.window": "20 %"}
    found = simulate_pool(small_scenario(overrides=staged), 12)
    start = found.volumes[0, :, 0]
    assert 2 <= found.pairs < 24 and start.max() / start.min() < 1.2 / 0.8


def test_relative_volumes_end_at_what_is_seen(scenario: Scenario, pool: Pool) -> None:
    least = smallest_seen(scenario.measure)
    assert least == pytest.approx(0.5 * scenario.measure.caliper_limit_mm**3)
    empty = pool._replace(volumes=np.where(pool.volumes[..., :] > 35.0, 0.0, pool.volumes))
    assert empty.relative("vehicle", least).min() > 0.0
    imaging = scenario.measure.model_copy(update={"method": "imaging"})
    assert smallest_seen(imaging) == imaging.imaging_limit_mm3


def test_pairs_follow_the_budget(scenario: Scenario) -> None:
    each_s = seconds_of_a_pair(scenario)
    assert pairs_within(scenario, 6, 1e9) == MOST_PAIRS
    assert pairs_within(scenario, MOST_PAIRS + 6, 1e9) == MOST_PAIRS + 6
    assert pairs_within(scenario, 400, 1e9) == MOST_PAIRS
    assert pairs_within(scenario, 6, (FEWEST_PAIRS + 0.5) * each_s) == FEWEST_PAIRS
    assert pairs_within(scenario, 20, (FEWEST_PAIRS + 0.5) * each_s) == 20
    assert pairs_within(scenario, 6, (FEWEST_PAIRS - 0.5) * each_s) == 0
