"""What the first screen says of the tests is what their table holds."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.growing import DAYS, readings
from xenosim.analysis.data import StudyData
from xenosim.analysis.significance import significance_tests
from xenosim.report.tested import WIDTH, said_of_tests


def measured(effect: float, **columns: object) -> pd.DataFrame:
    rows = [
        (arm, f"{arm}{k}", day, volume)
        for arm, animals in readings(8, 3, effect).items()
        for k, volumes in enumerate(animals)
        for day, volume in zip(DAYS, volumes, strict=True)
        if np.isfinite(volume)
    ]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    return table.assign(**columns)


@pytest.mark.parametrize(
    ("effect", "verdicts"),
    [
        (0.08, ("slower growth (-0.0", "4 x baseline reached later (hazard ratio 0")),
        (0.0, ("no difference in growth shown (", "no difference in time to 4 x shown (")),
        (-0.08, ("faster growth (0.0", "4 x baseline reached earlier (hazard ratio")),
    ],
)
def test_every_verdict_is_that_of_its_row(effect: float, verdicts: tuple[str, str]) -> None:
    tests = significance_tests(StudyData(measured(effect), "vehicle"))
    said = said_of_tests(tests, "vehicle")
    flat = " ".join(said.split())
    assert all(verdict in flat for verdict in verdicts) and "n = 8 against 8" in flat
    row = tests.set_index("test").loc["growth_rate_mixed_model"]
    assert f"{row['estimate']:.3g} /day, {row['ci_low']:.3g} to {row['ci_high']:.3g}" in flat
    assert "nan" not in said and max(map(len, said.splitlines())) <= WIDTH


def test_one_animal_per_arm_is_not_tested_and_says_why() -> None:
    rows = measured(0.05)
    rows = rows[rows["animal_id"].isin(["vehicle0", "drug0"])]
    said = " ".join(
        said_of_tests(significance_tests(StudyData(rows, "vehicle")), "vehicle").split()
    )
    assert "growth not tested (too few animals for an error" in said and "nan" not in said


def test_who_left_is_said_beside_the_tests_of_one_day() -> None:
    table = measured(0.08)
    last = table.groupby("animal_id")["day"].transform("max")
    gone = (table["day"] == last) & (last < DAYS[-1])
    assert gone.any()
    table["status"] = np.where(gone, "reached_endpoint", "on_study")
    said = " ".join(
        said_of_tests(significance_tests(StudyData(table, "vehicle")), "vehicle").split()
    )
    assert "those left are a selection of slow tumors; left at the volume endpoint" in said


def test_repeated_and_paired_studies_and_no_treated_arm() -> None:
    one = measured(0.08)
    twice = pd.concat([one.assign(replicate=0), one.assign(replicate=1)])
    said = said_of_tests(significance_tests(StudyData(twice, "vehicle")), "vehicle")
    assert "growth (mixed model) differs in 2 of 2" in said
    same = one.assign(animal_id=one["animal_id"].str.lstrip("abcdefghijklmnopqrstuvwxyz"))
    paired = significance_tests(StudyData(same, "vehicle", True))
    assert "paired t" in said_of_tests(paired, "vehicle")
    alone = significance_tests(StudyData(one[one["arm"] == "vehicle"], "vehicle"))
    assert said_of_tests(alone, "vehicle") == ""


def four_arms(together: float) -> pd.DataFrame:
    """Two drugs that do something alone, and together so much [1/day]."""
    slow, slower = measured(0.05), measured(together)
    treated = slow[slow["arm"] == "drug"]
    return pd.concat(
        [
            slow,
            treated.assign(arm="other", animal_id="o" + treated["animal_id"]),
            slower[slower["arm"] == "drug"].assign(arm="both"),
        ]
    )


@pytest.mark.parametrize(
    ("together", "verdict"),
    [(0.2, "Bliss: synergy (index 0"), (0.02, "highest single agent: antagonism (index ")],
)
def test_a_combination_is_said_as_its_rows_of_the_last_day_say(
    together: float, verdict: str
) -> None:
    data = StudyData(four_arms(together), "vehicle")
    tests = significance_tests(data, combined=[("drug", "other", "both")])
    flat = " ".join(said_of_tests(tests, "vehicle").split())
    assert verdict in flat and "nan" not in flat
    last = tests[tests["test"] == "combination_bliss"].iloc[-1]
    assert f"both, the drugs together until day {last['day']:g}: Bliss: " in flat
    assert (
        f"(index {last['estimate']:.2g}, {last['ci_low']:.2g} to {last['ci_high']:.2g}; p" in flat
    )


def test_a_combination_that_cannot_be_tested_says_why() -> None:
    table = four_arms(0.1)
    alone = table[(table["arm"] != "other") | (table["day"] <= 0)]
    tests = significance_tests(StudyData(alone, "vehicle"), combined=[("drug", "other", "both")])
    flat = " ".join(said_of_tests(tests, "vehicle").split())
    assert "Bliss not tested (nothing measured after baseline in 'other' (arm B))" in flat
