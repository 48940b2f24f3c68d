"""The split: what calibrates is marked so, and validation is never used."""

from __future__ import annotations

import math

import pytest

from xenosim.errors import ParameterError
from xenosim.inference.targets import STAGES, split, targets, validation_rows
from xenosim.parameters.lines import PUBLISHED, published, read_csv


def test_the_split_is_respected() -> None:
    """What enters a fit is marked as calibration where the number stands, and nothing else in vivo
    is.
    """
    rows = {target.row for target in targets()}
    blood = {row["id"]: row["used"] for row in read_csv(PUBLISHED / "blood.csv")}
    vivo = {row["id"]: row["used"] for row in read_csv(PUBLISHED / "in_vivo.csv")}
    for row in rows:
        used = vivo.get(row) or blood.get(row) or published(row).used
        assert used == "calibration", row
    assert {row for row, used in vivo.items() if used == "calibration"} == {
        target.row for target in targets(("invivo",))
    }
    assert not rows & set(validation_rows()) and len(validation_rows()) > 15
    assert set(split()["calibration"]) == set(STAGES)


def test_errors_follow_the_rules() -> None:
    weekly, daily = targets(("invivo",))
    assert weekly.natural(weekly.value) == pytest.approx(0.12)
    share = 0.12 / 0.13
    assert weekly.error == pytest.approx(share * math.hypot(0.4 * math.sqrt(2 / 7), 0.3))
    assert daily.natural(daily.value) == pytest.approx(0.29)


def test_a_stage_without_rows_and_an_unknown_one() -> None:
    assert targets(("growth",)) == () and len(targets(STAGES)) == len(targets())
    with pytest.raises(ParameterError, match="did you mean 'dish'"):
        targets(("dishes",))
