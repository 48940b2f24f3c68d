"""Who left, why, and whether those were the larger tumors."""

import pandas as pd

from xenosim.analysis.data import StudyData
from xenosim.analysis.dropout import departures, dropout_notes, unstarted_notes


def study(*animals: tuple[str, list[float], str]) -> StudyData:
    rows = [
        (arm, f"{arm}{k}", 7.0 * j, volume, status if j == len(volumes) - 1 else "on_study")
        for k, (arm, volumes, status) in enumerate(animals)
        for j, volume in enumerate(volumes)
    ]
    columns = ["arm", "animal_id", "day", "tumor_volume_mm3", "status"]
    return StudyData(pd.DataFrame(rows, columns=columns), "v")


INFORMATIVE = study(
    ("v", [100.0, 900.0], "reached_endpoint"),
    ("v", [100.0, 300.0, 500.0], "end_of_study"),
    ("d", [100.0, 120.0, 130.0], "end_of_study"),
    ("d", [100.0, 90.0], "found_dead"),
)


def test_each_animal_that_left_has_a_reason() -> None:
    left = departures(INFORMATIVE)
    assert left.set_index("animal_id")["reason"].to_dict() == {"v0": "volume", "d3": "found dead"}


def test_only_arms_that_lost_their_larger_tumors_are_named() -> None:
    who, what = dropout_notes(INFORMATIVE)
    assert "1 of 2 of 'v' (1 volume); 1 of 2 of 'd' (1 found dead)" in who
    assert what.startswith("in 'v' those that left had larger tumors") and "last volumes" in what


def test_without_a_status_the_reader_is_told_what_that_costs() -> None:
    notes = dropout_notes(StudyData(INFORMATIVE.table.drop(columns="status"), "v"))
    assert "no column 'status'" in notes[1] and "last volumes is undefined" in notes[1]


def test_nobody_left() -> None:
    assert dropout_notes(study(("v", [100.0, 200.0], ""), ("d", [90.0, 95.0], ""))) == []


def test_animals_without_a_first_volume_are_named() -> None:
    late = INFORMATIVE.table[
        (INFORMATIVE.table["animal_id"] != "v1") | (INFORMATIVE.table["day"] > 0)
    ]
    assert unstarted_notes(StudyData(late, "v")) == [
        "no volume on day 0 or before, left out: v1 of 'v'"
    ]
    assert unstarted_notes(INFORMATIVE) == []


def test_of_several_studies_last_volumes_are_those_of_the_whole_ones() -> None:
    one = INFORMATIVE.table.drop(columns="status")
    two = pd.concat([one.assign(replicate=0), one.assign(replicate=1)])
    notes = dropout_notes(StudyData(two, "v"))
    assert "last volumes is that of the studies that no animal left" in notes[1]
