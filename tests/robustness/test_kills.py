"""Killed at any moment, whole or a worker of it, a study goes on to the same tables, byte by byte.

``XENOSIM_KILLS`` is the number of kills of each kind, ``XENOSIM_KILLS_SEED`` where seeds begin.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.command import ENVIRONMENT
from tests.study_on_disk import TEXT, tables
from xenosim.io.runs import HIDDEN, UNFINISHED

KILLS = int(os.environ.get("XENOSIM_KILLS", "12"))
SEEDS = range(first := int(os.environ.get("XENOSIM_KILLS_SEED", "0")), first + KILLS)
#: Larger and longer than the tiny study, so that there is time to kill it.
STUDY = TEXT.replace("1e3 /mm^3", "4e3 /mm^3").replace("per_arm: 1", "per_arm: 2")
#: A worker of a run, as the list of processes shows it.
WORKER = b"spawn_main"


def begin(folder: Path, *args: str) -> subprocess.Popen[str]:
    """The command as a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "xenosim", *args],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def study(folder: Path) -> subprocess.Popen[str]:
    """The study, on two workers and saved often."""
    (folder / "study.yaml").write_text(STUDY)
    return begin(folder, "run", "study.yaml", "--jobs", "2", "--checkpoint-every", "20 steps")


def workers(process: subprocess.Popen[str]) -> list[int]:
    """Process ids of the workers of a run."""
    try:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        named = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    except OSError:
        return []
    return [int(pid) for pid, command in named.items() if WORKER in command]


def finished(folder: Path) -> dict[str, bytes]:
    """The tables of the study, resumed if it is unfinished, begun again if it has no name yet."""
    runs = folder / "runs"
    left = [path for path in runs.glob("*") if not path.name.startswith(HIDDEN)]
    process = begin(folder, "resume", str(left[0]), "--jobs", "2") if left else study(folder)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0 and "Traceback" not in errors, errors
    (run,) = (path for path in runs.iterdir() if not path.name.startswith(HIDDEN))
    assert run.suffix != UNFINISHED
    return tables(run)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], float]:
    """Tables of the study that nobody kills, and how long it takes [s]."""
    folder = tmp_path_factory.mktemp("undisturbed")
    started = time.monotonic()
    _, errors = (process := study(folder)).communicate(timeout=300)
    assert process.returncode == 0, errors
    return finished(folder), time.monotonic() - started


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_twice_with_all_its_workers(
    seed: int, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    rng = np.random.default_rng((1, seed))
    process = study(tmp_path)
    for _ in range(2):
        time.sleep(rng.uniform(0.0, 1.1 * seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        left = list((tmp_path / "runs").glob(f"*{UNFINISHED}"))
        if not left:
            break
        process = begin(tmp_path, "resume", str(left[0]), "--jobs", "2")
    if process.poll() is None:
        process.communicate(timeout=300)
    assert finished(tmp_path) == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_killed_is_replaced_and_the_run_goes_on(
    seed: int, undisturbed: tuple[dict[str, bytes], float], tmp_path: Path
) -> None:
    expected, seconds = undisturbed
    rng = np.random.default_rng((2, seed))
    process = study(tmp_path)
    until = time.monotonic() + rng.uniform(0.2, 0.9) * seconds
    while time.monotonic() < until or (not workers(process) and process.poll() is None):
        time.sleep(0.01)
    found = workers(process)
    if found:
        os.kill(found[int(rng.integers(len(found)))], signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors, errors
    assert process.returncode == 0, errors
    assert finished(tmp_path) == expected
