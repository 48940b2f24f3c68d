"""Rules: what is at rest stays there, targets are shared, bounds hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.cell import rules
from xenosim.cell.kernel import advance_cell
from xenosim.cell.params import step_factors
from xenosim.cell.population import fill_resting_columns
from xenosim.cell.state import CellValues, allocate
from xenosim.testing import small_spec

PARAMS = small_spec().params


def test_a_cell_at_rest_stays_at_rest_but_for_its_clock() -> None:
    cells = allocate(3)
    cells.load_ratio[:], cells.threshold[:] = (0.2, 0.5, 0.8), 1.0
    cells.cycle_h[:], cells.clock[:] = 24.0, 0.25
    fill_resting_columns(cells, PARAMS)
    for row in range(3):
        before = CellValues(*(getattr(cells, name)[row] for name in CellValues._fields))
        factors = step_factors(PARAMS, 1.0)
        after = advance_cell.py_func(before, *np.float32([0, 1, 0]), PARAMS, factors)
        for name, value in after._asdict().items():
            expected = 0.25 + 1 / 24 if name == "clock" else getattr(before, name)
            assert value == pytest.approx(expected, rel=2e-5, abs=1e-6), name


def test_targets_are_the_levels_at_rest() -> None:
    stress = np.float32(0.3)
    assert rules.chaperone_target(stress, PARAMS) == pytest.approx(
        1 + PARAMS.chaperone_gain * 0.3, rel=1e-6
    )
    zero = np.float32(0)
    assert rules.noxa_drive(stress, zero, PARAMS) == PARAMS.myc * rules.noxa_induction(
        stress, PARAMS
    )
    assert rules.dr5_target(np.float32(0), PARAMS) == 0
    noxa = drive = rules.noxa_drive(stress, zero, PARAMS)
    for _ in range(5):
        noxa = rules.noxa_step(noxa, stress, zero, PARAMS, np.float32(1))
    assert noxa == pytest.approx(drive, rel=1e-5)


def test_lenalidomide_adds_to_the_supply_in_proportion() -> None:
    half, full = (rules.protein_supply(np.float32(2), np.float32(q), PARAMS) for q in (0.5, 1.0))
    assert full - 2 == pytest.approx(2 * (half - 2)) and rules.protein_supply(
        np.float32(2), np.float32(0), PARAMS
    ) == np.float32(2)


def test_the_proteasome_bounces_back_only_in_between() -> None:
    target = [rules.capacity_target(np.float32(o), np.float32(1)) for o in (0.0, 0.5, 1.0)]
    assert target == [1.0, 2.0, 1.0]
    assert rules.proteasome_activity(np.float32(2), np.float32(0.75)) == 0.5


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.7])
def test_the_approximant_is_near_the_exponential(loss: float) -> None:
    kept = rules.produce_and_lose(1.0, 0.0, loss)
    assert kept == pytest.approx(math.exp(-loss), abs=3e-4)


@pytest.mark.parametrize(("sign", "expected"), [(1.0, 1.5), (-1.0, 0.5)])
def test_myc_rises_or_falls_with_the_sign_of_the_line(sign: float, expected: float) -> None:
    params = PARAMS._replace(
        myc=np.float32(1), myc_sign=np.float32(sign), myc_inhibition_gain=np.float32(1)
    )
    assert rules.myc_level(np.float32(0), params) == 1.0
    assert rules.myc_level(np.float32(0.5), params) == expected
    below = params._replace(myc_sign=np.float32(-1), myc_inhibition_gain=np.float32(3))
    assert rules.myc_level(np.float32(0.5), below) == 0.0


def test_the_cycle_slows_with_the_activity_that_is_lost() -> None:
    params = PARAMS._replace(cycle_inhibition_gain=np.float32(0.5))
    none, one = np.float32(0), np.float32(1)
    speed = [rules.cycle_speed(none, none, np.float32(r), one, params) for r in (1.2, 1.0, 0.4, 0)]
    assert speed == pytest.approx([1.0, 1.0, 0.7, 0.5])
    stopped = params._replace(cycle_inhibition_gain=np.float32(2))
    assert rules.cycle_speed(none, none, np.float32(0.4), one, stopped) == 0.0


def test_mcl1_that_stress_induces_raises_the_threshold() -> None:
    params = PARAMS._replace(mcl1_induction=np.float32(0.5), jnk_gain=np.float32(0))
    one = np.float32(1)
    found = [rules.death_threshold(one, one, np.float32(s), one, params) for s in (0, 1)]
    assert found == [1.0, 1.5]


def test_nfkb_falls_or_rises_with_the_sign_of_the_line() -> None:
    for sign in (-1, 1):
        level = rules.nfkb_activity(
            np.float32(0.5), np.float32(1), PARAMS._replace(nfkb_sign=np.float32(sign))
        )
        assert sign * (1 - level) > 0
