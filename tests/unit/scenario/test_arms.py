"""Arms: names, doses and the one control."""

import pytest

from xenosim.errors import ScenarioError, XenosimError
from xenosim.testing import SMALL, small_scenario


def test_the_drug_of_an_arm_takes_precedence() -> None:
    scenario = small_scenario(
        overrides=SMALL | {"arms.QW.drug": "bortezomib", "arms.QW.regimen": "1 mg/kg SC QW x2"}
    )
    drugs = {arm.name: {dose.drug for dose in arm.doses} for arm in scenario.arms}
    assert drugs == {"vehicle": set(), "QW": {"bortezomib"}, "BIW": {"ixazomib"}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arms.QW.control": "true"}, "vehicle and QW are both the control"),
        ({"arms.vehicle.control": "false"}, "no arm is the control"),
        ({"arms.QW.events": "mine.csv"}, "either 'regimen' or 'events'"),
        ({"arms.QW.regimen": "bortezomib citrate 1 mg/kg IV QW x2"}, "not dosed as a citrate"),
        ({"arms.QW.regimen": "carfilzomib 1 mg/kg PO QW x2"}, "no parameters for route PO"),
        ({"arms. .regimen": "none"}, "cannot name an arm"),
    ],
)
def test_what_is_refused(change: dict[str, str], message: str) -> None:
    with pytest.raises(XenosimError, match=message) as caught:
        small_scenario(overrides=SMALL | change)
    assert caught.value.where and caught.value.remedy


def test_mistakes_of_several_arms_are_found_together() -> None:
    with pytest.raises(ScenarioError, match="2 mistakes"):
        small_scenario(
            overrides=SMALL | {"arms.QW.regimen": "1 mg IV", "arms.BIW.regimen": "biweekly"}
        )


def test_f3_a_name_too_long_for_a_file_is_refused() -> None:
    with pytest.raises(ScenarioError, match="has 250 letters"):
        small_scenario(overrides=SMALL | {f"arms.{'x' * 250}.regimen": "none"})
