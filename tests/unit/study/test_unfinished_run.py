"""A study that is stopped, killed or damaged goes on to the same tables, byte by byte; one living
tumor has several futures.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numba
import numpy as np
import pandas as pd
import pytest

from tests.full_disk import no_file_above
from tests.study_on_disk import TEXT, go_on, tables, tiny
from xenosim.errors import CheckpointError, RunError, ScenarioError
from xenosim.io.checked import read_checked_json, write_checked_json
from xenosim.io.checkpoints import load_checkpoint, read_header
from xenosim.io.runs import HIDDEN, HIDDEN_S, UNFINISHED, hidden_directory
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Scenario
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study
from xenosim.study.source_animal import read_source
from xenosim.study.unfinished_run import Plan, UnfinishedRun

PLAN = Plan(every_steps=15, paired=True, days=(0.0, 2.0))


class Death(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tumors this small are slower on several threads."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(before)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run directory of the study when nothing disturbs it and nothing is saved on the way."""
    base = tmp_path_factory.mktemp("whole")
    return run_study(tiny(base), jobs=1, paired=True).save(base, figures=False)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with checkpoints of day 0 and 2."""
    base = tmp_path_factory.mktemp("saved")
    return go_on(base, tiny(base), PLAN)


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An unfinished run whose first two animals are far on."""
    base = tmp_path / "runs"
    base.mkdir()
    from xenosim.study.animal import Animal

    advance, steps = Animal.advance, [0]

    def mortal(self: Animal, at_once: int = 1) -> None:
        steps[0] += at_once
        if self.time_h > 70.0 and self.exposure is not None:
            raise Death
        advance(self, at_once)

    with monkeypatch.context() as patch, pytest.raises(Death):
        patch.setattr(Animal, "advance", mortal)
        go_on(base, tiny(tmp_path), PLAN)
    return next(base.iterdir())


def begin(base: Path, event: int | np.integer, jobs: int = 1) -> subprocess.Popen[str]:
    """Run or resume the study in a process that dies at an event, or never at 0; returns when the
    study begins.
    """
    command = [sys.executable, "-m", "tests.study_on_disk", str(base), str(jobs), str(event)]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"NUMBA_NUM_THREADS": "1"},
    )
    assert process.stdout and process.stdout.readline() == "begun\n"
    return process


def kill_at(base: Path, event: int | np.integer, jobs: int = 1) -> int:
    """Run or resume the study in a process that dies at an event; its exit code."""
    process = begin(base, event, jobs)
    process.communicate(timeout=300)
    return process.returncode


def seen(base: Path) -> list[Path]:
    """What is below ``base``, without what was killed before it had a name."""
    return [path for path in base.iterdir() if not path.name.startswith(HIDDEN)]


def finish(base: Path, scenario: Scenario, jobs: int = 1) -> Path:
    """Resume what was killed; the run directory, the only one."""
    if not seen(base):
        go_on(base, scenario, PLAN, jobs)
    for path in base.glob(f"*{UNFINISHED}"):
        if not UnfinishedRun.finished(path):
            go_on(base, scenario, PLAN, jobs)
    (run,) = seen(base)
    return run


def test_saving_changes_nothing(whole: Path, saved: Path) -> None:
    assert tables(whole) == tables(saved) and len(tables(whole)) >= 6
    assert (
        not [p for p in saved.parent.iterdir() if p.name.endswith(UNFINISHED)]
        and not (whole / "checkpoints").exists()
    )
    names = sorted(path.name for path in (saved / "checkpoints").iterdir())
    assert names == [
        f"{arm}_animal1_replicate0_day{day}.ckpt"
        for arm in ("arm0_vehicle", "arm1_early", "arm2_late")
        for day in (0, 2)
    ]
    assert all(read_header(saved / "checkpoints" / name)["day"] in (0.0, 2.0) for name in names)


def test_workers_change_nothing(whole: Path, tmp_path: Path) -> None:
    """Arms that share an animal's growth in one process, and in two."""
    assert tables(
        run_study(tiny(tmp_path), jobs=2, paired=True).save(tmp_path / "runs", figures=False)
    ) == tables(whole)


def test_killed_three_times_and_resumed(whole: Path, tmp_path: Path) -> None:
    base, chance = tmp_path / "runs", np.random.default_rng(20)
    base.mkdir()
    for _ in range(3):
        assert kill_at(base, chance.integers(10, 220)) == -9
    assert tables(finish(base, tiny(tmp_path))) == tables(whole)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[int, float]]:
    """Events and seconds of the study in a process that nobody kills, by the number of its
    workers.
    """
    found = {}
    for jobs in (1, 2):
        base = tmp_path_factory.mktemp(f"undisturbed{jobs}") / "runs"
        base.mkdir()
        process, started = begin(base, 0, jobs), time.monotonic()
        told, _ = process.communicate(timeout=300)
        found[jobs] = int(told), time.monotonic() - started
    return found


def check_resumed(base: Path, whole: Path, jobs: int) -> None:
    """Resume what was killed, and see that nothing is missing or differs."""
    run = finish(base, tiny(base.parent), jobs)
    assert tables(run) == tables(whole)
    assert len(list((run / "checkpoints").iterdir())) == 6


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_killed_at_any_moment_and_resumed(
    seed: int, undisturbed: dict[int, tuple[int, float]], whole: Path, tmp_path: Path
) -> None:
    base, chance = tmp_path / "runs", np.random.default_rng(seed)
    base.mkdir()
    jobs = 1 + seed % 2
    # Whatever has not happened yet will: a process that resumes sees at least the events that are
    # left, the last of them publish the run.
    left = undisturbed[jobs][0]
    for share in (2, 2, 1):
        event = chance.integers(1, left // share + 1)
        left -= int(event)
        # In workers the parent is killed, and they with it.
        assert kill_at(base, event, jobs) == -9
    check_resumed(base, whole, 3 - jobs)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_by_the_clock_and_resumed(
    seed: int, undisturbed: dict[int, tuple[int, float]], whole: Path, tmp_path: Path
) -> None:
    base, chance = tmp_path / "runs", np.random.default_rng(100 + seed)
    jobs, kills, patience = 2 - seed % 2, 0, undisturbed[2 - seed % 2][1]
    while kills < 2:
        base.mkdir(exist_ok=True)
        process = begin(base, 0, jobs)
        time.sleep(chance.uniform(0.0, patience))
        process.kill()
        process.communicate(timeout=300)
        if process.returncode == -9 and not [
            path for path in seen(base) if not path.name.endswith(UNFINISHED)
        ]:
            kills += 1
        else:
            # It was faster: again, from the beginning.
            shutil.rmtree(base)
            kills, patience = 0, patience / 2.0
    check_resumed(base, whole, 3 - jobs)


@pytest.mark.parametrize("damage", ["last", "all"])
def test_a_damaged_checkpoint_is_passed_over(
    killed: Path, whole: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    rolling = sorted((killed / "rolling").glob("*_arm1.*"), reverse=True)
    assert len(rolling) == 2
    content = bytearray(rolling[0].read_bytes())
    content[len(content) // 2] ^= 4
    rolling[0].write_bytes(content)
    if damage == "all":
        rolling[1].write_bytes(rolling[1].read_bytes()[:1000])
    assert tables(finish(killed.parent, tiny(killed.parent.parent))) == tables(whole)
    assert caplog.text.count("checkpoint is damaged") == (1 if damage == "last" else 2)


def test_a_damaged_result_is_simulated_again(
    killed: Path, whole: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (done,) = (killed / "outcomes").iterdir()
    done.write_bytes(done.read_bytes()[:-5])
    (killed / "grown" / "growth.json").write_text("{")
    assert (
        tables(finish(killed.parent, tiny(killed.parent.parent))) == tables(whole)
        and "simulated again" in caplog.text
    )


def flip(path: Path, at: float) -> None:
    """Change one bit of a file, at a share of its length."""
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 1
    path.write_bytes(content)


def test_f4_a_flipped_bit_in_what_was_grown_is_grown_again(killed: Path, whole: Path) -> None:
    kept = sorted((killed / "grown").glob("*.json"))
    assert len(kept) >= 2
    for path in kept:
        flip(path, 0.4)
    assert tables(finish(killed.parent, tiny(killed.parent.parent))) == tables(whole)


@pytest.mark.parametrize("name", ["run.json", "scenario.json"])
@pytest.mark.parametrize("at", [0.0, 0.2, 0.5, 0.9])
def test_f4_a_flipped_bit_in_what_was_asked_for_is_one_error(
    tmp_path: Path, name: str, at: float
) -> None:
    with UnfinishedRun.create(tmp_path / "runs", tiny(tmp_path), PLAN) as work:
        flip(work.path / name, at)
    with pytest.raises(RunError, match="the unfinished run is damaged"):
        UnfinishedRun.open(work.path)


def test_what_does_not_belong_together_is_refused(
    killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {path: path.read_bytes() for path in killed.rglob("*") if path.is_file()}
    with (
        UnfinishedRun.open(killed),
        pytest.raises(RunError, match=f"another process .{os.getpid()}. is working"),
    ):
        UnfinishedRun.open(killed)
    with monkeypatch.context() as patch, pytest.raises(RunError, match="the engine of this run is"):
        patch.setattr("xenosim.study.unfinished_run.source_hash", lambda: "other")
        UnfinishedRun.open(killed)
    scenario = killed / "scenario.json"
    kept = read_checked_json(scenario)
    write_checked_json(kept | {"seed": 8}, scenario)
    with pytest.raises(RunError, match="the scenario of this run is"):
        UnfinishedRun.open(killed)
    scenario.write_text("{}")
    with pytest.raises(RunError, match="damaged"):
        UnfinishedRun.open(killed)
    for none in (killed / "rolling", Path("/"), killed / "none"):
        assert UnfinishedRun.finished(none) is None
        with pytest.raises(RunError, match="not an unfinished run"):
            UnfinishedRun.open(none)
    scenario.write_bytes(files[scenario])
    assert all(
        path.read_bytes() == content for path, content in files.items() if path.name != "lock"
    )
    UnfinishedRun.open(killed.with_name(killed.name.removesuffix(UNFINISHED))).lock.close()


def test_a_finished_run_is_finished(saved: Path) -> None:
    assert UnfinishedRun.finished(saved) == saved
    assert UnfinishedRun.finished(saved.with_name(saved.name + UNFINISHED)) == saved


def test_a_full_disk_does_not_end_the_run(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xenosim.io import checkpoints

    def full(arrays: list[object]) -> object:
        # Results of finished animals are small; tumors are not.
        for written, piece in enumerate(pieces(arrays)):
            if written > 5:
                raise OSError(28, "No space left on device")
            yield piece

    pieces = checkpoints._pieces
    base = tmp_path / "runs"
    base.mkdir()
    monkeypatch.setattr(checkpoints, "_pieces", full)
    scenario = tiny(tmp_path)
    with UnfinishedRun.create(base, scenario, PLAN) as work:
        result = run_study(scenario, jobs=1, paired=True, store=work.store())
        assert not list(work.path.rglob("*.partial")) and not list(
            (work.path / "rolling").iterdir()
        )
        assert len(list((work.path / "outcomes").iterdir())) == 3
        run = work.publish(result)
    assert tables(run) == tables(whole)
    assert any("could not be written (no space left on device)" in note for note in result.notes)


def test_the_scenario_comes_back_exactly(tmp_path: Path) -> None:
    scenario = tiny(tmp_path, tumor__growth__doubling_time="3.1 day", measure__error="11.7 %")
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


def test_stated_parameters_survive_a_kill_and_run_again_from_the_run(
    whole: Path, tmp_path: Path
) -> None:
    stated = {"parameters__ixazomib__cl": "1.25 L/h/kg", "parameters__mouse__body_weight": "26 g"}
    scenario = tiny(tmp_path, **stated)
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario
    base = tmp_path / "runs"
    base.mkdir()
    UnfinishedRun.create(base, scenario, Plan(every_steps=10, paired=True)).lock.close()
    assert kill_at(base, 60) == -9
    run = finish(base, scenario)
    again = load_scenario(run / "scenario.yaml")
    rerun = run_study(again, jobs=1, paired=True).save(tmp_path, figures=False)
    assert again == scenario and tables(rerun) == tables(run)
    heavy, usual = (
        pd.read_csv(each / "truth.csv").query("arm == 'vehicle'")["body_weight_g"]
        for each in (run, whole)
    )
    assert (heavy / usual).to_numpy() == pytest.approx(26.0 / 22.0, rel=1e-3)
    assert tables(run)["plasma.csv"] != tables(whole)["plasma.csv"]


# -- branching
# ------------------------------------------------------------
def truth(table: pd.DataFrame, arm: str) -> pd.DataFrame:
    return (
        table[table["arm"] == arm]
        .drop(columns=["study_id", "day", "arm", "replicate"])
        .reset_index(drop=True)
    )


def test_a_branch_with_the_same_doses_is_the_uninterrupted_animal(
    whole: Path, saved: Path, tmp_path: Path
) -> None:
    future = {
        "measure.days": "0,2",
        "arms.early.regimen": "10 mg/kg IV days 0",
        "arms.late.regimen": "none",
    }
    scenario = tiny(tmp_path, **{key.replace(".", "__"): value for key, value in future.items()})
    full = pd.read_csv(whole / "truth.csv")
    for arm, index in (("early", 1), ("late", 2), ("vehicle", 0)):
        source = read_source(
            saved / "checkpoints" / f"arm{index}_{arm}_animal1_replicate0_day2.ckpt", scenario
        )
        result = run_study(scenario, jobs=1, source=source)
        expected = full[full["day"] >= 2]
        # Body weight and every count, of the arm that the animal came from.
        pd.testing.assert_frame_equal(
            truth(result.tables["truth"], arm), truth(expected, arm), check_exact=False, rtol=1e-9
        )
        volumes = result.tables["truth"].pivot(index="day", columns="arm", values="n_agents")
        assert volumes.loc[0].nunique() == 1 and volumes.loc[2].nunique() == 2
        assert (
            result.tables["observations"]["dpi"].iloc[0]
            == pd.read_csv(whole / "observations.csv").query("day == 2")["dpi"].iloc[0]
        )
        assert result.paired and any("in every arm" in note for note in result.notes)


def test_a_branch_of_another_kind_of_tumor_is_refused(saved: Path, tmp_path: Path) -> None:
    path = saved / "checkpoints" / "arm1_early_animal1_replicate0_day2.ckpt"
    for key, value, message in (
        ("tumor__resolution", "2e3 /mm^3", "tumor.resolution is 1000.0 there and 2000.0 here"),
        ("time_step", "0.5 h", "time_step is 1.0 there"),
        ("model", "mm1s", "model is oci_ly10 there and mm1s here"),
        ("animals__strain", "mouse", "animals.strain"),
    ):
        with pytest.raises(CheckpointError, match=message):
            read_source(path, tiny(tmp_path, **{key: value}))
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        read_source(tmp_path / "tiny.yaml", tiny(tmp_path))


def test_a_branched_run_is_resumed_too(saved: Path, tmp_path: Path) -> None:
    scenario = tiny(tmp_path, measure__days="0,2", arms__early__regimen="10 mg/kg IV days 0")
    path = saved / "checkpoints" / "arm1_early_animal1_replicate0_day2.ckpt"
    expected = run_study(scenario, jobs=1, source=read_source(path, scenario)).save(
        tmp_path / "a", figures=False
    )
    base = tmp_path / "b"
    base.mkdir()
    UnfinishedRun.create(base, scenario, Plan(every_steps=10), path).lock.close()
    for event in (120, 40):
        assert kill_at(base, event) == -9
    assert tables(finish(base, scenario)) == tables(expected)


def test_what_is_kept_holds_the_whole_tumor(saved: Path) -> None:
    header, tree = load_checkpoint(
        saved / "checkpoints" / "arm1_early_animal1_replicate0_day2.ckpt"
    )
    assert header["kind"] == "animal" and header["arm"] == "early" and len(header["doses"]) == 1
    assert all(column.size == header["n_cells"] for column in tree["tumors"][0]["cells"].values())


def test_f2_a_run_that_cannot_be_begun_leaves_nothing(tmp_path: Path) -> None:
    base = tmp_path / "runs"
    scenario = tiny(tmp_path)
    with no_file_above(100), pytest.raises(RunError, match="cannot write here: file too large"):
        UnfinishedRun.create(base, scenario, PLAN)
    assert list(base.iterdir()) == []


@pytest.mark.parametrize("how", ["resume", "next"])
def test_f13_the_rest_of_a_finished_run_is_removed(tmp_path: Path, how: str) -> None:
    base = tmp_path / "runs"
    run, rest = base / "done-2", base / f"done{UNFINISHED}"
    given_up, foreign = base / f"failed{UNFINISHED}", base / f"notes{UNFINISHED}"
    for folder in (run, rest, given_up / "rolling", foreign):
        folder.mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    (rest / "lock").write_text("1")
    (rest / "run.json").write_text("{}")
    write_checked_json({"name": run.name}, rest / "published.json")
    (given_up / ".partial.scenario.json").write_text("{")
    (foreign / "mine.txt").write_text("mine")
    if how == "resume":
        assert UnfinishedRun.finished(rest) == run
    else:
        UnfinishedRun.create(base, tiny(tmp_path), PLAN).discard()
    assert sorted(base.iterdir()) == [run, foreign]


def test_f13_what_is_not_over_stays(tmp_path: Path) -> None:
    scenario = tiny(tmp_path)
    with UnfinishedRun.create(tmp_path, scenario, PLAN) as work:
        # Published once before, without success: its result is still to be renamed.
        write_checked_json({"name": "none"}, work.path / "published.json")
        given_up = UnfinishedRun.create(tmp_path, scenario, PLAN)
        (given_up.path / "run.json").unlink()
        UnfinishedRun.create(tmp_path, scenario, PLAN).discard()
        # Another process is at it.
        assert work.path.is_dir() and given_up.path.is_dir()
        given_up.lock.close()
        UnfinishedRun.create(tmp_path, scenario, PLAN).discard()
        assert work.path.is_dir() and not given_up.path.exists()


def test_f13_half_a_directory_is_removed_when_nobody_can_be_writing_it(tmp_path: Path) -> None:
    old, new = hidden_directory(tmp_path), hidden_directory(tmp_path)
    os.utime(old, (0, time.time() - 2 * HIDDEN_S))
    hidden_directory(tmp_path).rmdir()
    assert list(tmp_path.iterdir()) == [new]


def test_n5_a_run_directory_runs_again_to_the_same_tables(tmp_path: Path) -> None:
    scenario = tiny(tmp_path, seed="3")
    plan = Plan(paired=True)
    with UnfinishedRun.create(tmp_path, scenario, plan) as work:
        path = work.path
    # What is resumed keeps what it was made from, too.
    first = go_on(tmp_path, scenario, plan)
    assert not path.exists()
    assert (first / "inputs" / "tiny.yaml").read_text() == TEXT
    again = go_on(tmp_path / "again", load_scenario(first / "scenario.yaml"), plan)
    assert tables(again) == tables(first)
    assert StudyResult.load(again).scenario == StudyResult.load(first).scenario == scenario
    # A loaded result is kept again with all that it was made from.
    kept = StudyResult.load(first).save(tmp_path / "kept", figures=False)
    assert (kept / "inputs" / "tiny.yaml").read_text() == TEXT
    assert (kept / "scenario.yaml").read_bytes() == (first / "scenario.yaml").read_bytes()
    with pytest.raises(ScenarioError, match="resolved scenario") as refused:
        load_scenario(first / "resolved.yaml")
    assert "scenario.yaml" in str(refused.value.remedy)
