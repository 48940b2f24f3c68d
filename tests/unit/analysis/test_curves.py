"""Curves are the numbers of the tables, day by day."""

import numpy as np
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.curves import (
    at_risk,
    endpoint_over_time,
    geometric_means,
    last_rows_of_removed,
)
from xenosim.analysis.data import StudyData


def test_every_day_is_what_the_table_says_of_it() -> None:
    data = StudyData(study("vehicle", "drug"), "vehicle")
    curve = endpoint_over_time(data, "tc_pct", "drug", "vehicle", n_boot=50, seed=3)
    assert curve.index.tolist() == list(range(0, 31, 3))
    for day in (3.0, 18.0):
        table = data.endpoints(day=day, n_boot=50, seed=3)
        row = table.query("endpoint == 'tc_pct'").iloc[0]
        for name in curve:
            assert curve.loc[day, name] == row[name]


def test_a_curve_stops_with_half_of_an_arm() -> None:
    table = study("vehicle", "drug")
    data = StudyData(
        table[(table["arm"] == "drug") | (table["animal_id"] < 2) | (table["day"] < 9)]
    )
    curve = endpoint_over_time(data, "tc_pct", "drug", "vehicle", n_boot=10)
    assert curve.index.max() == 6.0


def test_geometric_mean_by_hand() -> None:
    rows = study("vehicle").query("animal_id < 3 and day == 0")
    rows = rows.assign(tumor_volume_mm3=[50.0, 100.0, 200.0])
    curve = geometric_means(rows).loc[0.0]
    assert (curve["mean"], curve["n"]) == (pytest.approx(100.0), 3)
    half = 1.96 * np.log(2.0) / np.sqrt(3.0)  # sd of ln V is ln 2
    assert curve["high"] == pytest.approx(100.0 * np.exp(half))


def test_n10_two_animals_have_a_mean_and_no_band() -> None:
    curve = geometric_means(study("vehicle").query("animal_id < 2"))
    assert curve["mean"].notna().all() and curve[["low", "high"]].isna().all(axis=None)


def test_n1_a_mean_of_survivors_is_told_from_the_mean_of_the_group() -> None:
    table = study("vehicle")
    table = table[(table["animal_id"] > 1) | (table["day"] <= 12)]
    curve = geometric_means(table)
    assert curve.index[curve["is_whole"]].max() == 12.0 and curve.index.max() == 30.0
    assert at_risk(table, (0, 12, 15, 30)) == [6, 6, 4, 4]
    assert last_rows_of_removed(table, 30.0)[["animal_id", "day"]].to_numpy().tolist() == [
        [0, 12],
        [1, 12],
    ]
    # A day on which some were not measured removes nobody.
    gap = study("vehicle").query("animal_id > 1 or day != 12")
    assert geometric_means(gap)["is_whole"].all() and last_rows_of_removed(gap, 30.0).empty
