"""Calibration on a published IC50: the load is found, misses are said."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from xenosim.assays.calibration import (
    Residual,
    load_range,
    survival_at,
    with_traits,
    write_calibration,
)
from xenosim.assays.calibration import _note as note_of
from xenosim.assays.culture import line_of
from xenosim.assays.plate import Layout
from xenosim.parameters.lines import Calibrated, find_line
from xenosim.parameters.load import load_set

LINE = line_of(load_set("cell"), 30.0)


def test_a_higher_load_dies_of_less_drug() -> None:
    left = [
        survival_at(with_traits(LINE, load), "ixazomib", 25.0, 24.0, Layout(200, 1))
        for load in (0.1, 0.3, 0.6)
    ]
    assert (np.diff(left) < 0).all()


def test_a_weaker_nrf1_response_is_a_change_of_the_cells_alone() -> None:
    changed = with_traits(LINE, 0.4, 0.25)
    assert changed.params.bounce_back == pytest.approx(0.25)
    assert changed.traits.load_sd == LINE.traits.load_sd and LINE.params.bounce_back > 0.25


def test_loads_are_sought_between_those_of_the_parameters() -> None:
    low, high = load_range()
    assert 0 < low < load_set("cell").value("load_mean") < high < 1


@pytest.mark.parametrize(
    ("fold", "bounce_back", "words"),
    [
        (1.0, None, ""),
        (1.4, 0.0, "as sensitive as the model can be"),
        (2.0, 0.0, "missed by more than 1.5-fold: as sensitive as the model can be"),
        (0.5, None, "missed by more than 1.5-fold: cells that survive"),
    ],
)
def test_misses_are_explained(fold: float, bounce_back: float | None, words: str) -> None:
    note = note_of(fold, bounce_back)
    assert note.startswith(words) and (note == "") == (words == "")


def test_the_table_is_written_in_the_order_of_the_lines(tmp_path: Path) -> None:
    residuals = [
        Residual(find_line(name), Calibrated(0.3, bounce, 40.0, 1.05, ""))
        for name, bounce in (("RPMI-8226", None), ("Jurkat", 0.5))
    ]
    write_calibration(residuals, tmp_path / "lines.csv")
    rows = list(csv.DictReader((tmp_path / "lines.csv").open()))
    assert [row["line"] for row in rows] == ["Jurkat", "RPMI-8226"]
    assert rows[0]["bounce_back"] == "0.5" and rows[1]["bounce_back"] == ""
