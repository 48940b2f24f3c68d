"""The gallery shows every scenario under its question, with what the program prints."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.command import call
from tests.conftest import SCENARIOS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "gallery.md"
#: By how much pixels of a picture may differ on average, of 255.
CLOSE = 2.0
#: A section whose study takes seconds.
CHEAP = "full_size"


@pytest.fixture()
def maker(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What docs/gallery.py has."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    return runpy.run_path(str(ROOT / "docs" / "gallery.py"))


def shown(maker: dict[str, Any]) -> dict[str, str]:
    """The sections of the page by name."""
    found = maker["sections"](PAGE.read_text(encoding="utf-8"))
    return {maker["name_of"](section): section for section in found[1:]}


def test_the_gallery_shows_every_scenario_under_its_own_words(maker: dict[str, Any]) -> None:
    page = shown(maker)
    assert set(page) == {path.stem for path in SCENARIOS} | {"my_drug"}
    for name, section in page.items():
        assert maker["headed"](section) == section, "run python docs/gallery.py --heads"
        for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
            for word in shlex.split(block):
                assert not word.endswith(".yaml") or (ROOT / word).is_file(), word
        assert re.search(r"```text \d+\n\S", section), f"{name}: nothing is printed"
        assert "\nnan" not in section and " nan" not in section


def test_pictures_are_there_and_small(maker: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"\(figures/gallery/([\w-]+\.png)\)", page))
    there = {path.name: path.stat().st_size for path in maker["PICTURES"].iterdir()}
    assert named == set(there) and len(named) >= 15
    assert max(there.values()) < 150_000 and sum(there.values()) < 1_000_000


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios_pass_check(path: Path, tmp_path: Path) -> None:
    done = call("check", str(path), cwd=tmp_path)
    assert done.returncode == 0 and "schema" in done.stdout, done.stderr


def test_a_section_is_what_its_command_prints(maker: dict[str, Any], tmp_path: Path) -> None:
    _same(maker, CHEAP, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", [path.stem for path in SCENARIOS] + ["my_drug"])
def test_every_section_is_what_its_commands_print(
    maker: dict[str, Any], name: str, tmp_path: Path
) -> None:
    _same(maker, name, tmp_path)


def _same(maker: dict[str, Any], name: str, folder: Path) -> None:
    section = shown(maker)[name]
    assert maker["executed"](section, folder) == section
    for path in folder.iterdir():
        found, kept = (
            np.asarray(Image.open(each / path.name).convert("RGB"), np.float64)
            for each in (folder, maker["PICTURES"])
        )
        # Another library of fonts or of pictures moves some pixels a little.
        assert found.shape == kept.shape and np.abs(found - kept).mean() < CLOSE
