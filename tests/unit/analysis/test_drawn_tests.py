"""Tests over many drawn studies: the day, arms that look on, and studies without an answer."""

import numpy as np

from tests.unit.analysis.growing import DAYS, fresh_studies, readings
from xenosim.analysis.drawn_tests import events, growth_rates, shuffled_volumes, volumes
from xenosim.analysis.pool import AnimalPool


def test_permutations_keep_the_estimate_of_the_test_that_they_replace() -> None:
    animals, dealt = fresh_studies(6, 200, 3, 0.03)
    plain, shuffled = (f(animals, dealt, "drug") for f in (volumes, shuffled_volumes))
    assert np.array_equal(plain.estimate, shuffled.estimate)
    # They agree on what is clear, and only there.
    assert np.corrcoef(plain.p, shuffled.p)[0, 1] > 0.95
    assert not np.array_equal(plain.p, shuffled.p)


def test_a_third_arm_takes_its_days_away() -> None:
    made = readings(40, 5, 0.01, end_mm3=np.inf)
    short = made["drug"].copy()
    short[:, 4:] = np.nan
    pool = AnimalPool.of_readings(made | {"other": short}, DAYS, "vehicle")
    study = {arm: np.arange(12)[None] + 12 * k for k, arm in enumerate(pool.arms)}
    two = AnimalPool.of_readings(
        {arm: each[:, :4] for arm, each in made.items()}, DAYS[:4], "vehicle"
    )
    of_two = {arm: study[arm] for arm in two.arms}
    assert shuffled_volumes(pool, study, "drug").p == shuffled_volumes(two, of_two, "drug").p


def test_studies_without_events_or_spread_have_no_answer() -> None:
    still = np.full((8, DAYS.size), 100.0)
    pool = AnimalPool.of_readings({"vehicle": still, "drug": still}, DAYS, "vehicle")
    study = {"vehicle": np.arange(4)[None], "drug": np.arange(4, 8)[None]}
    for test in (growth_rates, shuffled_volumes, events):
        assert test(pool, study, "drug").failed.all()
