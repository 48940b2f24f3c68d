"""An animal in its arms: one growth for all, tissues built once, the days that stay."""

from pathlib import Path

import pytest

from tests.study_on_disk import tiny
from xenosim.io.checkpoints import read_header
from xenosim.study import engraft
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.follow import run_animal
from xenosim.study.job import Job
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
