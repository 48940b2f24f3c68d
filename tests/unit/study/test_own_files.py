"""A study with a drug of the user, from its file to a run directory that needs it no more."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from xenosim.scenario.load import load_scenario
from xenosim.scenario.parameter_text import export_text
from xenosim.study.ensemble import ensemble_of, with_draw
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study

TEXT = """
title: mine
engine: twin
model: {model}
population: 0
tumor: {{start_volume: 20 mm^3, twin_agents: 200, growth: {{potential_doubling_time: 2 day}}}}
animals: {{per_arm: 2, strain: NSG, enroll: {{grown: 1}}}}
measure: {{days: "0..6 by 3"}}
arms:
  vehicle: {{regimen: none, control: true}}
  treated: {{regimen: "{drug} 10 mg/kg PO QDx3"}}
"""


def _study(folder: Path, drug: str, model: str, files: dict[str, str]) -> Path:
    for place, text in files.items():
        path = folder / f"{place}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    path = folder / "study.yaml"
    path.write_text(TEXT.format(drug=drug, model=model))
    return path


def _tables(result: StudyResult) -> list[pd.DataFrame]:
    tables = [result.tables[name] for name in ("truth", "cells", "plasma")]
    return [t.drop(columns=["study_id", "drug"], errors="ignore") for t in tables]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    path = _study(tmp_path_factory.mktemp("shipped"), "ixazomib", "mm1s", {})
    return run_study(load_scenario(path), jobs=1)


@pytest.mark.parametrize(("drug", "model"), [("mydrug", "mymodel"), ("ixazomib", "mm1s")])
def test_exported_files_give_the_same_numbers_under_any_name(
    tmp_path: Path, shipped: StudyResult, drug: str, model: str
) -> None:
    files = {f"drugs/{drug}": export_text("ixazomib"), f"models/{model}": export_text("mm1s")}
    scenario = load_scenario(_study(tmp_path, drug, model, files))
    result = run_study(scenario, jobs=1)
    for one, other in zip(_tables(shipped), _tables(result), strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    notes = " ".join(result.notes)
    assert f"drug '{drug}' is the user's" in notes
    assert ("in place of the shipped one" in notes) == (drug == "ixazomib")
    kept = result.save(tmp_path / "runs")
    assert (kept / f"inputs/drugs/{drug}.yaml").read_text() == files[f"drugs/{drug}"]
    for place in files:
        (tmp_path / f"{place}.yaml").unlink()
    again = load_scenario(kept / "scenario.yaml")
    assert again == scenario
    assert StudyResult.load(kept).scenario == scenario


def test_a_set_of_the_ensemble_states_the_numbers_of_the_users_drug(tmp_path: Path) -> None:
    path = _study(tmp_path, "mydrug", "mm1s", {"drugs/mydrug": export_text("ixazomib")})
    scenario = load_scenario(path, {"ensemble": 3})
    draw = ensemble_of(scenario).draw(1)
    drawn = {o.name: o.value for o in with_draw(scenario, draw).overrides if o.set == "mydrug"}
    assert {"cl", "fu", "kd"} <= set(drawn)
    assert drawn["cl"] == f"{draw['mydrug', 'cl']!r} L/h/kg"
