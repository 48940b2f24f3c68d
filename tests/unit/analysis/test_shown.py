"""Tables behind the figures of animals."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from tests.unit.analysis.test_tolerability import mice
from xenosim.analysis.data import StudyData
from xenosim.analysis.shown import (
    best_response_table,
    change_table,
    forest_table,
    survival_table,
    swimmer_table,
)


def test_changes_are_from_baseline_and_say_who_left() -> None:
    table = change_table(mice())
    first = table[table["animal_id"] == 1].set_index("day")
    assert first["change_pct"].to_dict() == pytest.approx({-1: 0.0, 7: 1000.0, 14: 2000.0})
    assert first["left"].to_dict() == {-1: "", 7: "", 14: "volume"}
    assert set(table[table["left"] != ""]["left"]) == {"volume", "body weight", "found dead"}


def test_a_waterfall_is_sorted_within_arms_and_keeps_who_cannot_be_judged() -> None:
    data = StudyData(study("vehicle", "drug"), "vehicle")
    table = best_response_table(data)
    assert list(dict.fromkeys(table["arm"])) == ["vehicle", "drug"]
    for _, rows in table.groupby("arm"):
        assert rows["best_pct"].is_monotonic_decreasing and len(rows) == 6
    assert set(best_response_table(mice())["response"]) == {"not evaluable"}


def test_survival_counts_events_and_those_who_left() -> None:
    table = survival_table(mice())
    until_2x = table[(table["multiple"] == 2.0) & (table["arm"] == "vehicle")]
    # Animal 1 doubles between day -1 and 7, animal 2 never.
    assert until_2x["events"].sum() == 1 and until_2x["censored"].sum() == 1
    assert until_2x["survival"].iloc[-1] == pytest.approx(0.5)
    drug = table[(table["multiple"] == 4.0) & (table["arm"] == "drug")]
    assert drug["events"].sum() == 0 and (drug["survival"] == 1.0).all()


def test_a_forest_has_the_numbers_of_the_endpoint_table_in_per_cent() -> None:
    endpoints = StudyData(study("vehicle", "drug"), "vehicle").endpoints(n_boot=50)
    table = forest_table(endpoints).set_index("endpoint")
    known = endpoints[endpoints["arm"] == "drug"].set_index("endpoint")
    assert table.index[0] == "tc_pct"
    assert table.loc["tc_pct", "ci_low"] == known.loc["tc_pct", "ci_low"]
    assert table.loc["tc_volume_mean", "estimate"] == pytest.approx(
        100.0 * known.loc["tc_volume_mean", "estimate"]
    )


def test_a_swimmer_is_as_long_as_it_was_followed() -> None:
    table = swimmer_table(mice()).set_index("animal_id")
    assert table["last_day"].to_dict() == {1: 14.0, 2: 21.0, 3: 14.0, 4: 7.0}
    assert list(table.index) == [2, 1, 3, 4]
    assert np.isnan(table.loc[2, "time_to_2x_days"]) and table.loc[1, "time_to_2x_days"] < 7
    halved = pd.DataFrame(
        [("a", 1, day, volume) for day, volume in ((0, 100.0), (7, 50.0), (14, 20.0))],
        columns=["arm", "animal_id", "day", "tumor_volume_mm3"],
    )
    assert swimmer_table(StudyData(halved))["half_on_day"].tolist() == [7]
