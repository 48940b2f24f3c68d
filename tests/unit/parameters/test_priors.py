"""Priors: within the range of the parameter file, of the stated shape."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set
from xenosim.parameters.priors import WIDE_FOLD, load_prior, load_sd, prior_draws, priors


def test_draws_stay_in_the_ranges_and_fill_them() -> None:
    draws = prior_draws(400, seed=3)
    assert draws.shape == (400, len(priors()))
    for k, prior in enumerate(priors()):
        low, high = load_set(prior.set).values[prior.name].limits
        assert low <= draws[:, k].min() and draws[:, k].max() <= high, prior.column
        assert np.allclose(
            np.quantile(draws[:, k], [0.25, 0.5, 0.75]),
            prior.quantile(np.array([0.25, 0.5, 0.75])),
            rtol=0.03,
            atol=1e-3,
        )


def test_a_wide_range_is_a_scale_and_a_narrow_one_is_not() -> None:
    by_name = {prior.column: prior for prior in priors()}
    clearance, spread = by_name["ixazomib.cl"], by_name["cell.load_cv"]
    assert clearance.shape == "log-normal" and clearance.high > WIDE_FOLD * clearance.low
    assert spread.shape == "uniform"
    assert spread.quantile(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.2, 0.35, 0.5])


def test_seeds_differ_and_repeat() -> None:
    assert np.array_equal(prior_draws(8, 1), prior_draws(8, 1))
    assert not np.array_equal(prior_draws(8, 1), prior_draws(8, 2))


def test_the_load_of_a_line_with_an_ic50_is_known_better() -> None:
    assert load_sd("Jurkat") < load_sd("KYSE-150") == load_sd("") == load_prior("mm1s").sd


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ParameterError, match="there is no model 'ship'"):
        load_prior("ship")
