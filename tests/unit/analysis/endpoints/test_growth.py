"""Ratios of areas and rates, by hand."""

import math

import pandas as pd
import pytest

from xenosim.analysis.summary import endpoint_table


def test_areas_are_divided_by_each_animals_own_days() -> None:
    """C: 1 to 3 over 10 d and, removed, 1 to 2 over 5 d: 2 and 1.5; T: 1 throughout."""
    rows = [("c", 1, 0, 100), ("c", 1, 10, 300), ("c", 2, 0, 50), ("c", 2, 5, 100)]
    rows += [("t", k, day, 80) for k in (1, 2) for day in (0, 10)]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    found = endpoint_table(table, "c", n_boot=20, day=10.0).set_index("endpoint").loc["aauc_ratio"]
    assert found["estimate"] == pytest.approx(1.0 / 1.75)
    assert (found["n"], found["n_control"]) == (2, 2) and "no interval" in found["note"]


def test_one_measurement_per_animal_has_no_area_and_no_rate() -> None:
    rows = [(arm, k, 0, 100.0) for arm in "ct" for k in range(4)]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    found = endpoint_table(table, "c", n_boot=20).set_index("endpoint")
    for name in ("aauc_ratio", "rate_tc"):
        assert math.isnan(found.loc[name, "estimate"]) and found.loc[name, "n"] == 0
        assert found.loc[name, "note"].startswith("undefined")
