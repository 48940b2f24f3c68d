"""Cells that a drug kills directly."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.cell.direct import (
    NOTHING,
    DirectEffect,
    acts,
    in_one_step,
    strike_cells,
    strike_some,
)
from xenosim.cell.kernel import DYING, HYPOXIC, READY, well_mixed
from xenosim.cell.rules import kill_probability
from xenosim.cell.state import CellState, allocate

N = 20_000


def struck(effect: DirectEffect, state: CellState, hypoxic: bool = False, strike=strike_some):
    """Cells of one state after a step of 2 h, and their marks."""
    cells, marks = allocate(N), np.full(N, READY)
    cells.uid[:], cells.state[:] = np.arange(N), state
    cells.site[:], cells.commitment[:] = 0, 0.0
    seen = well_mixed(np.zeros((1, 1), np.float32), np.float32(0))
    seen.zone[0] = HYPOXIC * hypoxic
    arguments = (seen, effect, np.int64(3), np.uint64(5), 2.0, marks)
    strike(cells, *arguments) if strike is strike_cells else strike(cells, 0, N, *arguments)
    return cells, marks


def test_the_chance_of_a_kill_is_that_of_its_rate() -> None:
    assert kill_probability(0.0, 1.0) == 0.0
    assert kill_probability(0.05, 2.0) == pytest.approx(1.0 - np.exp(-0.1))


def test_as_many_die_as_the_rate_says() -> None:
    cells, marks = struck(DirectEffect(0.05, 0.0, 1.0), CellState.QUIESCENT)
    died = marks == READY | DYING
    assert (cells.commitment[:N] == died).all() and (marks[~died] == READY).all()
    chance = 1.0 - np.exp(-0.1)
    # Five standard deviations of a binomial share.
    assert died.mean() == pytest.approx(chance, abs=5 * np.sqrt(chance * (1 - chance) / N))


@pytest.mark.parametrize(
    ("state", "hypoxic", "dies"),
    [
        (CellState.PROLIFERATING, False, True),
        (CellState.QUIESCENT, False, False),
        (CellState.PROLIFERATING, True, False),
        (CellState.APOPTOTIC, False, False),
        (CellState.NECROTIC, False, False),
    ],
)
def test_a_kill_of_cycling_cells_spares_the_others(
    state: CellState, hypoxic: bool, dies: bool
) -> None:
    _, marks = struck(DirectEffect(0.0, 0.3, 1.0), state, hypoxic)
    assert (marks != READY).any() == dies


def test_whoever_dies_of_less_dies_of_more() -> None:
    """One draw per cell and step: common random numbers."""
    little = struck(DirectEffect(0.05, 0.0, 1.0), CellState.PROLIFERATING)[1] != READY
    more = struck(DirectEffect(0.05, 0.05, 1.0), CellState.PROLIFERATING)[1] != READY
    assert more[little].all() and more.sum() > little.sum()


def test_threads_change_nothing() -> None:
    effect = DirectEffect(0.05, 0.1, 1.0)
    one, many = (
        struck(effect, CellState.PROLIFERATING, strike=how)[1]
        for how in (strike_some, strike_cells)
    )
    assert np.array_equal(one, many)


def test_a_course_step_by_step() -> None:
    assert in_one_step(None, 3) == NOTHING and not acts(NOTHING)
    course = (np.array([0.0, 0.1]), np.zeros(2), np.array([1.0, 0.5]))
    assert not acts(in_one_step(course, 0))
    assert in_one_step(course, 1) == DirectEffect(0.1, 0.0, 0.5)
    for effect in ((0.1, 0.0, 1.0), (0.0, 0.1, 1.0), (0.0, 0.0, 0.9)):
        assert acts(DirectEffect(*effect))
