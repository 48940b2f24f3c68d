"""What is asked of an endpoint, and what it answers."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.comparison import Comparison, Estimate, few_left, left_before
from xenosim.analysis.data import StudyData
from xenosim.analysis.summary import compare_arms, endpoint_table
from xenosim.errors import TableError


@pytest.mark.parametrize("paired", [False, True])
def test_paired_arms_share_animals_and_samples(paired: bool) -> None:
    table = study("vehicle", "drug")
    data = StudyData(table[(table["arm"] == "drug") | (table["animal_id"] < 4)])
    ask = Comparison(data, "drug", "vehicle", 9.0, "day as asked", 5, 1, paired)
    treated, untreated = ask.pair(ask.measured)
    assert (len(treated), len(untreated)) == ((4, 4) if paired else (6, 4))
    drawn: list[np.ndarray] = []

    def statistic(it: np.ndarray, ic: np.ndarray) -> np.ndarray:
        drawn.extend((it, ic))
        return it.mean(axis=-1) - ic.mean(axis=-1)

    _, samples = ask.interval(statistic, np.random.default_rng(1), 4, 4)
    assert bool((drawn[0] == drawn[1]).all()) == paired == (not samples.any())
    assert ("paired" in ask.note) == paired


def test_one_animal_has_no_interval() -> None:
    assert Estimate(1.0, (0.5, 2.0), 4, "x", n_control=3).checked().limits == (0.5, 2.0)
    alone = Estimate(1.0, (0.5, 2.0), 4, "x", n_control=1).checked()
    assert np.isnan(alone.limits).all() and alone.note == "x; one animal: no interval"


@pytest.mark.parametrize(("n", "n_control"), [(2, 8), (8, 2), (2, 0), (2, 2)])
def test_n10_two_animals_have_no_interval(n: int, n_control: int) -> None:
    found = Estimate(1.0, (0.5, 2.0), n, "x", n_control).checked()
    assert np.isnan(found.limits).all() and found.note == "x; 2 animals: no interval"
    assert Estimate(1.0, (0.5, 2.0), 3, "x", 3 * bool(n_control)).checked().limits == (0.5, 2.0)


def test_missing_animals_are_counted() -> None:
    table = study("vehicle").assign(status="on_study")
    last = (table["animal_id"] > 1) & (table["day"] == 6)
    table = table[(table["animal_id"] <= 1) | (table["day"] <= 6)].copy()
    table.loc[last, "status"] = "reached_endpoint"
    data = StudyData(table)
    assert few_left(data, {"vehicle": 2}).endswith("2 of 6 animals of 'vehicle'")
    assert few_left(data, {"vehicle": 3}) == ""
    assert "4 of 6 animals" in left_before(data, ["vehicle"], 9.0)
    assert left_before(data, ["vehicle"], 6.0) == ""


def missed(keep: dict[str, set[int]], last: float = 12.0) -> pd.DataFrame:
    """A study of which on the last day only the animals of ``keep`` are measured."""
    table = study("vehicle", "early", "late").query("animal_id < 2 and day <= @last")
    kept = [row.animal_id in keep[row.arm] for row in table.itertuples()]
    table = table[(table["day"] < last) | np.array(kept)]
    return table.assign(status="on_study", note="")


def test_n4_without_a_pair_an_endpoint_is_undefined_and_says_why() -> None:
    table = missed({"vehicle": {0}, "early": {1}, "late": {0}})
    rows = endpoint_table(table, "vehicle", n_boot=50, paired=True)
    early, late = (rows[rows["arm"] == arm].set_index("endpoint") for arm in ("early", "late"))
    assert set(early.index) == set(late.index)
    for name in ("tc_pct", "tc_volume_mean", "tc_pct_locf"):
        row = early.loc[name]
        assert np.isnan(row["estimate"]) and np.isnan(row["ci_low"]) and row["n"] == 0
        assert (
            "undefined: no animal was measured in each of 'early', 'vehicle' on day 12"
            in row["note"]
        )
    assert late.loc["tc_pct", "n"] == 1 and np.isfinite(late.loc["tc_pct", "estimate"])
    assert np.isfinite(early.loc["tc_pct_optimal", "estimate"])


def test_n4_differences_without_a_pair_are_undefined() -> None:
    data = StudyData(missed({"vehicle": {0}, "early": {1}, "late": {0}}), "vehicle")
    rows = compare_arms(data, "early", "late", "vehicle", n_boot=50)
    assert len(rows) == 3 and (rows["n"] == 0).all() and rows["estimate"].isna().all()
    assert rows["note"].str.contains("no animal was measured in each of 'early', 'late'").all()


def test_n4_arms_of_other_animals_are_not_paired() -> None:
    table = study("vehicle", "drug")
    table.loc[table["arm"] == "drug", "animal_id"] += 100
    with pytest.raises(TableError, match="share no animal"):
        endpoint_table(table, "vehicle", n_boot=5, paired=True)
