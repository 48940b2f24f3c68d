"""A study where Linux's own modules are missing, in worker processes too: the same tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import ENVIRONMENT
from tests.study_on_disk import TEXT, tables

ROOT = Path(__file__).parents[2]

#: What every Python process runs that has it as sitecustomize.py in its path: no fcntl, resource,
#: sysconf, owners, affinity or signal masks, as on Windows and in part on macOS.
HIDING = """\
import os
import signal

# Python's own way to start processes asks for msvcrt to know its system.
import subprocess
import sys
import types

# It has its own code for each system.
import psutil

for module in ("fcntl", "resource", "pwd", "grp"):
    sys.modules[module] = None
locks = types.ModuleType("msvcrt")
locks.LK_NBLCK = 2
locks.locking = lambda number, mode, count: None
sys.modules["msvcrt"] = locks
for name in ("sysconf", "getuid", "sched_getaffinity", "process_cpu_count"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("pthread_sigmask", "setitimer", "SIGALRM"):
    delattr(signal, name)
"""


def xenosim(folder: Path, *args: str, hidden: bool) -> subprocess.CompletedProcess[str]:
    """The command, with or without those modules."""
    (folder / "hiding").mkdir(exist_ok=True)
    (folder / "hiding" / "sitecustomize.py").write_text(HIDING)
    paths = [str(folder / "hiding")] if hidden else []
    path = os.pathsep.join([*paths, str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "xenosim", *args],
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_study_needs_nothing_that_only_linux_has(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(TEXT.replace("seed: 7", "seed: 7\nengine: twin"))
    study = ("run", "s.yaml", "--jobs", "2", "--population", "0", "--checkpoint-every", "20 steps")
    found = [
        xenosim(tmp_path, *study, "--out", out, hidden=hidden)
        for out, hidden in (("here", False), ("elsewhere", True))
    ]
    for done in found:
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    (here,), (elsewhere,) = (list((tmp_path / name).iterdir()) for name in ("here", "elsewhere"))
    assert tables(here) == tables(elsewhere)


@pytest.mark.parametrize("args", [("doctor",), ("check", "s.yaml"), ("scenarios",)])
def test_verbs_need_nothing_that_only_linux_has(args: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(TEXT)
    done = xenosim(tmp_path, *args, hidden=True)
    assert done.returncode == 0, done.stderr
