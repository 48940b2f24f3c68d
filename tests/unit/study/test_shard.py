"""Shards of a study, in any order, are put together to the study."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import call
from tests.study_on_disk import TEXT, tables, tiny
from xenosim.errors import RunError
from xenosim.execution.processes import Workers
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.shard import OwnFirst, Shard, missing, note_done
from xenosim.study.unfinished_run import Plan, UnfinishedRun

TWIN = ("--set", "engine=twin", "--population", "0", "--jobs", "1")


def test_every_task_is_in_one_shard_however_many_there_are() -> None:
    for parts in (1, 3, 20):
        shares = [Shard(part, parts).own(range(7)) for part in range(1, parts + 1)]
        assert sorted(sum(shares, [])) == list(range(7))


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "a/b", "1/0", "1/1000000", "-1/2"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(RunError, match="is not a shard"):
        Shard.parse(text)


def test_own_tasks_come_first_and_results_keep_their_order() -> None:
    begun: list[int] = []

    def note(task: int) -> int:
        begun.append(task)
        return task

    with Workers(1, 1) as workers:
        assert OwnFirst(workers, Shard(2, 3)).map(note, range(6)) == list(range(6))
    assert begun == [1, 4, 2, 5, 0, 3]


def test_shards_that_have_not_ended_are_named(tmp_path: Path) -> None:
    store = CheckpointStore(str(tmp_path))
    store.make_folders()
    with pytest.raises(RunError, match="no shard"):
        missing(store)
    note_done(store, Shard(2, 3), 4)
    assert missing(store) == [Shard(1, 3), Shard(3, 3)]
    note_done(store, Shard(1, 1), 12)
    assert missing(store) == []


def test_merged_shards_are_the_study_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(TEXT)
    whole = call("run", "s.yaml", "--out", "whole", *TWIN, cwd=tmp_path)
    assert whole.returncode == 0
    printed = call("run", "s.yaml", "--out", "d", *TWIN, "--print-jobs", "2", cwd=tmp_path)
    *jobs, merge = (line.split()[1:] for line in printed.stdout.splitlines())
    assert len(jobs) == 2
    last = call(*jobs[1], cwd=tmp_path)
    assert last.returncode == 0 and "1 of 3 animals" in last.stdout
    early = call(*merge, cwd=tmp_path)
    assert early.returncode == 2 and "not ended: 1/2" in early.stderr
    assert call(*jobs[0], cwd=tmp_path).returncode == 0
    merged = call(*merge, cwd=tmp_path)
    assert merged.returncode == 0
    (first,), (second,) = (list((tmp_path / name).iterdir()) for name in ("whole", "d"))
    assert tables(first) == tables(second)
    again = call(*merge, cwd=tmp_path)
    assert again.returncode == 0 and "finished" in again.stdout


def test_a_run_whose_shard_is_at_work_is_not_resumed(tmp_path: Path) -> None:
    scenario = tiny(tmp_path, engine="twin")
    with UnfinishedRun.join(tmp_path, scenario, Plan(), Shard(1, 2)) as work:
        with pytest.raises(RunError, match="another process"):
            UnfinishedRun.open(work.path)
        with pytest.raises(RunError, match="another process"):
            UnfinishedRun.join(tmp_path, scenario, Plan(), Shard(1, 2))
        with UnfinishedRun.join(tmp_path, scenario, Plan(), Shard(2, 2)) as other:
            assert other.path == work.path and other.is_shared
    with UnfinishedRun.open(work.path) as alone:
        assert not alone.is_shared


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--shard", "1/2", "--print-jobs", "2"), "cannot go together"),
        (("--shard", "1/2", "--scheduler", "dask:x"), "cannot go together"),
        (("--shard", "1/2", "--from", "x.ckpt"), "no shares"),
        (("--print-jobs", "1000000"), "is not a shard"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    options: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "s.yaml").write_text(TEXT)
    found = call("run", "s.yaml", *options, cwd=tmp_path)
    assert found.returncode == 2 and message in found.stderr
    assert not (tmp_path / "runs").exists()
