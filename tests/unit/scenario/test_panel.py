"""Models of a panel: named, drawn from a class, and every mistake at its place."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ScenarioError, XenosimError
from xenosim.scenario.json_schema import json_schema
from xenosim.scenario.load import load_scenario
from xenosim.scenario.panel import model_scenario, panel_studies, with_load
from xenosim.scenario.resolve import resolve, resolved_dict, scenario_from_resolved
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

BASE = """title: t
model: nsclc_sc
drug: ixazomib
{more}
models: {models}
animals: {{per_arm: 2}}
measure: {{days: "0..6 by 3"}}
arms:
  vehicle: {{regimen: none, control: true}}
  ixazomib: {{regimen: "11 mg/kg IV BIW x1wk"}}
"""


def scenario(folder: Path, models: str, more: str = "") -> Scenario:
    """A scenario with these ``models``."""
    path = folder / "panel.yaml"
    path.write_text(BASE.format(models=models, more=more))
    return load_scenario(path)


def test_names_are_those_of_lines_and_models(tmp_path: Path) -> None:
    found = scenario(tmp_path, "[A549, colon_sc, {line: HCT-116, model: hct116, class: colon}]")
    cells = [(m.name, m.model, m.line, m.group) for m in found.panel]
    assert cells == [
        ("A549", "nsclc_sc", "A549", ""),
        ("colon_sc", "colon_sc", "", ""),
        ("HCT116", "hct116", "HCT116", "colon"),
    ]
    assert [m.doubling_time_days for m in found.panel] == [5.33, 6.0, 6.0]
    stated = scenario(tmp_path, "[A549, colon_sc]", "tumor: {growth: {doubling_time: 9 day}}")
    assert {m.doubling_time_days for m in stated.panel} == {9.0}


def test_a_class_is_spread_evenly(tmp_path: Path) -> None:
    entry = '{class: x, count: 20, load_spread: 0.5, load_ratio: 2, doubling_time: "4..8 day"}'
    models = scenario(tmp_path, f"[{entry}]").panel
    logs = np.log([m.load_factor for m in models])
    assert logs.mean() == pytest.approx(math.log(2.0)) and logs.std() == pytest.approx(
        0.5, rel=0.05
    )
    days = np.array([m.doubling_time_days for m in models])
    assert 4.0 < days.min() < 4.5 and 7.5 < days.max() < 8.0
    assert abs(float(((logs - logs.mean()) * (days - days.mean())).mean())) < 0.12
    assert len({m.name for m in models}) == 20 and {m.group for m in models} == {"x"}


def test_the_study_of_a_model_has_its_cells_growth_and_load(tmp_path: Path) -> None:
    found = scenario(tmp_path, "[{model: colon_sc, load_ratio: 1.5, doubling_time: 7 day}, KMS-11]")
    colon, myeloma = panel_studies(found)
    base = resolve(model_scenario(found, 0)).model.value("load_mean")
    assert resolve(colon).model.value("load_mean") == pytest.approx(1.5 * base)
    assert colon.tumor.doubling_time_days == 7.0 and not colon.panel
    assert myeloma.line == "KMS-11" and colon.seed != myeloma.seed
    again = with_load(colon, 1.2)
    assert resolve(again).model.value("load_mean") == pytest.approx(1.8 * base)
    highest = with_load(colon, 1e6)
    assert resolve(highest).model.value("load_mean") == colon_limit(colon)


def colon_limit(study: Scenario) -> float:
    """The greatest mean load that a scenario may state [-]."""
    return resolve(study).model.values["load_mean"].limits[1]


def test_a_resolved_panel_reads_back_and_other_studies_do_not_mention_it(tmp_path: Path) -> None:
    found = scenario(tmp_path, "[A549, colon_sc]")
    assert scenario_from_resolved(resolved_dict(found)) == found
    assert "panel" not in resolved_dict(small_scenario())
    assert "models" in json_schema()["properties"]


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ("A549", "must be a list"),
        ("[]", "must be a list"),
        ("[A54]", "did you mean 'A549'"),
        ("[{lines: A549}]", "did you mean 'line'"),
        ("[{line: A549, count: 2.5}]", "count of 2.5"),
        ("[{line: A549, load_ratio: many}]", "'load_ratio' is many"),
        ("[{line: A549, load_spread: 9}]", "0 to 1.5"),
        ("[{line: A549, doubling_time: 8..4 day}]", "falls"),
        ("[{line: A549, doubling_time: 4 kg}]", "kg"),
        ("[A549, A549]", "two models are called 'A549'"),
        ("[{model: colon_sc, count: 150}, {line: A549, count: 60}]", "panel of 210"),
        ("[[A549]]", "a name or a mapping"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, models: str, message: str) -> None:
    with pytest.raises(XenosimError) as caught:
        scenario(tmp_path, models)
    assert message in str(caught.value) and caught.value.remedy


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="2 mistakes"):
        scenario(tmp_path, "[A54, {line: A549, count: 0}]")
    with pytest.raises(ScenarioError, match="lines of its models"):
        scenario(tmp_path, "[A549]", "line: KMS-11")
