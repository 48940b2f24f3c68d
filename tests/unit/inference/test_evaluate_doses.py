"""Regimens with another dose, interval, route or start."""

import pytest

from xenosim.errors import RegimenError, ScenarioError
from xenosim.inference.evaluate_doses import (
    Change,
    changed,
    course_days,
    treated_arms,
    with_doses,
)
from xenosim.pharmacology.dose import Route
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.testing import small_scenario

Q2D = parse_regimen("ixazomib 10 mg/kg PO Q2Dx15")
BOTH = parse_regimen("ixazomib 4 mg/kg PO Q7Dx2 + bortezomib 1 mg/kg IV Q7Dx2")


@pytest.mark.parametrize(
    ("regimen", "end"), [("Q2Dx15", 30), ("QDx5", 5), ("5on/2off x3", 21), ("BIW x4wk", 28)]
)
def test_a_course_lasts_a_longest_interval_beyond_its_last_dose(regimen: str, end: float) -> None:
    assert course_days(parse_regimen(f"ixazomib 1 mg/kg PO {regimen}"), 100) == end
    assert course_days(parse_regimen(f"ixazomib 1 mg/kg PO {regimen}"), 4) == 4


def test_the_same_interval_is_the_same_regimen_and_others_fill_the_course() -> None:
    assert changed(Q2D, Change(interval=2.0), 30) == Q2D
    weekly = changed(Q2D, Change(interval=7.0, dose=20.0), 30)
    assert [d.time_h / 24 for d in weekly] == [0, 7, 14, 21, 28]
    assert {d.amount_mg_per_kg for d in weekly} == {20.0}
    assert len(changed(Q2D, Change(interval=1.0), 30)) == 30


def test_delay_and_route_and_the_end_of_the_study() -> None:
    late = changed(Q2D, Change(delay=3.0), 20)
    assert late[0].time_h == 72 and late[-1].time_h < 20 * 24
    oral = parse_regimen("ixazomib 7 mg/kg IV over 2 h QDx2")
    assert all(
        d.route is Route.PO and d.duration_h == 0 for d in changed(oral, Change(route="PO"), 9)
    )


def test_of_two_drugs_one_is_named() -> None:
    with pytest.raises(RegimenError, match="which is meant"):
        changed(BOTH, Change(dose=1.0), 20)
    found = changed(BOTH, Change(drug="bortezomib", delay=1.0), 20)
    assert [(d.drug[0], d.time_h / 24) for d in found] == [("i", 0), ("b", 1), ("i", 7), ("b", 8)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(drug="carfilzomib"), "gives no carfilzomib"),
        (Change(dose=-1.0), "absurd"),
        (Change(dose=5000.0), "absurd"),
        (Change(interval=0.0), "interval"),
        (Change(delay=-1.0), "negative"),
        (Change(delay=40.0), "no dose is before"),
        (Change(route="IP"), "no parameters for route IP"),
    ],
)
def test_what_cannot_be_given_is_refused(change: Change, words: str) -> None:
    with pytest.raises(RegimenError, match=words):
        changed(Q2D, change, 30)
    with pytest.raises(RegimenError, match="no drug"):
        changed((), Change(dose=1.0), 30)


def test_arms_are_those_that_are_named_or_all() -> None:
    scenario = small_scenario()
    assert treated_arms(scenario) == ("QW", "BIW") and treated_arms(scenario, ["QW"]) == ("QW",)
    with pytest.raises(ScenarioError, match="no treated arm 'vehicle'"):
        treated_arms(scenario, ["vehicle"])
    new = with_doses(scenario, "QW", Q2D, "swept")
    assert new.arms[1].doses == Q2D and new.arms[2] == scenario.arms[2]
