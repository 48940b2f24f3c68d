"""A scenario with its parameters."""

import pytest

from xenosim.errors import ScenarioError
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import parse_perturbations
from xenosim.scenario.resolve import (
    calibration_of,
    resolve,
    resolved_dict,
    scenario_from_resolved,
    scenario_hash,
    status_counts,
)
from xenosim.testing import SMALL, small_scenario


def test_layers_of_the_model_and_once_per_scenario() -> None:
    scenario = small_scenario(overrides=SMALL | {"line": "KMS-11", "perturb": "[CHOP=ko]"})
    study = resolve(scenario)
    assert resolve(
        small_scenario(overrides=SMALL | {"line": "KMS-11", "perturb": "[CHOP=ko]"})
    ) is (study)
    assert study.model.value("load_mean") == load_line("KMS-11").value("load_mean")
    assert study.model.value("dr5") == 0.0 < load_set(scenario.model).value("dr5")
    assert list(study.sets) == [scenario.model, scenario.animals.strain, "ixazomib"]
    assert sum(status_counts(scenario).values()) == sum(len(s.values) for s in study.sets.values())


def test_a_resolved_scenario_reads_back() -> None:
    scenario = small_scenario(
        overrides=SMALL
        | {"perturb": "[NOXA=kd:0.8]", "arms.QW.regimen": "ixazomib citrate 4 mg/kg PO QW x2"}
    )
    plain = resolved_dict(scenario)
    assert plain["perturb"] == ["NOXA=kd:0.8"]
    dose = plain["arms"][1]["doses"][0]
    assert (dose["drug"], dose["route"]) == ("ixazomib citrate", "PO") and "salt" not in dose
    again = scenario_from_resolved(plain)
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)
    assert (again.arms[1].doses[0].drug, again.arms[1].doses[0].salt) == ("ixazomib", "citrate")
    with pytest.raises(ScenarioError, match="not a resolved scenario"):
        scenario_from_resolved({"title": "x"})


def test_the_factors_of_a_mutation_are_among_the_parameters() -> None:
    plain = small_scenario()
    mutant = plain.model_copy(update={"perturb": tuple(parse_perturbations(["PSMB5=A49T"]))})
    assert set(resolve(mutant).sets) - set(resolve(plain).sets) == {"A49T"}


def test_n13_whether_cells_are_calibrated_is_said() -> None:
    base = dict(SMALL)
    assert calibration_of(small_scenario(overrides=base | {"line": "KMS-11"})) == (
        True,
        "KMS-11, calibrated on the published IC50 of ixazomib, 15.9 nM in 72 h",
    )
    found, said = calibration_of(small_scenario(overrides=base | {"line": "HCT116"}))
    assert not found and said.startswith("HCT116, not calibrated")
    found, said = calibration_of(small_scenario(overrides=base | {"model": "mm1s"}))
    assert not found and "model 'mm1s', the default cell, not calibrated" in said
    found, said = calibration_of(small_scenario())
    assert found and "but for load_mean, which is calibrated on its xenograft" in said
