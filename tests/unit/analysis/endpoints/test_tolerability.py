"""Lowest weight and therapeutic index, by hand."""

import math

import pandas as pd
import pytest

from xenosim.analysis.summary import endpoint_table


def study(lightest: float) -> pd.DataFrame:
    """Three animals per arm on days 0, 7, 14: C 100 to 500 mm3, T 100 to 200 mm3; T weighs 20 g,
    ``lightest`` on day 7 (one animal is not weighed then), 19 g.
    """
    rows = []
    for k in range(3):
        rows += [("c", k, day, v, 20.0) for day, v in ((0, 100), (7, 300), (14, 500))]
        middle = lightest if k else float("nan")
        rows += [("t", k, 0, 100, 20.0), ("t", k, 7, 150, middle), ("t", k, 14, 200, 19.0)]
    columns = ["arm", "animal_id", "day", "tumor_volume_mm3", "body_weight_g"]
    return pd.DataFrame(rows, columns=columns)


def test_the_lowest_mean_weight_and_what_it_buys() -> None:
    found = endpoint_table(study(18.0), "c", n_boot=50).set_index(["arm", "endpoint"])
    nadir = found.loc[("t", "weight_nadir_pct")]
    assert (nadir["estimate"], nadir["day"], nadir["n"]) == (90.0, 7.0, 3)
    # TGI delta is 100 (1 - 100/400) = 75 %, 10 % of weight are lost.
    assert found.loc[("t", "therapeutic_index"), "estimate"] == pytest.approx(7.5)
    assert found.loc[("c", "weight_nadir_pct"), "estimate"] == 100.0


def test_no_loss_has_no_index() -> None:
    table = study(21.0)
    table["body_weight_g"] = table["body_weight_g"].clip(lower=20.0)
    found = endpoint_table(table, "c", n_boot=50).set_index(["arm", "endpoint"])
    row = found.loc[("t", "therapeutic_index")]
    assert math.isnan(row["estimate"]) and row["note"].startswith("undefined: no weight was lost")


def test_without_weights_there_are_no_rows() -> None:
    found = endpoint_table(study(18.0).drop(columns="body_weight_g"), "c", n_boot=20)
    assert not found["endpoint"].isin(["weight_nadir_pct", "therapeutic_index"]).any()
