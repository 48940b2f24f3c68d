"""Mixtures at a fixed ratio."""

import numpy as np
import pytest

from tests.unit.analysis.test_combination import sham, wells
from xenosim.analysis.combination import ci_summary
from xenosim.analysis.mixture import dose_ratios
from xenosim.errors import TableError


def test_ratios_of_rounded_doses_are_equal() -> None:
    ratios = dose_ratios(np.array([1.0, 3.0]), np.array([3.0, 9.0 + 1e-9]))
    assert ratios[0] == ratios[1] == 0.333333


def test_a_drug_with_itself_is_additive_in_a_mixture() -> None:
    summary = ci_summary(wells(sham), ratio=0.1, n_boot=0).set_index("endpoint")
    assert summary.loc["ci_ed50", "estimate"] == pytest.approx(1.0, abs=0.02)
    with pytest.raises(TableError, match="mixture 7 to 1: 0 doses"):
        ci_summary(wells(sham), ratio=7.0, n_boot=0)
