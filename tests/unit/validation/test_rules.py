"""What every rule computes of animals that are made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.validation.effects import Followed
from xenosim.validation.rules import RULES, Effects, Row

START = np.array([100.0, 100.0, 100.0, 100.0])


def arm(end: float, event: float = math.inf) -> Followed:
    """Animals that end about this volume [mm3], with the event on about this day [day]."""
    return Followed(
        START, end * np.array([0.9, 0.95, 1.05, 1.1]), event + np.array([0, 0.1, 0.2, 0.3])
    )


def effects(
    *models: dict[str, Followed], groups: tuple[str, ...] = (), dr5: float = math.nan
) -> Effects:
    """One set of parameters of a study of 20 days."""
    return Effects(models, groups or ("",) * len(models), "vehicle", 20.0, dr5)


def row(rule: str, against: str = "", **said: float) -> Row:
    """A row on the arm "drug" of eight animals."""
    number = {"value": math.nan, "low": math.nan, "high": math.nan, "n": 8} | said
    return Row("X", "", "", "", "drug", against, rule, "validation", "", False, "", **number)  # type: ignore[arg-type]


def verdict(asked: Row, *sets: Effects) -> str:
    """What the rule of a row says."""
    return RULES[asked.rule](sets, asked)[1].verdict


def study(drug: float, vehicle: float = 1000.0, **events: float) -> Effects:
    """One model with a drug and a vehicle that end with these volumes [mm3]."""
    return effects(
        {
            "drug": arm(drug, events.get("drug", 20.0)),
            "vehicle": arm(vehicle, events.get("vehicle", 10.0)),
        }
    )


def test_numbers_and_directions() -> None:
    assert verdict(row("tc", value=0.3), study(310.0)) == "met"
    assert verdict(row("tc", value=0.3), study(900.0)) == "MISS"
    assert verdict(row("decrease"), study(900.0)) == "met"
    assert verdict(row("no_response"), study(900.0)) == "met"
    assert verdict(row("no_response"), study(700.0)) == "MISS"


def test_a_comparator_is_that_of_the_row() -> None:
    found = effects({"drug": arm(300.0), "other": arm(200.0), "vehicle": arm(1000.0)})
    assert verdict(row("better", against="other"), found) == "MISS"
    assert verdict(row("better"), found) == "met"


def test_times_end_with_the_study() -> None:
    never = {"drug": arm(50.0), "vehicle": arm(1000.0, 10.0)}
    found, judged = RULES["later"]((effects(never),), row("later"))
    assert judged.verdict == "met" and found.center == pytest.approx(20.0 / 10.15)
    assert (
        verdict(row("later"), effects({"drug": arm(9e2, 9.0), "vehicle": arm(1e3, 10.0)})) == "MISS"
    )


def test_cytostatic_is_slower_growth_and_no_regression() -> None:
    assert verdict(row("cytostatic"), study(300.0)) == "met"
    assert verdict(row("cytostatic"), study(60.0)) == "MISS"
    assert verdict(row("cytostatic"), study(1200.0)) == "MISS"


def test_models_are_counted() -> None:
    slower = {"drug": arm(300.0, 18.0), "vehicle": arm(1000.0, 10.0)}
    none = {"drug": arm(1001.0, 10.0), "vehicle": arm(1000.0, 10.0)}
    some = effects(*[slower] * 5, *[none] * 3)
    found, judged = RULES["models_extended"]((some,), row("models_extended", low=5.0))
    assert found.center == 5.0 and judged.verdict == "met"
    assert verdict(row("models_extended", low=0.0), some) == "MISS"
    assert verdict(row("models_decrease"), some) == "MISS"
    assert verdict(row("models_decrease"), effects(*[slower] * 8)) == "met"
    ratio = RULES["efs_ratio"]((some,), row("efs_ratio", low=0.91, high=1.26))[0].center
    assert ratio == pytest.approx(18.15 / 10.15)


def test_regressions_are_animals_below_their_first_volume() -> None:
    found, judged = RULES["regressions"]((study(99.0),), row("regressions", value=4.0))
    assert found.center == 4.0 and judged.verdict == "met"


def test_classes_are_compared_by_their_median_models() -> None:
    wild = {"drug": arm(300.0), "vehicle": arm(1000.0)}
    mutant = {"drug": arm(600.0), "vehicle": arm(1000.0)}
    found = effects(wild, wild, mutant, groups=("KRAS wild type", "KRAS wild type", "KRAS mutant"))
    value, judged = RULES["class_difference"]((found,), row("class_difference"))
    assert value.center == pytest.approx(2.0) and judged.verdict == "met"


def test_dr5_rises_or_not() -> None:
    models = {"drug": arm(300.0), "vehicle": arm(1000.0)}
    assert verdict(row("dr5"), effects(models, dr5=1.3)) == "met"
    assert verdict(row("dr5"), effects(models, dr5=0.9)) == "MISS"
