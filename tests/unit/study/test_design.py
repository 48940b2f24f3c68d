"""Designs: pool, draws and answer of a small scenario; what is refused; kept and read back."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.unit.study.test_reading import growing
from xenosim.analysis.data import StudyData
from xenosim.analysis.sequential import Interim
from xenosim.errors import ScenarioError, TableError
from xenosim.report.text import as_json, first_screen, load_result
from xenosim.study.design import Question, design_study
from xenosim.study.reading import read_pool
from xenosim.testing import small_scenario

NAMES = ["arm", "animal_id", "day", "tumor_volume_mm3"]
SCENARIO = small_scenario()


def test_a_design_is_kept_shown_and_read_back(tmp_path: Path) -> None:
    question = Question((2, 3), ("lmm", "tc"), 40, (0.8,), animals=12, look=Interim(0.5))
    result = design_study(SCENARIO, question, jobs=1)
    table = result.tables["power"]
    assert len(table) == 2 * 2 * 2 * 2 and table["power"].between(0.0, 1.0).all()
    folder = result.save(tmp_path)
    assert (folder / "power.png").is_file() and (folder / "power.csv").is_file()
    again = load_result(folder)
    assert first_screen(again) == first_screen(result)
    assert "nan" not in first_screen(again) and "SIMULATED" in first_screen(again)
    assert as_json(again)["power"][0]["test"] == "lmm"
    again_table = design_study(SCENARIO, question, jobs=1).tables["power"]
    np.testing.assert_array_equal(table["power"], again_table["power"])


def test_a_laboratorys_controls_take_the_place_of_the_models() -> None:
    rng = np.random.default_rng(1)
    rows = [
        ("PBS", animal, day, 120.0 * np.exp(rate * day + 0.1 * rng.standard_normal()))
        for animal, rate in enumerate(0.1 + 0.02 * rng.standard_normal(8))
        for day in (0.0, 4.0, 8.0, 12.0)
    ]
    data = StudyData(pd.DataFrame(rows, columns=NAMES), "PBS")
    question = Question((3,), ("lmm",), 30, (0.8,), animals=12)
    result = design_study(SCENARIO, question, data=data, jobs=1)
    assert any("8 control animals" in note for note in result.manifest["notes"])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question((1, 4)), "have no spread"),
        (Question((4,), ("anova",)), "there is no test 'anova'"),
        (Question((4,), look=Interim(0.5), paired=True), "together"),
    ],
)
def test_what_cannot_be_designed_is_refused(question: Question, said: str) -> None:
    with pytest.raises(TableError, match=said):
        design_study(SCENARIO, question)


def test_one_arm_is_no_design() -> None:
    alone = SCENARIO.model_copy(update={"arms": (SCENARIO.control,)})
    with pytest.raises(ScenarioError, match="a treated arm"):
        design_study(alone, Question((4,)))


def test_readings_of_many_animals_make_a_pool() -> None:
    animals = read_pool(growing(0.1, count=30), SCENARIO)
    assert animals.most_per_arm == 30 // len(SCENARIO.arms)
