"""A sweep, an optimization and a fit that are killed in the middle, for real, and started again:
they go on and come to the same end (slow).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import ENVIRONMENT, start

STUDY = """
title: killed
engine: twin
model: mm1s
population: 0
tumor: {start_volume: 60 mm^3, twin_agents: 100, growth: {doubling_time: 5 day}}
animals: {per_arm: 2, strain: NSG}
measure: {days: "0..9 by 3"}
arms:
  vehicle: {regimen: none, control: true}
  treated: {regimen: "ixazomib 5 mg/kg PO BIW x1wk"}
"""
DATA = "arm,animal_id,day,tumor_volume_mm3\n" + "".join(
    f"{arm},{arm}{k},{day},{60 * (1 + 0.05 * k) * 2 ** (day / doubling):.1f}\n"
    for arm, doubling in (("vehicle", 5.0), ("treated", 8.0))
    for k in range(4)
    for day in (0, 3, 6, 9)
)
SEARCH = ("--animals", "2", "--jobs", "1", "--out", "kept")
CASES = {
    "sweep": (
        ("sweep", "study.yaml", "--vary", "dose=1..20 mg/kg by log 30", *SEARCH),
        "evaluations.jsonl",
        "*/sweep.csv",
    ),
    "optimize": (
        ("optimize", "study.yaml", "--maximize", "control", "--trials", "30", "--no-lattice",
         "--dose", "1..20 mg/kg by log 16", "--schedules", "QD,Q2D,BIW,TIW", *SEARCH),
        "evaluations.jsonl",
        "*/schedules.csv",
    ),
    "fit": (
        ("fit", "study.yaml", "--data", "lab.csv", "--points", "12", "--jobs", "1",
         "--out", "kept"),
        "points.jsonl",
        "draws.csv",
    ),
}  # fmt: skip


def killed(arguments: tuple[str, ...], kept: Path) -> int:
    """Lines in the file ``kept`` when the command is killed, at the first that it has."""
    command = [sys.executable, "-m", "xenosim", *arguments]
    process = subprocess.Popen(command, cwd=kept.parents[1], env=ENVIRONMENT)
    until = time.monotonic() + 500.0
    while process.poll() is None and time.monotonic() < until:
        if kept.is_file() and kept.read_bytes().count(b"\n") > 0:
            break
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return kept.read_bytes().count(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("verb", list(CASES))
def test_what_was_killed_goes_on_to_the_same_end(verb: str, tmp_path: Path) -> None:
    arguments, name, table = CASES[verb]
    folders = [tmp_path / which for which in ("whole", "killed")]
    for folder in folders:
        folder.mkdir()
        (folder / "study.yaml").write_text(STUDY)
        (folder / "lab.csv").write_text(DATA)
    whole = start(*arguments, cwd=folders[0])
    assert whole.returncode == 0, whole.stderr
    points = (folders[0] / "kept" / name).read_bytes().count(b"\n")
    kept = folders[1] / "kept" / name
    assert 0 < killed(arguments, kept) < points
    before = kept.read_bytes().splitlines()
    again = start(*arguments, cwd=folders[1])
    assert again.returncode == 0, again.stderr
    lines = kept.read_bytes().splitlines()
    assert len(lines) == points and lines[: len(before)] == before
    one, other = (next((folder / "kept").glob(table)).read_bytes() for folder in folders)
    assert one == other
