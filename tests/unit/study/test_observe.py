"""Readings: errors as large as the scenario's, never below the limit."""

import numpy as np
import pytest

from xenosim.errors import ScenarioError, XenosimError
from xenosim.study.observe import caliper, image, weigh
from xenosim.testing import SMALL, small_scenario

MEASURE = small_scenario().measure
READINGS = 4000


def logs(values: list[float]) -> np.ndarray:
    return np.log(np.array(values))


def test_the_error_of_a_caliper_volume_is_the_scenarios() -> None:
    noise = np.random.default_rng(1)
    found = [caliper((9.0, 6.0, 6.0), MEASURE, noise) for _ in range(READINGS)]
    volumes = logs([reading.volume_mm3 for reading in found])
    assert volumes.std() == pytest.approx(MEASURE.caliper_error_sd, rel=0.05)
    assert volumes.mean() == pytest.approx(np.log(9.0 * 36.0 / 2.0), abs=0.01)
    assert all(reading.length_mm >= reading.width_mm for reading in found)
    assert not any(reading.limited for reading in found)


@pytest.mark.parametrize(
    ("across_mm", "published", "within"), [(4.0, 0.27, 0.1), (15.4, 0.07, 0.03), (8.0, 0.134, 0.05)]
)
def test_by_size_small_tumors_are_read_worse(
    across_mm: float, published: float, within: float
) -> None:
    """Euhus 1986: 27 % of small masses, 7 % of large ones."""
    small = SMALL | {"measure.error": "by size", "measure.limit": "0.5 mm"}
    measure = small_scenario(overrides=small).measure
    assert measure.caliper_error_sd == 0.0 and measure.caliper_reading_sd_mm == 0.48
    noise, axes = np.random.default_rng(1), (1.02 * across_mm, 0.98 * across_mm, across_mm)
    found = logs([caliper(axes, measure, noise).volume_mm3 for _ in range(READINGS)])
    assert found.std() == pytest.approx(published, rel=within)
    nothing = [caliper((0.0, 0.0, 0.0), measure, noise) for _ in range(99)]
    assert all(reading.length_mm == 0.5 and reading.limited for reading in nothing)
    volume = np.pi / 6.0 * across_mm**3
    assert measure.error_sd(volume) == pytest.approx(published, rel=0.02)
    assert MEASURE.error_sd(volume) == MEASURE.caliper_error_sd


def test_an_error_by_size_is_one_of_calipers() -> None:
    unsaid = {k: v for k, v in SMALL.items() if k != "measure.error"}
    assert small_scenario(overrides=unsaid).measure.caliper_reading_sd_mm == 0.48
    seen = small_scenario(overrides=unsaid | {"measure.method": "imaging"}).measure
    assert (seen.caliper_error_sd, seen.caliper_reading_sd_mm) == (0.12, 0.0)
    keys = {"measure.error": "by size", "measure.method": "imaging"}
    with pytest.raises(ScenarioError, match="'by size' is an error of calipers"):
        small_scenario(overrides=SMALL | keys)
    with pytest.raises(XenosimError, match="by day"):
        small_scenario(overrides=SMALL | {"measure.error": "by day"})


def test_a_round_tumor_has_a_length_and_a_width() -> None:
    reading = caliper((5.0, 5.0, 5.0), MEASURE, np.random.default_rng(1))
    assert reading.length_mm > reading.width_mm


def test_n12_the_bias_of_calipers_is_the_one_stated() -> None:
    """1/2 for pi/6 and the longer of two readings as the length: 6 % below a sphere's volume."""
    sphere, noise = np.pi / 6.0 * 9.0**3, np.random.default_rng(1)
    exact = MEASURE.model_copy(update={"caliper_error_sd": 0.0})
    assert caliper((9.0,) * 3, exact, noise).volume_mm3 / sphere == pytest.approx(3 / np.pi)
    found = [caliper((9.0,) * 3, MEASURE, noise).volume_mm3 / sphere for _ in range(READINGS)]
    sd = MEASURE.caliper_error_sd / np.sqrt(5.0)
    assert logs(found).mean() == pytest.approx(np.log(3 / np.pi) - sd / np.sqrt(np.pi), abs=0.006)
    assert np.mean(found) == pytest.approx(0.935, abs=0.006)


def test_calipers_do_not_read_below_their_limit() -> None:
    limit = MEASURE.caliper_limit_mm
    reading = caliper((0.1 * limit, 0.05 * limit, 0.0), MEASURE, np.random.default_rng(1))
    assert (reading.length_mm, reading.width_mm) == (limit, limit) and reading.limited


def test_imaging_has_no_axes_and_a_limit() -> None:
    measure = MEASURE.model_copy(update={"imaging_limit_mm3": 1.0})
    noise = np.random.default_rng(1)
    found = [image(50.0, measure, noise) for _ in range(READINGS)]
    assert logs([reading.volume_mm3 for reading in found]).std() == pytest.approx(
        measure.caliper_error_sd, rel=0.05
    )
    nothing = image(0.0, measure, noise)
    assert nothing.volume_mm3 == 1.0 and nothing.limited and np.isnan(nothing.length_mm)


def test_the_balance_errs_as_it_is_said_to() -> None:
    noise = np.random.default_rng(1)
    read = logs([weigh(20.0, 0.018, noise) for _ in range(READINGS)])
    assert read.std() == pytest.approx(0.018, rel=0.05)
    assert read.mean() == pytest.approx(np.log(20.0), abs=0.002)
