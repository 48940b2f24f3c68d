"""A study on a real Dask scheduler with two worker processes, and what can be wrong with one."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.study_on_disk import tiny
from tests.unit.inference.test_evaluate import FAST
from xenosim.cli.cluster import Place, workers_of
from xenosim.errors import RunError
from xenosim.execution.processes import Workers
from xenosim.execution.scheduler import scheduler
from xenosim.inference.evaluate import Asked, Curves, Evaluations
from xenosim.study.run import run_study
from xenosim.testing import small_scenario

distributed = pytest.importorskip("distributed", reason="extra 'cluster' is not installed")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def test_a_study_there_is_that_of_this_process(cluster: Any, tmp_path: Path) -> None:
    scenario = tiny(tmp_path, engine="twin", population="0")
    own = run_study(scenario, jobs=1, paired=True)
    with scheduler(f"dask:{cluster.scheduler_address}") as workers:
        assert workers.count == 2
        there = run_study(scenario, paired=True, workers=workers)
    assert set(own.tables) == set(there.tables)
    for name, table in own.tables.items():
        assert table.equals(there.tables[name]), name


def test_points_of_a_search_there_are_those_of_this_process(cluster: Any, tmp_path: Path) -> None:
    scenario = small_scenario(overrides=FAST)
    asked = [Asked(scenario, name, 2) for name in ("vehicle", "BIW")]
    own = Evaluations(tmp_path / "own")
    here = own.curves(asked, Workers(1, 1))
    with workers_of(Place(scheduler=f"dask:{cluster.scheduler_address}")) as workers:
        assert workers is not None
        there = Evaluations(tmp_path / "there").curves(asked, workers)
    assert len(here) == 2
    for one, other in zip(here, there, strict=True):
        assert isinstance(one, Curves) and isinstance(other, Curves)
        assert np.array_equal(one.volumes, other.volumes)
        assert np.array_equal(one.losses, other.losses)


def slow(task: int) -> int:
    time.sleep(0.5)
    return task


def test_tasks_of_a_worker_that_dies_are_done_by_others(cluster: Any) -> None:
    with scheduler(f"dask:{cluster.scheduler_address}") as workers:
        victim = next(iter(cluster.workers.values())).pid
        killed: list[int] = []

        def kill(done: float, total: float) -> None:
            if not killed:
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        assert workers.map(slow, list(range(8)), kill) == list(range(8))
    assert killed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slurm:x", "names no scheduler"),
        ("dask:", "names no scheduler"),
        ("dask:missing.json", "no file"),
        ("dask:tcp://127.0.0.1:9", "no Dask scheduler answers"),
        ("dask:nonsense://127.0.0.1:9", "no Dask scheduler answers"),
    ],
)
def test_what_names_no_scheduler_is_said(
    text: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenosim.execution.scheduler.ANSWER_S", 0.5)
    with pytest.raises(RunError, match=message), scheduler(text):
        pass


def test_workers_with_several_threads_are_refused() -> None:
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    ) as found:
        with (
            pytest.raises(RunError, match="several tasks in one process"),
            scheduler(f"dask:{found.scheduler_address}"),
        ):
            pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with (
        pytest.raises(RunError, match="not installed") as caught,
        scheduler("dask:tcp://h:8786"),
    ):
        pass
    assert "distributed" in str(caught.value.remedy)
