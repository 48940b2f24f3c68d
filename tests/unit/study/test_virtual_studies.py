"""Studies drawn from a pool: unbiased, randomized, read and removed as the study's own."""

import numpy as np
import pytest

from xenosim.scenario.schema import Scenario
from xenosim.study.observe import caliper, read_volumes
from xenosim.study.population import Pool
from xenosim.study.virtual_studies import readings, studies_shown
from xenosim.testing import SMALL, small_scenario

DAYS = (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario(overrides=SMALL | {"measure.humane_endpoint.tumor_volume": "5000 mm^3"})


def pool_of(pairs: int, effects: tuple[float, ...], sd: float = 0.4, start: float = 100.0) -> Pool:
    """Animals that grow e-fold in 18 days; ``effects`` on ln V of each arm on the last day."""
    rng = np.random.default_rng(11)
    speed = rng.normal(1.0, 0.5 * sd, pairs)[None, :, None]
    ends = np.array(effects)[:, None, None]
    days = np.array(DAYS)[None, None, :]
    first = start * np.exp(rng.normal(0.0, 0.3, pairs))[None, :, None]
    volumes = first * np.exp(speed * days / 18.0 + ends * days / 36.0)
    return Pool(("vehicle", "QW", "BIW"), DAYS, volumes, np.zeros(volumes.shape))


def test_what_is_read_is_what_a_study_would_read(scenario: Scenario) -> None:
    measure = scenario.measure.model_copy(update={"end_volume_mm3": 400.0})
    strict = scenario.model_copy(update={"measure": measure})
    pool = pool_of(30, (0.0, -1.0, 0.0))
    found = readings(pool, strict, np.random.default_rng(1))
    logs = found.arms["vehicle"].log_volumes
    last = np.where(np.isnan(logs), -np.inf, logs).max(axis=1)
    left = np.isnan(logs[:, -1])
    # The reading at which it left is kept.
    assert left.any() and (last[left] >= np.log(400.0)).all() and (last[~left] < 20.0).all()
    assert np.array_equal(found.start, pool.volumes[0, :, 0]) and found.control == "vehicle"


def test_no_effect_is_found_as_often_as_the_test_errs(scenario: Scenario) -> None:
    for shown in studies_shown(pool_of(60, (0.0, 0.0, 0.0)), scenario, 8, 2000):
        assert 0.02 < shown.found < 0.065 and shown.low < 100.0 < shown.high


def test_power_grows_with_the_effect_and_the_animals_needed_have_it(scenario: Scenario) -> None:
    pool = pool_of(60, (0.0, -1.0, -0.45))
    strong, weak = studies_shown(pool, scenario, 8, 1000)
    assert strong.found > weak.found > 0.1
    assert strong.tc_pct == pytest.approx(100.0 * np.exp(-1.0), rel=0.1)
    assert weak.needed is not None and strong.needed is not None
    assert strong.needed < weak.needed
    with_them = studies_shown(pool_of(400, (0.0, -1.0, -0.45)), scenario, weak.needed, 1000)[1]
    assert 0.7 < with_them.found < 0.92


def test_large_tumors_leave_and_the_day_is_the_last_with_half_of_them(scenario: Scenario) -> None:
    measure = scenario.measure.model_copy(update={"end_volume_mm3": 400.0})
    strict = scenario.model_copy(update={"measure": measure})
    pool = pool_of(60, (0.0, -1.0, 0.0))
    all_stay, some_left = (studies_shown(pool, s, 8, 500)[0] for s in (scenario, strict))
    # On an earlier day the effect is smaller.
    assert some_left.tc_pct > all_stay.tc_pct + 5.0
    light = pool._replace(losses=np.where(pool.volumes > 0, 1.0, 0.0))
    gone = studies_shown(light, scenario, 8, 50)[0]
    assert gone.undefined == 1.0 and np.isnan(gone.found) and gone.needed is None


def test_one_animal_has_no_test_and_a_small_pool_no_large_study(scenario: Scenario) -> None:
    small = pool_of(6, (0.0, -1.0, 0.0))
    assert studies_shown(small, scenario, 1) == studies_shown(small, scenario, 3) == ()
    assert len(studies_shown(small, scenario, 2, 50)) == 2


def test_many_readings_are_those_of_calipers_one_by_one(scenario: Scenario) -> None:
    measure, volumes = scenario.measure, np.geomspace(1.0, 2000.0, 6)
    noise = np.random.default_rng(5)
    many = read_volumes(np.tile(volumes, (4000, 1)), measure, noise)
    for k, volume in enumerate(volumes):
        across = (6.0 * volume / np.pi) ** (1.0 / 3.0)
        one = [caliper((across,) * 3, measure, noise).volume_mm3 for _ in range(4000)]
        assert np.log(many[:, k]).mean() == pytest.approx(np.log(one).mean(), abs=0.01)
        assert np.log(many[:, k]).std() == pytest.approx(np.log(one).std(), abs=0.01)
    imaging = measure.model_copy(update={"method": "imaging"})
    assert read_volumes(np.zeros(3), imaging, noise).tolist() == [measure.imaging_limit_mm3] * 3
