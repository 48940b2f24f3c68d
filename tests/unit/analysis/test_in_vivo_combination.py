"""Combinations in mice: SynergyLMM's published fit and its definitions."""

import math

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.growing import DAYS
from tests.unit.analysis.test_mixed_model import SYNERGY
from xenosim.analysis.data import StudyData
from xenosim.analysis.in_vivo_combination import combination_tests


def four_arms(together: float, n: int = 10, sd: float = 0.008, error: float = 0.1) -> StudyData:
    """Control 0.10, drugs 0.08 and 0.07, and the combination's rate [1/day]."""
    rng = np.random.default_rng(1)
    rows = [
        (arm, f"{arm}{i}", day, volume)
        for arm, rate in (("control", 0.10), ("a", 0.08), ("b", 0.07), ("ab", together))
        for i in range(n)
        for own in [rate + sd * rng.standard_normal()]
        for day, volume in zip(
            DAYS, np.exp(4.6 + own * DAYS + error * rng.standard_normal(DAYS.size)), strict=True
        )
    ]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    return StudyData(table, "control")


@pytest.mark.skipif(not SYNERGY.is_file(), reason="no folder of public laboratory tables")
def test_bliss_is_synergylmms() -> None:
    """From the rates that SynergyLMM prints, 0.07855242 0.07491984 0.06306986 0.03487933, each with
    error 0.00322683: contrast -0.02455794, error 0.00645366, on day 30 index 0.47867 and score
    3.80527. R: lme(y ~ 0 + Time:Treatment, random = ~ 0 + Time | subject).
    """
    names = {"Treatment": "arm", "subject": "animal_id", "Time": "day"}
    table = pd.read_csv(SYNERGY).rename(columns=names | {"TumorVolume": "tumor_volume_mm3"})
    found = combination_tests(StudyData(table, "Control"), "DrugA", "DrugB", "Combination")
    bliss = {row.day: row for row in found if row.model == "bliss"}
    assert bliss[30.0].ratio == pytest.approx(0.47867, abs=1e-4)
    assert bliss[30.0].score == pytest.approx(3.80527, abs=1e-4)
    assert bliss[30.0].df == 28.0


def test_what_is_expected_of_independent_drugs_is_no_synergy() -> None:
    found = combination_tests(four_arms(0.05), "a", "b", "ab")
    last = {row.model: row for row in found if row.day == DAYS[-1]}
    assert last["bliss"].p > 0.05 and 0.7 < last["bliss"].ratio < 1.4
    assert last["hsa"].p < 0.01 and last["hsa"].note == "better drug alone: b"


def test_synergy_is_found_by_all_three() -> None:
    found = combination_tests(four_arms(-0.05, n=20, sd=0.004, error=0.03), "a", "b", "ab")
    last = {row.model: row for row in found if row.day == DAYS[-1]}
    assert all(row.p < 0.01 and row.ratio < 1.0 < row.score for row in last.values())


def test_response_additivity_is_the_ratio_of_areas() -> None:
    """With next to no noise: areas of exp(r t) until day 30."""
    found = combination_tests(four_arms(0.05, sd=1e-4, error=1e-3), "a", "b", "ab")
    row = next(row for row in found if row.model == "ra" and row.day == 30.0)
    area = {r: math.expm1(30.0 * r) / r for r in (0.10, 0.08, 0.07, 0.05)}
    expected = area[0.05] / (area[0.08] + area[0.07] - area[0.10])
    assert row.ratio == pytest.approx(expected, rel=0.05)


def test_an_arm_without_animals_or_without_spread_says_so() -> None:
    table = four_arms(0.05).table
    one_day = StudyData(table[(table["arm"] != "ab") | (table["day"] == 0)], "control")
    found = combination_tests(one_day, "a", "b", "ab")
    assert {row.note for row in found} == {
        "undefined: nothing measured after baseline in 'ab' (combination)"
    }
    exact = table.assign(tumor_volume_mm3=100.0 * np.exp(0.1 * table["day"]))
    same = combination_tests(StudyData(exact, "control"), "a", "b", "ab")
    assert all("identical" in row.note and math.isnan(row.p) for row in same)
