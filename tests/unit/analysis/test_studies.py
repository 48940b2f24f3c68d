"""Repeated studies: each by itself, and all of them together."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.curves import endpoint_over_time
from xenosim.analysis.data import StudyData
from xenosim.analysis.studies import across
from xenosim.analysis.summary import compare_arms, endpoint_table, endpoints_of_studies


def repeated(times: int = 5) -> pd.DataFrame:
    """The study with a control that grows faster in every repetition."""
    once = study("vehicle", "drug", "other")
    parts = []
    for number in range(times):
        faster = np.where(once["arm"] == "vehicle", np.exp(0.01 * number * once["day"]), 1.0)
        volumes = once["tumor_volume_mm3"] * faster
        parts.append(once.assign(replicate=number, tumor_volume_mm3=volumes))
    return pd.concat(parts, ignore_index=True)


def of(table: pd.DataFrame, endpoint: str, arm: str = "drug") -> pd.DataFrame:
    return table[(table["arm"] == arm) & (table["endpoint"] == endpoint)]


def test_n10_replicates_are_studies_and_no_animals() -> None:
    table = repeated()
    each = [
        of(endpoint_table(rows, "vehicle", n_boot=50), "tc_pct").iloc[0]
        for _, rows in table.groupby("replicate")
    ]
    studies = of(endpoints_of_studies(table, "vehicle", n_boot=50), "tc_pct")
    assert studies["estimate"].tolist() == [row["estimate"] for row in each]
    assert studies["ci_low"].tolist() == [row["ci_low"] for row in each]
    row = of(endpoint_table(table, "vehicle", n_boot=50), "tc_pct").iloc[0]
    values = sorted(studies["estimate"])
    assert row[["estimate", "ci_low", "ci_high"]].tolist() == [values[2], values[0], values[4]]
    assert (row["n"], row["n_control"]) == (6, 6)
    assert "5 studies: median of their estimates" in row["note"]


def test_n10_two_studies_have_no_range() -> None:
    table = endpoint_table(repeated(2), "vehicle", n_boot=20)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)
    assert table["note"].str.contains("2 studies").all()
    value, limits = across(np.array([np.nan, 3.0]))
    assert value == 3.0 and np.isnan(limits).all()


def test_n10_the_curve_and_the_differences_are_those_of_the_studies() -> None:
    data = StudyData(repeated(), "vehicle")
    curve = endpoint_over_time(data, "tc_pct", "drug", "vehicle", n_boot=20)
    row = of(data.endpoints(n_boot=20), "tc_pct").iloc[0]
    last = curve.loc[row["day"]]
    assert last[["estimate", "ci_low", "ci_high"]].tolist() == [
        row["estimate"],
        row["ci_low"],
        row["ci_high"],
    ]
    between = compare_arms(data, "drug", "other", "vehicle", n_boot=20, paired=False)
    assert between["n"].tolist() == [6, 6, 6] and between["note"].str.contains("5 studies").all()
    alone = [compare_arms(s, "drug", "other", "vehicle", n_boot=20) for s in data.studies]
    ratios = [rows["estimate"].iloc[2] for rows in alone]
    assert between["estimate"].iloc[2] == pytest.approx(np.median(ratios))


def test_n10_replicates_of_single_animals_or_of_some_arms_are_one_study() -> None:
    table = study("vehicle", "drug")
    assert len(StudyData(table.assign(replicate=table["animal_id"])).studies) == 1
    assert len(StudyData(table.assign(replicate=table["arm"].eq("drug").astype(int))).studies) == 1
    assert len(StudyData(repeated(3)).studies) == 3
