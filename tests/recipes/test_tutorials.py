"""Tutorials are listed and copied, their commands exist, and they print what they show."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import pytest

from tests.command import call
from xenosim.cli.tutorial import FOLDER, copy_tutorial, tutorials
from xenosim.errors import RunError

ROOT = Path(__file__).parents[2]
NAMES = [one.name for one in tutorials()]


def test_there_is_one_for_every_kind_of_user() -> None:
    titles = " ".join(one.title for one in tutorials())
    users = ("pharmacologist", "laboratory", "statistician", "modeler", "computational oncologist")
    assert all(user in titles for user in users)


def test_a_copy_has_its_data_and_is_not_made_twice(tmp_path: Path) -> None:
    done = call("tutorial", "real_mice", "--out", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "real_mice" / "lab.csv").is_file()
    with pytest.raises(RunError, match="there already"):
        copy_tutorial("real_mice", tmp_path)
    with pytest.raises(RunError, match="did you mean 'real_mice'"):
        copy_tutorial("real_mise", tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="cannot write"):
        copy_tutorial("first_study", tmp_path / "file")
    assert "first_study" in call("tutorial", cwd=tmp_path).stdout


@pytest.mark.parametrize("name", NAMES)
def test_commands_are_verbs_with_files_that_lie_beside(name: str) -> None:
    text = (FOLDER / name / "tutorial.md").read_text(encoding="utf-8")
    lines = [
        line for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
    ]  # fmt: skip
    assert lines
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "xenosim"
        assert call(words[1], "--help", cwd=FOLDER).returncode == 0, line
        for file in (word for word in words if word.endswith((".yaml", ".csv"))):
            assert (FOLDER / name / file).is_file(), line


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_it_shows_is_what_its_blocks_print(name: str) -> None:
    """Every command and program of it is run, in a folder of its own."""
    executed = runpy.run_path(str(ROOT / "docs" / "tutorials.py"))["executed"]
    assert executed(name) == (FOLDER / name / "tutorial.md").read_text(encoding="utf-8")
