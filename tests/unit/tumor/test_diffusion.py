"""The solver on a small grid (closed forms and large grids: tests/analytic)."""

import numpy as np
import pytest

from xenosim.tumor.diffusion import solve


@pytest.mark.parametrize("shape", [(3, 4, 5), (1, 1, 1), (2, 2, 7)])
def test_the_balance_of_every_voxel_closes(shape: tuple[int, int, int]) -> None:
    random = np.random.default_rng(4)
    rate, source = random.uniform(1, 5, shape), random.uniform(0, 9, shape)
    field, coupling = np.zeros(shape), 2.0
    assert solve(field, rate, source, coupling, tolerance=1e-9) >= 1
    padded = np.pad(field, 1)
    around = sum(
        np.roll(padded, shift, axis)[1:-1, 1:-1, 1:-1] for axis in range(3) for shift in (1, -1)
    )
    assert np.allclose(coupling * (around - 6 * field) - rate * field + source, 0, atol=1e-6)
