"""The mixed model against R's nlme and the published fit of SynergyLMM; the bound of its variances;
errors of the first kind.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, ttest_ind

from tests.unit.analysis.growing import readings, study
from xenosim.analysis.data import StudyData
from xenosim.analysis.mixed_model import (
    deceleration,
    fit_growth,
    fit_mixed,
    least_squares,
    saturating,
    t_limits,
)

CAGES = Path(__file__).parents[2] / "data" / "growth_in_cages.csv"
#: Folder of public tables of real mice, not part of the project.
LAB = Path(os.environ.get("XENOSIM_LAB_TABLES", "/work/shared/data/lab"))
ARMS = ("drug", "vehicle")
SYNERGY = LAB / "grwth_data.csv"


def test_growth_is_that_of_nlme() -> None:
    """R: d <- read.csv("growth_in_cages.csv"); d$arm <- relevel(factor(d$arm), "vehicle");
    lme(log(tumor_volume_mm3) ~ arm * day, random = ~ day | animal_id, data = d,
    control = lmeControl(opt = "optim", msTol = 1e-10)).
    """
    table = pd.read_csv(CAGES).drop(columns="cage")
    fit = fit_growth(StudyData(table, "vehicle"))
    assert fit is not None and not fit.at_bound
    low, high = fit.difference("low", "vehicle"), fit.difference("high", "vehicle")
    assert low == pytest.approx((-0.0313567994, 0.01232728813, 21.0), rel=1e-5)
    assert high == pytest.approx((-0.0495056941, 0.01231921881, 21.0), rel=1e-5)


def test_with_cages_growth_is_that_of_nlme_and_cages_count() -> None:
    """R: as above with random = list(cage = ~ 0 + day, animal_id = ~ day)."""
    fit = fit_growth(StudyData(pd.read_csv(CAGES), "vehicle"))
    assert fit is not None and fit.clusters == {"vehicle": 3, "low": 3, "high": 3}
    estimate, se, df = fit.difference("high", "vehicle")
    assert (estimate, se) == pytest.approx((-0.0525909557, 0.0191376473), rel=1e-4) and df == 6.0


@pytest.mark.skipif(not SYNERGY.is_file(), reason="no folder of public laboratory tables")
def test_growth_rates_are_the_published_ones_of_synergylmm() -> None:
    """SynergyLMM's page prints lmmModel_estimates(lmm_ex): 0.07855242 0.07491984 0.06306986
    0.03487933, errors 0.00322683, residual 0.2124122.
    """
    table = pd.read_csv(SYNERGY)
    start = table[table["Time"] == 0].set_index("subject")["TumorVolume"]
    rows = table[table["Time"] > 0]
    gain = np.log(rows["TumorVolume"] / rows["subject"].map(start)).to_numpy(float)
    arms = ["Control", "DrugA", "DrugB", "Combination"]
    fit = fit_mixed(
        gain,
        rows[["Time"]].to_numpy(float) / 30.0,
        pd.factorize(rows["subject"])[0],
        pd.Categorical(rows["Treatment"], categories=arms).codes.astype(int),
    )
    expected = [0.07855242, 0.07491984, 0.06306986, 0.03487933]
    assert fit.effects / 30.0 == pytest.approx(expected, abs=1e-8)
    assert np.sqrt(np.diag(fit.covariance)) / 30.0 == pytest.approx([0.00322683] * 4, abs=1e-8)
    assert fit.residual_sd == pytest.approx(0.2124122, abs=1e-6)


def test_where_nothing_differs_between_animals_rates_are_not_zero() -> None:
    """The trap: statsmodels 0.15 returns rates of exactly 0 here, and converged."""
    rng = np.random.default_rng(1)
    days = np.arange(0.0, 31.0, 3.0)
    volumes = {
        arm: np.exp(np.log(100.0) + rate * days + 0.2 * rng.standard_normal((8, days.size)))
        for arm, rate in (("vehicle", 0.08), ("drug", 0.05))
    }
    fit = fit_growth(study(volumes, paired=False))
    assert fit is not None and fit.at_bound
    assert fit.rates == pytest.approx([0.08, 0.05], abs=0.006)
    estimate, se, df = fit.difference("drug", "vehicle")
    assert se > 0.0 and 7.0 <= df <= 14.0
    # All animals have the same days: it is Welch's t test of their slopes.
    lines = (np.polynomial.polynomial.polyfit(days, np.log(volumes[arm]).T, 1) for arm in ARMS)
    welch = ttest_ind(*(line[1] for line in lines), equal_var=False)
    assert estimate / se == pytest.approx(float(welch.statistic), rel=1e-6)
    assert df == pytest.approx(float(welch.df), rel=1e-6)


def test_with_equal_days_it_is_the_t_test_of_the_animals_slopes() -> None:
    volumes = readings(8, 3, end_mm3=np.inf)
    data = study(volumes, paired=False)
    fit = fit_growth(data)
    assert fit is not None and not fit.at_bound
    a, b = (data.animals[arm]["growth_rate_per_day"] for arm in ("drug", "vehicle"))
    estimate, se, df = fit.difference("drug", "vehicle")
    expected = ttest_ind(a, b)
    assert estimate / se == pytest.approx(float(expected.statistic), rel=1e-4)
    assert df == float(expected.df)


def test_least_squares_keep_the_errors_of_one_row_per_group() -> None:
    """With one row per group CR2 is HC2; R: sandwich::vcovHC(lm(y ~ x), type = "HC2")."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 5.0])
    y = np.array([1.0, 2.5, 2.0, 4.5, 5.0])
    design = np.stack([np.ones(5), x], axis=1)
    effects, covariance = least_squares(y, design, np.arange(5))
    bread = np.linalg.inv(design.T @ design)
    rest = y - design @ effects
    lever = np.einsum("ij,jk,ik->i", design, bread, design)
    meat = (design * (rest**2 / (1.0 - lever))[:, None]).T @ design
    np.testing.assert_allclose(covariance, bread @ meat @ bread)


def test_gompertz_finds_the_deceleration_and_the_rates_on_day_0() -> None:
    rng = np.random.default_rng(2)
    days = np.arange(0.0, 31.0, 3.0)
    felt = saturating(days, 0.05)
    volumes = {
        arm: np.exp(
            np.log(100.0)
            + (rate + 0.01 * rng.standard_normal((10, 1))) * felt
            + 0.05 * rng.standard_normal((10, days.size))
        )
        for arm, rate in (("vehicle", 0.2), ("drug", 0.15))
    }
    fit = fit_growth(study(volumes, paired=False), "gompertz")
    assert fit is not None and fit.deceleration == pytest.approx(0.05, rel=0.1)
    assert fit.rates == pytest.approx([0.2, 0.15], abs=0.02)


def test_lines_do_not_slow() -> None:
    day = np.tile(np.arange(0.0, 20.0, 4.0), 3)
    assert deceleration(day, 4.0 + 0.1 * day, np.repeat(np.arange(3), 5)) == 0.0


def test_limits_are_those_of_t() -> None:
    (low, high), p = t_limits(2.0, 1.0, 10.0)
    assert (low, high) == pytest.approx((2.0 - 2.228139, 2.0 + 2.228139), abs=1e-6)
    assert p == pytest.approx(0.073388, abs=1e-6)


def test_one_measurement_per_animal_is_no_fit() -> None:
    rows = [(arm, i, 0, 100.0 + i) for arm in ("vehicle", "drug") for i in (1, 2, 3)]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    assert fit_growth(StudyData(table, "vehicle")) is None


def test_two_points_of_one_animal_per_arm_are_no_fit() -> None:
    rows = [(arm, arm, day, 100.0 + day) for arm in ("vehicle", "drug") for day in (0, 7)]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    assert fit_growth(StudyData(table, "vehicle")) is None


def false_alarms(studies: int, n: int) -> int:
    """Studies without an effect, with animals that leave, in which the mixed model finds one."""
    found = 0
    for k in range(studies):
        volumes = readings(2 * n, 40_000 + k, effect=0.0, end_mm3=1200.0)
        data = study({"vehicle": volumes["vehicle"][:n], "drug": volumes["drug"][n:]}, False)
        fit = fit_growth(data)
        assert fit is not None
        found += t_limits(*fit.difference("drug", "vehicle"))[1] <= 0.05
    return found


def test_errors_of_the_first_kind_keep_their_level() -> None:
    assert false_alarms(60, 6) <= binom.ppf(0.999, 60, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize("n", [4, 8])
def test_errors_of_the_first_kind_of_many_studies(n: int) -> None:
    assert binom.ppf(0.0005, 1000, 0.04) <= false_alarms(1000, n) <= binom.ppf(0.999, 1000, 0.05)
