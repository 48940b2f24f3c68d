"""Verbs new, check, params, regimen and cite."""

import json
import re
from pathlib import Path

import pytest

from xenosim.cli.inputs import check_scenario, list_parameters, show_regimen
from xenosim.errors import RegimenError
from xenosim.scenario.resolve import starter_text


@pytest.mark.parametrize("regimen", ["4 mg/kg IP days 0,3", "ixazomib 4 mg/kg IP days 0"])
def test_n19_a_route_that_the_drug_lacks_is_refused(regimen: str) -> None:
    with pytest.raises(RegimenError, match="no parameters for route IP") as found:
        show_regimen(regimen, None, "ixazomib", None, {}, as_json=False)
    assert found.value.where == regimen


def test_n13_check_says_whether_the_cells_are_calibrated_and_what_a_model_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(re.sub("(?m)^model: .*\n", "", starter_text()))
    check_scenario(str(path), ["line=HCT116"], as_json=False)
    shown = capsys.readouterr().out.splitlines()
    assert "model: generic (No particular tumor" in "\n".join(shown)
    assert len([line for line in shown if line.startswith("cells: HCT116, not calibrated")]) == 1
    list_parameters("mm1s", None, as_json=False)
    assert "Values of its own: doubling_time 5.3 day" in capsys.readouterr().out.splitlines()[0]


def test_n16_check_says_how_long_a_run_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text())
    check_scenario(str(path), [], as_json=False)
    shown = capsys.readouterr().out
    assert re.search(r"run time: about \d+ (s|min) ", shown) and "memory: at most about" in shown
    check_scenario(str(path), ["tumor.resolution=1e4 /mm^3", "engine=lattice"], as_json=True)
    assert json.loads(capsys.readouterr().out)["run_seconds"] > 300


def test_what_a_scenario_states_of_parameters_is_echoed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text())
    check_scenario(str(path), ["parameters.ixazomib.cl=1.25 L/h/kg"], as_json=False)
    note = "note: set by the scenario, and assumed: ixazomib.cl 1.25 L/h/kg (2.5 by default)"
    assert note in capsys.readouterr().out
    check_scenario(str(path), [], as_json=False)
    assert "set by the scenario" not in capsys.readouterr().out


def test_n14_a_strain_is_echoed_and_n22_said_to_share_its_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text().replace("CB-17 SCID", "NSG"))
    check_scenario(str(path), [], as_json=False)
    assert "mouse: NSG, NOD scid gamma (nsg); all strains share" in capsys.readouterr().out


def test_a_reset_is_no_dose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """EVID 3 gives nothing; EVID 4 is a dose after a reset."""
    events = tmp_path / "events.csv"
    events.write_text(
        "ID,TIME,AMT,EVID,CMT\n1,0,5,1,depot_po\n1,48,0,3,depot_po\n1,72,5,4,depot_po\n"
    )
    show_regimen(str(events), None, "ixazomib", None, {}, as_json=False)
    shown = capsys.readouterr().out
    assert "2 doses, resets of plasma: 1; total ixazomib 10 mg/kg" in shown
    assert re.search(r"-\s+2\s+48\s+reset", shown) and re.search(r"\n\s+2\s+3\s+72", shown)
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text().replace('regimen: "14 mg/kg IV QW x3"', "events: events.csv"))
    check_scenario(str(path), [], as_json=False)
    assert "2, resets 1" in capsys.readouterr().out
