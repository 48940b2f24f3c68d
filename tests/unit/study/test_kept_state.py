"""States that are no animals are refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.study.test_source_animal import PLACE, header
from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import load_checkpoint, save_checkpoint
from xenosim.study.engraft import revived
from xenosim.study.kept_state import check_tumors
from xenosim.study.source_animal import source_of
from xenosim.testing import small_scenario


def tumor(**changed: Any) -> dict[str, Any]:
    lattice = {"row": {"block": np.array([[[0, 1, -1]]], np.int32)}}
    whole = {
        "scalars": {"n": 2, "seed": 1, "exposed": True},
        "cells": {"load": np.ones(2, np.float32)},
        "space": {"half": 4, "center": [4, 4, 4], "lattice": lattice},
    }
    return whole | changed


WRONG: list[Any] = [
    None,
    [],
    {},
    {"tumors": []},
    {"tumors": 3},
    {"tumors": [tumor(scalars={})]},
    {"tumors": [tumor(scalars={"n": "2"})]},
    {"tumors": [tumor(scalars={"n": 1})]},
    {"tumors": [tumor(cells={"load": "text"})]},
    {"tumors": [tumor(space={"half": -1, "center": [1, 1, 1]})]},
    {"tumors": [tumor(space={"half": 10**9, "center": [1, 1, 1]})]},
]


def test_f14_a_state_as_it_is_kept_passes() -> None:
    check_tumors({"tumors": [tumor()]})
    row = {"row": {"block": np.array([[[0, 2]]], np.int32)}}
    with pytest.raises(ValueError, match="a row that is not there"):
        check_tumors({"tumors": [tumor(space=tumor()["space"] | {"lattice": row})]})


@pytest.mark.parametrize("state", WRONG)
def test_f14_a_state_that_is_no_animal_is_one_error(state: Any) -> None:
    from types import SimpleNamespace

    job: Any = SimpleNamespace(source=SimpleNamespace(path="x.ckpt"))
    with pytest.raises(CheckpointError, match="does not hold an animal") as found:
        revived(job, state)
    assert found.value.where == "x.ckpt"


@pytest.mark.parametrize(
    "changed",
    [
        {"growth": 3},
        {"growth": {"a": 1}},
        {"variation": None},
        {"variation": {}},
        {"made_of": 5},
        {"doses": [{"a": 1}]},
        {"doses": 4},
        {"day": "today"},
    ],
)
def test_f14_a_header_of_no_animal_is_one_error(changed: dict[str, Any]) -> None:
    scenario = small_scenario()
    with pytest.raises(CheckpointError, match="does not hold an animal"):
        source_of(header(scenario, **changed), PLACE, scenario)


@pytest.mark.parametrize(
    "tree", [{"__array__": 7}, {"__array__": "x"}, {"__array__": None}, [{"__array__": 1}]]
)
def test_f14_an_array_that_is_not_there_is_one_error(tmp_path: Path, tree: Any) -> None:
    save: Callable[..., None] = save_checkpoint
    save(tmp_path / "a.ckpt", {"kind": "animal"}, tree)
    with pytest.raises(CheckpointError, match="arrays that it does not hold"):
        load_checkpoint(tmp_path / "a.ckpt")
