"""Work in processes: results in the order of the tasks, progress in full."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from tests.command import signals_as_before
from xenosim.execution.processes import Workers, worker_count
from xenosim.execution.progress import report_part
from xenosim.execution.stopping import Stopped, obeying


def square(x: int) -> int:
    report_part(0.5)
    return x * x


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_are_in_the_order_of_the_tasks(jobs: int) -> None:
    seen: list[tuple[float, float]] = []
    with Workers(jobs, 3) as workers:
        found = workers.map(
            square, [1, 2, 3], lambda *at: seen.append(at), cost=float, size=lambda x: x
        )
    assert found == [1, 4, 9]
    assert seen[-1] == (6, 6) and seen == sorted(seen)
    # A single process tells of its parts at once.
    assert jobs > 1 or (0.5, 6) in seen


def wait_half_way(x: int) -> int:
    report_part(0.5 * x)
    time.sleep(1.0)
    return x


def test_n16_workers_tell_of_their_parts_while_no_task_is_done() -> None:
    seen: list[tuple[float, float]] = []
    with Workers(2, 2) as workers:
        workers.map(wait_half_way, [4, 8], lambda *at: seen.append(at), size=lambda x: x)
    assert (6.0, 12.0) in seen and seen[-1] == (12.0, 12.0) and seen == sorted(seen)


def test_no_more_workers_than_tasks() -> None:
    assert worker_count(8, 2) == 2 and worker_count(3, 0) == 1


def test_an_error_of_a_task_is_raised() -> None:
    with Workers(1, 1) as workers, pytest.raises(ZeroDivisionError):
        workers.map(lambda x: 1 // x, [0])


def test_n11_a_script_without_a_guard_ends_in_one_line_that_says_so(tmp_path: Path) -> None:
    script = tmp_path / "study.py"
    script.write_text(
        "from xenosim.execution.processes import Workers\n"
        "with Workers(2, 2) as workers:\n"
        "    print(workers.map(abs, [1, 2]))\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=120)
    lines = ran.stderr.splitlines()
    assert ran.returncode == 1 and ran.stderr.count("Traceback") == 1 and len(lines) < 15
    assert "'if __name__ == \"__main__\":'" in lines[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_n7_workers_are_started_whole_before_a_signal_stops_the_program(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = ProcessPoolExecutor.submit

    def submit_and_be_stopped(*args: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), number)
        return submit(*args, **kwargs)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submit_and_be_stopped)
    with signals_as_before():
        # Tests that run in the background ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with pytest.raises(Stopped), obeying(), Workers(2, 2, saves=True) as workers:
            assert len(workers._processes) == 2
            workers.map(square, [1, 2])
    # The thread of the pool may have collected a process and not said so yet.
    deadline = time.monotonic() + 10.0
    while any(process.is_alive() for process in workers._processes):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def die_once(flag: str) -> str:
    """End this worker as the system ends one that takes too much memory, the first time."""
    if not os.path.exists(flag):
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return flag


def test_the_task_of_a_worker_that_was_killed_is_done_by_another(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    flags = [str(tmp_path / name) for name in "abc"]
    for flag in flags[1:]:
        Path(flag).touch()
    with Workers(2, 3) as workers:
        assert workers.map(die_once, flags) == flags
    assert "others take over" in caplog.text


def die(task: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return task


def test_a_task_that_kills_every_worker_ends_in_an_error() -> None:
    with Workers(2, 2) as workers, pytest.raises(BrokenProcessPool):
        workers.map(die, [1, 2])
