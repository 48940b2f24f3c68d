"""What a laboratory's controls say: known growth, scatter and losses come back."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.growing import DAYS, readings, study
from xenosim.analysis.controls import Controls, controls_of, more_like
from xenosim.analysis.data import StudyData
from xenosim.errors import TableError


def test_growth_and_scatter_come_back() -> None:
    """Made with rate 0.11 (sd 0.02), start ln 100 (sd 0.2) and reading error 0.12."""
    found = controls_of(study(readings(400, 1, end_mm3=1e9)), 1e9)
    assert found.mean == pytest.approx([np.log(100.0), 0.11], abs=0.03)
    assert np.sqrt(np.diag(found.spread)) == pytest.approx([0.2, 0.02], rel=0.1)
    assert found.error == pytest.approx(0.12, rel=0.05)
    assert found.loss == 0.0 and found.animals == 400


def test_who_left_for_volume_was_not_lost_and_others_were() -> None:
    data = study(readings(60, 2))
    assert controls_of(data, 2000.0).loss == 0.0
    rows = data.table
    early = (rows["animal_id"] < 20) & (rows["day"] > 6)
    found = controls_of(StudyData(rows[~early], "vehicle", True), 2000.0)
    days = (
        20 * 6.0
        + rows[~early & (rows["arm"] == "vehicle")].groupby("animal_id")["day"].max()[20:].sum()
    )
    assert found.loss == pytest.approx(20 / days)


def test_more_animals_are_like_them() -> None:
    spread = np.array([[0.04, 0.002], [0.002, 0.0004]])
    controls = Controls(np.array([4.6, 0.1]), spread, 0.1, 0.01, 12)
    true, error, lost = more_like(controls, 4000, DAYS, np.random.default_rng(1))
    slopes = (true[:, -1] - true[:, 0]) / DAYS[-1]
    assert np.cov(true[:, 0], slopes) == pytest.approx(spread, rel=0.1)
    assert error.std() == pytest.approx(0.1, rel=0.02)
    assert lost.mean() == pytest.approx(100.0, rel=0.1)


def test_too_few_animals_are_refused() -> None:
    rows = [("vehicle", i, day, 100.0 + day) for i in (1, 2, 3) for day in (0, 3, 6)]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    with pytest.raises(TableError, match="too few control animals .* three measurements: 3"):
        controls_of(StudyData(table, "vehicle"), 2000.0)


def test_the_line_says_what_was_found() -> None:
    text = Controls(np.array([np.log(100.0), 0.1]), np.zeros((2, 2)), 0.1, 0.01, 12).text
    assert text.startswith("12 control animals: growth rate 0.1000 /day") and "nan" not in text
