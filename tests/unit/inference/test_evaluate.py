"""Arms of points: simulated once, kept line by line, read back."""

from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import RunError, ScenarioError
from xenosim.execution.processes import Workers
from xenosim.inference.evaluate import FILE, Asked, Curves, Evaluations, check_searchable
from xenosim.scenario.schema import Override, Scenario
from xenosim.study.population import simulate_pool
from xenosim.testing import SMALL, small_scenario

FAST = SMALL | {
    "engine": "twin",
    "tumor.start_volume": "30 mm^3",
    "measure.days": "0..18 by 3",
    "tumor.twin_agents": "60",
}
HERE = Workers(1, 1)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario(overrides=FAST)


def ask(scenario: Scenario, *arms: str, animals: int = 2) -> list[Asked]:
    return [Asked(scenario, arm, animals) for arm in arms]


def test_curves_are_those_of_the_pool_and_days_between_change_nothing(
    scenario: Scenario, tmp_path: Path
) -> None:
    plain = scenario.animals.model_copy(update={"enroll": None})
    pool = simulate_pool(scenario.model_copy(update={"animals": plain}), 2)
    found = Evaluations(tmp_path).curves(ask(scenario, "vehicle", "BIW"), HERE)
    for arm, curves in zip(("vehicle", "BIW"), found, strict=True):
        assert isinstance(curves, Curves) and curves.days == tuple(range(19))
        assert np.array_equal(curves.volumes[:, ::3], pool.of(arm))
        assert np.array_equal(curves.losses[:, ::3], pool.losses[pool.arms.index(arm)])


def test_an_arm_is_the_same_alone_and_beside_others_and_is_simulated_once(
    scenario: Scenario, tmp_path: Path
) -> None:
    both = Evaluations(tmp_path / "both")
    first = both.curves(ask(scenario, "vehicle", "QW", "BIW", "QW"), HERE)
    assert both.simulated == 3
    alone = Evaluations(tmp_path / "alone").curves(ask(scenario, "QW"), HERE)[0]
    for curves in (first[1], first[3]):
        assert np.array_equal(curves.volumes, alone.volumes)  # type: ignore[union-attr]
    again = Evaluations(tmp_path / "both")
    kept = again.curves(ask(scenario, "BIW", "vehicle"), HERE)
    assert again.simulated == 0
    assert np.array_equal(kept[0].volumes, first[2].volumes)  # type: ignore[union-attr]


def test_the_key_names_what_decides_an_arm_and_nothing_else(scenario: Scenario) -> None:
    key = Asked(scenario, "BIW").key()
    same = {"title": "other", "published": "x", "engine": "lattice", "replicates": 1}
    assert Asked(scenario.model_copy(update=same), "BIW").key() == key
    of_drug = (Override(scenario.arms[1].doses[0].drug, "cl", "2.0 L/h/kg"),)
    stated = scenario.model_copy(update={"overrides": of_drug})
    assert Asked(stated, "vehicle").key() == Asked(scenario, "vehicle").key()
    assert Asked(stated, "BIW").key() != key
    others = [
        Asked(scenario.model_copy(update={"seed": 99}), "BIW"),
        Asked(scenario, "QW"),
        Asked(scenario, "BIW", 3),
        Asked(scenario, "BIW", agents=50),
    ]
    assert len({key, *(one.key() for one in others)}) == 5


def test_what_a_kill_cut_off_is_simulated_again_and_the_rest_is_not(
    scenario: Scenario, tmp_path: Path
) -> None:
    first = Evaluations(tmp_path).curves(ask(scenario, "vehicle", "QW"), HERE)
    path = tmp_path / FILE
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][: len(lines[1]) // 2])
    store = Evaluations(tmp_path)
    again = store.curves(ask(scenario, "vehicle", "QW"), HERE)
    assert store.simulated == 1
    assert np.array_equal(again[1].volumes, first[1].volumes)  # type: ignore[union-attr]
    assert Evaluations(tmp_path).curves(ask(scenario, "QW"), HERE) and store.simulated == 1
    assert path.read_bytes().splitlines()[-1] == lines[1].rstrip()


def test_what_cannot_be_simulated_is_kept_with_its_reason(
    scenario: Scenario, tmp_path: Path
) -> None:
    update = {"potential_doubling_days": 30.0, "doubling_time_days": 1.0}
    dead = scenario.model_copy(update={"tumor": scenario.tumor.model_copy(update=update)})
    found = Evaluations(tmp_path).curves(ask(dead, "vehicle"), HERE)[0]
    assert isinstance(found, str) and "start volume" in found
    store = Evaluations(tmp_path)
    assert store.curves(ask(dead, "vehicle"), HERE) == [found] and store.simulated == 0


def test_a_place_that_cannot_be_read_or_written_is_said(scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "a" / FILE).mkdir(parents=True)
    with pytest.raises(RunError, match="cannot be read"):
        Evaluations(tmp_path / "a")
    (tmp_path / "b").write_text("")
    with pytest.raises(RunError, match="cannot write"):
        Evaluations(tmp_path / "b" / "c").curves(ask(scenario, "vehicle"), HERE)


def test_studies_without_points_are_refused(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match="no treated arm"):
        check_searchable(scenario.model_copy(update={"arms": scenario.arms[:1]}))
