"""Tumors of a draw: untreated ones are the same, treated ones are not."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from xenosim.errors import ParameterError
from xenosim.inference.targets import targets
from xenosim.inference.xenograft import study_of, tumor_output
from xenosim.study.ensemble import with_draw
from xenosim.study.growth import calibrate_growth

FOLDER = str(Path(__file__).parents[3] / "scenarios")


def test_more_load_is_more_effect() -> None:
    weekly = targets(("invivo",))[0]
    low, high = (
        tumor_output(weekly, {("oci_ly10", "load_mean"): load}, FOLDER) for load in (0.2, 0.6)
    )
    assert math.exp(high) < math.exp(low) - 0.1 < 1.0


def test_growth_is_that_of_the_scenario_whatever_the_draw() -> None:
    study = study_of(FOLDER, "oci_ly10_weekly")
    other = with_draw(study.scenario, {("oci_ly10", "load_mean"): 0.6, ("cell", "dr5"): 1.0})
    assert calibrate_growth(other)[:2] == pytest.approx(study.growth[:2], rel=1e-6)


def test_a_folder_without_the_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="oci_ly10_weekly.yaml not found"):
        study_of(str(tmp_path), "oci_ly10_weekly")
