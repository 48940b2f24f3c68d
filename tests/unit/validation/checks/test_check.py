"""Bands follow from the published row and from whether it was used for calibration."""

import math

import pytest

from xenosim.parameters.lines import published
from xenosim.validation.checks.check import apoptosis, at_least, potency, ratio, resistance


def test_an_ic50_of_the_calibration_is_asked_within_one_and_a_half_fold() -> None:
    check = potency("S1-01", "Jurkat", "ixazomib", 48.0, "IV-001")
    asked = published("IV-001").number
    assert (check.used, check.published) == ("calibration", asked)
    assert (check.low, check.high) == (asked / 1.5, asked * 1.5)


def test_another_ic50_is_asked_within_the_factor_given() -> None:
    check = potency("GDSC", "L-540", "bortezomib", 72.0, "IV-080", within=3.0)
    assert check.used == "validation"
    assert check.high / check.low == pytest.approx(9.0)


def test_a_share_of_dead_cells_is_asked_within_ten_points_and_never_above_all() -> None:
    check = apoptosis("S1-18", "CEM/WT", 100.0, 24.0, "IV-051")
    assert (check.low, check.high, check.used) == (84.0, 100.0, "calibration")


def test_a_bound_has_no_upper_end() -> None:
    check = at_least("S1-11", "KRIB", 48.0, "IV-045")
    assert check.low == published("IV-045").low and math.isinf(check.high)


def test_a_range_is_asked_about_its_middle() -> None:
    check = resistance("RES-02", "CEM/BTZ", "CEM/WT", "bortezomib", "IV-013")
    assert (check.low, check.published, check.high) == (77.5, 155.0, 310.0)
    assert ratio("POT-02", "CEM/WT", "ixazomib", "bortezomib", "IV-012").used == "calibration"
