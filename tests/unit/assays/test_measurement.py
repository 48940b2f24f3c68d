"""Measurements that were kept are the ones that were made."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from xenosim.analysis.dose_response import HillFit
from xenosim.assays.characterization import Characterized
from xenosim.assays.combination import Interaction
from xenosim.assays.comparison import Potencies
from xenosim.assays.lysate import TimeCourse
from xenosim.assays.measurement import Measurement, number
from xenosim.assays.viability import NO_FIT, DoseResponse, Quadrants
from xenosim.io.plain import plain

WELLS = pd.DataFrame({"dose_nM": [0.0, 10.0], "viable": 0.9, "early": 0.1, "late": 0.0})
PAIRS = pd.DataFrame(
    {"dose_a_nM": [1.0], "bliss_excess": [0.1], "hsa_excess": [0.2], "loewe_excess": [0.0]}
)
SUMMARY = pd.DataFrame(
    {
        "endpoint": ["ci_ed50"],
        "estimate": [math.nan],
        "ci_low": [0.5],
        "ci_high": [math.inf],
        "n": [3],
        "is_extrapolated": [True],
    }
)
COURSE = pd.DataFrame(
    {"time_h": [0.0, 4.0], "marker": ["BiP", "BiP"], "fold": [1.0, math.nan], "replicate": 1}
)
POTENCIES = pd.DataFrame(
    {
        "line": ["10", "10"],
        "drug": ["a", "b"],
        "ic50_nM": [math.inf, 5.0],
        "ci_low": [100.0, 4.0],
        "ci_high": [math.inf, 6.0],
        "slope": [math.nan, 2.0],
        "over_a": [math.nan, math.nan],
        "note": ["IC50 > 100", ""],
    }
)
MADE: list[Measurement] = [
    DoseResponse("a title", WELLS, HillFit(10.0, 8.0, 12.0, 2.5, 0.05, "")),
    DoseResponse("no fit", WELLS, NO_FIT),
    DoseResponse("never", WELLS, HillFit(math.inf, 100.0, math.inf, math.nan, 0.0, "IC50 > 100")),
    Quadrants("a title", WELLS),
    TimeCourse("a title", COURSE),
    Interaction("a title", ("a", "b"), WELLS, PAIRS, SUMMARY),
    Potencies("IC50 (nM)", POTENCIES),
    Characterized("mine", "cell", 30.0, 0.4, (0.3, 0.5), 0.02, "note", WELLS, WELLS),
]


@pytest.mark.parametrize("made", MADE, ids=lambda m: type(m).__name__)
def test_a_kept_measurement_says_the_same(made: Measurement) -> None:
    again = type(made).restored(made.tables(), plain(made.facts()))
    assert str(again) == str(made) and type(again) is type(made)
    assert plain(again.facts()) == plain(made.facts())
    assert again.tables().keys() == made.tables().keys() and again.files() == made.files()


@pytest.mark.parametrize("made", [m for m in MADE if not isinstance(m, Interaction)])
def test_one_figure_has_the_name_that_is_asked_for(made: Measurement) -> None:
    if len(made.tables().get("data", WELLS)) and isinstance(made, Quadrants | TimeCourse):
        assert list(made.plots("blot")) == ["blot"]


def test_what_json_lacks_is_read_back() -> None:
    assert math.isnan(number(None)) and number("-inf") == -math.inf and number(0.5) == 0.5
