"""Pools: animals are those of the table, studies are samples of them."""

import numpy as np
import pytest

from tests.unit.analysis.growing import pool, readings, study
from xenosim.analysis.pool import AnimalPool
from xenosim.errors import TableError


def test_what_is_known_of_animals_is_what_the_endpoints_use() -> None:
    data = study(readings(12, 1))
    found = AnimalPool.of(data)
    for arm, animals in data.animals.items():
        curves = found.arms[arm]
        np.testing.assert_allclose(curves.rates, animals["growth_rate_per_day"])
        np.testing.assert_allclose(curves.times, animals["time_to_4x_days"])
        np.testing.assert_allclose(curves.last, animals["last_day"])


def test_an_animal_is_in_one_arm_of_a_study_and_once() -> None:
    drawn = pool(30, 2).draw(5, 50, np.random.default_rng(1))
    both = np.concatenate([drawn["vehicle"], drawn["drug"]], axis=1)
    assert all(len(set(row)) == 10 for row in both)
    assert set(both.ravel()) == set(range(30))


def test_blocks_are_neighbors_by_starting_volume() -> None:
    animals = pool(30, 3)
    drawn = animals.draw(5, 50, np.random.default_rng(1))
    for control, treated in zip(drawn["vehicle"], drawn["drug"], strict=True):
        ranked = sorted([*control, *treated], key=lambda animal: animals.start[animal])
        pairs = {frozenset(ranked[k : k + 2]) for k in range(0, 10, 2)}
        assert pairs == {frozenset(pair) for pair in zip(control, treated, strict=True)}


def test_arms_with_animals_of_their_own_are_drawn_apart() -> None:
    volumes = readings(9, 4)
    apart = AnimalPool.of(
        study({"vehicle": volumes["vehicle"], "drug": volumes["drug"][:6]}, False)
    )
    drawn = apart.draw(6, 10, np.random.default_rng(1))
    assert apart.most_per_arm == 6 and drawn["drug"].max() == 5 and drawn["vehicle"].max() > 5


def test_too_many_animals_are_refused() -> None:
    with pytest.raises(TableError, match="too few for 16 per arm"):
        pool(30, 5).draw(16, 1, np.random.default_rng(1))


def test_without_an_effect_every_arm_is_the_control() -> None:
    animals = pool(8, 6).untreated()
    assert animals.arms["drug"] is animals.arms["vehicle"]


def test_the_evaluation_day_is_the_studys_own() -> None:
    data = study(readings(10, 7))
    animals = AnimalPool.of(data)
    everyone = {arm: np.arange(10)[None] for arm in animals.arms}
    assert animals.days[animals.evaluation_days(everyone)[0]] == data.evaluation_day
