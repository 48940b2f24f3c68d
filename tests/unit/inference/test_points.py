"""Points on disk: what was written whole is kept, and belongs to its settings."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import RunError
from xenosim.execution.processes import Workers
from xenosim.inference.points import FILE, Point, Store, draw_at, simulate_point
from xenosim.parameters.priors import priors

P, SETTINGS = len(priors()), {"seed": 1, "stages": ["blood"]}


def some(n: int) -> list[Point]:
    shares = np.random.default_rng(1).random((n, P)).round(6)
    return [Point(1, k, tuple(at)) for k, at in enumerate(shares.tolist())]


def found(folder: Path, points: list[Point], told: list[tuple[int, int]] | None = None):
    with Workers(1, 1) as workers:
        return Store(folder, SETTINGS).outputs(
            points,
            partial(simulate_point, ("blood",), "scenarios"),
            workers,
            (lambda done, of, left: told.append((done, of))) if told is not None else None,
        )


def test_points_are_simulated_once(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    first = found(tmp_path, some(6), told)
    assert first.shape == (6, 2) and told == [(4, 6), (6, 6)]
    told.clear()
    assert np.array_equal(found(tmp_path, some(6), told), first) and told == []


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_line_that_was_cut_off_is_simulated_again(tmp_path: Path, cut: int) -> None:
    first = found(tmp_path, some(6))
    path = tmp_path / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    assert np.array_equal(found(tmp_path, some(6)), first)
    assert sorted(path.read_bytes().splitlines()) == sorted(whole.splitlines())


def test_a_changed_number_is_no_point(tmp_path: Path) -> None:
    first = found(tmp_path, some(3))
    path = tmp_path / FILE
    lines = path.read_text().splitlines()
    row = json.loads(lines[1].rpartition(" ")[0])
    row["out"][0] += 1.0
    lines[1] = json.dumps(row) + " " + lines[1].rpartition(" ")[2]
    path.write_text("\n".join(lines) + "\n")
    assert np.array_equal(found(tmp_path, some(3)), first)


def test_another_calibration_is_refused(tmp_path: Path) -> None:
    found(tmp_path, some(2))
    with pytest.raises(RunError, match="another seed"):
        Store(tmp_path, SETTINGS | {"seed": 2})


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be used"):
        Store(tmp_path / "file", SETTINGS)


def test_a_place_in_the_cube_is_a_draw() -> None:
    draw = draw_at(np.full(P, 0.5))
    assert list(draw) == [(prior.set, prior.name) for prior in priors()]
    assert all(prior.low <= draw[prior.set, prior.name] <= prior.high for prior in priors())
