"""Scenario files: what is refused, where and how to mend it."""

from pathlib import Path

import pytest

from tests.conftest import SCENARIOS
from xenosim.errors import XenosimError
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import TEMPLATE, resolved_dict, scenario_hash


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_load_and_state_what_was_published(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.published and len(scenario_hash(scenario)) == 12
    assert all(entry["source"] for values in resolved_dict(scenario)["parameters"].values() for entry in values.values())


def test_the_starter_loads(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(TEMPLATE)
    assert [arm.name for arm in load_scenario(path).arms] == ["vehicle", "QW", "BIW"]


BROKEN = {
    "misspelt key": ("animals:", "anmals:", "did you mean 'animals'"),
    "bare number": ("150 mm^3", "150", "has no unit"),
    "wrong unit": ("150 mm^3", "150 mg", "not a unit of volume"),
    "negative dose": ("14 mg/kg", "-14 mg/kg", "absurd"),
    "late dose": ("QW x3", "QW x9", "before the end of the study"),
    "empty arm": ('{regimen: "14 mg/kg IV QW x3"}', "", "is empty"),
    "no control": (", control: true", "", "no arm is the control"),
    "start above endpoint": ("2000 mm^3", "100 mm^3", "not below the humane endpoint"),
    "biweekly": ("QW x3", "biweekly x3", "ambiguous"),
    "coarse": ("1e3 /mm^3", "10 /mm^3", "out of range"),
    "unknown model": ("model: oci_ly10", "model: oci_ly1", "did you mean 'oci_ly10'"),
    "unknown drug": ("drug: ixazomib", "drug: ixazomab", "did you mean 'ixazomib'"),
    "days": ('"0..21 by 3"', '"3..1"', "days must rise"),
    "not yaml": ("arms:", "arms: [", "not valid YAML"),
    "twice": ("seed: 1", "seed: 1\nseed: 2", "given twice"),
    "route": ("14 mg/kg IV", "14 mg/kg IP", "no parameters for route"),
}


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.replace(" ", "-"))
def test_mistakes_are_named_with_place_and_remedy(case: str, tmp_path: Path) -> None:
    old, new, message = BROKEN[case]
    assert old in TEMPLATE
    path = tmp_path / "wrong.yaml"
    path.write_text(TEMPLATE.replace(old, new))
    with pytest.raises(XenosimError) as caught:
        load_scenario(path)
    assert message in caught.value.message
    assert "wrong.yaml" in str(caught.value.where) and caught.value.remedy


def test_overrides_name_themselves(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(TEMPLATE)
    assert load_scenario(path, {"animals.per_arm": "3"}).animals.per_arm == 3
    with pytest.raises(XenosimError) as caught:
        load_scenario(path, {"animals.per_arm": "zero"})
    assert str(caught.value.where).startswith("--set animals.per_arm=zero")
    for missing in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(XenosimError):
            load_scenario(missing)
