"""Runs under rules on disk: replays, branches, what would have been; killed, they go on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import ENVIRONMENT
from tests.study_on_disk import TEXT, go_on, tables
from xenosim.io.runs import UNFINISHED, read_run
from xenosim.scenario.load import load_scenario
from xenosim.study.replay import replay
from xenosim.study.source_animal import read_source
from xenosim.study.unfinished_run import Plan
from xenosim.study.why import explain

RULES = """\
rules:
  - {when: "day >= 2 and day < 3", then: hold}
"""
#: Rules that act on some of the animals, at several measurements.
MANY = (
    TEXT.replace("start_volume: 1 mm^3", "start_volume: 20 mm^3")
    .replace("per_arm: 1", "per_arm: 3")
    .replace("0..4 by 2", "0..4 by 1")
    .replace("days 0,2", "days 0,1,2,3")
    + """\
rules:
  - {when: "relative_tumor_volume > 0.9 and day > 0 and day <= 1", then: hold}
  - {when: "time_on_hold >= 1 day and day > 1", then: resume at 75 %}
"""
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on the lattice in which one arm was held on day 2, with checkpoints."""
    base = tmp_path_factory.mktemp("held")
    (base / "held.yaml").write_text(TEXT + RULES)
    return go_on(base, load_scenario(base / "held.yaml"), Plan(paired=True, days=(0.0, 3.0)))


def test_a_replay_has_the_doses_that_were_given(run: Path) -> None:
    """The walk itself compares its agents with those of the run."""
    found = replay(run, "early")
    assert [dose.time_h for dose in found.job.doses] == [0.0]
    assert found.saved and found.begin(4.0).time_h == 72.0
    found.saved = ()
    _, animal = next(found.walk([4.0]))
    assert found.compared == [0.0, 2.0, 4.0] and animal.n_agents == found.agents[4.0]
    events = found.tables["events"]
    assert events["decision"].dropna().tolist() == ["hold"] and events["amt"].tolist() == [10, 0]


def test_a_branch_has_had_the_doses_that_were_given(run: Path, tmp_path: Path) -> None:
    (tmp_path / "next.yaml").write_text(TEXT)
    (path,) = (run / "checkpoints").glob("arm1_early_*_day3.ckpt")
    source = read_source(path, load_scenario(tmp_path / "next.yaml"))
    assert [dose.time_h for dose in source.doses] == [-72.0]


def test_what_would_have_been_begins_before_the_decision(run: Path) -> None:
    found = explain(run, 2.0, "early")
    assert found.begun.endswith("day0.ckpt") and found.state == "held"
    (row,) = found.without
    truth = read_run(run)["truth"].query("arm == 'early' and day == 4")
    assert row["volume_mm3"] == truth["tumor_volume_mm3"].item() > row["volume_without_mm3"]


def command(folder: Path, *args: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "xenosim", *args]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        words, cwd=folder, env=ENVIRONMENT, stdout=quiet, stderr=quiet, start_new_session=True
    )


@pytest.mark.slow
def test_killed_and_on_two_workers_a_study_under_rules_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(MANY)
    assert command(tmp_path, "run", "study.yaml", "--jobs", "1", "--out", "one").wait() == 0
    (one,) = (tmp_path / "one").iterdir()
    assert b"hold" in tables(one)["events.csv"] and b"resume" in tables(one)["events.csv"]
    killed, saved = 0, ["--jobs", "2", "--checkpoint-every", "10 steps", "--out", "two"]
    running = command(tmp_path, "run", "study.yaml", *saved)
    while running.poll() is None:
        time.sleep(8.0 + 3.0 * killed)
        if running.poll() is None and killed < 6:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            killed += 1
            left = list((tmp_path / "two").glob(f"*{UNFINISHED}"))
            again = ["resume", str(left[0])] if left else ["run", "study.yaml", *saved]
            running = command(tmp_path, *again)
    assert killed and running.returncode == 0
    (two,) = (path for path in (tmp_path / "two").iterdir() if UNFINISHED not in path.name)
    assert tables(one) == tables(two)
