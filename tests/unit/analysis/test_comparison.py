"""What is asked of an endpoint, and what it answers."""

import numpy as np
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.comparison import Comparison, Estimate, few_left, left_before
from xenosim.analysis.data import StudyData


@pytest.mark.parametrize("paired", [False, True])
def test_paired_arms_share_animals_and_samples(paired: bool) -> None:
    table = study("vehicle", "drug")
    data = StudyData(table[(table["arm"] == "drug") | (table["animal_id"] < 4)])
    ask = Comparison(data, "drug", "vehicle", 9.0, "day as asked", 5, 1, paired)
    treated, untreated = ask.pair(ask.measured)
    assert (len(treated), len(untreated)) == ((4, 4) if paired else (6, 4))
    it, ic = ask.indices(4, 4, np.random.default_rng(1))
    assert (it is ic) == paired
    assert ("paired" in ask.note) == paired


def test_one_animal_has_no_interval() -> None:
    assert Estimate(1.0, (0.5, 2.0), 4, "x", n_control=3).checked().limits == (0.5, 2.0)
    alone = Estimate(1.0, (0.5, 2.0), 4, "x", n_control=1).checked()
    assert np.isnan(alone.limits).all() and alone.note == "x; one animal: no interval"


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
