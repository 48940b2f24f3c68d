"""A checked scenario is frozen."""

import math

import pytest
from pydantic import ValidationError

from xenosim.scenario.schema import LesionSettings
from xenosim.testing import small_scenario


def test_nothing_changes_after_checking() -> None:
    scenario = small_scenario()
    with pytest.raises(ValidationError):
        scenario.seed = 2
    assert hash(scenario) == hash(small_scenario())
    assert scenario.control.name == "vehicle"


def test_lesions_are_lognormal() -> None:
    lesions = LesionSettings(count=40, median_volume_mm3=0.05, sd=1.0)
    assert lesions.mean_volume_mm3 == pytest.approx(0.05 * math.exp(0.5))
    assert lesions.typical_volume_mm3 == pytest.approx(0.05 * math.exp(1.5))
