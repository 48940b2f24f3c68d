"""T/C and TGI on hand-computed numbers."""

import numpy as np
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.endpoints.ratios import (
    tc_volume_mean,
    tgi_delta_pct,
    tgi_ratio_pct,
)
from xenosim.analysis.registry import every_endpoint
from xenosim.analysis.summary import endpoint_table


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_the_two_tgi_differ_as_the_definitions_say() -> None:
    args = one(144.0), one(1200.0), one(150.0), one(150.0)
    assert tgi_ratio_pct(*args) == pytest.approx(88.0)
    assert tgi_delta_pct(*args) == pytest.approx(100.571, abs=1e-3)
    assert tc_volume_mean(*args) == pytest.approx(0.12)


def test_each_definition_is_its_own_number() -> None:
    """T 100 200 600 from 100 each, C 400 1000 1600 from 100, 200, 400: RTV T 1 2 6, RTV C 4 5 4."""
    t, t0 = np.array([100.0, 200.0, 600.0]), np.full(3, 100.0)
    c, c0 = np.array([400.0, 1000.0, 1600.0]), np.array([100.0, 200.0, 400.0])
    by_hand = {
        "tc_pct": 100 * 2 / 4,
        "tc_rtv_mean": 100 * 9 / 13,
        "tc_volume_mean": 900 / 3000,
        "tc_volume_median": 200 / 1000,
        "tgi_ratio_pct": 70.0,
        "tgi_delta_pct": 100 * (1 - 600 / 2300),
        "tgi_rtv_pct": 100 * 4 / 13,
    }
    formulas = {e.name: e.formula for e in every_endpoint() if e.formula}
    assert {name: float(f(t, c, t0, c0)) for name, f in formulas.items()} == pytest.approx(by_hand)


def test_delta_tgi_is_undefined_where_the_control_does_not_grow() -> None:
    assert np.isnan(tgi_delta_pct(one(100.0), one(150.0), one(150.0), one(150.0)))


def test_the_logarithm_of_a_ratio_is_that_of_its_row() -> None:
    table = endpoint_table(study("vehicle", "drug"), "vehicle", n_boot=50).set_index("endpoint")
    ratio, log = table.loc["tc_volume_mean"], table.loc["minus_ln_tc"]
    assert log["estimate"] == -np.log(ratio["estimate"])
    assert (log["ci_low"], log["ci_high"]) == (-np.log(ratio["ci_high"]), -np.log(ratio["ci_low"]))
