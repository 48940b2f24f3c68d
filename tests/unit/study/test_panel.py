"""A panel runs every model, leaves one directory, and says the same when it is read back."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from xenosim.errors import ScenarioError
from xenosim.report.text import as_json, first_screen, load_result
from xenosim.scenario.panel import panel_studies
from xenosim.scenario.schema import PanelModel, Scenario
from xenosim.study.panel import PanelResult, panel_answer, run_panel
from xenosim.study.run import run_study
from xenosim.testing import small_scenario


@pytest.fixture(scope="module")
def panel() -> Scenario:
    """Two small models of one class, one of them with twice the load."""
    base = small_scenario(overrides={"engine": "twin", "ensemble": "0", "tumor.twin_agents": 50})
    models = tuple(
        PanelModel(
            name=name,
            group="class",
            model=base.model,
            line="",
            load_factor=factor,
            doubling_time_days=base.tumor.doubling_time_days,
        )
        for name, factor in (("one", 1.0), ("two", 2.0))
    )
    return base.model_copy(update={"panel": models})


@pytest.fixture(scope="module")
def result(panel: Scenario) -> PanelResult:
    """The panel, run."""
    return run_panel(panel, jobs=1)


def test_a_row_is_that_of_the_model_alone(panel: Scenario, result: PanelResult) -> None:
    table = result.tables["panel"]
    assert list(table["model"]) == ["one", "one", "two", "two"]
    alone = run_study(panel_studies(panel)[1], jobs=1).tables["endpoints"]
    tc = alone[(alone["endpoint"] == "tc_pct") & (alone["arm"] == table["arm"][3])].iloc[0]
    assert table["tc_pct"][3] == tc["estimate"] or math.isnan(tc["estimate"])
    assert table["load_mean"][2] == pytest.approx(2 * table["load_mean"][0])
    animals = result.tables["observations"].groupby("model")["animal_id"].agg(set)
    assert not animals["one"] & animals["two"]


def test_the_directory_says_the_same(result: PanelResult, tmp_path: Path) -> None:
    folder = result.save(tmp_path)
    again = load_result(folder)
    assert isinstance(again, PanelResult) and again.kind == "panel"
    assert first_screen(again) == first_screen(result) and "nan" not in first_screen(again)
    assert again.answer in first_screen(again) and as_json(again)["answer"] == result.answer
    assert {path.name for path in (folder / "figures").iterdir()} == {
        "waterfall.png",
        "waterfall.svg",
    }


def test_a_panel_is_no_single_study(panel: Scenario) -> None:
    with pytest.raises(ScenarioError, match="panel"):
        run_study(panel, jobs=1)
    with pytest.raises(ScenarioError, match="no panel"):
        run_panel(small_scenario())


def test_the_answer_counts_models_and_names_classes() -> None:
    rows = [("a", "x", 30.0, 1.2), ("a", "x", 41.0, math.inf), ("a", "y", 90.0, math.nan)]
    table = pd.DataFrame(rows, columns=["arm", "class", "tc_pct", "event_free_ratio"])
    text = panel_answer(table)
    assert "median T/C 41 % over 3 models (30 to 90 %); below 42 % in 2 of 3" in text
    assert "x 36 % (n = 2)" in text and "y 90 % (n = 1)" in text
    assert "median of 2 models, not reached in 1" in text
    table["tc_pct"] = math.nan
    assert panel_answer(table) == "a: no T/C in any model"
