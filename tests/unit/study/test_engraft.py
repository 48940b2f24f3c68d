"""Kernels that are compiled ahead are those that a growing and treated tumor calls."""

import numpy as np

from xenosim.cell import kernel, population
from xenosim.testing import small_spec
from xenosim.tumor import division, gaps
from xenosim.tumor.tumor import Tumor

AHEAD = (
    division.divide,
    population.bear_daughters,
    gaps.close_gaps,
    population.fill_resting_columns,
    kernel.step_cells,
)


def test_what_is_compiled_ahead_is_what_a_tumor_needs() -> None:
    spec = small_spec()
    tumor = Tumor(spec, 5.0, 1)
    for inhibition in (None, np.full((1, 1), 0.5)):
        for _ in range(2 * spec.space_steps):
            tumor.step(inhibition)
    needed = [set(each.signatures) for each in AHEAD]
    assert all(needed)
    Tumor.compile_ahead(spec)
    assert [set(each.signatures) for each in AHEAD] == needed
