"""Enrollment: the day of randomization, and who is in which arm."""

import pytest

from xenosim.errors import ScenarioError
from xenosim.study.enroll import randomization_day, randomize, volume_on
from xenosim.testing import small_scenario


def test_the_day_is_the_nearer_one_about_the_start_volume() -> None:
    curves = [[1.0, 2.0, 4.0, 8.0], [3.0, 4.0, 6.0, 10.0]]
    assert randomization_day(curves, 3.1) == 1
    assert randomization_day(curves, 4.9) == 2
    with pytest.raises(ScenarioError, match="do not reach"):
        randomization_day(curves, 20.0)


def test_a_curve_goes_on_as_it_last_grew() -> None:
    assert volume_on([1.0, 2.0, 4.0], 1) == 2.0
    assert volume_on([1.0, 2.0, 4.0], 4) == 16.0


def test_every_block_of_ranked_animals_fills_every_arm() -> None:
    scenario = small_scenario()
    arms = [arm.name for arm in scenario.arms]
    curves = [[float(k)] * 2 for k in range(1, 3 * len(arms) + 1)]
    assigned = randomize(scenario, 0, curves, 0)
    for low in range(1, len(curves), len(arms)):
        block = [assigned[animal][0] for animal in range(low, low + len(arms))]
        assert sorted(block) == sorted(arms)
    assert randomize(scenario, 0, curves, 0) == assigned
