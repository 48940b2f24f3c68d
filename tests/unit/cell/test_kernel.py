"""Marks follow the state, never the clock of a dying cell."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.cell.kernel import DYING, LEAVING, READY, age_cells, mark_of, well_mixed
from xenosim.cell.state import APOPTOTIC, NECROTIC, PROLIFERATING, QUIESCENT, allocate


@pytest.mark.parametrize("clock", [-1e6, 0.5, 1.5])
def test_what_is_due_depends_on_the_state(clock: float) -> None:
    now = np.float32(clock)
    for state in (PROLIFERATING, QUIESCENT):
        ready = READY if clock >= 1 else 0
        assert mark_of(False, False, state, now) == ready
        assert mark_of(True, False, state, now) == DYING | ready
        assert mark_of(False, True, state, now) == DYING | ready
    for state in (APOPTOTIC, NECROTIC):
        assert mark_of(False, False, state, now) == mark_of(True, False, state, now) == 0
        assert mark_of(False, True, state, now) == DYING | LEAVING


def test_cells_without_a_drug_age_and_are_marked() -> None:
    cells, marks = allocate(4), np.zeros(4, np.uint8)
    cells.state[:] = [PROLIFERATING, PROLIFERATING, APOPTOTIC, APOPTOTIC]
    cells.event_step[:], cells.cycle_h[:] = [9, 2, 9, 2], 10.0
    cells.clock[:] = [0.95, 0.0, 0.95, 0.95]
    age_cells(cells, np.float32(1), np.int64(3), marks)
    assert list(marks) == [READY, DYING, 0, DYING | LEAVING]
    assert cells.clock[1] == pytest.approx(0.1)


def test_well_mixed_cells_share_one_voxel() -> None:
    seen = well_mixed(np.full((2, 1), 0.5), 0.0)
    assert seen.zone.size == seen.voxel_z.size == 1 and seen.inhibition.shape == (2, 1)
