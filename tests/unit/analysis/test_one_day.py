"""ANOVA, Dunnett and Mann-Whitney against R."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_ind

from xenosim.analysis.one_day import anova, dunnett, mann_whitney

GROUPS = {
    "vehicle": np.array([6.9, 7.1, 7.4, 6.8, 7.2]),
    "low": np.array([6.5, 6.9, 6.6, 7.0]),
    "high": np.array([5.9, 6.1, 5.5, 6.4, 6.0]),
}


def test_anova_is_rs() -> None:
    """R: summary(aov(y ~ g, e)): F 21.06304 on 2 and 11 degrees of freedom, p 0.00017317."""
    found = anova(GROUPS)
    assert (found.statistic, found.df) == pytest.approx((21.06304, 11.0), rel=1e-6)
    assert found.p == pytest.approx(0.00017317, rel=1e-4)


def test_dunnett_is_multcomps() -> None:
    """R: summary(glht(aov(y ~ g, e), linfct = mcp(g = "Dunnett"))): t -1.7952048, -6.3470075, p
    0.1730137, 0.0001047; confint: -0.33 (-0.79635 to 0.13635), -1.10 (-1.53968 to -0.66032).
    """
    found = dunnett(GROUPS, "vehicle")
    assert found["low"].statistic == pytest.approx(-1.7952048)
    assert found["high"].statistic == pytest.approx(-6.3470075)
    assert found["low"].p == pytest.approx(0.1730137, abs=1e-4)
    assert found["high"].p == pytest.approx(0.0001047, abs=3e-5)
    assert found["low"].estimate == pytest.approx(math.exp(-0.33))
    limits = np.log(found["low"].limits), np.log(found["high"].limits)
    np.testing.assert_allclose(limits, [[-0.79635, 0.13635], [-1.53968, -0.66032]], atol=2e-3)


def test_dunnett_is_the_same_every_time() -> None:
    assert dunnett(GROUPS, "vehicle") == dunnett(GROUPS, "vehicle")


def test_mann_whitney_is_rs() -> None:
    """R: wilcox.test(low, vehicle): W = 3.5, p 0.139982524 (ties); high: p 0.0079365079."""
    low = mann_whitney(GROUPS["low"], GROUPS["vehicle"])
    assert (low.statistic, low.p) == pytest.approx((3.5, 0.139982524), rel=1e-7)
    assert mann_whitney(GROUPS["high"], GROUPS["vehicle"]).p == pytest.approx(0.00793650794)


def test_what_cannot_be_tested_says_why() -> None:
    one = {"vehicle": np.array([6.0]), "drug": np.array([5.0])}
    assert anova(one).note == "undefined: too few animals"
    assert dunnett(one, "vehicle")["drug"].note == "undefined: too few animals"
    same = {"vehicle": np.full(3, 6.0), "drug": np.full(3, 5.0)}
    assert "identical" in anova(same).note and "identical" in dunnett(same, "vehicle")["drug"].note
    nobody = {"vehicle": np.full(3, 6.0), "drug": np.empty(0)}
    assert "no animal" in dunnett(nobody, "vehicle")["drug"].note
    assert "no animal" in mann_whitney(nobody["drug"], nobody["vehicle"]).note
    assert "identical" in mann_whitney(same["drug"], same["drug"]).note


def test_one_arm_has_students_interval() -> None:
    two = {name: GROUPS[name] for name in ("vehicle", "high")}
    expected = ttest_ind(two["high"], two["vehicle"])
    limits = expected.confidence_interval(0.95)
    found = dunnett(two, "vehicle")["high"]
    assert found.p == pytest.approx(float(expected.pvalue))
    assert np.log(found.limits) == pytest.approx((limits.low, limits.high))
