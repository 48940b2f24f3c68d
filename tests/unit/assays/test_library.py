"""Cells by name, and the file of a line of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenosim.assays.library import cell_of, cells
from xenosim.errors import XenosimError
from xenosim.parameters.load import load_line, load_set

OWN = "name: MINE\nlike: Jurkat\ndoubling_h: 28\nload_mean: 0.31\nlow: 0.3\nhigh: 0.33\n"


def test_names_of_the_cell_of_models_and_of_lines() -> None:
    assert cell_of("cell") == load_set("cell") and cell_of("mm1s").kind == "model"
    assert cell_of("Jurkat") == load_line("Jurkat")
    with pytest.raises(XenosimError, match="did you mean 'Jurkat'"):
        cell_of("Jurkatt")


def test_an_own_line_is_like_another_but_for_load_and_doubling(tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(OWN)
    own, jurkat = cell_of(str(path)), load_line("Jurkat")
    assert own.name == "MINE" and own.value("load_mean") == 0.31
    assert own.value("culture_doubling_time") == 28.0
    changed = {n for n, p in own.values.items() if jurkat.values.get(n) != p}
    assert changed == {"load_mean", "culture_doubling_time"}
    assert cells(str(path)).traits.cycle_h == pytest.approx(28.0)


@pytest.mark.parametrize(
    "text", [OWN.replace("0.31", "high"), OWN.replace("28", ""), OWN + "colour: red\n"]
)
def test_a_damaged_file_of_a_line_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "line.yaml"
    path.write_text(text)
    with pytest.raises(XenosimError, match="no number|unknown key") as caught:
        cell_of(str(path))
    assert caught.value.remedy


def test_own_doubling_wins_over_that_of_the_line() -> None:
    assert cells("Jurkat", doubling_h=50.0).traits.cycle_h == pytest.approx(50.0)
    assert cells("cell").traits.cycle_h == load_set("dish").value("doubling_time")
