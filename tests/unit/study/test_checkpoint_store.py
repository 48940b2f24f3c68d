"""What is kept of a running study: the last sound checkpoints, outcomes, plain data."""

import os
import resource
from pathlib import Path

import numpy as np
import pytest

from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore, CheckpointTimer


def test_without_a_folder_nothing_is_kept() -> None:
    NOT_SAVED.remember("growth", {"a": 1})
    NOT_SAVED.finish("k", {})
    assert NOT_SAVED.recall("growth") is None and NOT_SAVED.outcome("k") is None
    assert NOT_SAVED.latest("k") is None


def test_outcomes_replace_the_checkpoints_of_their_animal(tmp_path: Path) -> None:
    for keep_last in (False, True):
        store = CheckpointStore(str(tmp_path), keep_last=keep_last)
        store.make_folders()
        store.save("k", 5, {"step": 5}, {"step": 5})
        store.finish("k", {"truth": [1]})
        assert store.outcome("k") == {"truth": [1]}
        assert bool(store.rolling("k")) == keep_last


def test_a_full_disk_leaves_the_last_good_checkpoint(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = CheckpointStore(str(tmp_path))
    store.make_folders()
    notes: list[str] = []
    timer = CheckpointTimer(store, "r0_a1_arm0", notes)
    timer.save(lambda: (1, {"step": 1}, {"x": np.zeros(1000)}))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        for step in (2, 3):
            timer.save(lambda step=step: (step, {"step": step}, {"x": np.zeros(100_000)}))  # type: ignore[misc]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (
        len(notes) == 1
        and "could not be written" in notes[0]
        and "could not be written" in caplog.text
    )
    assert store.latest("r0_a1_arm0")["x"].size == 1000
    assert [p.name for p in (tmp_path / "rolling").iterdir()] == ["r0_a1_arm0.00000001.ckpt"]
    timer.save(lambda: (4, {"step": 4}, {"x": np.zeros(100_000)}))
    assert store.latest("r0_a1_arm0")["x"].size == 100_000


def test_the_last_two_are_kept_and_the_newest_sound_one_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = CheckpointStore(str(tmp_path), stamp=(("engine", "e1"),))
    store.make_folders()
    for step in (5, 10, 20, 100):
        assert store.save("k", step, {"step": step}, {"step": step}) == ""
    assert [p.name for p in store.rolling("k")] == ["k.00000100.ckpt", "k.00000020.ckpt"]
    assert (
        store.latest("k")["step"] == 100
        and store.latest("k", last_step=99)["step"] == 20
        and store.latest("other") is None
    )
    newest, before = store.rolling("k")
    newest.write_bytes(newest.read_bytes()[:-1])
    assert store.latest("k")["step"] == 20 and "damaged" in caplog.text
    before.write_bytes(b"foreign")
    assert store.latest("k") is None
    store._replace(stamp=(("engine", "e2"),)).save("k", 200, {"step": 200}, {"step": 200})
    assert store.latest("k") is None and "another run" in caplog.text


def test_steps_decide_when_an_animal_is_saved(tmp_path: Path) -> None:
    store = CheckpointStore(str(tmp_path), every_steps=3)
    store.make_folders()
    timer = CheckpointTimer(store, "k", [])
    for step in range(1, 11):
        timer.tick(lambda step=step: (step, {"step": step}, {}))  # type: ignore[misc]
    assert [p.name for p in store.rolling("k")] == ["k.00000009.ckpt", "k.00000006.ckpt"]
    assert not os.listdir(tmp_path / "outcomes")
