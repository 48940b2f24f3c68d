"""Published xenograft rows against the endpoints of a study: the pair of sites, and which studies
are run.
"""

from __future__ import annotations

import math
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.ensemble import load_ensemble
from xenosim.parameters.lines import PUBLISHED, read_csv
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Scenario
from xenosim.study.population import Pool
from xenosim.validation import perfusion, xenograft
from xenosim.validation.perfusion import EXCHANGE, Point, perfusion_rows
from xenosim.validation.rules import RULES
from xenosim.validation.xenograft import published_rows, studies, validate_xenografts

USED = {"calibration", "validation", "assumed"}
PAIR = ("osteosarcoma_primary", "osteosarcoma_metastases")


def test_every_study_with_published_rows_is_shipped() -> None:
    assert set(PAIR) < set(studies())
    for name in studies():
        assert load_scenario(f"scenarios/{name}.yaml").title


def test_every_row_is_simulated_or_says_why_not() -> None:
    rows = published_rows()
    ids = {row.row_id for row in rows}
    tables = [row["id"] for row in read_csv(PUBLISHED / "xenograft.csv")]
    tables += [
        row["id"] for row in read_csv(PUBLISHED / "seed_tables.csv") if row["id"].startswith("S2-")
    ]
    assert len(rows) == len(ids) and ids == set(tables)
    for row in rows:
        assert bool(row.rule) + bool(row.repeats) + bool(row.reason) == 1, row.row_id
        assert row.used in {"", "calibration", "validation", "assumed", "repeat"}
        assert not row.rule or (row.rule in RULES and row.used in USED and row.arm)
        assert all(other in ids for other in row.repeats.split(" and ") if other)
    assert [row.row_id for row in rows if row.used == "calibration"] == [
        "IXA-OCILY10-01",
        "IXA-WSU-01",
    ]


def test_the_arms_of_every_row_are_those_of_its_scenario() -> None:
    for row in filter(attrgetter("rule"), published_rows()):
        scenario = load_scenario(f"scenarios/{row.scenario}.yaml")
        arms = {arm.name for arm in scenario.arms}
        assert {row.arm, row.against or scenario.control.name} <= arms, row.row_id


def pool(scenario: Scenario, pairs: int, agents: int, volumes: dict[str, float]) -> Pool:
    """Animals that end with these volumes in the arms, 1000 in the control [mm3]."""
    arms, days = tuple(arm.name for arm in scenario.arms), scenario.measure.days
    ends = np.array([[volumes.get(arm, 1000.0)] for arm in arms])
    curves = np.exp(np.linspace(math.log(100.0), np.log(ends[:, 0]), len(days))).T
    # Animals differ by their size alone.
    sizes = np.exp(np.linspace(-0.5, 0.5, pairs))
    table = curves[:, None, :] * sizes[None, :, None]
    return Pool(arms, days, table, np.zeros_like(table))


@pytest.mark.parametrize(
    ("study", "ends", "verdict"),
    [
        ("osteosarcoma_primary", {"ixazomib": 850.0}, {"VIV-05": "met"}),
        ("osteosarcoma_primary", {"ixazomib": 700.0}, {"VIV-05": "MISS"}),
        ("osteosarcoma_metastases", {"ixazomib": 600.0}, {"IXA-OS-01": "met", "S2-06": "met"}),
        ("osteosarcoma_metastases", {"ixazomib": 1100.0}, {"IXA-OS-01": "MISS", "S2-06": "MISS"}),
        ("oci_ly10_weekly", {"ixazomib": 80.0}, {"IXA-OCILY10-01": "met", "IXA-OCILY10-03": "met"}),
        ("oci_ly10_weekly", {"ixazomib": 300.0}, {"IXA-OCILY10-01": "MISS"}),
        ("mm1s_biw", {"ixazomib": 300.0, "bortezomib": 500.0}, {"S2-01": "met"}),
        ("mm1s_biw", {"ixazomib": 500.0, "bortezomib": 300.0}, {"S2-01": "MISS"}),
    ],
)
def test_verdicts_of_studies(
    monkeypatch: pytest.MonkeyPatch, study: str, ends: dict[str, float], verdict: dict[str, str]
) -> None:
    def simulated(scenario: Scenario, pairs: int, agents: int) -> Pool:
        assert scenario.engine == "twin" and pairs == xenograft.PAIRS
        return pool(scenario, pairs, agents, ends)

    monkeypatch.setattr(xenograft, "simulate_pool", simulated)
    rows = validate_xenografts(Path("scenarios"), {}, 1, lambda title: None, (study,))
    found = {row["row"]: row for row in rows}
    assert {name: found[name]["verdict"] for name in verdict} == verdict
    for row in rows:
        if row["used"] == "repeat":
            assert row["verdict"] == "repeats" and math.isnan(row["simulated"])
        assert row["verdict"] == "repeats" or row["note"]
    assert "shipped parameters only" in found[next(iter(verdict))]["note"]


def test_an_ensemble_gives_the_share_of_its_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven of ten parameter sets have the direction: too few."""
    ends = iter([500.0] * 7 + [1500.0] * 3)
    seen = []

    def simulated(scenario: Scenario, pairs: int, agents: int) -> Pool:
        seen.append({(o.set, o.name): o.value for o in scenario.overrides})
        return pool(scenario, pairs, agents, {"ixazomib": next(ends)})

    monkeypatch.setattr(xenograft, "simulate_pool", simulated)
    draws = load_ensemble().first(10)
    rows = validate_xenografts(Path("scenarios"), {}, 1, lambda title: None, ("hcc_oral",), draws)
    assert rows[0]["verdict"] == "MISS" and "P(T/C < 1) 0.70" in rows[0]["note"]
    assert "shipped" not in rows[0]["note"]
    assert len({each["ixazomib", "cl"] for each in seen}) == 10
    assert not any(name == "bortezomib" for each in seen for name, _ in each)


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
