"""Outputs of an arm, on curves whose answer is known."""

import math

import numpy as np
import pytest

from xenosim.errors import ScenarioError
from xenosim.inference.evaluate import Curves
from xenosim.inference.evaluate_outputs import (
    OUTPUTS,
    Seen,
    estimate,
    evaluation_day,
    find_output,
    interval_of,
)
from xenosim.testing import small_scenario

MEASURE = small_scenario().measure.model_copy(update={"end_volume_mm3": 2000.0})
DAYS = tuple(float(d) for d in range(22))
T = np.array(DAYS)


def grown(*rates: float, losses: float = 0.0) -> Curves:
    volumes = np.array([100.0 * np.exp(rate * T) for rate in rates])
    return Curves(DAYS, volumes, np.tile(losses * T / 21.0, (len(rates), 1)))


SEEN = Seen(grown(0.05, 0.07, losses=0.1), grown(0.1, 0.1), MEASURE, 21.0)


def value(name: str, seen: Seen = SEEN) -> float:
    return estimate(OUTPUTS[name], seen).value


def test_each_output_is_that_of_exponential_growth() -> None:
    assert value("tc_pct") == pytest.approx(100 * math.exp(-0.04 * 21))
    assert value("growth_rate_per_day") == pytest.approx(0.06)
    ends = np.minimum(math.log(4) / np.array([0.05, 0.07]), 21.0)
    assert value("tgd_days") == pytest.approx(ends.mean() - math.log(4) / 0.1)
    assert value("weight_loss_pct") == pytest.approx(10.0)
    assert value("best_change_pct") == pytest.approx(100 * (math.exp(0.06) - 1))
    assert value("survival_days") == 21.0


def test_a_day_before_the_last_is_read_alone() -> None:
    early = SEEN._replace(day=7.0)
    assert value("tc_pct", early) == pytest.approx(100 * math.exp(-0.04 * 7))
    assert value("weight_loss_pct", early) == pytest.approx(10.0 / 3)


def test_animals_leave_on_the_day_of_a_humane_endpoint() -> None:
    measure = MEASURE.model_copy(update={"end_volume_mm3": 300.0})
    seen = Seen(grown(0.1, 0.2), grown(0.1, 0.1), measure, 21.0)
    assert value("survival_days", seen) == (11 + 6) / 2


def test_the_interval_is_students_and_one_animal_has_none() -> None:
    found = interval_of(np.array([1.0, 2.0, 3.0, 4.0]))
    reach = 3.182446 * math.sqrt(5 / 3) / 2
    assert (found.low, found.high) == pytest.approx((2.5 - reach, 2.5 + reach))
    assert math.isnan(interval_of(np.array([1.0])).low)


def test_names_are_long_or_short_and_others_get_the_nearest() -> None:
    assert find_output("tc").name == "tc_pct" and find_output(" tgd_days ").name == "tgd_days"
    with pytest.raises(ScenarioError, match="survival"):
        find_output("surviva")


def test_the_day_is_measured() -> None:
    assert evaluation_day(MEASURE, None) == MEASURE.days[-1]
    for day in (0.0, 0.5):
        with pytest.raises(ScenarioError, match="is not measured"):
            evaluation_day(MEASURE, day)
