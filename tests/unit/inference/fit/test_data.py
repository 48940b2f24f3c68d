"""Tables of a laboratory as blocks: arms, days, units, and everything that cannot be."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.data import StudyData
from xenosim.errors import TableError
from xenosim.inference.fit.blocks import IC50, PLASMA, VOLUME, WEIGHT
from xenosim.inference.fit.data import MOST_DAYS, ic50_blocks, measured, plasma_blocks, with_start
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario()


def volumes(arms: tuple[str, ...] = ("Vehicle", "QW"), days: int = 4) -> StudyData:
    rows = [
        (arm, f"{arm}{k}", 3.0 * d, 100.0 * math.exp(0.1 * d * (k + 1)), 20.0 + d)
        for arm in arms
        for k in range(3)
        for d in range(days - (k == 2))
    ]
    columns = ["arm", "animal_id", "day", "tumor_volume_mm3", "body_weight_g"]
    return StudyData(pd.DataFrame(rows, columns=columns))


def test_volumes_are_relative_and_animals_that_left_are_missing(scenario: Scenario) -> None:
    found = measured(scenario, volumes())
    assert [(b.kind, b.arm) for b in found.blocks] == [(VOLUME, "vehicle"), (VOLUME, "QW")]
    block = found.blocks[0]
    assert block.times == (3.0, 6.0, 9.0) and np.isnan(block.values[2, 2])
    assert np.allclose(block.values[1], [0.2, 0.4, 0.6])
    assert found.start_mm3 == pytest.approx(100.0)
    assert any("body weights are not fitted" in note for note in found.notes)
    kinds = [b.kind for b in measured(scenario, volumes(), weights=True).blocks]
    assert kinds.count(WEIGHT) == 2


def test_an_arm_that_the_scenario_lacks_is_mapped_or_left_out(scenario: Scenario) -> None:
    data = volumes(("PBS", "Combo"))
    with pytest.raises(TableError, match="no arm 'PBS'") as error:
        measured(scenario, data)
    assert "'Combo'" in error.value.message and "--arm 'PBS=ARM'" in str(error.value.remedy)
    found = measured(scenario, data, {"PBS": "vehicle", "Combo": ""})
    assert [block.arm for block in found.blocks] == ["vehicle"]
    with pytest.raises(TableError, match="'Nobody' of --arm"):
        measured(scenario, volumes(), {"Nobody": "vehicle"})


def test_of_many_days_some_are_fitted(scenario: Scenario) -> None:
    found = measured(scenario, volumes(days=40))
    assert len(found.blocks[0].times) == MOST_DAYS
    assert any(f"{MOST_DAYS} of 39 days" in note for note in found.notes)


def test_one_day_is_nothing_to_fit(scenario: Scenario) -> None:
    table = volumes(days=2).table
    with pytest.raises(TableError, match="nothing to fit"):
        measured(scenario, StudyData(table[table["day"] == 0.0]))


def test_another_start_volume_is_taken_over_and_said(scenario: Scenario) -> None:
    notes: list[str] = []
    start = scenario.tumor.start_volume_mm3
    assert with_start(scenario, 1.05 * start, notes) is scenario and not notes
    assert with_start(scenario, 2.0 * start, notes).tumor.start_volume_mm3 == 2.0 * start
    assert "taken for tumor.start_volume" in notes[0]


def test_concentrations_by_arm_and_animal(scenario: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "pk.csv"
    path.write_text(
        "arm,animal_id,time_h,concentration_ng_per_mL\nQW,1,1,36.1\nQW,1,4,\nQW,2,4,18\n"
    )
    (block,) = plasma_blocks(scenario, path, {})
    assert block.kind == PLASMA and block.drug == "ixazomib" and block.values.shape == (2, 2)
    assert np.exp(block.values[0, 0]) == pytest.approx(100.0, rel=0.01)


def test_concentrations_of_0_and_below_are_refused_together(
    scenario: Scenario, tmp_path: Path
) -> None:
    path = tmp_path / "pk.csv"
    path.write_text("time_h,concentration_nM\n1,-3\n-1,5\n4,0\n")
    with pytest.raises(TableError) as error:
        plasma_blocks(scenario, path, {})
    text = str(error.value)
    assert "-3" in text and "before day 0" in text and "limit of quantification" in text


def test_ic50s_by_drug_and_exposure(tmp_path: Path) -> None:
    path = tmp_path / "ic50.csv"
    path.write_text("drug,hours,ic50_nM\nixazomib,72,40\nixazomib,72,60\nbortezomib,48,5\n")
    first, second = ic50_blocks(path)
    assert first.kind == IC50 and first.values.shape == (2, 1) and second.hours == 48.0
    path.write_text("drug,hours,ic50_nM\nixazomb,72,40\nixazomib,0,60\n")
    with pytest.raises(TableError, match="did you mean 'ixazomib'"):
        ic50_blocks(path)
