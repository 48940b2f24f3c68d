"""A YAML document that knows its lines."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import RegimenError, ScenarioError
from xenosim.scenario.document import read_document
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import starter_text


def test_places_excerpts_and_overrides(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text("a: 1\nb:\n  c: [x, y]\n")
    document = read_document(path, {"b.d": "2"})
    assert document.data == {"a": "1", "b": {"c": ["x", "y"], "d": "2"}}
    assert document.where(("b", "c")) == f"{path}:3:6"
    assert document.where(("b", "c", "far")) == f"{path}:3:6"
    assert document.where(("b", "d")) == "--set b.d=2"
    below = read_document(path, {"e.f.g": "1"})
    assert below.where(("e", "f")) == below.where(("e",)) == "--set e.f.g=1"
    excerpt = document.excerpt(("a",))
    assert excerpt is not None and excerpt.splitlines()[1].index("^") == 11
    assert document.excerpt(("b", "d")) is None


def test_a_key_can_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text("a: 1\nb: {c: 2, d: 3}\n")
    assert read_document(path, {"b.c": "null", "a": "null"}).data == {"b": {"d": "3"}}
    with pytest.raises(ScenarioError, match="no 'b.e' to be left out"):
        read_document(path, {"b.e": "null"})


def test_a_place_of_its_own_stays(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text("a: 1\n")
    document = read_document(path)
    there = document.placed(("a",), RegimenError("x", where="table.csv:3", remedy="y"))
    assert isinstance(there, RegimenError) and there.where == "table.csv:3" and there.excerpt
    assert document.placed(("a",), RegimenError("x")).where == f"{path}:1:4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [*x]\n", "alias holds itself"),
        ("a: \x00", "not valid YAML"),
        ("a: [", "not valid YAML"),
        ("- a\n", "mapping of keys"),
        ("", "mapping of keys"),
        ("a: 1\na: 2\n", "given twice"),
    ],
)
def test_what_is_no_document(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=message) as caught:
        read_document(path)
    assert caught.value.where and caught.value.remedy


def test_f7_aliases_of_aliases_are_bounded() -> None:
    bomb = Path(__file__).parents[2] / "data" / "faults" / "alias_bomb.yaml"
    start = time.perf_counter()
    with pytest.raises(ScenarioError, match="more than 100000 values") as caught:
        read_document(bomb)
    assert "\n" not in caught.value.message and time.perf_counter() - start < 5.0


def test_f7_large_files_and_pipes_are_refused(tmp_path: Path) -> None:
    large, pipe = tmp_path / "large.yaml", tmp_path / "pipe.yaml"
    large.write_text("a: 1\n" + "# x\n" * 300_000)
    with pytest.raises(ScenarioError, match="the file has 1 MB"):
        read_document(large)
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(ScenarioError, match="no regular file"):
            read_document(path)


def test_n11_overrides_of_python_may_be_numbers_arrays_and_sections(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text())
    given = {
        "seed": np.int64(7),
        "measure": {"days": np.array([0.0, 7.0, 14.5, 21.0]), "error": np.float64(0.1)},
        "animals": {"per_arm": 3.0, "between_animal_cv": {"growth": 0.2}},
    }
    found = load_scenario(str(path), given)
    assert found.seed == 7 and found.measure.days == (0.0, 7.0, 14.5, 21.0)
    assert found.measure.caliper_error_sd == 0.1 and found.animals.per_arm == 3
    assert found.animals.cv_growth == 0.2
    with pytest.raises(ScenarioError, match="'seed' is None"):
        load_scenario(path, {"seed": None})
