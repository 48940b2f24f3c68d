"""Options of run and compare."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.command import call
from tests.study_on_disk import TEXT
from xenosim.cli.cluster import Place
from xenosim.cli.simulate import Progress, TimeLeft, parse_overrides, simulate
from xenosim.errors import CheckpointError, RunError, ScenarioError
from xenosim.io.runs import UNFINISHED
from xenosim.scenario.resolve import starter_text
from xenosim.study.unfinished_run import UnfinishedRun


def test_n19_a_seed_is_refused_in_the_name_of_its_option() -> None:
    with pytest.raises(ScenarioError, match="'seed' is -1") as found:
        parse_overrides([], -1)
    assert found.value.where == "--seed"
    assert parse_overrides(["a=b"], 3) == {"a": "b", "seed": "3"}


def test_n19_nothing_is_made_before_everything_is_checked(tmp_path: Path) -> None:
    scenario, out = tmp_path / "my.yaml", tmp_path / "typo" / "runs"
    scenario.write_text(starter_text())
    with pytest.raises(CheckpointError, match="cannot read"):
        simulate(
            str(scenario),
            {},
            Place(1),
            str(out),
            False,
            saving=("10 min", None, False),
            source=str(tmp_path / "none.ckpt"),
        )
    assert not out.parent.exists()


def test_n16_a_bar_tells_what_is_done_of_all_and_the_time_left() -> None:
    with Progress(True, "days of all animals", TimeLeft(100.0)) as progress:
        progress(0.0, 864.0)
        (task,) = progress.bar.tasks
        shown = [str(column(task)) for column in progress.bar.columns]
    assert shown[0] == "0 of 864 days of all animals" and shown[-1] == "about 2 min left"


def test_n16_days_of_small_tumors_are_less_of_the_work() -> None:
    clock = TimeLeft(100.0, first=50.0, share=0.1)
    assert clock.left(25.0, 100.0, 2.0) == pytest.approx(95.0)
    assert clock.left(75.0, 100.0, 2.9) == pytest.approx(45.0)


def test_n16_what_an_earlier_process_did_tells_nothing_of_the_speed() -> None:
    clock = TimeLeft(None)
    assert clock.left(50.0, 100.0, 1.0) is None and clock.left(50.0, 100.0, 3.0) is None
    assert clock.left(60.0, 100.0, 13.0) == pytest.approx(40.0)


def test_f12_a_used_up_memory_keeps_the_run_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("xenosim.study.run.run_study", greedy)
    (tmp_path / "my.yaml").write_text(starter_text())
    out = tmp_path / "runs"
    with pytest.raises(RunError, match="memory of this machine is used up") as found:
        simulate(
            str(tmp_path / "my.yaml"),
            {},
            Place(1),
            str(out),
            False,
            saving=("10 min", None, False),
        )
    (left,) = out.iterdir()
    assert f"resume {left}" in str(found.value.remedy)


def test_f1_a_signal_before_the_study_begins_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment after the run has its name, while modules are still imported."""
    appear = UnfinishedRun._appear

    def appear_and_be_stopped(work: UnfinishedRun, base: Path, fixed: str) -> None:
        appear(work, base, fixed)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(UnfinishedRun, "_appear", appear_and_be_stopped)
    (tmp_path / "study.yaml").write_text(TEXT)
    done = call("run", "study.yaml", cwd=tmp_path)
    (left,) = (tmp_path / "runs").iterdir()
    assert done.returncode == 128 + signal.SIGTERM
    assert f"resume with: xenosim resume runs/{left.name}" in done.stderr
    assert left.suffix == UNFINISHED


def test_f1_a_signal_that_comes_out_of_a_compiled_function_stops_as_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A compiled function that returns while a signal is raised gives SystemError in its place."""

    def hidden(*_: object, **__: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(1.0)
        except BaseException as stop:
            raise SystemError("returned a result with an exception set") from stop

    monkeypatch.setattr("xenosim.study.run.run_study", hidden)
    (tmp_path / "study.yaml").write_text(TEXT)
    done = call("run", "study.yaml", cwd=tmp_path)
    assert done.returncode == 128 + signal.SIGTERM
    assert "resume with: xenosim resume" in done.stderr and "SystemError" not in done.stderr
