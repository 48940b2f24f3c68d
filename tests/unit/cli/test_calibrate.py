"""The verb calibrate: what it prints and leaves, refused settings, killed and started again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.command import ENVIRONMENT, call

SMALL = ("calibrate", "--only", "blood", "--design", "24", "--draws", "12", "--jobs", "1")


def test_draws_figures_and_words_are_left(tmp_path: Path) -> None:
    found = call(*SMALL, "--out", "mine", cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert "fixed by the data" in found.stdout and "candidates: 18" in found.stdout
    left = {path.name for path in (tmp_path / "mine").iterdir()}
    assert {"draws.csv", "ensemble.yaml", "marginals.png", "rows.png", "points.jsonl"} <= left
    again = call(*SMALL, "--out", "mine", "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["diagnostics"]["candidates"] == 18
    other = call(*SMALL, "--out", "mine", "--seed", "2", cwd=tmp_path)
    assert other.returncode == 2 and "another seed" in other.stderr


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    whole = call(*SMALL, "--out", "whole", cwd=tmp_path)
    assert whole.returncode == 0
    command = [sys.executable, "-m", "xenosim", *SMALL, "--out", "killed"]
    points = tmp_path / "killed" / "points.jsonl"
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRONMENT) as process:
        until = time.monotonic() + 120.0
        while process.poll() is None and time.monotonic() < until:
            if points.is_file() and points.stat().st_size > 0:
                break
            time.sleep(0.005)
        process.kill()
    assert points.is_file() and not (tmp_path / "killed" / "draws.csv").exists()
    assert call(*SMALL, "--out", "killed", cwd=tmp_path).returncode == 0
    names = ("draws.csv", "ensemble.yaml")
    for name in names:
        kept = [(tmp_path / folder / name).read_text() for folder in ("whole", "killed")]
        assert kept[0] == kept[1], name


def test_too_few_points_and_an_unknown_stage_are_refused(tmp_path: Path) -> None:
    few = call("calibrate", "--design", "3", "--out", "x", cwd=tmp_path)
    assert few.returncode == 2 and "a design of 20" in few.stderr
    stage = call("calibrate", "--only", "dsh", "--out", "x", cwd=tmp_path)
    assert stage.returncode == 2 and "did you mean 'dish'" in stage.stderr
    missing = call("calibrate", "--only", "invivo", "--out", "x", cwd=tmp_path)
    assert missing.returncode == 2 and "oci_ly10_weekly.yaml not found" in missing.stderr
