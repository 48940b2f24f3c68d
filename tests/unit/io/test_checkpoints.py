"""Checkpoint files: what is read is what was written, or an error that says what is wrong."""

import os
import resource
import struct
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import FORMAT, MAGIC, load_checkpoint, read_header, save_checkpoint
from xenosim.study.checkpoint_store import CheckpointStore, CheckpointTimer

TREE = {
    "cells": {
        "uid": np.arange(50, dtype=np.uint64) << np.uint64(50),
        "load": np.linspace(0, 1, 50, dtype=np.float32),
    },
    "lattice": np.arange(4 * 5 * 6, dtype=np.int32).reshape(4, 5, 6)[1:3, ::2, 1:],
    "empty": np.zeros((0, 3), np.float64),
    "scalar": np.array(2.5),
    "numbers": [1, 0.1, True, None, "text", 2**127, {"deep": np.array([True, False])}],
    "nan": float("nan"),
}


def same(a: object, b: object) -> bool:
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return (type(a) is type(b) and a == b) or (a != a and b != b)


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.ckpt", {"day": 1.5}, TREE)
    header, tree = load_checkpoint(tmp_path / "a.ckpt")
    assert header == read_header(tmp_path / "a.ckpt") == {"day": 1.5} and same(TREE, tree)
    assert [p.name for p in tmp_path.iterdir()] == ["a.ckpt"]


def test_pieces_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_checkpoint(tmp_path / "a.ckpt", {}, TREE)
    monkeypatch.setattr("xenosim.io.checkpoints.CHUNK", 17)
    save_checkpoint(tmp_path / "b.ckpt", {}, TREE)
    assert (tmp_path / "a.ckpt").read_bytes() == (tmp_path / "b.ckpt").read_bytes() and same(
        load_checkpoint(tmp_path / "b.ckpt")[1], TREE
    )


def test_every_flipped_bit_and_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    save_checkpoint(path, {"day": 1.5}, TREE)
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        path.write_bytes(
            whole[:position] + bytes([whole[position] ^ 1 << position % 8]) + whole[position + 1 :]
        )
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
        path.write_bytes(whole[:position])
        with pytest.raises(CheckpointError):
            load_checkpoint(path)
    path.write_bytes(whole + b"more")
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path)


def test_foreign_and_newer_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.ckpt"
    for content, message in (
        (b"", "not a checkpoint"),
        (b"day,volume\n" * 100, "not a checkpoint"),
        (struct.pack("<8sIQ32s", MAGIC, FORMAT + 1, 4, b""), f"format {FORMAT + 1}"),
        (struct.pack("<8sIQ32s", MAGIC, FORMAT, 2**60, b""), "shorter than its header"),
    ):
        path.write_bytes(content)
        for read in (read_header, load_checkpoint):
            with pytest.raises(CheckpointError, match=message) as error:
                read(path)
            assert error.value.where == str(path) and error.value.remedy
    for missing in (tmp_path, tmp_path / "none.ckpt"):
        with pytest.raises(CheckpointError, match="cannot read"):
            load_checkpoint(missing)


def test_objects_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save_checkpoint(tmp_path / "a.ckpt", {}, {"x": np.array([{}])})
    assert not list(tmp_path.iterdir())


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
