"""Body weight under the published maximum tolerated dose and above it (what it was calibrated
on).
"""

import numpy as np
import pytest

from tests.conftest import MAIN_JOB
from xenosim.parameters.load import load_set
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.study.body_weight import BodyWeight
from xenosim.study.tissues import exposures


def largest_loss(regimen: str) -> float:
    tissue = exposures(load_scenario(MAIN_JOB), parse_regimen(regimen, default_drug=None)).normal
    weight, largest = BodyWeight(load_set("mouse"), np.random.default_rng(0)), 0.0
    for hour in range(24 * 30):
        weight.advance(float(tissue.advance(float(hour), hour + 1.0)[0, 0]), 1.0)
        largest = max(largest, weight.loss_fraction)
    return largest


def test_published_tolerated_dose_is_tolerated_and_twice_the_dose_is_not() -> None:
    """Hong 2019: 7 mg/kg IV twice weekly for 4 weeks is the MTD."""
    assert (
        largest_loss("ixazomib 7 mg/kg IV BIW x4wk")
        < 0.15
        < largest_loss("ixazomib 14 mg/kg IV BIW x4wk")
    )


def test_weight_recovers_after_the_last_dose() -> None:
    weight = BodyWeight(load_set("mouse"), np.random.default_rng(0))
    weight.loss_fraction = 0.1
    for _ in range(24 * 20):
        weight.advance(0.0, 1.0)
    # Exponential recovery at weight_recovery_rate.
    assert weight.loss_fraction == pytest.approx(
        0.1 * np.exp(-480 * load_set("mouse").value("weight_recovery_rate"))
    )
