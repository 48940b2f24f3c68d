"""The box in which oxygen is solved, and what is read from it (its physics: tests/analytic)."""

import numpy as np

from xenosim.cell.kernel import HYPOXIC
from xenosim.tumor.oxygen import OxygenField, OxygenParams

PARAMS = OxygenParams(6e6, 600.0, 5.0, 38.0, 38.0, 600.0, 5.0, 2.5, 0.2, 240.0)


def test_marks_and_pressures_are_those_of_the_box() -> None:
    field = OxygenField(PARAMS, 100.0)
    field.cover(-3, 6)
    field.pressure = np.full((2, 2, 2), 38.0, np.float32)
    field.pressure[0, 1, 1], field.corner = 1.0, np.array([-1, 0, 0])
    zones = np.arange(216, dtype=np.uint8) % 32
    marked = field.marked(zones).reshape(6, 6, 6)
    assert np.argwhere(marked >= HYPOXIC).tolist() == [[2, 4, 4]]
    assert np.array_equal(marked.ravel() & np.uint8(HYPOXIC - 1), zones)
    assert np.flatnonzero(field.anoxic()).tolist() == [2 * 36 + 4 * 6 + 4]
    assert field.at(np.array([2 * 36 + 4 * 6 + 4, 3 * 36 + 3 * 6 + 3])).tolist() == [1.0, 38.0]


def test_a_field_is_restored_as_it_was() -> None:
    field, other = OxygenField(PARAMS, 100.0), OxygenField(PARAMS, 100.0)
    field.pressure, field.corner = np.ones((2, 3, 4), np.float32), np.array([1, 2, 3])
    other.restore(field.state())
    field.pressure[:] = 0
    assert (other.pressure == 1).all() and other.corner.tolist() == [1, 2, 3]
