"""Closed forms of direct effects: a kill rate is taken off the rate of growth, a brake scales the
doubling time, nothing is nothing.
"""

from __future__ import annotations

import math

import pytest

from tests.direct_drug import toxin
from xenosim.assays.culture import Culture, Line, line_of
from xenosim.cell.state import CellState
from xenosim.parameters.load import load_set
from xenosim.pharmacology.target import Pulse
from xenosim.testing import small_spec
from xenosim.tumor.spaces import found_tumor

CELLS, HOURS, DOUBLING = 4000, 48.0, 30.0


def well(concentration_nM: float, **values: float) -> Culture:
    """Cells in a constant concentration of a drug of these ``values``, after 48 h."""
    line: Line = line_of(load_set("cell"), DOUBLING)._replace(drugs={"toxin": toxin(**values)})
    culture = Culture(line, CELLS, [Pulse("toxin", concentration_nM, 0.0, math.inf)], seed=3)
    culture.run_until(HOURS)
    return culture


@pytest.fixture(scope="module")
def untreated() -> Culture:
    return well(0.0, kill_slope=1.0)


def test_an_untreated_well_doubles_as_asked(untreated: Culture) -> None:
    assert untreated.living() / CELLS == pytest.approx(2.0 ** (HOURS / DOUBLING), rel=0.03)


def test_linear_kill_is_taken_off_the_rate_of_growth(untreated: Culture) -> None:
    """Living cells over untreated ones: exp(-k C t)."""
    share = well(20.0, kill_slope=0.001).living() / untreated.living()
    assert share == pytest.approx(math.exp(-0.001 * 20.0 * HOURS), rel=0.06)


def test_the_ic50_of_living_cells_is_where_the_closed_form_says(untreated: Culture) -> None:
    """Half are left where k(C) t = ln 2: of an Emax kill at EC50 (ln 2/(largest t - ln 2))."""
    largest, ec50 = 0.05, 30.0
    ic50 = ec50 * math.log(2.0) / (largest * HOURS - math.log(2.0))
    share = well(ic50, kill_max=largest, kill_ec50=ec50).living() / untreated.living()
    assert share == pytest.approx(0.5, rel=0.05)


def test_a_brake_scales_the_doubling_time() -> None:
    slowed = well(50.0, brake_max=0.8, brake_ec50=30.0)
    pace = 1.0 - 0.8 * 50.0 / 80.0
    grown = math.log(slowed.living() / CELLS) / math.log(2.0) * DOUBLING / HOURS
    assert slowed.live.state.max() < CellState.APOPTOTIC
    assert grown == pytest.approx(pace, rel=0.03)


def test_a_kill_of_cycling_cells_is_that_of_all_where_all_cycle(untreated: Culture) -> None:
    values = {"kill_slope": 0.001, "kill_cycling_only": 1.0}
    share = well(20.0, **values).living() / untreated.living()
    assert share == pytest.approx(math.exp(-0.02 * HOURS), rel=0.06)


@pytest.mark.parametrize("engine", ["lattice", "twin"])
def test_an_effect_of_zero_is_a_vehicle_byte_for_byte(engine: str) -> None:
    spec = small_spec(cycle_h=24.0)._replace(engine=engine)
    vehicle, zero, killed, braked = (found_tumor(spec, 1.0, 7) for _ in range(4))
    for _ in range(24):
        vehicle.step()
        zero.step(None, 0.0, (0.0, 0.0, 1.0))
        killed.step(None, 0.0, (0.05, 0.0, 1.0))
        braked.step(None, 0.0, (0.0, 0.0, 0.0))
    assert zero.digest() == vehicle.digest() and not zero.exposed and killed.exposed
    counts = killed.counts()
    assert counts[CellState.APOPTOTIC] > 200 and killed.committed > 200
    # Bodies of the killed stay for days, so that the volume hardly falls yet.
    assert killed.n > 700 and braked.born == 0 and braked.exposed
