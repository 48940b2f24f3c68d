"""Markers and promoters by name; levels, folds and noise are tested with the read-outs."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.assays.culture import line_of
from xenosim.assays.lysate import MESSAGES, NODES, blot, chosen, followed, promoter_site
from xenosim.assays.plate import Layout
from xenosim.assays.viability import pulses_of
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set


def test_markers_are_chosen_in_any_letter_case() -> None:
    assert chosen("chop, bip", NODES, "marker") == ["CHOP", "BiP"]
    assert chosen(" ALL ", MESSAGES, "mRNA") == list(MESSAGES)
    with pytest.raises(ParameterError, match="did you mean 'CHOP'"):
        chosen("CHOPP", NODES, "marker")


def test_promoters_are_those_of_the_model() -> None:
    assert promoter_site("chop", "dr5") == ("CHOP", "DR5")
    with pytest.raises(ParameterError, match="known: CHOP at DR5"):
        promoter_site("ATF4", "DR5")


def test_a_level_follows_its_drive_with_its_half_life() -> None:
    drive = np.r_[1.0, np.full(6, 3.0)]
    assert followed(drive, 2.0)[2] == pytest.approx(3.0 - 2.0 * 0.5)
    np.testing.assert_array_equal(followed(drive, 0.0), drive)


def test_rows_are_one_per_replicate_marker_and_time() -> None:
    line = line_of(load_set("cell"), 30.0)
    table = blot(
        line, pulses_of("ixazomib", 50.0), [0.0, 1.0], ["BiP", "CHOP"], Layout(20, 2)
    ).table
    assert table.columns.tolist() == [
        "time_h",
        "marker",
        "replicate",
        "level",
        "untreated",
        "fold",
    ]
    assert table[["replicate", "marker", "time_h"]].drop_duplicates().shape[0] == len(table) == 8
