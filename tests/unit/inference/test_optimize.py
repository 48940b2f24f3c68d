"""A search over schedules of a small study: whole, sampled, infeasible, several objectives."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.inference.test_evaluate import FAST, HERE
from xenosim.errors import ScenarioError, XenosimError
from xenosim.inference import optimize
from xenosim.inference.evaluate import FILE, Evaluations
from xenosim.inference.evaluate_result import SearchResult
from xenosim.inference.optimize import Question, run_optimize
from xenosim.inference.optimize_objectives import parse_objectives
from xenosim.inference.optimize_space import Limits, Wanted
from xenosim.report.text import first_screen, load_result
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

ASKED = Question(
    parse_objectives(["control"], []),
    Limits(loss=12.0),
    Wanted(("2,7,60 mg/kg",), "QW,BIW"),
    animals=2,
    arm="BIW",
    lattice=False,
)


@pytest.fixture(autouse=True, scope="module")
def few() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimize, "FRESH_ANIMALS", 3)
        patch.setattr(optimize, "LATTICE_ANIMALS", 2)
        yield


def load(keys: Mapping[str, str]) -> Scenario:
    return small_scenario(overrides=FAST | dict(keys))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def found(kept: Path) -> SearchResult:
    return run_optimize(load, ASKED, Evaluations(kept), HERE)


def test_the_best_is_within_the_limit_and_what_is_above_is_not_repeated(
    found: SearchResult,
) -> None:
    tried, last = found.tables["schedules"], found.tables["finalists"]
    assert len(tried) == 6 and tried["feasible"].any() and not tried["feasible"].all()
    lost = tried.groupby("feasible")["loss_pct"]
    assert lost.max()[True] <= 12.0 < lost.min()[False]
    assert set(last["schedule"]) == set(tried[tried["feasible"]]["schedule"])
    assert last["tc_pct"].is_monotonic_increasing and (last["n"] == 3).all()
    assert str(last["schedule"].iloc[0]) in found.answer
    assert "as the scenario states it" in found.answer


def test_nothing_is_called_best_that_is_not_separated(found: SearchResult) -> None:
    last = found.tables["finalists"]
    tied = 1 + int((~last["separated_from_best"].astype(bool)).sum()) - 1
    assert ("no single best" in found.answer) == (tied > 1)
    assert ("separated from the" in found.answer) == (tied == 1)


def test_after_a_kill_the_same_is_found_and_only_what_was_lost_is_simulated(
    found: SearchResult, kept: Path, tmp_path: Path
) -> None:
    text = (kept / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(text[: len(text) - 100])
    store = Evaluations(tmp_path)
    again = run_optimize(load, ASKED, store, HERE)
    assert store.simulated == 1 and again.answer == found.answer
    assert again.tables["finalists"].equals(found.tables["finalists"])


def test_a_large_space_is_sampled_the_same_way_by_seed(kept: Path) -> None:
    asked = replace(ASKED, wanted=Wanted(("2,7,20,60 mg/kg",), "QW,BIW,Q2D"), trials=5)
    first = run_optimize(load, asked, Evaluations(kept), HERE)
    store = Evaluations(kept)
    again = run_optimize(load, asked, store, HERE)
    assert len(first.tables["schedules"]) == 5 and store.simulated == 0
    assert again.tables["schedules"].equals(first.tables["schedules"])


def test_several_objectives_have_a_front(kept: Path, tmp_path: Path) -> None:
    asked = replace(ASKED, objectives=parse_objectives(["control"], ["total_dose"]))
    front = run_optimize(load, asked, Evaluations(kept), HERE)
    last = front.tables["finalists"].sort_values("total_dose")
    assert last["tc_pct"].is_monotonic_decreasing and "Pareto front" in front.answer
    folder = front.save(tmp_path)
    assert first_screen(load_result(folder)) == first_screen(front)
    assert (folder / "schedules.png").is_file()


def test_without_a_feasible_schedule_it_says_so(kept: Path, tmp_path: Path) -> None:
    none = run_optimize(
        load, replace(ASKED, wanted=Wanted(("60 mg/kg",), "BIW")), Evaluations(kept), HERE
    )
    assert "no schedule keeps the mean loss of weight within 12 %" in none.answer
    assert none.tables["finalists"].empty
    assert load_result(none.save(tmp_path)).answer == none.answer
    for limits, words in (
        (Limits(visits=1), "need more than 1 visits"),
        (Limits(first=6), "dose on a Sunday"),
    ):
        with pytest.raises(ScenarioError, match=words):
            run_optimize(load, replace(ASKED, limits=limits), Evaluations(kept), HERE)


@pytest.mark.slow
def test_winners_are_repeated_on_the_lattice(kept: Path) -> None:
    asked = replace(ASKED, wanted=Wanted(("7 mg/kg",), "QW"), lattice=True)
    done = run_optimize(load, asked, Evaluations(kept), HERE)
    assert done.tables["finalists"]["tc_pct_lattice"].notna().all()
    assert "on the lattice, 2 of these animals: " in done.answer
    assert ", as radial twins " in done.answer


def test_one_arm_is_searched(kept: Path) -> None:
    for arm, words in (("", "which is searched"), ("vehicle", "no treated arm")):
        with pytest.raises(XenosimError, match=words):
            run_optimize(load, replace(ASKED, arm=arm), Evaluations(kept), HERE)
