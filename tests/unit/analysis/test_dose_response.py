"""Hill fits of curves whose parameters are known."""

import numpy as np
import pytest

from xenosim.analysis.dose_response import fit_hill, hill
from xenosim.errors import TableError


@pytest.mark.parametrize("bottom", [0.0, 0.2])
def test_a_curve_without_scatter_is_recovered(bottom: float) -> None:
    dose = np.repeat(np.geomspace(1.0, 1000.0, 8), 2)
    fit = fit_hill(dose, hill(dose, 30.0, 1.5, bottom))
    assert (fit.ic50, fit.slope, fit.bottom) == pytest.approx((30.0, 1.5, bottom), abs=1e-3)
    assert fit.ci_low <= fit.ic50 <= fit.ci_high and fit.note == ""


def test_nothing_is_extrapolated() -> None:
    dose = np.geomspace(1.0, 100.0, 5)
    above, below = fit_hill(dose, np.full(5, 0.9)), fit_hill(dose, np.full(5, 0.2))
    assert (above.ic50, above.ci_low) == (np.inf, 100.0) and "IC50 > 100" in above.note
    assert (below.ic50, below.ci_high) == (0.0, 1.0) and "IC50 < 1" in below.note


def test_what_cannot_be_fitted_is_refused() -> None:
    dose = np.geomspace(1.0, 100.0, 5)
    with pytest.raises(TableError, match="row 2: dose 3"):
        fit_hill(dose, np.array([1.0, -0.1, 0.5, 0.3, 0.1]))
    with pytest.raises(TableError, match="3 doses are too few"):
        fit_hill(dose[:3], np.array([1.0, 0.5, 0.1]))


def test_b06_per_cent_is_refused() -> None:
    dose = np.geomspace(1.0, 100.0, 5)
    with pytest.raises(TableError, match="viability 98") as refused:
        fit_hill(dose, np.array([98.0, 90.0, 50.0, 20.0, 4.0]))
    assert "divide per cent by 100" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "viability",
    [[1, 0.9, 0.45, 0.9, 0.95, 1], [0.3, 0.4, 0.5, 0.7, 0.9, 1], [1, 0.2, 0.9, 0.3, 0.9, 0.9]],
)
def test_b08_a_curve_that_rises_again_has_no_ic50(viability: list[float]) -> None:
    fit = fit_hill(np.array([1.0, 3.0, 10.0, 30.0, 100.0, 300.0]), np.array(viability))
    assert fit.ic50 == np.inf and "no IC50" in fit.note and np.isnan(fit.slope)


def test_b09_a_plateau_just_below_one_half_has_its_ic50() -> None:
    dose = np.geomspace(0.3, 3000.0, 9)
    fit = fit_hill(dose, 0.48 + 0.52 / (1.0 + (dose / 5.0) ** 1.2))
    assert fit.ic50 == pytest.approx(73.1, abs=0.05) and fit.bottom == pytest.approx(0.48)
    assert fit.note == ""


def test_what_sits_at_a_bound_is_said() -> None:
    steep = fit_hill(np.array([1.0, 3.0, 10.0, 30.0]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert 3.0 < steep.ic50 < 10.0 and steep.ci_low >= 2.0 and steep.ci_high <= 15.0
    open_ended = fit_hill(
        np.array([1.0, 2.0, 4.0, 8.0, 16.0]), np.array([1.0, 0.95, 0.9, 0.8, 0.49])
    )
    assert open_ended.ci_high == np.inf and "on both sides" in open_ended.note


def test_the_profile_interval_covers() -> None:
    """Of 60 plates with scatter 0.05, at least 51 hold the truth (binomial, false alarm 1e-3)."""
    rng = np.random.default_rng(4)
    dose = np.repeat(np.geomspace(1.0, 1000.0, 8), 2)
    truth = hill(dose, 40.0, 1.5, 0.1)
    inside = 0
    for _ in range(60):
        fit = fit_hill(dose, np.maximum(truth + 0.05 * rng.standard_normal(dose.size), 0.0))
        inside += fit.ci_low <= 40.0 <= fit.ci_high
    assert inside >= 51
