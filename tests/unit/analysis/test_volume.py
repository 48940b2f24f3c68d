"""Volumes on hand-computed numbers."""

import numpy as np
import pytest

from xenosim.analysis.volume import caliper_volume, rtv
from xenosim.errors import ParameterError


def test_calipers() -> None:
    assert caliper_volume(10, 8) == 320
    assert caliper_volume(10, 8, "pi/6LW2") / caliper_volume(10, 8) == pytest.approx(
        1.0472, abs=1e-4
    )


def test_caliper_formulas_by_hand_and_a_misspelt_one() -> None:
    assert caliper_volume(10, 8, "pi/6LW(L+W)/2") == pytest.approx(np.pi / 6 * 720)
    with pytest.raises(ParameterError, match="did you mean 'pi/6LW2'"):
        caliper_volume(10, 8, "pi/6lw2")


def test_relative_volume() -> None:
    assert rtv(np.array([100.0, 600.0]), np.full(2, 100.0)).tolist() == [1, 6]
