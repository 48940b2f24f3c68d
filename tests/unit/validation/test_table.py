"""The validation table in docs/validation.md belongs to the code and parameters beside it."""

import math
from pathlib import Path

import pandas as pd
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.ensemble import prior_ensemble
from xenosim.validation import probes
from xenosim.validation.checks import Check
from xenosim.validation.table import coverage, inputs_hash, values_under, with_intervals

PAGE = Path(__file__).parents[3] / "docs" / "validation.md"


def test_the_embedded_table_is_not_stale() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"Inputs {inputs_hash()}." in text, "run: xenosim validate --embed docs/validation.md"


def test_rows_have_the_interval_of_the_sets_and_their_coverage_is_counted() -> None:
    rows = [
        {"published": 10.0, "note": "", "used": "validation"},
        {"published": 10.0, "note": "why", "used": "calibration"},
        {"published": 10.0, "note": "", "used": "validation"},
        {"published": math.nan, "note": "", "used": "validation"},
    ]
    sets = [[5.0 + k, 20.0 + k, math.nan, 1.0] for k in range(10)]
    found = with_intervals(rows, sets)
    assert (found[0]["sets_low"], found[0]["sets_high"]) == (5.0, 14.0)
    assert found[1]["note"] == "why; 90 % of 10 parameter sets 20 to 29"
    assert math.isnan(found[2]["sets_low"]) and found[2]["note"] == ""
    assert coverage(pd.DataFrame(found)) == (
        "1 of 2 published values of cells inside the 90 % interval"
    )
    assert coverage(pd.DataFrame(rows)) == ""


def test_checks_are_measured_under_a_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seed: int) -> float:
        raise ParameterError("no such cells")

    checks = [
        Check(
            "A", "cells", "", lambda seed: float(probes.cells("KMS-11").traits.load_median), 0, 1
        ),
        Check("B", "nothing", "", broken, 0, 1),
    ]
    monkeypatch.setattr("xenosim.validation.table.KINDS", {"invitro": tuple(checks)})
    first, second = (values_under(k, prior_ensemble(2), None) for k in (0, 1))
    assert first[0] != second[0] and math.isnan(first[1]) and math.isnan(second[1])
