"""Parameter files beside a scenario: found, carried, kept."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from xenosim.errors import XenosimError
from xenosim.parameters.load import load_set
from xenosim.parameters.shelf import on_shelf
from xenosim.scenario.library import (
    Library,
    library_beside,
    library_of,
    own_files_text,
    sets_named,
    with_its_sets,
)
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import (
    calibration_of,
    resolve,
    resolved_dict,
    scenario_from_resolved,
    scenario_hash,
)
from xenosim.scenario.schema import Scenario
from xenosim.testing import DRUG_TEXT

SCENARIO = """
title: mine
model: mm1s
tumor: {start_volume: 100 mm^3, growth: {doubling_time: 5 day}}
animals: {per_arm: 2, strain: nsg}
measure: {days: "0..9 by 3"}
arms:
  vehicle: {regimen: none, control: true}
  treated: {regimen: "mydrug 10 mg/kg PO QDx3"}
"""
LINE_TEXT = """
kind: line
cancer: melanoma
parameters:
  culture_doubling_time: {value: 30, unit: h, status: measured, source: own}
  load_mean: {value: 0.5, unit: "", status: calibrated, source: own IC50, range: [0.3, 0.8]}
"""


def _folder(base: Path, text: str = SCENARIO, **files: str) -> Path:
    for place, content in {"drugs/mydrug": DRUG_TEXT, **files}.items():
        path = base / f"{place}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (base / "s.yaml").write_text(text)
    return base / "s.yaml"


def test_a_drug_beside_a_scenario_is_found(tmp_path: Path) -> None:
    scenario = load_scenario(_folder(tmp_path))
    assert [file.place for file in scenario.library] == ["drugs/mydrug.yaml"]
    assert resolve(scenario).drugs["mydrug"].value("cl") == 1.0
    assert "drug 'mydrug' is the user's (drugs/mydrug.yaml" in own_files_text(scenario)[0]


def test_files_in_a_folder_that_is_named_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    path = _folder(tmp_path / "b")
    (tmp_path / "a" / "s.yaml").write_text(SCENARIO + "parameter_files: [../b]\n")
    assert load_scenario(tmp_path / "a" / "s.yaml").library == load_scenario(path).library


def test_the_scenario_is_the_same_once_its_files_are_gone(tmp_path: Path) -> None:
    path = _folder(tmp_path)
    scenario = load_scenario(path)
    before = resolve(scenario).drugs["mydrug"]
    plain = resolved_dict(scenario)
    (tmp_path / "drugs" / "mydrug.yaml").unlink()
    again = scenario_from_resolved(plain)
    assert again == scenario
    assert resolve(pickle.loads(pickle.dumps(again))).drugs["mydrug"] == before
    assert scenario_hash(again) == scenario_hash(scenario)


def test_what_runs_again_stands_beside_its_files(tmp_path: Path) -> None:
    scenario = load_scenario(_folder(tmp_path / "first"))
    run = tmp_path / "run"
    for name, content in scenario.origin.inputs.items():
        path = run / "inputs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (run / "scenario.yaml").write_text(scenario.origin.text)
    assert load_scenario(run / "scenario.yaml") == scenario


def test_a_comment_in_a_file_makes_no_other_study(tmp_path: Path) -> None:
    one = load_scenario(_folder(tmp_path / "a"))
    two = load_scenario(_folder(tmp_path / "b", **{"drugs/mydrug": DRUG_TEXT + "# why\n"}))
    assert scenario_hash(one) == scenario_hash(two)
    other = DRUG_TEXT.replace("value: 1.0", "value: 1.1", 1)
    three = load_scenario(_folder(tmp_path / "c", **{"drugs/mydrug": other}))
    assert scenario_hash(one) != scenario_hash(three)


def test_a_drug_named_as_a_shipped_one_comes_first_and_is_said(tmp_path: Path) -> None:
    text = SCENARIO.replace("mydrug", "ixazomib")
    scenario = load_scenario(_folder(tmp_path, text, **{"drugs/ixazomib": DRUG_TEXT}))
    assert resolve(scenario).drugs["ixazomib"].value("cl") == 1.0
    assert "in place of the shipped one" in own_files_text(scenario)[0]
    assert load_set("ixazomib").value("cl") == 2.5


def test_files_that_are_not_used_are_not_read(tmp_path: Path) -> None:
    scenario = load_scenario(_folder(tmp_path, **{"models/other": "kind: [broken"}))
    assert len(scenario.library) == 1


def test_all_mistakes_of_a_file_stand_beside_those_of_the_scenario(tmp_path: Path) -> None:
    wrong = DRUG_TEXT.replace("value: 1.0", "value: .nan", 1).replace("L/kg", "L/banana")
    path = _folder(tmp_path, SCENARIO + "sede: 3\n", **{"drugs/mydrug": wrong})
    with pytest.raises(XenosimError) as caught:
        load_scenario(path)
    for piece in ("not a finite number", "'L/banana' is not a unit", "unknown key 'sede'"):
        assert str(caught.value).count(piece) == 1


def test_a_line_of_the_user_gives_a_tumor_its_cells(tmp_path: Path) -> None:
    text = SCENARIO + "line: A375\n"
    scenario = load_scenario(_folder(tmp_path, text, **{"lines/A-375": LINE_TEXT}))
    assert scenario.line == "A-375"
    assert resolve(scenario).model.value("load_mean") == 0.5
    assert calibration_of(scenario) == (True, "A-375, a line of the user, calibrated (own IC50)")
    assert ("line", "A-375") in sets_named(scenario)


def test_a_file_extends_another_and_both_are_carried(tmp_path: Path) -> None:
    child = "kind: drug\nextends: mydrug\nparameters: {}\n"
    text = SCENARIO.replace("mydrug 10", "other 10")
    scenario = load_scenario(_folder(tmp_path, text, **{"drugs/other": child}))
    assert [file.name for file in scenario.library] == ["mydrug", "other"]
    assert resolve(scenario).drugs["other"].mechanism == "proteasome_inhibitor"


def test_files_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    files = {f"drugs/{a}": f"kind: drug\nextends: {b}\nparameters: {{}}\n" for a, b in ("ab", "ba")}
    with pytest.raises(XenosimError, match="extends itself"):
        load_scenario(_folder(tmp_path, SCENARIO.replace("mydrug 10", "a 10"), **files))


def test_two_files_for_one_name_are_refused(tmp_path: Path) -> None:
    _folder(tmp_path / "b")
    path = _folder(tmp_path / "a", SCENARIO + "parameter_files: [../b]\n")
    with pytest.raises(XenosimError, match="another file for drug 'mydrug'"):
        load_scenario(path)


def test_a_folder_without_parameter_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XenosimError, match=r"'nowhere' holds no parameter files"):
        load_scenario(_folder(tmp_path, SCENARIO + "parameter_files: [nowhere]\n"))


def test_a_name_of_another_kind_is_refused(tmp_path: Path) -> None:
    text = SCENARIO.replace("mydrug 10", "mm1s 10").replace("mm1s\ntumor", "generic\ntumor")
    text = text.replace("treated: {regimen", "treated: {drug: mm1s, regimen")
    path = _folder(tmp_path, text.replace("mm1s 10", "10"), **{"drugs/mm1s": DRUG_TEXT})
    with pytest.raises(XenosimError, match="a shipped set of kind model"):
        load_scenario(path)


def test_a_scenario_without_files_has_no_library(tmp_path: Path) -> None:
    assert library_of(()) is None
    assert not library_beside(tmp_path)
    assert not Library({})


def test_a_function_of_a_scenario_finds_its_sets(tmp_path: Path) -> None:
    @with_its_sets
    def clearance(scenario: Scenario, factor: float) -> float:
        return factor * load_set("mydrug").value("cl")

    with on_shelf(None):
        assert clearance(load_scenario(_folder(tmp_path)), 3.0) == 3.0
