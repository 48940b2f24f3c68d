"""A study of radial twins says where they were not compared with the lattice."""

from pathlib import Path

from xenosim.study.trust import EXCHANGE, LOAD, START, outside_comparison
from xenosim.testing import small_scenario
from xenosim.validation.twin import grid_cases

SCENARIOS = Path(__file__).parents[3] / "scenarios"
TWIN = {"engine": "twin", "tumor.start_volume": "100 mm^3"}


def test_inside_nothing_is_said_and_the_lattice_is_never_doubted() -> None:
    assert outside_comparison(small_scenario(overrides=TWIN)) == []
    assert outside_comparison(small_scenario()) == []


def test_each_quantity_outside_is_named_with_its_bounds() -> None:
    given = TWIN | {"tumor.start_volume": "900 mm^3", "site": "intramuscular"}
    (note,) = outside_comparison(small_scenario(overrides=given))
    assert "start volume of 30 to 500 mm3, here it is 900 mm3" in note
    assert "--engine lattice" in note and "vessel" not in note


def test_the_bounds_are_those_of_the_comparison() -> None:
    cases = grid_cases(SCENARIOS)
    exchanges = [case.exchange for case in cases if case.exchange is not None]
    assert (min(exchanges), max(exchanges)) == (EXCHANGE.low, EXCHANGE.high)
    loads = [case.load for case in cases if case.load is not None]
    assert (min(loads), max(loads)) == (LOAD.low, LOAD.high)
    starts = [case.start_mm3 for case in cases]
    assert (min(starts), max(starts)) == (START.low, START.high)
