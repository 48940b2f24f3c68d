"""Sliders write regimens that are understood as they were meant."""

import pytest

from xenosim.app.regimens import interval_of, with_dose, with_interval
from xenosim.pharmacology.regimen import parse_regimen


def days(text: str) -> list[float]:
    return [dose.time_h / 24.0 for dose in parse_regimen(text, default_drug="ixazomib")]


@pytest.mark.parametrize("text", ["7 mg/kg IV BIW x4wk", "10 mg/kg PO Q2Dx15", "1 mg/kg SC QDx21"])
def test_another_dose_at_the_same_times(text: str) -> None:
    changed = with_dose(text, 2.5)
    assert days(changed) == days(text)
    assert {d.amount_mg_per_kg for d in parse_regimen(changed, default_drug="ixazomib")} == {2.5}


@pytest.mark.parametrize("every", [1, 2, 3, 7, 14])
def test_another_interval_until_the_last_day(every: int) -> None:
    found = days(with_interval("7 mg/kg IV BIW x4wk", every, 21.0))
    assert found == [float(day) for day in range(0, 21, every)]


def test_one_dose_has_no_interval_that_is_told() -> None:
    assert interval_of("7 mg/kg IV day 0") is None
    assert interval_of("7 mg/kg IV QW x3wk; 4 mg/kg SC QD") is None
    assert with_interval("none", 3, 21.0) == "none"
