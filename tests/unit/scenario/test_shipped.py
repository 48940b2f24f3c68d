"""Scenarios that come along are listed and copied whole."""

import re
from pathlib import Path

import pytest

from tests.command import call
from xenosim.errors import RunError
from xenosim.scenario.load import load_scenario
from xenosim.scenario.shipped import FOLDER, copy_shipped, opening, shipped

ROOT = Path(__file__).parents[3]


def test_they_are_those_of_the_project() -> None:
    assert FOLDER.resolve() == (ROOT / "scenarios").resolve()
    assert [one.name for one in shipped()] == sorted(
        path.name for path in (ROOT / "scenarios").glob("*.yaml")
    )
    assert all(one.title for one in shipped())


def test_copies_run_from_anywhere(tmp_path: Path) -> None:
    paths = copy_shipped(tmp_path / "mine")
    assert not (tmp_path / "mine" / "figures").exists()
    for path in paths:
        assert load_scenario(path, {}).title == load_scenario(FOLDER / path.name, {}).title
    with pytest.raises(RunError, match="there already"):
        copy_shipped(tmp_path / "mine")
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        copy_shipped(tmp_path / "file" / "mine")


def test_the_verb_lists_and_copies(tmp_path: Path) -> None:
    assert "escc_q2d.yaml" in call("scenarios", cwd=tmp_path).stdout
    done = call("scenarios", "--copy", "mine", cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "mine" / "escc_q2d.yaml").is_file()


def test_every_scenario_begins_with_what_was_published_and_asks_a_question() -> None:
    for one in shipped():
        said, _, unsaid = one.published.partition(" Not published")
        assert said and unsaid, one.name
        assert one.question.endswith("?"), one.name
        # A citation has a year, and nothing needs none.
        assert re.search(r"\b(19|20)\d\d\b|^nothing", said) or "secondary source" in said, one.name


def test_a_file_that_begins_otherwise_has_no_opening(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("title: x\n# Published: y\n# Question: z?\n", encoding="utf-8")
    assert opening(path) == ("", "")
    path.write_text("# Published: y\n# Question: z?\ntitle: x\n", encoding="utf-8")
    assert opening(path) == ("z?", "y")


def test_the_verb_shows_question_and_line(tmp_path: Path) -> None:
    printed = " ".join(call("scenarios", cwd=tmp_path).stdout.split())
    for one in shipped():
        assert one.question in printed and one.published in printed
