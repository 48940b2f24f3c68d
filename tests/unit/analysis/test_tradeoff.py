"""T/C beside weight loss: numbers are those of the tables they come from."""

import math

import numpy as np
import pytest

from tests.unit.analysis.test_resampling import study
from tests.unit.analysis.test_tolerability import mice
from xenosim.analysis.data import StudyData
from xenosim.analysis.tradeoff import COLUMNS, loss_columns, tradeoff_table


def test_the_control_is_at_100_and_arms_have_the_tables_numbers() -> None:
    data = StudyData(study("vehicle", "drug").assign(body_weight_g=20.0), "vehicle")
    endpoints = data.endpoints(n_boot=50)
    table = tradeoff_table(data, endpoints).set_index("arm")
    assert ("arm", *table.columns) == COLUMNS and table.loc["vehicle", "tc_pct"] == 100.0
    own = endpoints[(endpoints["endpoint"] == "tc_pct") & (endpoints["arm"] == "drug")].iloc[0]
    assert table.loc["drug", "tc_pct"] == own["estimate"]
    assert table.loc["drug", "tc_low"] == own["ci_low"]


def test_losses_are_the_animals_own_largest() -> None:
    data = mice()
    table = tradeoff_table(data, data.endpoints(n_boot=20)).set_index("arm")
    assert table.loc["drug", "worst_loss_pct"] == pytest.approx((20.5 + 5.5) / 2)
    assert table.loc["vehicle", "worst_loss_pct"] == pytest.approx(0.0)


def test_without_weights_or_with_one_animal_there_is_no_interval() -> None:
    assert all(math.isnan(loss_columns(np.empty(0))[name]) for name in ("loss_low", "loss_high"))
    assert math.isnan(loss_columns(np.array([3.0]))["loss_low"])
    assert loss_columns(np.zeros(4))["loss_high"] == 0.0
