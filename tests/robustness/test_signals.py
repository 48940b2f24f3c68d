"""Signals, once or many times, at any moment: the program ends soon, says how to go on, and keeps
what was done.
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
from tests.conftest import SCENARIOS

ESCC = next(path for path in SCENARIOS if path.stem == "escc_q2d")
#: The program promises five seconds; a machine that runs other tests beside it may take longer.
LONGEST_S = 15.0


def stopped(folder: Path, after_s: float, kind: signal.Signals, pauses: list[float]) -> None:
    """Start a study on two workers and send signals to the whole process group."""
    command = [sys.executable, "-m", "xenosim", "run", str(ESCC), "--engine", "lattice"]
    command += ["--jobs", "2"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that run in the background ignore Ctrl-C, and what they start would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    runs = folder / "runs"
    while not list(runs.glob("*.unfinished")) and process.poll() is None:
        time.sleep(0.02)
    time.sleep(after_s)
    sent = time.monotonic()
    for pause in pauses:
        os.killpg(process.pid, kind)
        time.sleep(pause)
    try:
        _, errors = process.communicate(timeout=60.0)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail("it never ended")
    assert time.monotonic() - sent < LONGEST_S
    assert process.returncode == 128 + kind and "Traceback" not in errors, errors
    assert "resume with: xenosim resume" in errors
    assert [path.suffix for path in runs.iterdir()] == [".unfinished"]


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_f1_a_second_signal_does_not_stop_the_stopping(
    tmp_path: Path, kind: signal.Signals
) -> None:
    stopped(tmp_path, 2.0, kind, [0.05, 0.0, 0.3])


def test_n7_ctrl_c_while_workers_start_leaves_no_traceback(tmp_path: Path) -> None:
    stopped(tmp_path, 0.4, signal.SIGINT, [0.0])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_f1_any_signals_at_any_moment(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pauses = rng.choice([0.0, 0.02, 0.1, 0.5], rng.choice([1, 2, 3, 6])).tolist()
    kind = (signal.SIGINT, signal.SIGTERM)[rng.integers(2)]
    stopped(tmp_path, rng.uniform(0.2, 10.0), kind, pauses)
