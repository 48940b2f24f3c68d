"""Jobs are processes of their own, told by what they say and by the lock of their directory."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xenosim.app import jobs as module
from xenosim.app.folder import Folder
from xenosim.app.jobs import Jobs, worker_of
from xenosim.errors import RunError

#: A program that holds the lock of a directory, named as xenosim would be.
HOLDER = """
import os, sys, time
from pathlib import Path
from xenosim.machine import try_lock
lock = (Path(sys.argv[1]) / "lock").open("a+")
try_lock(lock)
lock.write(str(os.getpid()))
lock.flush()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(Folder(tmp_path / "runs", tmp_path / "scenarios"))


def test_what_a_job_says_is_kept(jobs: Jobs) -> None:
    job = jobs.start("version", ["version"])
    assert job.process.wait(60) == 0 and job.code == 0
    assert job.said("out").strip() and job.log.parent == jobs.folder.own()
    if sys.platform != "win32":
        assert job.process.pid not in (os.getpgrp(), 0)
    job.log.with_suffix(".out").write_text("x" * (module.MOST_SAID + 5))
    assert len(job.said("out")) == module.MOST_SAID
    # A result is read whole.
    assert len(job.said("out", module.MOST_READ)) == module.MOST_SAID + 5
    job.forget()
    assert job.said("out") == ""


def test_a_run_is_asked_for_by_arguments_alone(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda label, arguments: asked.append(list(arguments)))
    jobs.run(Path("a.yaml"), {"arms.x; rm -rf.regimen": "$(reboot)"}, "twin", "a")
    out = ["--engine", "twin", "--out", str(jobs.folder.runs)]
    assert asked == [["run", "a.yaml", "--set", "arms.x; rm -rf.regimen=$(reboot)", *out]]


def test_too_many_jobs_are_refused(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_JOBS", 0)
    with pytest.raises(RunError, match="jobs are running"):
        jobs.start("version", ["version"])


def test_whoever_works_on_a_run_can_be_asked_to_stop(jobs: Jobs) -> None:
    path = jobs.folder.runs / "a.unfinished"
    path.mkdir(parents=True)
    with pytest.raises(RunError, match="no process"):
        jobs.cancel("a.unfinished")
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        assert worker_of(path) == holder.pid
        jobs.cancel("a.unfinished")
        assert holder.wait(60) == -signal.SIGTERM
    assert worker_of(path) is None


def test_a_number_of_another_program_is_left_alone(jobs: Jobs) -> None:
    path = jobs.folder.runs / "a.unfinished"
    path.mkdir(parents=True)
    (path / "lock").write_text("1")
    assert worker_of(path) is None
