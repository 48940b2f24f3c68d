"""An animal in its arms: one growth for all, tissues built once, the days that stay."""

from pathlib import Path

import pandas as pd
import pytest

from tests.study_on_disk import tiny
from xenosim.analysis.pairs import MARK
from xenosim.io.checkpoints import read_header
from xenosim.study import engraft
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.follow import run_animal
from xenosim.study.job import Job
from xenosim.study.memory import largest_volume
from xenosim.study.run import run_study
from xenosim.study.workload import workload
from xenosim.testing import SMALL, small_scenario
from xenosim.tumor.growth import Growth


def jobs(folder: Path) -> tuple[Job, ...]:
    scenario = tiny(folder)
    growth = Growth(40.0, 0.001, 200.0, None, 3.0, 1.25)
    return tuple(Job(scenario, growth, arm.name, 1, 0, 2) for arm in scenario.arms)


def test_arms_share_the_growth_and_each_builds_its_tissues_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, founded = [], []
    exposures, founding = engraft.exposures, engraft.founding_tumors
    monkeypatch.setattr(engraft, "exposures", lambda *given: built.append(1) or exposures(*given))
    monkeypatch.setattr(engraft, "founding_tumors", lambda job: founded.append(1) or founding(job))
    arms = jobs(tmp_path)
    outcomes = run_animal(arms)
    assert len(founded) == 1 and len(built) == len(arms) == 3
    first = [outcome.truth[0] for outcome in outcomes]
    assert len({row["n_agents"] for row in first}) == 1
    last = [outcome.truth[-1]["n_agents"] for outcome in outcomes]
    assert last[0] > last[1] and last[0] > last[2]


def test_an_arm_alone_is_that_arm_among_others(tmp_path: Path) -> None:
    arms = jobs(tmp_path)
    together, (alone,) = run_animal(arms), run_animal(arms[1:2])
    assert alone.truth == together[1].truth
    assert {k: v for k, v in alone.cells[-1].items() if v == v} == {
        k: v for k, v in together[1].cells[-1].items() if v == v
    }


def test_days_between_measurements_stay(tmp_path: Path) -> None:
    store = CheckpointStore(str(tmp_path), days=(0.0, 1.5, 4.0))
    store.make_folders()
    (job,) = jobs(tmp_path)[1:2]
    run_animal((job,), store)
    found = {path.name: read_header(path) for path in (tmp_path / "days").glob("*.ckpt")}
    assert sorted(header["day"] for header in found.values()) == [0.0, 1.5, 4.0]
    given = found[job.file_name_on(1.5) + ".ckpt"]["doses"]
    assert [dose["time_h"] for dose in given] == [0.0]
    assert store.outcome(job.key) is not None and not store.rolling(job.key)


#: Twins of which some leave before the last day.
LEAVING = SMALL | {
    "engine": "twin",
    "tumor.twin_agents": "100",
    "animals.per_arm": "3",
    "measure.days": "0..24 by 6",
    "measure.humane_endpoint.tumor_volume": "12 mm^3",
}
RELAXED = {"measure.humane_endpoint.tumor_volume": "5000 mm^3"}
UNSEEN = {"animals.follow_removed": "false"}


def test_every_pair_is_followed_and_the_laboratory_sees_what_it_would() -> None:
    followed, seen, relaxed = (
        run_study(small_scenario(overrides=LEAVING | keys), jobs=1, paired=True)
        for keys in ({}, UNSEEN, RELAXED)
    )
    for name in ("observations", "truth", "cells", "endpoints"):
        ours, theirs = (
            each.tables[name].drop(columns="study_id", errors="ignore") for each in (followed, seen)
        )
        pd.testing.assert_frame_equal(ours, theirs)
    compared = followed.tables["comparison"]
    over_all = compared["endpoint"].str.endswith(MARK)
    pd.testing.assert_frame_equal(compared[~over_all], seen.tables["comparison"])
    pairs, animal = followed.tables["all_pairs"], ["arm", "replicate", "animal_id"]
    assert len(pairs) == 9 and 0 < pairs["left_on_day"].notna().sum() < 9
    # Followed past its endpoint, an animal is what it would have been without one.
    truth = relaxed.tables["truth"].query("day == 24").set_index(animal)["tumor_volume_mm3"]
    found = pairs.set_index(animal)["tumor_volume_mm3"]
    assert found.to_dict() == pytest.approx(truth.loc[found.index].to_dict(), rel=1e-9)
    assert (compared[over_all]["n"] == 3).all()
    assert "all pairs, true volumes on day 24" in followed.answer
    assert "all_pairs" not in seen.tables and "all pairs" not in seen.answer
    assert any("animals.follow_removed" in note for note in seen.notes)


def test_animals_of_an_unpaired_study_are_not_followed() -> None:
    result = run_study(small_scenario(overrides=LEAVING), jobs=1)
    assert "all_pairs" not in result.tables
    assert not any("animals.follow_removed" in note for note in result.notes)


@pytest.mark.parametrize("follow", ["true", "false"])
@pytest.mark.parametrize("end", ["4.5 mm^3", "8 mm^3"])
def test_few_pairs_that_all_lose_a_partner_still_make_a_study(follow: str, end: str) -> None:
    keys = {"animals.per_arm": "2", "animals.follow_removed": follow}
    ends = {"measure.humane_endpoint.tumor_volume": end}
    result = run_study(small_scenario(overrides=LEAVING | keys | ends), jobs=1, paired=True)
    assert result.answer and len(result.tables["comparison"])


def test_twins_are_followed_by_default_and_the_estimates_know_it() -> None:
    twin = small_scenario(overrides=LEAVING)
    unseen = small_scenario(overrides=LEAVING | UNSEEN)
    lattice = small_scenario(overrides=LEAVING | {"engine": "lattice"})
    assert twin.follows_removed and not unseen.follows_removed and not lattice.follows_removed
    for paired in (True, False):
        assert workload(twin, paired).agent_steps > workload(unseen, paired).agent_steps
    assert largest_volume(twin) > largest_volume(unseen)


def test_the_bias_of_removal_is_measured_and_told() -> None:
    followed, cut = (
        run_study(small_scenario(overrides=LEAVING | keys), jobs=1) for keys in ({}, UNSEEN)
    )
    for name in ("observations", "truth", "endpoints"):  # the laboratory sees the same
        seen = [
            result.tables[name].drop(columns="study_id", errors="ignore")
            for result in (followed, cut)
        ]
        assert seen[0].equals(seen[1]), name
    bias = followed.tables["bias"].set_index(["arm", "endpoint"])
    assert cut.tables["bias"]["true_of_all"].isna().all()
    assert not any("true volumes of all animals" in note for note in cut.notes)
    rows = bias[bias["bias"].notna()]
    parts = rows["bias_of_measurement"] + rows["bias_of_removal"]
    assert len(rows) and parts.to_numpy() == pytest.approx(rows["bias"].to_numpy())
    assert any("true volumes of all animals" in note for note in followed.notes)
