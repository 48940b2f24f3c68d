"""What is fitted: names, priors, and scenarios with other values."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.inference.fit.free import default_names, free_of, with_values
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario()


def test_names_are_keys_parameters_and_parameters_of_a_set(scenario: Scenario) -> None:
    names = ["tumor.growth.doubling_time", "load_mean", "ixazomib.cl", "fu"]
    found = free_of(scenario, names)
    assert [one.name for one in found] == [
        "doubling_time",
        "cell.load_mean",
        "ixazomib.cl",
        "ixazomib.fu",
    ]
    for one in found:
        low, middle, high = one.prior.quantile(np.array([0.0, 0.5, 1.0]))
        assert one.prior.low <= low < middle < high <= one.prior.high


def test_unknown_names_are_all_told_with_the_nearest(scenario: Scenario) -> None:
    with pytest.raises(ParameterError) as error:
        free_of(scenario, ["dubling_time", "lod_mean", "cl", "cl"])
    assert "did you mean 'doubling_time'" in error.value.message
    assert "did you mean 'load_mean'" in error.value.message
    assert "'ixazomib.cl' is given twice" in error.value.message


def test_values_take_the_place_of_what_the_scenario_states(scenario: Scenario) -> None:
    stated = small_scenario(overrides={"parameters.cell.load_mean": "0.3"})
    free = free_of(stated, ["doubling_time", "cv_growth", "load_mean", "cl"])
    found = with_values(stated, free, [4.0, 0.3, 0.5, 1.5])
    study = resolve(found)
    assert found.tumor.doubling_time_days == 4.0 and found.animals.cv_growth == 0.3
    assert study.model.value("load_mean") == 0.5 and study.drugs["ixazomib"].value("cl") == 1.5


def test_what_is_fitted_unasked_depends_on_the_arms(scenario: Scenario) -> None:
    assert default_names(scenario, ["vehicle"]) == ("doubling_time", "cv_growth")
    assert default_names(scenario, ["vehicle", "QW"])[-1] == "load_mean"
