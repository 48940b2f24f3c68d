"""Enrollment: the day of randomization, and who is in which arm."""

import pytest

from xenosim.errors import ScenarioError
from xenosim.report.text import first_screen
from xenosim.scenario.schema import Scenario
from xenosim.study.enroll import (
    Cohort,
    _require_enough,
    _staged,
    randomization_day,
    randomize,
    volume_on,
)
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario


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
    volumes = {k: float(k) for k in range(1, 3 * len(arms) + 1)}
    assigned = randomize(scenario, 0, volumes)
    for low in range(1, len(volumes), len(arms)):
        block = [assigned[animal][0] for animal in range(low, low + len(arms))]
        assert sorted(block) == sorted(arms)
    assert randomize(scenario, 0, volumes) == assigned


def test_the_nearest_to_the_mean_enter_first() -> None:
    cohort = Cohort(3, {1: 100.0, 2: 40.0, 3: 130.0, 4: 95.0, 5: 135.0})
    assert cohort.mean_mm3 == 100.0
    assert cohort.nearest(2) == [1, 4] and cohort.nearest(3) == [1, 3, 4]


def staged(**keys: str) -> Scenario:
    """A small study of twins, whose animals are staged."""
    small = SMALL | {"engine": "twin", "tumor.twin_agents": "200", "seed": "1"}
    days = {"measure.days": "0..21 by 7", "animals.per_arm": "4"}
    enroll = {"animals.enroll.grown": "2", "animals.enroll.window": "60 %"}
    return small_scenario(overrides=small | days | enroll | keys)


@pytest.mark.parametrize("paired", [False, True])
def test_animals_outside_of_the_window_do_not_enter(paired: bool) -> None:
    result = run_study(staged(), jobs=1, paired=paired)
    table, truth = result.tables["enrollment"], result.tables["truth"]
    count = 4 if paired else 12
    assert len(table) == 2 * count and table["entered"].sum() == count
    assert table[table["entered"]]["in_window"].all()
    assert (table["in_window"] == ((table["of_mean"] - 1.0).abs() <= 0.6)).all()
    # Nobody who stayed out is nearer to the mean than one who entered.
    away = (table["of_mean"] - 1.0).abs()
    assert away[table["entered"]].max() <= away[~table["entered"]].min()
    entered = table[table["entered"]].set_index("animal_id")["tumor_volume_mm3"]
    first = truth[truth["day"] == 0]
    assert sorted(set(first["animal_id"])) == list(entered.index)
    per_arm = first.groupby("arm")["animal_id"].nunique()
    assert (per_arm == 4).all() and len(first) == 12
    # What is staged is what is followed.
    seen = entered.loc[first["animal_id"]].to_numpy()
    assert first["tumor_volume_mm3"].to_numpy() == pytest.approx(seen, rel=1e-6)
    assert result.manifest["enrollment"]["grown"] == 2 * count
    assert result.manifest["enrollment"]["entered"] == count
    line = f"Enrolled: {count} of {2 * count} animals grown"
    assert line in first_screen(result)


def test_too_few_in_the_window_says_how_many_there_were() -> None:
    with pytest.raises(ScenarioError, match=r"\d+ of 24 animals grown are within 2 % .* 12 must"):
        run_study(staged(**{"animals.enroll.window": "2 %"}), jobs=1)


def test_without_staging_all_that_are_grown_enter_and_nothing_is_said() -> None:
    scenario = small_scenario()
    assert scenario.animals.enroll is None and scenario.animals.grown_for(12) == 12
    enrolled = _staged(scenario, [Cohort(1, {1: 1.0})], 1)
    assert enrolled == []


def test_animals_are_staged_unless_told_otherwise() -> None:
    given = {k: v for k, v in SMALL.items() if k != "animals.enroll.grown"}
    default = small_scenario(overrides=given).animals
    assert default.enroll is not None and default.grown_for(4) == 6
    assert (default.enroll.window, default.enroll.strict) == (0.35, False)
    assert staged().animals.grown_for(3) == 6
    stated = staged().animals.enroll
    assert stated is not None and stated.strict
    # 1.1 x 10 is 11.000000000000002.
    tenth = small_scenario(overrides=SMALL | {"animals.enroll.grown": "1.1"}).animals
    assert tenth.grown_for(10) == 11
    with pytest.raises(ScenarioError, match="all animals enter"):
        small_scenario(overrides=SMALL | {"animals.enroll.window": "20 %"})


def test_a_window_that_nobody_stated_is_no_reason_to_end() -> None:
    scenario = staged()
    assert scenario.animals.enroll is not None
    narrow = scenario.animals.enroll.model_copy(update={"window": 0.02, "strict": False})
    animals = scenario.animals.model_copy(update={"enroll": narrow})
    cohort = Cohort(3, {k: 50.0 + k for k in range(1, 31)})
    lenient = scenario.model_copy(update={"animals": animals})
    _require_enough(lenient, [cohort], 12)
    rows = _staged(lenient, [cohort], 12)
    assert sum(row["entered"] for row in rows) == 12 > sum(row["in_window"] for row in rows)
