"""What in a table is no animal."""

import pytest

from xenosim.analysis.laboratory.grid import Grid
from xenosim.analysis.laboratory.summaries import (
    TOLD,
    are_titles,
    is_summary,
    left_out,
    stated_above,
    summary_of,
    titles,
)

SHEET = Grid("x", (("Study 7", ""), ("TV (cm3)",), ("Animal", "Day", "TV")), (1, 3, 4))


@pytest.mark.parametrize(
    "name",
    [
        *("Mean", "AVERAGE", "SEM", "S.E.M.", "sd", "Std Dev", "Standard deviation", "N", "%CV"),
        *("Mean ± SEM", "mean +/- SD", "Mean (n=8)", "Median:", "Geomean", "95% CI", "p-value"),
        *("Vehicle mean", "Drug A SEM", "standard error of the mean", "T/C %", "%TGI"),
    ],
)
def test_names_of_summaries(name: str) -> None:
    assert is_summary(name)


@pytest.mark.parametrize(
    "name", ["1", "M1", "Meany", "Vehicle", "SD-101", "n7", "Mean A", "CI-994"]
)
def test_names_of_animals_and_arms(name: str) -> None:
    assert not is_summary(name)


def test_a_row_is_one_by_its_first_cell_or_by_what_names_it() -> None:
    assert summary_of(["", "Mean", "", 212.0], ["", ""]) == "Mean"
    assert summary_of(["v", "SEM", 14.0, 9.0], ["v", "SEM"]) == "SEM"
    assert summary_of(["v", "1", 14.0, 9.0], ["v", "1"]) == ""


def test_the_note_names_lines_and_says_how_many_more() -> None:
    assert left_out([], []) == []
    (note,) = left_out([(k, "SEM") for k in range(TOLD + 2)], ["Mean", "Mean"])
    assert "line 0 'SEM'" in note and "2 more lines" in note and note.count("'Mean'") == 1


def test_titles_are_a_cell_or_two() -> None:
    assert are_titles(SHEET, 2) and not are_titles(SHEET, 3) and are_titles(SHEET, 0)
    assert titles(SHEET, 0) == []
    assert titles(SHEET, 2) == ["the header is line 4; lines up to 3 not read: 'Study 7'"]


def test_a_title_states_a_unit() -> None:
    assert stated_above(SHEET, 2, ["tumor_volume_mm3"]) == {"tumor_volume_mm3": 1000.0}
    assert stated_above(SHEET, 2, ["body_weight_g"]) == {}
    odd = Grid("x", (("TV (furlong)",), ("Animal", "0")), (1, 2))
    assert stated_above(odd, 1, ["tumor_volume_mm3"]) == {}
