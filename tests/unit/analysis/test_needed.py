"""Animals per arm for a power: between the sizes tried, and by the closed form."""

import math

import numpy as np
import pytest

from tests.unit.analysis.growing import pool
from xenosim.analysis.needed import closed_needed, needed, needed_table
from xenosim.analysis.power import TESTS, power_table


def test_the_number_needed_lies_between_the_sizes_tried() -> None:
    sizes = np.array([4.0, 8.0, 12.0])
    assert needed(sizes, np.array([0.4, 0.7, 0.9]), 0.8) == 10.0
    assert needed(sizes, np.array([0.9, 0.95, 1.0]), 0.8) == 4.0
    assert needed(sizes, np.array([0.1, 0.2, 0.3]), 0.8) == math.inf
    assert needed(sizes, np.full(3, math.nan), 0.8) == math.inf


@pytest.mark.parametrize("test", TESTS)
def test_the_closed_form_is_the_first_size_that_is_enough(test: str) -> None:
    animals = pool(200, 1, 0.02)
    n = int(closed_needed(animals, test, "drug", 0.8))
    few, enough = (TESTS[test].closed(animals, "drug", k) for k in (n - 1, n))
    assert few < 0.8 <= enough


def test_without_an_effect_no_number_is_enough_and_without_spread_none_is_known() -> None:
    assert closed_needed(pool(40, 1).untreated(), "lmm", "drug", 0.8) == math.inf
    same = pool(40, 1)
    for curves in same.arms.values():
        curves.rates[:] = 0.1
    assert math.isnan(closed_needed(same, "lmm", "drug", 0.8))


@pytest.mark.parametrize("paired", [False, True])
def test_the_table_has_a_row_for_each_power(paired: bool) -> None:
    animals = pool(200, 1, 0.02)
    power = power_table(animals, (4, 8, 12, 16), ("lmm",), studies=400, paired=paired)
    table = needed_table(animals, power, (0.5, 0.9))
    assert table["target"].tolist() == [0.5, 0.9]
    assert (table["n_low"] <= table["n"]).all() and (table["n"] <= table["n_high"]).all()
    assert table["closed_form_n"].isna().all() == paired
    if not paired:
        assert abs(table["closed_form_n"][0] - table["n"][0]) <= 2
