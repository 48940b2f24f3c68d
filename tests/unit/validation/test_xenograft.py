"""Published xenograft rows against the endpoints of a study: the pair of sites, and which studies
are run.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.lines import PUBLISHED, read_csv
from xenosim.scenario.load import load_scenario
from xenosim.validation import perfusion, xenograft
from xenosim.validation.perfusion import EXCHANGE, Point, perfusion_rows
from xenosim.validation.xenograft import studies, validate_xenografts

PAIR = ("osteosarcoma_primary", "osteosarcoma_metastases")


def endpoints(low: float, estimate: float, high: float) -> pd.DataFrame:
    """An endpoint table with one row: T/C of mean volumes of ixazomib [-]."""
    row = {
        "endpoint": "tc_volume_mean",
        "arm": "ixazomib",
        "estimate": estimate,
        "ci_low": low,
        "ci_high": high,
        "unit": "ratio",
        "day": 21.0,
        "n": 8,
        "n_control": 8,
    }
    return pd.DataFrame([row])


def test_every_study_with_published_rows_is_shipped() -> None:
    assert set(PAIR) < set(studies())
    for name in studies():
        assert load_scenario(f"scenarios/{name}.yaml").title


@pytest.mark.parametrize(
    ("study", "low", "high", "verdict"),
    [
        ("osteosarcoma_primary", 0.5, 0.9, "met"),  # not below what counts as active
        ("osteosarcoma_primary", 0.3, 0.9, "MISS"),
        ("osteosarcoma_metastases", 0.3, 0.9, "met"),  # a decrease
        ("osteosarcoma_metastases", 0.3, 1.1, "MISS"),
        (
            "osteosarcoma_metastases",
            math.nan,
            math.nan,
            "inconclusive",
        ),  # one animal has no interval
    ],
)
def test_the_verdicts_of_the_pair(
    monkeypatch: pytest.MonkeyPatch, study: str, low: float, high: float, verdict: str
) -> None:
    asked: list[str] = []

    def run(scenario: Any, **how: Any) -> SimpleNamespace:
        assert how["paired"]
        asked.append(scenario.title)
        return SimpleNamespace(tables={"endpoints": endpoints(low, 0.6, high)})

    monkeypatch.setattr(xenograft, "run_study", run)
    rows = validate_xenografts(Path("scenarios"), {}, 1, lambda title: None, (study,))
    assert asked == [load_scenario(f"scenarios/{study}.yaml").title]
    published = [
        row["id"] for row in read_csv(PUBLISHED / "xenograft.csv") if row["scenario"] == study
    ]
    assert [row["row"] for row in rows] == published and len(rows) == 1
    assert rows[0]["verdict"] == verdict and rows[0]["used"] == "validation"


def test_a_missing_study_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ParameterError, match=r"osteosarcoma_primary\.yaml, osteosarcoma_metastases\.yaml not found"
    ):
        validate_xenografts(tmp_path, {}, 1, lambda title: None, PAIR)


def points(tc: list[float], peak: list[float], occupancy: list[float]) -> list[Point]:
    """A sweep with these results."""
    return [
        Point(g, 10.0, 0.0, 0.0, o, p, t, 0.0)
        for g, t, p, o in zip(EXCHANGE, tc, peak, occupancy, strict=True)
    ]


def test_efficacy_follows_inhibition_or_not() -> None:
    rising, falling = [0.1 * k for k in range(1, 8)], [0.9 - 0.1 * k for k in range(1, 8)]
    by_peak, by_mean = perfusion_rows(points(falling, rising, falling))
    assert by_peak["simulated"] == pytest.approx(1.0) and by_peak["verdict"] == "met"
    assert by_mean["simulated"] == pytest.approx(-1.0) and by_mean["verdict"] == "MISS"
    assert {row["row"] for row in (by_peak, by_mean)} <= {
        row["id"] for row in read_csv(PUBLISHED / "mechanism.csv")
    }


def test_a_well_perfused_tumor_responds_and_a_poor_one_hardly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(perfusion, "EXCHANGE", (0.05, 2.0))
    poor, well = perfusion.sweep(
        load_scenario("scenarios/osteosarcoma_primary.yaml"), 1, volume_mm3=2.0, seeds=1
    )
    assert well.tc < 0.7 < 0.8 < poor.tc and poor.peak < well.peak
