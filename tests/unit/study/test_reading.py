"""Readings of a pool: the calipers' error, who leaves, and drugs on a laboratory's animals."""

import numpy as np
import pytest

from xenosim.analysis.controls import Controls
from xenosim.study.population import Pool
from xenosim.study.reading import pool_of_controls, read_pool, until_left
from xenosim.testing import SMALL, small_scenario

SCENARIO = small_scenario(overrides=SMALL | {"measure.humane_endpoint.tumor_volume": "2000 mm^3"})
DAYS = tuple(float(day) for day in SCENARIO.measure.days)


def growing(rate: float, count: int = 300, loss: float = 0.0) -> Pool:
    """Animals of 100 mm3 that grow alike; treated ones at half the rate."""
    days = np.array(DAYS)
    arms = tuple(arm.name for arm in SCENARIO.arms)
    each = [rate if arm == SCENARIO.control.name else 0.5 * rate for arm in arms]
    volumes = np.array([np.tile(100.0 * np.exp(r * days), (count, 1)) for r in each])
    return Pool(arms, DAYS, volumes, np.full_like(volumes, loss))


def test_readings_have_the_methods_error_and_it_is_the_same_again() -> None:
    first, again = (read_pool(growing(0.03), SCENARIO) for _ in range(2))
    control = first.arms[SCENARIO.control.name].log_volumes
    np.testing.assert_array_equal(control, again.arms[SCENARIO.control.name].log_volumes)
    assert 0.3 < control.std(axis=0).mean() / SCENARIO.measure.caliper_error_sd < 1.1


def test_animals_leave_with_their_first_reading_of_the_endpoint_or_of_weight() -> None:
    gone = read_pool(growing(3.0 / DAYS[-1] * 1.5), SCENARIO).arms[SCENARIO.control.name]
    assert np.isnan(gone.log_volumes[:, -1]).any()
    limit = np.log(SCENARIO.measure.end_volume_mm3)
    last = np.nanmax(gone.log_volumes, axis=1)
    left = np.isnan(gone.log_volumes[:, -1])
    assert (last[left] >= limit).all()
    light = read_pool(growing(0.1, loss=0.9), SCENARIO).arms[SCENARIO.control.name]
    assert (light.last == DAYS[0]).all() and np.isnan(light.rates).all()


def test_a_gap_stays_a_gap() -> None:
    leaves = np.array([[True, False], [False, False]])
    kept = until_left(np.ones((2, 2)), leaves)
    assert np.isnan(kept[0, 1]) and not np.isnan(kept[1]).any()


def test_controls_grow_as_the_laboratorys_and_the_effect_is_the_models() -> None:
    controls = Controls(np.array([np.log(150.0), 0.05]), np.zeros((2, 2)), 0.0, 0.0, 9)
    found = pool_of_controls(growing(0.1), SCENARIO, controls, 20)
    assert found.arms[SCENARIO.control.name].rates == pytest.approx(0.05)
    for arm in found.treated:
        assert found.arms[arm].rates == pytest.approx(0.0, abs=1e-9)
    assert found.start == pytest.approx(150.0)


def test_animals_are_lost_as_often_as_the_laboratorys() -> None:
    controls = Controls(np.array([np.log(150.0), 0.01]), np.zeros((2, 2)), 0.0, 0.1, 9)
    found = pool_of_controls(growing(0.1), SCENARIO, controls, 2000)
    there = ~np.isnan(found.arms[SCENARIO.control.name].log_volumes)
    assert there[:, -1].mean() == pytest.approx(np.exp(-0.1 * DAYS[-1]), abs=0.04)
