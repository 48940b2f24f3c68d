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
