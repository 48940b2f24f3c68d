"""Concept pages: a picture each, small, and numbers that the script gives."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "concepts"
SCRIPT = runpy.run_path(str(FOLDER / "figures.py"))
MOST_BYTES = 150e3


@pytest.mark.parametrize("name", SCRIPT["CONCEPTS"])
def test_a_page_has_its_picture_and_a_table_of_numbers(name: str) -> None:
    page = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert f"]({name}.png)" in page
    assert 0 < (FOLDER / f"{name}.png").stat().st_size < MOST_BYTES
    numbers = re.search(r"<!-- numbers: [^\n]*-->\n(.+?)<!-- end of numbers -->", page, re.DOTALL)
    assert numbers and numbers[1].startswith("| ")
    assert {path.stem for path in FOLDER.glob("*.md")} == set(SCRIPT["CONCEPTS"])


def test_the_numbers_of_calibration_are_those_of_the_ensemble() -> None:
    made = SCRIPT["CONCEPTS"]["calibration"]()
    page = (FOLDER / "calibration.md").read_text(encoding="utf-8")
    assert SCRIPT["with_numbers"](page, made.numbers) == page


@pytest.mark.slow
@pytest.mark.parametrize("name", [one for one in SCRIPT["CONCEPTS"] if one != "calibration"])
def test_the_numbers_are_those_of_a_simulation(name: str) -> None:
    page = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    assert SCRIPT["with_numbers"](page, SCRIPT["CONCEPTS"][name]().numbers) == page
