"""Estimates beside the truth, measurement and removal apart."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.bias import TOLD, bias_notes, bias_table, with_ends
from xenosim.analysis.summary import endpoint_table

DAYS = (0.0, 7.0, 14.0)


def truth() -> pd.DataFrame:
    """C doubles in 7 d, but for one that grows fourfold and leaves on day 7; T stays."""
    rows = []
    for k, factor in enumerate((2.0, 2.0, 4.0)):
        days = DAYS[:2] if k == 2 else DAYS
        rows += [("c", 0, k, day, 100.0 * factor ** (day / 7)) for day in days]
    rows += [("t", 0, k, day, 100.0) for k in range(3) for day in DAYS]
    columns = ["arm", "replicate", "animal_id", "day", "tumor_volume_mm3"]
    return pd.DataFrame(rows, columns=columns)


ENDS = pd.DataFrame(
    [("c", 0, 2, 14.0, 1600.0), ("t", 0, 1, 14.0, 100.0)],
    columns=["arm", "replicate", "animal_id", "end_day", "end_mm3"],
)


def test_measurement_and_removal_are_told_apart() -> None:
    """Calipers read T a fifth too large at the end: mean T/C 120/400, true 100/400, all 100/800."""
    seen = truth()
    last = (seen["arm"] == "t") & (seen["day"] == 14.0)
    seen.loc[last, "tumor_volume_mm3"] *= 1.2
    endpoints = endpoint_table(seen, "c", n_boot=10)
    table = bias_table(endpoints, truth(), "c", paired=False, ends=ENDS).set_index("endpoint")
    row = table[table["arm"] == "t"].loc["tc_volume_mean"]
    assert [row[k] for k in ("estimate", "true_of_measured", "true_of_all")] == pytest.approx(
        [0.3, 0.25, 0.125]
    )
    assert row["bias_of_measurement"] == pytest.approx(0.05)
    assert row["bias_of_removal"] == pytest.approx(0.125) and row["bias"] == pytest.approx(0.175)
    (note,) = bias_notes(table.reset_index())
    assert "'t' 30 % against 25 % (+5 points: +5 by measurement, +0 by removal)" in note


def test_without_the_ends_only_measurement_is_known() -> None:
    table = bias_table(endpoint_table(truth(), "c", n_boot=10), truth(), "c", paired=False)
    assert table["true_of_all"].isna().all() and (table["bias_of_measurement"].dropna() == 0).all()
    assert bias_notes(table) == []


def test_animals_that_left_are_followed_between_their_last_day_and_the_end() -> None:
    whole = with_ends(truth(), ENDS.assign(end_mm3=[0.0, 100.0]))
    gone = whole[(whole["arm"] == "c") & (whole["animal_id"] == 2)]
    assert gone["day"].tolist() == list(DAYS) and len(whole) == len(truth()) + 1
    assert 0 < gone["tumor_volume_mm3"].iloc[-1] < 1e-5 and np.isfinite(gone.iloc[:, 4]).all()


def test_nothing_is_not_told_as_less_than_nothing() -> None:
    row = {"endpoint": TOLD, "arm": "t", "estimate": 25.0, "true_of_all": 25.2, "bias": -0.2}
    table = pd.DataFrame([row | {"bias_of_measurement": -0.2, "bias_of_removal": 0.0}])
    (note,) = bias_notes(table)
    assert "(+0 points: +0 by measurement, +0 by removal)" in note
