"""A sensitivity of a small study: tables, words, noise, what is kept, figure."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.inference.test_evaluate import FAST, HERE
from xenosim.errors import ScenarioError, XenosimError
from xenosim.inference.evaluate import Evaluations
from xenosim.inference.evaluate_outputs import OUTPUTS
from xenosim.inference.evaluate_result import SearchResult
from xenosim.inference.sensitivity import Question, on_told_scale, run_sensitivity
from xenosim.report.text import first_screen, load_result
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

ASKED = Question(OUTPUTS["tc_pct"], "cell.load_mean,tumor.oxygen_host", size=2, animals=2,
                 arms=("BIW",))  # fmt: skip


def load(keys: Mapping[str, str]) -> Scenario:
    return small_scenario(overrides=FAST | dict(keys))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def found(kept: Path) -> SearchResult:
    return run_sensitivity(load, ASKED, Evaluations(kept), HERE)


def test_load_decides_more_than_oxygen_around_the_tumor(found: SearchResult) -> None:
    table = found.tables["effects"]
    assert list(table["parameter"]) == ["cell.load_mean", "tumor.oxygen_host"]
    assert (table["low"] < table["high"]).all() and (table["noise"] >= 0).all()
    assert table["share"].sum() == pytest.approx(1.0)
    shares = found.tables["statuses"]
    by_kind = shares.groupby("kind")["share"].sum()
    assert by_kind.to_numpy() == pytest.approx([1.0, 1.0])
    assert "what would help most to measure: viability of the line" in found.answer


def test_again_nothing_is_simulated(found: SearchResult, kept: Path) -> None:
    store = Evaluations(kept)
    again = run_sensitivity(load, ASKED, store, HERE)
    assert store.simulated == 0 and again.answer == found.answer


def test_it_reads_back_and_has_a_tornado(found: SearchResult, tmp_path: Path) -> None:
    folder = found.save(tmp_path)
    assert first_screen(load_result(folder)) == first_screen(found)
    assert (folder / "tornado.png").is_file()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "fast"}, "no method 'fast'"),
        ({"method": "sobol", "size": 48}, "a size of 48"),
        ({"size": 20_000}, "60000 points"),
        ({"params": "nothing"}, "no status, set or parameter"),
        ({"arms": ("vehicle",)}, "no treated arm"),
        ({"day": 1.0}, "not measured"),
    ],
)
def test_what_cannot_be_asked(change: dict[str, object], words: str, tmp_path: Path) -> None:
    with pytest.raises(XenosimError) as caught:
        run_sensitivity(load, replace(ASKED, **change), Evaluations(tmp_path), HERE)  # type: ignore[arg-type]
    assert words in str(caught.value) and isinstance(caught.value, ScenarioError)


def test_scores_on_the_told_scale_have_the_told_mean() -> None:
    ln = np.log([0.2, 0.3, 0.6])
    told = on_told_scale(OUTPUTS["tc_pct"], ln)
    assert told.mean() == pytest.approx(100 * np.exp(ln.mean()))
    assert told.std() == pytest.approx(100 * np.exp(ln.mean()) * ln.std(), rel=1e-4)
