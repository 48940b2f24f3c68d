"""How much there is to simulate, said before and told while it is simulated."""

import pytest

from xenosim.study.run import run_study
from xenosim.study.workload import workload
from xenosim.testing import SMALL, small_scenario


def test_n16_progress_is_in_days_of_all_animals_from_the_first_second() -> None:
    scenario = small_scenario()
    seen: list[tuple[float, float]] = []
    run_study(scenario, jobs=1, progress=lambda *at: seen.append(at))
    expected = workload(scenario).animal_days
    assert seen[0] == (0.0, expected)
    done, total = seen[-1]
    assert done == total == pytest.approx(expected, rel=0.15)
    assert len(seen) > 100


def test_n16_the_estimate_follows_agents_and_steps() -> None:
    one = workload(small_scenario())
    finer = workload(small_scenario(overrides=SMALL | {"tumor.resolution": "2e3 /mm^3"}))
    coarse = workload(small_scenario(overrides=SMALL | {"tumor.resolution": "1e3 /mm^3"}))
    assert finer.agent_steps == pytest.approx(2.0 * coarse.agent_steps)
    assert one.seconds(2) < one.seconds(1)
    # Animals that are grown and do not enter take time, once.
    staged = workload(small_scenario(overrides=SMALL | {"animals.enroll.grown": "2"}))
    assert staged.enrolling_days == pytest.approx(2.0 * one.enrolling_days)
    assert staged.animal_days - one.animal_days == pytest.approx(one.enrolling_days)
    # A paired study grows each animal once.
    assert workload(small_scenario(), paired=True).animal_days < one.animal_days
