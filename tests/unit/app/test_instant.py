"""Instant answers: few animals first, then all; what did not change is not simulated again."""

from pathlib import Path

import numpy as np
import pytest

from tests.study_on_disk import twins
from xenosim.app import instant
from xenosim.app.instant import Kept, Request, answers, mistakes
from xenosim.errors import ScenarioError
from xenosim.scenario.load import load_scenario
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import simulate_pool


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(instant, "FEWEST", 6)
    twins(tmp_path)
    path = tmp_path / "twins.yaml"
    # Above what calipers tell from less.
    path.write_text(path.read_text().replace("start_volume: 1 mm^3", "start_volume: 30 mm^3"))
    return str(path)


def test_the_last_answer_is_that_of_a_pool(file: str) -> None:
    told = list(answers(Request("a", 1, file, {}), Kept()))
    assert [answer.get("animals") for answer in told] == [None, 4, 6]
    scenario = load_scenario(file)
    pool = simulate_pool(scenario, 6, agents=instant.AGENTS, growth=calibrate_growth(scenario))
    mean = np.exp(np.log(pool.of("early")).mean(axis=0))
    np.testing.assert_allclose(told[-1]["curves"]["early"]["mean"], mean, rtol=1e-12)
    assert [row["arm"] for row in told[-1]["tc"]] == ["early", "late"]


def test_one_arm_that_changed_is_simulated_alone(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, followed, grown = Kept(), [], []
    follow, grow = instant.follow_from_day_0, instant.grown_animal

    def counted(job, animal):  # type: ignore[no-untyped-def]
        followed.append([arm.name for arm in job.scenario.arms])
        return follow(job, animal)

    def counted_growth(job):  # type: ignore[no-untyped-def]
        grown.append(job.animal)
        return grow(job)

    monkeypatch.setattr(instant, "follow_from_day_0", counted)
    monkeypatch.setattr(instant, "grown_animal", counted_growth)
    first = list(answers(Request("a", 1, file, {}), kept))[-1]
    assert len(followed) == len(grown) == 6
    change = {"arms.early.regimen": "1 mg/kg IV days 0,2"}
    second = list(answers(Request("a", 2, file, change), kept))[-1]
    assert followed[6:] == [["early"]] * 6 and len(grown) == 6
    assert second["curves"]["late"] == first["curves"]["late"]
    assert second["curves"]["early"]["mean"][-1] > first["curves"]["early"]["mean"][-1]
    again = list(answers(Request("a", 3, file, {}), kept))
    assert len(again) == 2 and again[-1]["curves"] == first["curves"] and len(followed) == 12


def test_mistakes_stand_at_their_fields(file: str) -> None:
    change = {"animals.per_arm": "-2", "arms.early.regimen": "7 mgkg", "measure.days": "[0, 2]"}
    (told,) = list(answers(Request("a", 1, file, change), Kept()))
    found = {mistake["field"] for mistake in told["mistakes"]}
    assert {"animals.per_arm", "arms.early.regimen"} <= found and "study" not in told
    assert all("mistakes" not in mistake["text"] for mistake in told["mistakes"])


def test_what_is_in_no_field_is_told_too(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("arms: [")
    (told,) = list(answers(Request("a", 1, str(tmp_path / "bad.yaml"), {}), Kept()))
    assert told["mistakes"][0]["field"] == "" and "not valid YAML" in told["mistakes"][0]["text"]


def test_an_error_without_a_remedy_is_one_mistake() -> None:
    assert mistakes(ScenarioError("no"), {}) == [{"field": "", "text": "error: no"}]


def test_long_studies_have_no_instant_answer(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instant, "PATIENCE_S", 0.0)
    first, last = list(answers(Request("a", 1, file, {}), Kept()))
    assert first["study"]["arms"][1]["doses"][0]["mg_per_kg"] == 10.0
    assert "too long" in last["mistakes"][0]["text"]


def test_what_is_kept_is_limited(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instant, "HERDS", 1)
    monkeypatch.setattr(instant, "ARMS", 3)
    kept = Kept()
    for volume in ("30 mm^3", "31 mm^3"):
        list(answers(Request("a", 1, file, {"tumor.start_volume": volume}), kept))
    assert len(kept.herds) == 1 and len(kept.arms) == 3
