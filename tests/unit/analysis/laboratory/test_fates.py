"""Why animals left, on their last measurement."""

import pandas as pd
import pytest

from xenosim.analysis.laboratory.fates import read_fate, with_fates


@pytest.mark.parametrize(
    ("text", "status", "note"),
    [
        ("Sacrificed: TV > 2000", "reached_endpoint", ""),
        ("ulceration", "reached_endpoint", "ulceration"),
        ("Body weight loss", "reached_endpoint", "body weight"),
        ("died", "found_dead", ""),
        ("End of study", "end_of_study", ""),
        ("alive", "on_study", ""),
        ("Excluded (no take)", "excluded", ""),
        ("pink", "", "pink"),
    ],
)
def test_words_of_laboratories(text: str, status: str, note: str) -> None:
    assert read_fate(text) == (status, note)


def rows(*cells: tuple[str, float, float, str]) -> pd.DataFrame:
    table = pd.DataFrame(cells, columns=["animal_id", "day", "tumor_volume_mm3", "status"])
    return table.assign(arm="v", line=range(len(table)))


def test_a_fate_told_without_a_volume_goes_to_the_last_measurement() -> None:
    nothing = float("nan")
    table = rows(
        ("1", 7.0, 300.0, ""),
        ("1", 0.0, 100.0, ""),
        ("1", 9.0, nothing, "dead"),
        ("2", 0.0, 9.0, ""),
    )
    notes: list[str] = []
    found = with_fates(table, notes).set_index(["animal_id", "day"])["status"]
    assert found.to_dict() == {
        ("1", 7.0): "found_dead",
        ("1", 0.0): "on_study",
        ("2", 0.0): "on_study",
    }
    assert notes == ["1 rows without a volume were left out"]


def test_one_fate_on_every_row_counts_once_and_excluded_animals_are_out() -> None:
    table = rows(
        ("1", 0.0, 100.0, "euthanized"),
        ("1", 7.0, 300.0, "euthanized"),
        ("2", 0.0, 9.0, "excluded"),
    )
    notes: list[str] = []
    found = with_fates(table, notes)
    assert found["status"].tolist() == ["on_study", "reached_endpoint"]
    assert notes == ["excluded by the file: 1 animals"]


def test_words_that_are_not_understood_are_kept_and_told() -> None:
    notes: list[str] = []
    found = with_fates(rows(("1", 0.0, 100.0, "pink")), notes)
    assert notes == ["status not understood, kept as a note: 'pink'"]
    assert found["status"].tolist() == ["on_study"]


def test_a_day_of_removal_without_a_reason() -> None:
    table = rows(("1", 0.0, 100.0, ""), ("1", 7.0, 300.0, "")).assign(removed_on="8")
    assert with_fates(table, [])["status"].tolist() == ["on_study", "reached_endpoint"]
