"""An animal of a run, simulated again: from engraftment or from a checkpoint that the run keeps, it
is the same tumor.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
import pytest

from tests.study_on_disk import go_on, tables, tiny
from xenosim.errors import RunError
from xenosim.io.checkpoints import load_checkpoint
from xenosim.study.animal import Animal
from xenosim.study.replay import Replay, replay
from xenosim.study.run import run_study
from xenosim.study.source_animal import read_source
from xenosim.study.unfinished_run import Plan, UnfinishedRun

KEPT = "arm1_early_animal1_replicate0_day{}.ckpt"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tumors this small are slower on several threads."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with checkpoints of day 0 and 2."""
    base = tmp_path_factory.mktemp("saved")
    return go_on(base, tiny(base), Plan(paired=True, days=(0.0, 2.0)))


@pytest.fixture
def run(saved: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    return Path(shutil.copytree(saved, tmp_path / "run"))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the steps of all animals."""
    advance, done = Animal.advance, [0]

    def counted(self: Animal, steps: int = 1) -> None:
        done[0] += steps
        advance(self, steps)

    monkeypatch.setattr(Animal, "advance", counted)
    return done


def at(found: Replay, day: float) -> str:
    """Digest of the tumor on a day."""
    _, model = next(found.walk([day]))
    return model.tumor.digest()


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-len(content) // 3] ^= 4
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("day", "begun", "walked"),
    [(3.0, KEPT.format(2), 24), (2.0, KEPT.format(2), 0), (1.5, KEPT.format(0), 36)],
)
def test_a_replay_begins_at_the_nearest_checkpoint_before(
    saved: Path, steps: list[int], day: float, begun: str, walked: int
) -> None:
    found = replay(saved, "early")
    tumor = at(found, day)
    assert (found.begun, steps[0]) == (begun, walked) and found.verdict(day).endswith(
        f"begun at {begun}"
    )
    assert found.compared == [float(2 * (day // 2))]
    found.saved = ()
    assert at(found, day) == tumor and found.begun == "" and steps[0] > walked + 24 * day


def test_before_treatment_there_is_none(saved: Path, steps: list[int]) -> None:
    found = replay(saved, "late")
    at(found, -1.0)
    assert (
        found.begun == ""
        and steps[0] == 24 * (found.job.growth_days - 1)
        and found.verdict(-1.0) == "day -1 was not measured"
    )


def test_a_damaged_or_foreign_checkpoint_is_passed_over(
    run: Path, saved: Path, caplog: pytest.LogCaptureFixture
) -> None:
    expected = at(replay(saved, "early"), 3.0)
    damage(run / "checkpoints" / KEPT.format(2))
    (run / "checkpoints" / KEPT.format(1)).write_text("no checkpoint")
    # Another arm under this arm's name is still another arm.
    shutil.copyfile(
        run / "checkpoints" / "arm2_late_animal1_replicate0_day2.ckpt",
        run / "checkpoints" / KEPT.format("2.5"),
    )
    found = replay(run, "early")
    assert at(found, 3.0) == expected and found.begun == KEPT.format(0)
    assert "checksum does not match" in caplog.text and "not a checkpoint" in caplog.text
    damage(run / "checkpoints" / KEPT.format(0))
    assert at(found, 3.0) == expected and found.begun == ""


@pytest.fixture(scope="module")
def branched(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The animal of day 2 with the dose that its arm got then, and a checkpoint of its day 1."""
    base = tmp_path_factory.mktemp("branched")
    scenario = tiny(base, measure__days="0,2", arms__early__regimen="10 mg/kg IV days 0")
    path = saved / "checkpoints" / KEPT.format(2)
    UnfinishedRun.create(base, scenario, Plan(days=(1.0,)), path).lock.close()
    return go_on(base, scenario, Plan())


def test_a_branched_run_is_simulated_again_from_the_animal_it_came_from(
    branched: Path, saved: Path, tmp_path: Path, steps: list[int]
) -> None:
    whole, found = replay(saved, "early"), replay(branched, "early")
    assert [at(found, day) for day in (0.5, 2.0)] == [at(whole, day) for day in (2.5, 4.0)]
    assert found.begun == KEPT.format(1) and "equal to truth.csv on day 2" in found.verdict(2.0)
    assert at(replay(branched, "late"), 1.5) != at(found, 1.5)
    with pytest.raises(RunError, match="from day 0 to day 2"):
        found.check_day(-1.0)
    run = Path(shutil.copytree(branched, tmp_path / "run"))
    (run / "checkpoints" / "origin.ckpt").unlink()
    left = replay(run, "early")
    assert at(left, 1.5) == at(found, 1.5) and left.first_day == 1.0
    with pytest.raises(RunError, match="from day 1 to day 2"):
        at(left, 0.5)


@pytest.mark.parametrize("how", ["none", "damaged", "another animal", "another engine"])
def test_a_branched_run_without_a_tumor_is_refused(
    branched: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Path(shutil.copytree(branched, tmp_path / "run"))
    source = run / "checkpoints" / "origin.ckpt"
    for path in (run / "checkpoints").glob("arm*"):
        path.unlink()
    if how == "none":
        source.unlink()
    elif how == "damaged":
        damage(source)
    elif how == "another animal":
        manifest = json.loads((run / "manifest.json").read_text())
        (run / "manifest.json").write_text(
            json.dumps(manifest | {"branched_from": {"day": 3.0, "animal_id": 1}})
        )
    else:
        monkeypatch.setattr("xenosim.study.source_animal.source_hash", lambda: "other")
    with pytest.raises(RunError, match="this run branches from a checkpoint"):
        at(replay(run, "early", force=True), 1.0)


def test_a_branch_of_a_study_that_was_not_on_disk_says_so(saved: Path, tmp_path: Path) -> None:
    scenario = tiny(tmp_path, measure__days="0,2", arms__early__regimen="10 mg/kg IV days 0")
    source = read_source(saved / "checkpoints" / KEPT.format(2), scenario)
    with pytest.raises(RunError, match="keeps no checkpoint of this animal"):
        replay(run_study(scenario, jobs=1, source=source).save(tmp_path / "runs", figures=False))


# -- several lesions, short of oxygen
# -----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def lesions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of an animal with two lesions in poorly perfused tissue."""
    base = tmp_path_factory.mktemp("lesions")
    return run_study(tiny(base, **LESIONS), jobs=1, paired=True).save(base, figures=False)


LESIONS = {
    "site": "intramuscular",
    "tumor__lesions__count": "2",
    "tumor__lesions__sd": "0.5",
    "tumor__start_volume": "30 mm^3",
    "measure__days": "0,2",
    "arms__early__regimen": "10 mg/kg IV days 0",
}


def test_one_lesion_is_shown_and_all_are_compared(lesions: Path) -> None:
    found = replay(lesions, "early")
    _, model = next(found.walk([2.0]))
    rows = found.tables["lesions"].query("day == 2").set_index("lesion")["n_agents"]
    assert [tumor.n for tumor in model.tumors] == rows.tolist() and found.agents[2.0] == rows.sum()
    for chosen, shown in ((None, int(rows.idxmax())), (1, 1), (2, 2)):
        found.lesion = chosen
        box = found.volumes(2.0, model, ["state", "oxygen"])
        state, oxygen = box.whole("state"), box.whole("oxygen")
        assert (
            box.about["lesion"] == shown
            and np.isin(state, (1, 2, 3, 4)).sum() == rows[shown] == np.isfinite(oxygen).sum()
        )
        assert 0 < np.nanmin(oxygen) < 5.0 < np.nanmax(oxygen) <= 38.0
        assert found.name.endswith(f"lesion {chosen}" if chosen else "largest lesion")


def test_lesions_short_of_oxygen_are_resumed(
    lesions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        pass

    advance, treated = Animal.advance, False

    def mortal(self: Animal, steps: int = 1) -> None:
        in_the_study = any(base.glob("*/grown/r0_a1_growth.json"))
        if (
            in_the_study
            and self.day_0 is not None
            and self.time_h > 30.0
            and treated == (self.exposure is not None)
        ):
            raise Death
        advance(self, steps)

    base, plan = tmp_path / "runs", Plan(every_steps=11, paired=True)
    base.mkdir()
    for arm, treated in enumerate((False, True)):
        with monkeypatch.context() as patch, pytest.raises(Death):
            patch.setattr(Animal, "advance", mortal)
            go_on(base, tiny(tmp_path, **LESIONS), plan)
        newest = max(next(base.iterdir()).glob(f"rolling/*_arm{arm}.*"))
        lowest = [
            tumor["space"]["oxygen"]["pressure"].min()
            for tumor in load_checkpoint(newest)[1]["tumors"]
        ]
        # Untreated, both are hypoxic; the drug has freed them.
        assert len(lowest) == 2 and max(lowest) < (38.0 if treated else 5.0)
    assert tables(go_on(base, tiny(tmp_path, **LESIONS), plan)) == tables(lesions)


@pytest.mark.parametrize("lesion", [0, 3, -1])
def test_a_lesion_that_is_not_there_is_refused(lesions: Path, saved: Path, lesion: int) -> None:
    with pytest.raises(RunError, match=f"no lesion {lesion}: the animal has lesions 1 to 2"):
        replay(lesions, lesion=lesion)
    with pytest.raises(RunError, match=f"no lesion {lesion}: the animal has a single tumor"):
        replay(saved, lesion=lesion)
    assert replay(saved, lesion=1).name == "vehicle animal 1"
