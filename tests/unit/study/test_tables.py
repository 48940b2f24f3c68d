"""The tables of a study that need no simulation."""

import pandas as pd
import pytest

from xenosim.io.tables import COLUMNS
from xenosim.study.dosing_tables import events_table
from xenosim.study.job import Job
from xenosim.study.tables import observations_table, plasma_table, traits_table
from xenosim.study.variation import draw_variation
from xenosim.testing import SMALL, small_scenario
from xenosim.tumor.growth import Growth


def test_an_arm_has_an_id_and_vehicle_no_events() -> None:
    events = events_table(small_scenario())
    assert events.groupby("arm")["id"].unique().map(list).to_dict() == {"QW": [2], "BIW": [3]}
    assert list(events.columns) == list(COLUMNS["events"])


def test_observations_are_relative_to_day_0() -> None:
    rows = [
        {"arm": "a", "replicate": 0, "animal_id": k, "day": day, "measured_mm3": volume}
        for k, day, volume in ((1, 0.0, 2.0), (1, 3.0, 3.0), (2, 0.0, 4.0), (2, 3.0, 8.0))
    ]
    others = ("study_id", "dpi", "length_mm", "width_mm", "measured_g", "status", "is_censored")
    truth = pd.DataFrame(rows).assign(**dict.fromkeys((*others, "note"), 0))
    found = observations_table(truth)
    assert found["rtv"].tolist() == [1.0, 1.5, 1.0, 2.0]
    assert list(found.columns) == list(COLUMNS["observations"])


def test_plasma_is_that_of_the_doses() -> None:
    plasma = plasma_table(small_scenario(overrides=SMALL | {"measure.days": "0..21 by 7"}))
    assert list(plasma.columns) == list(COLUMNS["plasma"])
    at_dose = plasma[(plasma["arm"] == "QW") & (plasma["time_h"] == 0)]["concentration_nM"]
    assert at_dose.item() > 1e4 and plasma["tumor_occupancy"].max() <= 1.0
    assert plasma.groupby("arm")["concentration_nM"].first().loc["BIW"] == pytest.approx(
        0.5 * at_dose.item()
    )


def test_plasma_is_that_of_the_stated_parameters() -> None:
    days = SMALL | {"measure.days": "0,21"}
    usual = plasma_table(small_scenario(overrides=days))
    twice = plasma_table(small_scenario(overrides=days | {"parameters.ixazomib.v1": "0.5 L/kg"}))
    first = [table.iloc[0]["concentration_nM"] for table in (usual, twice)]
    assert first[0] == pytest.approx(2.0 * first[1])


def test_traits_are_those_of_every_animal() -> None:
    spread = {"animals.between_animal_cv.exchange": "30 %"}
    scenario = small_scenario(overrides=SMALL | spread)
    growth = Growth(50.0, 0.004, 1000.0, 2.0, 5.5, 5.4)
    arms = [arm.name for arm in scenario.arms]
    jobs = [Job(scenario, growth, arm, a, 0, 4) for arm in arms for a in (2, 1)]
    table = traits_table(jobs, "mine")
    assert table["animal_id"].tolist() == [1, 2] and set(table["study_id"]) == {"mine"}
    for row in table.itertuples():
        assert row.exchange == draw_variation(scenario, 0, row.animal_id).exchange != 1.0
