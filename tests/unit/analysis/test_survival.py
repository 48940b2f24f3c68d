"""Kaplan-Meier medians against hand-computed numbers and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from tests.unit.analysis.test_batches import MERCAPTOPURINE, times
from xenosim.analysis.survival import followed_until, hazard_ratio, kaplan_meier, km_median


def test_median_times_are_those_of_kaplan_and_meier() -> None:
    last = np.full(3, 42.0)
    assert float(km_median(np.array([10.0, 12.0, 20.0]), last)) == 12.0
    assert float(km_median(np.array([20.0, np.inf, np.inf]), last)) == np.inf
    assert float(km_median(np.array([10.0, 12.0, 20.0, 30.0]), np.full(4, 42.0))) == 16.0


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=15))
def test_median_agrees_with_scipy(animals: list[tuple[int, bool]]) -> None:
    days, censored = (np.array(x) for x in zip(*animals, strict=True))
    sf = ecdf(CensoredData.right_censored(days.astype(float), censored)).sf
    below = sf.quantiles[sf.probabilities < 0.5 - 1e-9]
    at = sf.quantiles[np.isclose(sf.probabilities, 0.5)]
    expected = np.mean(
        [*at[:1], *below[:1]] or [np.inf]
    )  # on a flat step at one half the middle, as in R's survival
    assert (
        float(km_median(np.where(censored, np.inf, days.astype(float)), days.astype(float)))
        == expected
    )


def test_the_curve_goes_as_far_as_the_last_animal() -> None:
    assert followed_until(np.array([5.0, np.inf]), np.array([40.0, 12.0])) == 12.0


LAST = np.full(3, 30.0)
PRINTED = """
6 0.8571429 0.6197180 0.9515517 21
7 0.8067227 0.5631466 0.9228090 17
10 0.7529412 0.5031995 0.8893618 15
13 0.6901961 0.4316102 0.8490660 12
16 0.6274510 0.3675109 0.8049122 11
22 0.5378151 0.2677789 0.7467907 7
23 0.4481793 0.1880520 0.6801426 6
"""


def test_6mp_curve_and_bands_are_rs() -> None:
    """R: survfit(Surv(t, s) ~ 1, conf.type = "log-log") of the 6-MP arm."""
    table = kaplan_meier(*times(MERCAPTOPURINE[0]))
    events = table[table["events"] > 0][["day", "survival", "low", "high", "at_risk"]]
    expected = np.array([[float(x) for x in line.split()] for line in PRINTED.split("\n") if line])
    np.testing.assert_allclose(events.to_numpy(float), expected, atol=1e-7)


def test_bands_are_scipys() -> None:
    t, until = times(MERCAPTOPURINE[0])
    sf = ecdf(CensoredData.right_censored(until, np.isinf(t))).sf
    band = sf.confidence_interval(method="log-log")
    table = kaplan_meier(t, until)
    table = table[table["day"] > 0]
    np.testing.assert_allclose(table["low"], band.low.probabilities)
    np.testing.assert_allclose(table["high"], band.high.probabilities)


def test_without_events_the_curve_stays_at_1_without_a_band() -> None:
    table = kaplan_meier(np.full(3, np.inf), np.array([10.0, 20.0, 20.0]))
    assert table["survival"].tolist() == [1.0, 1.0, 1.0] and table["low"].isna().all()
    assert table["at_risk"].tolist() == [3, 3, 2]


def test_after_all_events_the_curve_is_at_0() -> None:
    table = kaplan_meier(np.array([5.0, 5.0]), np.array([30.0, 30.0]))
    assert table["survival"].tolist() == [1.0, 0.0] and table["high"].isna().all()


def test_6mp_hazard_ratio_is_rs() -> None:
    """R: coxph(Surv(t, s) ~ g, ties = "efron"): 0.20760352 (0.092512837 to 0.4658729), p
    0.00013775376.
    """
    found = hazard_ratio(*(times(text) for text in MERCAPTOPURINE))
    assert found.ratio == pytest.approx(0.20760352, rel=1e-6)
    assert found.limits == pytest.approx((0.092512837, 0.4658729), rel=1e-6)
    assert found.p == pytest.approx(0.00013775376, rel=1e-5)


def test_arms_without_a_finite_ratio_say_why() -> None:
    never, early = (np.full(3, np.inf), LAST), (np.array([3.0, 4.0, 5.0]), LAST)
    late = (np.array([8.0, 9.0, 10.0]), LAST)
    assert hazard_ratio(never, never).note == "no event in either arm"
    assert hazard_ratio(never, early).note.startswith("events of one arm alone")
    found = hazard_ratio(late, early)
    assert np.isnan(found.ratio) and found.note.startswith("events of one arm alone")


@pytest.mark.parametrize("seed", range(4))
def test_hazard_ratio_is_that_of_statsmodels_with_ties_and_censoring(seed: int) -> None:
    regression = pytest.importorskip("statsmodels.duration.hazard_regression")
    rng = np.random.default_rng(seed)
    days = [np.ceil(rng.exponential(scale, n)) for scale, n in ((12.0, 17), (8.0, 11))]
    arms = [(np.where(rng.random(t.size) < 0.7, t, np.inf), t) for t in days]
    found = hazard_ratio(*arms)
    event = np.isfinite(np.concatenate([times for times, _ in arms]))
    factor = np.repeat([1.0, 0.0], [17, 11])
    model = regression.PHReg(np.concatenate(days), factor, status=event * 1, ties="efron")
    expected = model.fit(disp=0)
    assert np.log(found.ratio) == pytest.approx(expected.params[0], abs=1e-6)
    assert found.p == pytest.approx(expected.pvalues[0], abs=1e-6)
