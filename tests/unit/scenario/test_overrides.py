"""Parameters that a scenario states: where they arrive, and every mistake at once."""

import math
from pathlib import Path

import pytest
import yaml

from xenosim.errors import ScenarioError, XenosimError
from xenosim.parameters.load import available, load_line, load_set
from xenosim.parameters.schema import PARAMETERS
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import (
    calibration_of,
    resolve,
    resolved_dict,
    scenario_from_resolved,
    scenario_hash,
    stated_parameters,
    status_counts,
)
from xenosim.scenario.schema import Scenario
from xenosim.testing import SMALL, small_scenario

HEAD = """title: Stated
model: oci_ly10
drug: ixazomib
tumor: {start_volume: 5 mm^3, growth: {doubling_time: 5 day}}
measure: {days: "0..6 by 3"}
arms:
  vehicle: {regimen: none, control: true}
  QW: {regimen: "7 mg/kg IV QW x1"}
"""
BLOCK = """parameters:
  ixazomib: {cl: "1.25 L/h/kg"}
  tumor: {vessel_exchange: "0.5 /h", mechanical_depth: "700 um"}
  cell: {chaperone_gain: 3}
"""


def load(folder: Path, text: str, **overrides: object) -> Scenario:
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path, {key.replace("__", "."): value for key, value in overrides.items()})


def mistakes(folder: Path, text: str, **overrides: object) -> str:
    with pytest.raises(XenosimError) as caught:
        load(folder, text, **overrides)
    assert caught.value.remedy
    return str(caught.value)


def test_a_block_reaches_every_set_and_says_so(tmp_path: Path) -> None:
    plain, scenario = load(tmp_path, HEAD), load(tmp_path, HEAD + BLOCK)
    study, default = resolve(scenario), resolve(plain)
    assert study.drugs["ixazomib"].value("cl") == 1.25
    assert study.model.value("vessel_exchange") == 0.5
    assert study.model.value("mechanical_depth") == 700.0
    assert study.model.value("chaperone_gain") == 3.0
    changed = {
        (name, key)
        for name, parameters in study.sets.items()
        for key, p in parameters.values.items()
        if p != default.sets[name].values[key]
    }
    assert len(changed) == 4
    entry = resolved_dict(scenario)["parameters"]["ixazomib"]["cl"]
    assert (entry["status"], entry["where"]) == ("assumed", "scenario")
    assert status_counts(scenario)["assumed"] >= status_counts(plain)["assumed"]
    assert "ixazomib.cl 1.25 L/h/kg (2.5 by default)" in stated_parameters(scenario)
    assert scenario_hash(scenario) != scenario_hash(plain)


def test_file_command_line_and_python_say_the_same(tmp_path: Path) -> None:
    block = load(tmp_path, HEAD + BLOCK)
    text = {
        "parameters.ixazomib.cl": "1250 mL/h/kg",
        "parameters.oci_ly10.vessel_exchange": "12 /day",
        "parameters.tumor.mechanical_depth": "0.7 mm",
        "parameters.oci_ly10.chaperone_gain": 3.0,
    }
    path = tmp_path / "my.yaml"
    path.write_text(HEAD, encoding="utf-8")
    nested = yaml.safe_load(BLOCK)
    for given in (text, nested, {"parameters": nested["parameters"] | {"cell.chaperone_gain": 3}}):
        found = load_scenario(path, given)
        assert found == block and scenario_hash(found) == scenario_hash(block)
    # The command line goes before the file.
    over = load(tmp_path, HEAD + BLOCK, parameters__cell__chaperone_gain=4)
    assert resolve(over).model.value("chaperone_gain") == 4.0


def test_it_reads_back_and_runs_again(tmp_path: Path) -> None:
    scenario = load(tmp_path, HEAD + BLOCK, parameters__mouse__body_weight="25 g")
    text = yaml.safe_dump(resolved_dict(scenario), sort_keys=False)
    again = scenario_from_resolved(yaml.safe_load(text))
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)
    assert resolve(again).strain.value("body_weight") == 25.0
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    assert scenario_hash(load(tmp_path, scenario.origin.text)) == scenario_hash(scenario)


def test_without_a_block_nothing_is_said_of_it(tmp_path: Path) -> None:
    plain = load(tmp_path, HEAD)
    assert "overrides" not in resolved_dict(plain) and stated_parameters(plain) == ""
    assert load(tmp_path, HEAD + "parameters: {}\n") == plain


def test_defaults_of_keys_follow_what_is_stated(tmp_path: Path) -> None:
    scenario = load(
        tmp_path,
        HEAD.replace(", growth: {doubling_time: 5 day}", ""),
        animals__strain="NSG",
        parameters__mouse__cv_growth="30 %",
        parameters__mouse__caliper_limit="1 mm",
        parameters__nsg__imaging_limit="0.1 mm^3",
        parameters__tumor__doubling_time="4 day",
    )
    assert scenario.animals.cv_growth == 0.3 and scenario.measure.caliper_limit_mm == 1.0
    assert scenario.measure.imaging_limit_mm3 == 0.1
    assert scenario.tumor.doubling_time_days == 4.0
    assert resolve(scenario).strain.name == "nsg"
    lung = load(
        tmp_path,
        HEAD.replace("start_volume: 5 mm^3, ", ""),
        site="lung_metastases",
        parameters__lung_metastases__lesion_count=20,
        parameters__tumor__vessel_exchange="1.5 /h",
    )
    assert lung.tumor.lesions.count == 20
    assert resolve(lung).model.value("vessel_exchange") == 1.5


def test_what_is_stated_goes_before_line_and_site_and_under_perturbations() -> None:
    overrides = SMALL | {
        "line": "KMS-11",
        "site": "intramuscular",
        "perturb": "[SYNTHESIS=oe:2, PSMB5=A49T]",
        "parameters.cell.load_mean": "0.5",
        "parameters.intramuscular.vessel_exchange": "0.25 /h",
        "parameters.A49T.kd_fold_ixazomib": "60",
    }
    study = resolve(small_scenario(overrides=overrides))
    assert study.model.value("load_mean") == 1.0
    assert study.model.value("vessel_exchange") == 0.25
    assert study.mutations["A49T"].value("kd_fold_ixazomib") == 60.0
    assert study.model.value("nfkb_sign") == load_line("KMS-11").value("nfkb_sign")


def test_cells_that_are_changed_are_not_calibrated() -> None:
    kms = SMALL | {"line": "KMS-11"}
    for place, key, value in (("cell", "load_mean", "0.5"), ("ixazomib", "kd", "2 nM")):
        stated = {f"parameters.{place}.{key}": value}
        found, said = calibration_of(small_scenario(overrides=kms | stated))
        assert not found and said.endswith(f"but with {key} as the scenario states")
    other = {"parameters.ixazomib.cl": "2 L/h/kg"}
    assert calibration_of(small_scenario(overrides=kms | other))[0]


def test_every_mistake_is_listed_with_line_and_remedy(tmp_path: Path) -> None:
    text = HEAD + (
        "parameters:\n"
        "  ixazomib:\n"
        "    cl: 99 L/h/kg\n"
        "    v1: 3 h\n"
        "    clr: 1 L/h/kg\n"
        "    fu: 0.02 nM\n"
        "    kd:\n"
        "  ixazomb: {cl: 1 L/h/kg}\n"
        "  bortezomib: {cl: 2 L/h/kg}\n"
        "  mm1s: {myc: 0.5}\n"
        "  dish: {doubling_time: 30 h}\n"
        "  cell: [1, 2]\n"
        "  tumor: {doubling_time: 4 day}\n"
    )
    found = mistakes(tmp_path, text)
    expected = {
        11: "it must lie between 0.2 and 6 L/h/kg",
        12: "use L/kg",
        13: "'clr' is not a parameter of 'ixazomib'; did you mean 'cl'?",
        14: "has a unit where a fraction is expected",
        15: "'kd' is empty",
        16: "there is no parameter set 'ixazomb'; did you mean 'ixazomib'?",
        17: "the scenario does not use 'bortezomib'",
        18: "it uses cell, tumor, oci_ly10, mouse, ixazomib",
        19: "are those of cells in a dish",
        20: "'cell' must be a mapping",
        21: "'tumor.growth.doubling_time' takes the place of 'doubling_time'",
    }
    assert f"{len(expected)} mistakes" in found
    for line, says in expected.items():
        assert f"my.yaml:{line}:" in found and says in found, line
    said = mistakes(tmp_path, HEAD, **{"parameters.bortezomib.cl": "2 L/h/kg"})
    assert said.startswith("--set parameters.bortezomib.cl=2 L/h/kg: the scenario does not use")


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("parameters: 3\n", "'parameters' must be a mapping"),
        ("parameters:\n", "'parameters' is empty"),
        ("parameters: {ixazomib: }\n", "'ixazomib' must be a mapping"),
        ("parameters: {ixazomib: {cl: [1, 2]}}\n", "is not a quantity"),
        ("parameters: {ixazomib: {cl: 1.25}}\n", "has no unit"),
        ("parameters: {ixazomib: {cl: 1e999 L/h/kg}}\n", "not a finite number"),
        ("parameters: {ixazomib: {molar_mass: 0 g/mol}}\n", "between 36.103 and 3610.3 g/mol"),
        ("parameters: {ixazomib: {salt_factor: 2}}\n", "between 0.0698 and 1"),
        ("parameters: {cell: {doubling_time: 4 day}}\n", "not a parameter of 'cell'"),
        ("parameters: {cell: {myc: 1}, oci_ly10: {myc: 1}}\n", "stated twice, as 'cell.myc'"),
        ("parameters: {tumor: {cell_density: 5e4 /mm^3, voxel_edge: 100 um}}\n", ""),
        (
            "parameters: {cell: {clearance_time_min: 12 h, clearance_time_max: 3 h}}\n",
            "'clearance_time_min' 12.0 h is above 'clearance_time_max' 3.0 h",
        ),
        ("parameters: {tumor: {hypoxia_pressure: 2 mmHg}}\n", "'necrosis_pressure' 2.5 mmHg is"),
        ("parameters: {A49T: {kd_fold_ixazomib: 60}}\n", "the scenario does not use 'A49T'"),
        ("parameters: {generic: {myc: 1}}\n", "the scenario does not use 'generic'"),
        ("parameters: {nsg: {body_weight: 22 g}}\n", "the scenario does not use 'nsg'"),
    ],
)
def test_one_mistake_is_named(tmp_path: Path, block: str, says: str) -> None:
    if not says:
        assert load(tmp_path, HEAD + block).overrides
        return
    found = mistakes(tmp_path, HEAD + block)
    assert says in found and "my.yaml:9:" in found and "mistakes" not in found


def test_other_rules_see_what_is_stated(tmp_path: Path) -> None:
    density = "parameters: {tumor: {cell_density: 5e4 /mm^3}}\n"
    said = mistakes(tmp_path, HEAD + density, tumor__resolution="1e5 /mm^3")
    assert "tumor.resolution" in said and "50000 /mm^3" in said
    with pytest.raises(ScenarioError, match="2 mistakes"):
        load(tmp_path, HEAD.replace("7 mg/kg", "7 mg") + "parameters: {dish: {x: 1}}\n")


def test_the_ends_of_a_range_are_in_it_in_any_unit(tmp_path: Path) -> None:
    for name in ("clearance_time_max", "stress_rate", "beta5_turnover_half_life"):
        p = load_set("cell").values[name]
        assert p.range
        for end in p.range:
            text = f"{end * 60!r} min" if p.unit == "h" else f"{end / 60!r} /min"
            if name == "clearance_time_max" and end < 6.0:
                continue
            found = load(tmp_path, HEAD, **{f"parameters.cell.{name}": text})
            assert math.isclose(resolve(found).model.value(name), end)


def test_names_tell_the_sets_apart() -> None:
    assert not set(PARAMETERS["mouse"]) & set(PARAMETERS["model"])
    assert not set(PARAMETERS["cell"]) & set(PARAMETERS["tumor"])
    kinds = ("drug", "mouse", "site", "mutation", "model", "cell", "tumor")
    names = [name for kind in kinds for name in available(kind)]
    assert len(names) == len(set(names))
