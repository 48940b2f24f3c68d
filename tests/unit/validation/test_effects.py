"""Volumes and times of pools, and the error of few animals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.scenario.load import load_scenario
from xenosim.study.population import Pool, as_twin
from xenosim.validation.effects import Followed, dr5_ratio, event_day, followed, tc, tc_sd


def test_animals_of_a_pool() -> None:
    volumes = np.array([[[100.0, 400.0, 800.0], [50.0, 100.0, 0.0]]])
    found = followed(Pool(("a",), (0.0, 5.0, 10.0), volumes, volumes))["a"]
    assert list(found.start) == [100.0, 50.0] and found.end[0] == 800.0 and found.end[1] > 0
    assert found.event[0] == pytest.approx(5.0) and math.isinf(found.event[1])


def test_an_event_lies_between_days() -> None:
    days = np.array([0.0, 3.0, 6.0])
    assert event_day(days, np.array([1.0, 2.0, 8.0])) == pytest.approx(4.5)
    assert math.isinf(event_day(days, np.array([1.0, 2.0, 3.0])))


def test_the_error_of_few_animals_is_that_of_resampling() -> None:
    rng = np.random.default_rng(3)
    control = Followed(*[np.exp(rng.normal(6.0, 0.5, 40)) for _ in range(3)])
    treated = Followed(
        control.start, control.end * np.exp(rng.normal(-1.0, 0.4, 40)), control.event
    )
    picks = rng.integers(0, 40, (4000, 40))
    boot = np.log(treated.end[picks].sum(axis=1) / control.end[picks].sum(axis=1))
    assert tc_sd(treated, control) == pytest.approx(float(boot.std()), rel=0.1)
    assert tc(control, control) == 1.0 and tc_sd(control, control) == 0.0


def test_dr5_rises_under_the_drug() -> None:
    scenario = load_scenario("scenarios/hct116_biw.yaml", {"tumor.twin_agents": 200})
    assert dr5_ratio(as_twin(scenario), "ixazomib", hours=6) > 1.1
