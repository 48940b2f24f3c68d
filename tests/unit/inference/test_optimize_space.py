"""Schedules that a search may choose from, as regimens, and what rules them out."""

import math

import pytest

from xenosim.errors import ScenarioError
from xenosim.inference.optimize_space import Limits, Plan, Space, Wanted, space_of, weekday
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

TWO = """
title: two
engine: twin
model: generic
measure: {days: "0..28 by 7"}
arms:
  vehicle: {regimen: none, control: true}
  both: {regimen: "ixazomib citrate 4 mg/kg PO QW x4 + bortezomib 1 mg/kg IV QW x4"}
"""


@pytest.fixture(scope="module")
def one() -> Scenario:
    return small_scenario()


@pytest.fixture(scope="module")
def two() -> Scenario:
    return small_scenario(TWO, {})


def plan(space: Space, *at: int) -> Plan:
    return Plan(space, at)


def test_every_plan_is_the_regimen_it_is_called(one: Scenario, two: Scenario) -> None:
    wanted = Wanted(("1,4 mg/kg",), "QD,BIW,5on/2off", "", "-3,0,2")
    for scenario, arm, count in ((one, "BIW", 6), (two, "both", 108)):
        space = space_of(scenario, arm, wanted)
        plans = list(space.plans())
        assert len(plans) == space.count == count
        for each in plans:
            drug = each.doses[0].drug
            told = parse_regimen(str(each), default_drug=drug, day_of_first_dose=0)
            key = [(d.time_h, d.substance, d.amount_mg_per_kg, d.route) for d in each.doses]
            assert sorted(key) == sorted(
                (d.time_h, d.substance, d.amount_mg_per_kg, d.route) for d in told
            )
            assert each.days[0] == 0 and each.days[-1] < space.end


def test_the_drug_that_comes_first_begins_on_day_0(two: Scenario) -> None:
    space = space_of(two, "both", Wanted(("1 mg/kg",), "QW", "", "-3,0,2"))
    starts = [[part.start for part in each.parts] for each in space.plans()]
    assert starts == [[3, 0], [0, 0], [0, 2]]
    assert [p.drug for p in plan(space, *[0] * 8).parts] == ["ixazomib", "bortezomib"]


def test_defaults_lie_about_what_the_arm_gives(one: Scenario) -> None:
    space = space_of(one, "BIW", Wanted())
    doses, most = space.drugs[0].doses, max(d.amount_mg_per_kg for d in one.arms[2].doses)
    assert (doses[0], doses[-1]) == pytest.approx((0.25 * most, 2 * most), rel=0.01)
    assert space.drugs[0].routes == (str(one.arms[2].doses[0].route),) and space.end == 21


@pytest.mark.parametrize(
    ("limits", "schedule", "why"),
    [
        (Limits(first=0), "QD", "Sunday"),
        (Limits(first=0), "5on/2off", ""),
        (Limits(first=6), "QW", "Sunday"),
        (Limits(first=1), "QW", ""),
        (Limits(visits=4), "BIW", "more than 4 visits"),
        (Limits(handlings=2), "TIW", "2 handlings"),
        (Limits(handlings=2), "BIW", ""),
        (Limits(total=6), "QW", ""),
        (Limits(total=5.9), "QW", "more than 5.9 mg/kg"),
    ],
)
def test_limits_that_need_no_simulation(
    limits: Limits, schedule: str, why: str, one: Scenario
) -> None:
    space = space_of(one, "BIW", Wanted(("2 mg/kg",), schedule))
    found = limits.broken(plan(space, 0, 0, 0, 0))
    assert (why in found) if why else found == ""


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(("2..9",)), "no unit"),
        (Wanted(("2,5000 mg/kg",)), "absurd"),
        (Wanted(("carfilzomib=1 mg/kg",)), "gives no carfilzomib"),
        (Wanted(schedules="QX"), "not a schedule"),
        (Wanted(routes="PP"), "not a route"),
        (Wanted(routes="IP"), "IP"),
        (Wanted(end=99.0), "until day 99"),
        (Wanted(("2..9",), "QX", "PP"), "3 mistakes"),
    ],
)
def test_what_cannot_be_wanted(wanted: Wanted, words: str, one: Scenario) -> None:
    scenario = one if words != "IP" else small_scenario(overrides={"drug": "ixazomib"})
    with pytest.raises(ScenarioError) as caught:
        space_of(scenario, "BIW", wanted)
    assert words in str(caught.value)


def test_delays_are_whole_days_within_the_dosing(two: Scenario) -> None:
    for text in ("1.5", "40", "x"):
        with pytest.raises(ScenarioError, match="no delays"):
            space_of(two, "both", Wanted(delays=text))


def test_weekdays() -> None:
    assert weekday("Mon") == 0 and weekday("sunday") == 6
    with pytest.raises(ScenarioError, match="no weekday"):
        weekday("day")
    assert math.isinf(Limits().loss)
