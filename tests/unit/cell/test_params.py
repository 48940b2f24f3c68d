"""Parameter sets as numbers for the kernels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.cell.params import (
    cell_params,
    log_sd,
    median_of,
    readout_params,
    step_factors,
    trait_params,
)
from xenosim.parameters.load import load_set


def test_a_lognormal_has_the_mean_and_spread_asked_for() -> None:
    sd = log_sd(0.3)
    x = np.exp(sd * np.random.default_rng(1).standard_normal(200_000)) * median_of(2.0, sd)
    assert x.mean() == pytest.approx(2.0, rel=0.01) and x.std() / x.mean() == pytest.approx(
        0.3, rel=0.02
    )


def test_numbers_are_those_of_the_set_in_the_width_asked_for() -> None:
    value = load_set("cell").value
    for dtype in (np.float32, np.float64):
        params = cell_params(value, dtype)
        assert all(type(each) is dtype for each in params)
        assert params.myc == dtype(value("myc"))
        factors = step_factors(params, 2.0, dtype)
        assert factors.dt == 2 and factors.stress == pytest.approx(
            math.exp(-2 * value("stress_rate")), rel=1e-6
        )
    traits = trait_params(value, 24.0, 0.01)
    assert traits.cycle_h == 24.0 and traits.load_median < value("load_mean")
    assert traits.mixing_rate == value("trait_mixing_rate") > 0.0


def test_read_outs_have_their_constants() -> None:
    constants = readout_params(load_set("readouts").value)
    assert constants.basal_level == 0.05 and constants.dr5_promoter_half == 0.5
