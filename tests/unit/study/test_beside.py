"""Population and ensemble beside a study: three labelled parts, the study itself as it was."""

from pathlib import Path

import pytest

from xenosim.errors import ScenarioError
from xenosim.report.text import as_json, first_screen, load_result
from xenosim.scenario.schema import Scenario
from xenosim.study.beside import Asked, notes_on_population, refuse_beside_a_living_animal
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario

TWIN = SMALL | {
    "engine": "twin",
    "tumor.start_volume": "30 mm^3",
    "tumor.twin_agents": "200",
    "measure.days": "0..18 by 3",
    "measure.humane_endpoint.tumor_volume": "400 mm^3",
}
ASKED = TWIN | {"population": "6", "ensemble": "3", "ensemble_from": "prior"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario(overrides=ASKED)


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> StudyResult:
    return run_study(scenario, jobs=1)


def test_the_answer_has_three_labelled_parts_for_each_arm(result: StudyResult) -> None:
    lines = result.answer.splitlines()
    for arm in ("QW", "BIW"):
        at = lines.index(f"{arm}, T/C against vehicle")
        labels = [line[:24].strip() for line in lines[at + 1 :] if line[2:3] != " "]
        assert labels[:3] == ["in the model", "a study of this size", "this simulated study"]
    assert "3 prior parameter sets, 6 twins each" in " ".join(result.answer.split())
    assert "6 radial twins in both arms, day 18" in " ".join(result.answer.split())
    assert max(map(len, lines[:8])) <= 100


def test_its_numbers_are_in_the_manifest(result: StudyResult) -> None:
    population, ensemble = result.manifest["population"], result.manifest["ensemble"]
    assert population["pairs"] == 6 and [row["arm"] for row in population["arms"]] == ["QW", "BIW"]
    assert all(row["low"] <= row["tc_pct"] <= row["high"] for row in population["arms"])
    assert population["studies"][0]["n"] == 2 and "Student" in population["test"]
    assert ensemble["sets"] == 3 and not ensemble["calibrated"] and ensemble["failed"] == []
    order = ensemble["orders"][0]
    assert (order["arm"], order["than"]) == ("QW", "BIW")
    assert order["better"] + order["worse"] <= 3
    assert as_json(result)["ensemble"] == ensemble


def test_tables_hold_every_animal_and_every_set(result: StudyResult) -> None:
    population, sets = result.tables["population"], result.tables["ensemble"]
    assert len(population) == 3 * 6 * 7 and len(sets) == 3 * 3
    assert sets[sets["arm"] == "vehicle"]["tc_pct"].isna().all()
    assert sets[sets["arm"] == "QW"]["tc_pct"].between(0.0, 120.0).all()
    curves = result.tables["ensemble_curves"]
    first = curves[curves["day"] == 0.0]
    assert (first[first["quantity"] == "rtv"][["p05", "p95"]] == 1.0).all(axis=None)


def test_the_study_itself_is_as_without_them(result: StudyResult) -> None:
    alone = run_study(small_scenario(overrides=TWIN), jobs=1)
    for name in alone.tables:
        assert alone.tables[name].equals(result.tables[name]), name
    assert alone.manifest["scenario_hash"] == result.manifest["scenario_hash"]
    assert alone.manifest["population"] == alone.manifest["ensemble"] == {}
    assert alone.answer.startswith("QW: T/C")


def test_workers_change_nothing_and_the_screen_reads_back(
    scenario: Scenario, result: StudyResult, tmp_path: Path
) -> None:
    other = run_study(scenario, jobs=2)
    assert other.answer == result.answer and other.tables["ensemble"].equals(
        result.tables["ensemble"]
    )
    kept = result.save(tmp_path)
    assert first_screen(load_result(kept), kept) == first_screen(result, kept)
    assert (kept / "figures" / "ensemble.svg").is_file()


def test_a_paired_study_has_the_ensemble_alone(scenario: Scenario) -> None:
    found = run_study(scenario, jobs=1, paired=True)
    assert found.manifest["population"] == {} and "population" not in found.tables
    text = found.answer.splitlines()
    assert text[-2].startswith("over 3 prior parameter sets (6 twins each, day 18): T/C QW ")
    assert "better than" in text[-1] and " of 3 parameter sets" in text[-1]


def test_what_is_asked_follows_the_study(scenario: Scenario) -> None:
    default = small_scenario(overrides={k: v for k, v in TWIN.items() if k != "population"})
    assert Asked.of(default, paired=False).pairs > 10
    assert Asked.of(default, paired=True) == (0, 0, 0.0, 0.0)
    untreated = default.model_copy(update={"arms": (default.control,)})
    assert Asked.of(untreated, paired=False).pairs == 0
    assert Asked.of(scenario, paired=True)[:2] == (0, 3)
    with pytest.raises(ScenarioError, match="parameters of its past"):
        refuse_beside_a_living_animal(scenario)
    refuse_beside_a_living_animal(default)


def test_a_lattice_study_is_answered_by_its_twin() -> None:
    lattice = small_scenario(overrides=SMALL | {"population": "4"})
    found = run_study(lattice, jobs=1)
    assert "4 radial twins in both arms" in " ".join(found.answer.split())
    assert "ensemble" not in found.tables


def test_animals_that_would_take_too_long_are_told_of(scenario: Scenario) -> None:
    default = small_scenario(overrides={k: v for k, v in TWIN.items() if k != "population"})
    (note,) = notes_on_population(default, False, {})
    assert note.startswith("not told: what the drug does in the model") and "--population" in note
    assert notes_on_population(default, True, {}) == []
    assert notes_on_population(default, False, {"pairs": 30}) == []
    assert notes_on_population(scenario, False, {}) == []
