"""A tumor as voxels for a browser: what is there, its colors, the same scale on all days."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xenosim.app import voxels
from xenosim.app.voxels import SHADES, packed, read_voxels
from xenosim.errors import RunError
from xenosim.io.export import write_volumes
from xenosim.io.volumes import GAP, Volumes

SIZE = 9


def ball(radius: float = 4.0) -> np.ndarray:
    z, y, x = np.indices((SIZE,) * 3) - SIZE // 2
    return (z**2 + y**2 + x**2 <= radius**2).astype("uint8")


def exported(path: Path, state: np.ndarray, top: float = 1.0) -> Path:
    load = np.where(state > 0, np.linspace(0, top, state.size).reshape(state.shape), np.nan)
    values = {"state": state, "load": load.astype("float32")}
    labels = {"state": {1: "proliferating", GAP: "gap"}}
    volumes = Volumes(
        state.shape,
        100.0,
        (0.0, 0.0, 0.0),
        ("state", "load"),
        lambda name, region: values[name][region],
        labels,
        {},
    )
    return write_volumes(volumes, path, "npz")


def opened(content: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """What the browser makes of it."""
    head, _, body = content.partition(b"\n")
    about = json.loads(head)
    return about, np.frombuffer(body, np.uint8).reshape(about["shape"])


def test_labels_are_their_colors_and_gaps_are_nothing(tmp_path: Path) -> None:
    state = ball()
    state[4, 4, 4] = GAP
    about, codes = opened(packed((exported(tmp_path / "a.npz", state),), "state", 0))
    assert about["key"] == [["proliferating", "#0072b2"]] and about["spacing_mm"] == 0.1
    assert (codes == 1).sum() == ball().sum() - 1 == (codes > 0).sum() and codes[4, 4, 4] == 0
    assert about["fields"] == ["state", "load"]


def test_numbers_have_one_scale_on_all_days(tmp_path: Path) -> None:
    paths = exported(tmp_path / "a.npz", ball(2.0), 1.0), exported(tmp_path / "b.npz", ball(), 4.0)
    (first, low), (second, high) = (opened(packed(paths, "load", k)) for k in (0, 1))
    assert first["palette"] == second["palette"] and len(set(first["palette"])) > SHADES / 2
    assert first["radius_mm"] == second["radius_mm"] == pytest.approx(0.057 * SIZE)
    assert ((low > 0) == ball(2.0)).all() and ((high > 0) == ball()).all()
    # The same place has a quarter of the value on the first day.
    assert 0.2 < (int(low[5, 4, 4]) - 1) / (int(high[5, 4, 4]) - 1) < 0.3


def test_large_tumors_are_made_coarse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exported(tmp_path / "a.npz", ball())
    monkeypatch.setattr(voxels, "EDGE", 5)
    coarse = read_voxels(path, "state")
    assert coarse.values.shape == (5, 5, 5) and coarse.spacing_mm == pytest.approx(0.2)
    monkeypatch.setattr(voxels, "LARGEST", 10)
    with pytest.raises(RunError, match="too large"):
        read_voxels(path, "state")


def test_what_cannot_be_read_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04nothing")
    good = exported(tmp_path / "a.npz", ball())
    for path, field in (
        (tmp_path / "bad.npz", "state"),
        (tmp_path / "no.npz", "state"),
        (good, "stress"),
    ):
        with pytest.raises(RunError, match="cannot be read"):
            read_voxels(path, field)
