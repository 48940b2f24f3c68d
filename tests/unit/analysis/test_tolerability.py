"""Body weight of arms, by hand."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.data import StudyData
from xenosim.analysis.tolerability import mean_weights, relative_weights, tolerability_table

#: arm, animal, day, volume [mm3], weight [g], status, note
ROWS = [
    ("vehicle", 1, -1, 100.0, 20.1, "", ""),
    ("vehicle", 1, 7, 1100.0, 21.1, "", ""),
    ("vehicle", 1, 14, 2100.0, 22.1, "reached_endpoint", ""),
    ("vehicle", 2, 0, 100.0, 20.1, "", ""),
    ("vehicle", 2, 7, 100.0, 20.1, "", ""),
    ("vehicle", 2, 21, 100.0, 20.1, "", ""),
    ("drug", 3, 0, 1000.0, 21.0, "", ""),
    ("drug", 3, 7, 2000.0, 19.9, "", ""),
    ("drug", 3, 14, 1000.0, 16.9, "reached_endpoint", "body weight"),
    ("drug", 4, 0, 1000.0, 21.0, "", ""),
    ("drug", 4, 7, 1000.0, 19.9, "found_dead", ""),
]
COLUMNS = ["arm", "animal_id", "day", "tumor_volume_mm3", "body_weight_g", "status", "note"]


def mice() -> StudyData:
    return StudyData(pd.DataFrame(ROWS, columns=COLUMNS), "vehicle")


def test_the_tumor_is_no_body_weight() -> None:
    weights = relative_weights(mice())
    vehicle = weights[weights["arm"] == "vehicle"]
    # 21.1 g with a tumor of 1.1 g is the 20 g of day 0.
    assert vehicle["relative_pct"].to_numpy() == pytest.approx(100.0)
    assert vehicle["day"].min() == 0
    drug = weights[weights["animal_id"] == 3]
    assert drug["relative_pct"].to_numpy() == pytest.approx([100.0, 89.5, 79.5])


def test_an_arm_is_told_by_its_nadir_and_its_animals() -> None:
    table = tolerability_table(mice()).set_index("arm")
    drug, vehicle = table.loc["drug"], table.loc["vehicle"]
    assert (drug["nadir_pct"], drug["nadir_day"]) == (pytest.approx(79.5), 14.0)
    assert drug["median_of_worst_pct"] == pytest.approx((79.5 + 94.5) / 2)
    losses = [drug[f"n_loss_over_{limit}_pct"] for limit in (10, 15, 20)]
    assert losses == [1, 1, 1]
    assert (drug["n_left_for_weight"], drug["n_found_dead"], drug["n_left_for_volume"]) == (1, 1, 0)
    assert (vehicle["n_left_for_volume"], vehicle["n_left_for_weight"]) == (1, 0)
    assert (vehicle["nadir_pct"], vehicle["n"], vehicle["n_weighed"]) == (pytest.approx(100), 2, 2)


def test_a_mean_of_fewer_than_half_is_not_told() -> None:
    rows = [("a", k, day, 50.0, 20.0, "", "") for k in range(3) for day in (0, 7)]
    rows.append(("a", 0, 14, 50.0, 10.0, "", ""))
    data = StudyData(pd.DataFrame(rows, columns=COLUMNS))
    assert mean_weights(relative_weights(data))["day"].max() == 7
    assert tolerability_table(data)["nadir_pct"].iloc[0] == pytest.approx(100.0)
    assert tolerability_table(data)["n_loss_over_20_pct"].iloc[0] == 1


def test_without_weights_nothing_is_claimed() -> None:
    table = tolerability_table(StudyData(study("vehicle", "drug"), "vehicle"))
    assert (table["n_weighed"] == 0).all() and (table["n"] == 6).all()
    assert np.isnan(table["nadir_pct"].to_numpy(float)).all()
    assert mean_weights(relative_weights(StudyData(study("vehicle")))).empty
