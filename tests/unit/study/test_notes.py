"""Notes on the parameter sets of an answer."""

from typing import Any

from xenosim.scenario.schema import Scenario
from xenosim.study.notes import notes_on_ensemble
from xenosim.testing import SMALL, small_scenario

FINE: dict[str, Any] = {
    "sets": 50,
    "calibrated": True,
    "stale": False,
    "own_load": "",
    "beyond": [],
    "failed": [],
}


def twin() -> Scenario:
    return small_scenario(overrides=SMALL | {"engine": "twin"})


def test_nothing_is_said_where_nothing_need_be() -> None:
    assert notes_on_ensemble(twin(), {}) == notes_on_ensemble(twin(), FINE) == []


def test_what_weakens_the_interval_is_said() -> None:
    weak = FINE | {"stale": True, "own_load": "no data", "beyond": ["route PO"]}
    weak |= {"failed": [{"draw": 3, "reason": "no cell cycle"}], "sets": 49}
    found = notes_on_ensemble(small_scenario(), weak)
    assert "xenosim calibrate" in found[0] and found[1:3] == ["no data", "route PO"]
    assert "radial twins" in found[3]
    assert found[4].startswith("1 of 50 parameter sets could not be simulated")
    prior = notes_on_ensemble(twin(), FINE | {"calibrated": False, "stale": True})
    assert len(prior) == 1 and "before any data" in prior[0]
