"""Checkpoint files: what is read is what was written, or an error that says what is wrong."""

import struct
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import FORMAT, MAGIC, load_checkpoint, read_header, save_checkpoint

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
