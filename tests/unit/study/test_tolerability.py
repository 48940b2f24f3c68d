"""Highest tolerated doses, without tumors."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.study_on_disk import tiny
from xenosim.cli.main import app
from xenosim.errors import ScenarioError
from xenosim.study.tolerability import efficacy_table, followed, highest_factor, tolerability


def test_more_drug_is_less_weight_and_none_is_none(tmp_path: Path) -> None:
    scenario = tiny(tmp_path)
    doses = scenario.arms[1].doses
    nadirs = [
        followed(
            scenario, [replace(d, amount_mg_per_kg=f * d.amount_mg_per_kg) for d in doses], 3
        ).nadir_pct
        for f in (0.0, 1.0, 2.0, 4.0)
    ]
    assert nadirs == sorted(nadirs, reverse=True) and nadirs[0] == pytest.approx(100.0)
    untreated = followed(scenario, (), 3)
    assert np.all(untreated.weights_pct >= 100.0) and untreated.share_over(10.0) == 0.0


def test_the_highest_factor_is_at_the_limit(tmp_path: Path) -> None:
    scenario = tiny(tmp_path, measure__days="0..14 by 7")
    doses = scenario.arms[1].doses
    factor = highest_factor(scenario, doses, 15.0, 3)
    if not math.isfinite(factor):
        pytest.fail("the doses of this test are borne 64-fold")
    at, above = (
        followed(
            scenario, [replace(d, amount_mg_per_kg=f * d.amount_mg_per_kg) for d in doses], 3
        ).nadir_pct
        for f in (factor, 1.02 * factor)
    )
    assert at > 85.0 >= above
    assert highest_factor(scenario, doses, 20.0, 3) > factor


def test_the_verb_prints_every_arm(tmp_path: Path) -> None:
    scenario = tiny(tmp_path)
    table = tolerability(scenario, 2).set_index("arm")
    assert math.isnan(table.loc["vehicle", "highest_factor_below_15_pct"])
    command = ["tolerability", str(tmp_path / "tiny.yaml"), "--animals", "2"]
    told = CliRunner().invoke(app, [*command, "--json"])
    assert [row["arm"] for row in json.loads(told.output)] == ["vehicle", "early", "late"]
    text = CliRunner().invoke(app, command).output
    assert "doses borne, times, mean loss < 15 %" in text and "nan" not in text.lower()


def test_no_animals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no animals"):
        tolerability(tiny(tmp_path), 0)


def test_efficacy_and_weight_are_of_every_arm_and_drawn(tmp_path: Path) -> None:
    scenario = tiny(tmp_path)
    table = efficacy_table(scenario, 3).set_index("arm")
    assert list(table.index) == [arm.name for arm in scenario.arms]
    assert table.loc[scenario.control.name, "tc_pct"] == 100.0
    for arm in scenario.arms:
        lost = 100.0 - followed(scenario, arm.doses, 3).weights_pct.min(axis=1)
        assert table.loc[arm.name, "worst_loss_pct"] == pytest.approx(lost.mean())
        if arm.name != scenario.control.name:
            row = table.loc[arm.name]
            assert row["tc_low"] <= row["tc_pct"] <= row["tc_high"]
