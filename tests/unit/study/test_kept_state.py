"""States that are no animals are refused."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.study.test_source_animal import PLACE, header
from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import load_checkpoint, save_checkpoint
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.engraft import founding_tumors, on_study, revived
from xenosim.study.follow import run_animal
from xenosim.study.growth import _is_growth
from xenosim.study.job import Job
from xenosim.study.kept_state import are_volumes, check_record
from xenosim.study.record import Recorder
from xenosim.study.source_animal import source_of
from xenosim.testing import small_scenario
from xenosim.tumor.growth import Growth


@pytest.fixture(scope="module")
def job() -> Job:
    """An animal of two arms, grown in no time."""
    scenario = small_scenario()
    growth = Growth(30.0, 0.0, 200.0, None, 3.0, 1.25)  # type: ignore[arg-type]
    return Job(scenario, growth, scenario.arms[0].name, 1, 0, 1)


@pytest.fixture(scope="module")
def kept(job: Job, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Its state and record, as a checkpoint has them."""
    animal = on_study(job, founding_tumors(job))
    animal.begin_study()
    animal.advance_to(30)
    recorder = Recorder(job, animal)
    recorder.measure(1.0)
    path = tmp_path_factory.mktemp("kept") / "a.ckpt"
    save_checkpoint(path, {}, recorder.state()[2])
    return load_checkpoint(path)[1]


def changed(tree: Any, where: str, value: Any) -> Any:
    """A copy of ``tree`` with another value at a place, such as "tumors.0.scalars.n"; a function is
    applied to what is there.
    """
    tree = copy.deepcopy(tree)
    part, *path = tree, *where.split(".")
    for name in path[:-1]:
        part = part[int(name) if isinstance(part, list) else name]
    last: Any = int(path[-1]) if isinstance(part, list) else path[-1]
    part[last] = value(part[last]) if callable(value) else value
    return tree


def put(value: Any) -> Callable[[Any], Any]:
    """An array with ``value`` in its first place."""

    def act(array: Any) -> Any:
        array.flat[0] = value
        return array

    return act


CELLS, SPACE = "tumors.0.cells", "tumors.0.space"
WRONG: list[tuple[str, Any]] = [
    ("tumors", []),
    ("tumors", 3),
    ("tumors.0", {}),
    ("tumors.0.scalars", {}),
    ("tumors.0.scalars.n", "2"),
    ("tumors.0.scalars.n", 1),
    ("tumors.0.scalars.seed", -1),
    ("tumors.0.scalars.step_number", 2**40),
    ("tumors.0.scalars.exposed", True),
    (f"{CELLS}.clock", "text"),
    (f"{CELLS}.clock", put(np.nan)),
    (f"{CELLS}.cycle_h", put(np.inf)),
    (f"{CELLS}.state", put(4)),
    (f"{CELLS}.state", lambda array: array.astype(float)),
    (f"{CELLS}.site", put(0)),
    (f"{CELLS}.site", put(-1)),
    (f"{CELLS}.site", put(2**31 - 1)),
    (f"{CELLS}.site", lambda array: array[::-1]),
    (f"{SPACE}.half", -1),
    (f"{SPACE}.half", 10**9),
    (f"{SPACE}.half", 1),
    (f"{SPACE}.center", [1, 1, 10**6]),
    (f"{SPACE}.center", [0.5, 1, 1]),
    (f"{SPACE}.lattice.row.start", [-1, 0, 0]),
    (f"{SPACE}.lattice.row.block", lambda array: array + 1),
    (f"{SPACE}.lattice.row.block", put(-3)),
    (f"{SPACE}.lattice.row.block", lambda array: array[1:]),
    (f"{SPACE}.lattice.bounds.block", put(10**9)),
    (f"{SPACE}.lattice.bounds.block", put(-1)),
    (f"{SPACE}.oxygen", {}),
    (f"{SPACE}.oxygen", {"pressure": np.full((1, 1, 1), np.nan), "corner": np.zeros(3, int)}),
    (f"{SPACE}.oxygen", {"pressure": np.ones((1, 1, 1)), "corner": np.zeros(2, int)}),
    ("tumors.0.arrays._classes", np.full(3, 127, np.uint8)),
    ("tumors.0.arrays._classes", np.zeros((2, 2), np.uint8)),
    ("day_0", 1.5),
    ("inhibition", np.zeros((3, 1))),
    ("inhibition", np.full((1, 1), np.nan)),
    ("occupancy", {"tumor": 3}),
    ("weight", {"start_g": "heavy"}),
    ("blood", "red"),
]


def test_f14_a_state_as_it_is_kept_passes(job: Job, kept: Any) -> None:
    animal = revived(job, kept)
    recorder = Recorder(job, animal)
    check_record(kept)
    recorder.set_state(kept)
    assert animal.n_agents == kept["tumors"][0]["scalars"]["n"] and len(recorder.truth) == 1
    animal.advance()


@pytest.mark.parametrize(("where", "value"), WRONG)
def test_f14_a_state_that_is_no_animal_is_one_error(
    job: Job, kept: Any, where: str, value: Any
) -> None:
    with pytest.raises(CheckpointError, match="does not hold an animal") as found:
        revived(job, changed(kept, where, value))
    assert found.value.where == job.key


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("noise", {}),
        ("noise", 3),
        ("noise.state.state", "x"),
        ("truth", 3),
        ("truth.0", {}),
        ("truth.0.measured_mm3", "12"),
        ("truth.0.status", 3),
        ("cells.0", None),
        ("lesions.0.born", "all"),
        ("snapshot", 3),
        ("notes", [4]),
    ],
)
def test_f14_a_record_that_is_none_is_one_error(
    job: Job, kept: Any, where: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = changed(kept, where, value)
    monkeypatch.setattr(CheckpointStore, "latest", lambda self, key: wrong)
    monkeypatch.setattr(CheckpointStore, "outcome", lambda self, key: None)
    with pytest.raises(CheckpointError, match="does not hold an animal"):
        run_animal((job,), CheckpointStore())


def test_f14_an_outcome_that_is_none_is_one_error(
    job: Job, kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("truth", "cells", "lesions", "snapshot", "notes")
    whole = {name: kept[name] for name in names} | {"end_mm3": None}
    for wrong in (whole | {"more": 1}, whole | {"truth": [{}]}, {}, 3):
        monkeypatch.setattr(CheckpointStore, "outcome", lambda self, key, wrong=wrong: wrong)
        with pytest.raises(CheckpointError, match="does not hold an animal"):
            run_animal((job,), CheckpointStore())
    monkeypatch.setattr(CheckpointStore, "outcome", lambda self, key: whole)
    assert run_animal((job,), CheckpointStore())[0].truth == kept["truth"]


@pytest.mark.parametrize("known", [3, {}, [], ["1"], [1.0, None], [float("nan")]])
def test_f14_a_curve_that_is_none_is_grown_again(known: Any) -> None:
    assert not are_volumes(known)
    assert not _is_growth(known)


@pytest.mark.parametrize(
    "entries",
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
def test_f14_a_header_of_no_animal_is_one_error(entries: dict[str, Any]) -> None:
    scenario = small_scenario()
    with pytest.raises(CheckpointError, match="does not hold an animal"):
        source_of(header(scenario, **entries), PLACE, scenario)


@pytest.mark.parametrize(
    "tree", [{"__array__": 7}, {"__array__": "x"}, {"__array__": None}, [{"__array__": 1}]]
)
def test_f14_an_array_that_is_not_there_is_one_error(tmp_path: Path, tree: Any) -> None:
    save: Callable[..., None] = save_checkpoint
    save(tmp_path / "a.ckpt", {"kind": "animal"}, tree)
    with pytest.raises(CheckpointError, match="arrays that it does not hold"):
        load_checkpoint(tmp_path / "a.ckpt")
