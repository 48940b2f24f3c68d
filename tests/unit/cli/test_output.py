"""A result is printed as text, or as one JSON object."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from xenosim.cli.output import emit
from xenosim.io.results import Result


def test_text_and_json_of_a_result(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({"dose_nM": [10.0], "ci_low": [float("nan")]})
    manifest = {"assay": "viability", "answer": "IC50 20 nM", "seed": 4, "xenosim": "0"}
    result = Result({"wells": table}, manifest | {"parameters": {"assumed": 3, "measured": 0}})
    emit(result, Path("runs/one"), False)
    text = capsys.readouterr().out
    assert text.startswith("IC50 20 nM") and "seed 4" in text and "runs/one" in text
    emit(result, Path("runs/one"), True)
    data = json.loads(capsys.readouterr().out)
    assert data["tables"]["wells"] == [{"dose_nM": 10.0, "ci_low": None}]
    assert data["directory"] == "runs/one" and data["seed"] == 4
