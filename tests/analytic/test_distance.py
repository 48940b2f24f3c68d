"""The distance field against scipy's exact Euclidean transform."""

import numpy as np
import pytest
from scipy import ndimage

from tests.conftest import small_spec
from xenosim.tumor.lattice import update_distance
from xenosim.tumor.tumor import Tumor


@pytest.mark.parametrize(("depth_um", "dtype"), [(1000.0, np.uint8), (2500.0, np.uint16)])
def test_distance_is_exact_within_the_reach(depth_um: float, dtype: type) -> None:
    tumor = Tumor(small_spec(depth_um=depth_um), 30.0, 7)
    for _ in range(48):
        tumor.step(np.full((1, 1), 0.8))
    update_distance(tumor.lattice, tumor.spec.reach)
    tumor_sites = (tumor.lattice.row != -1).astype(int)
    host = ndimage.convolve(tumor_sites, np.ones((5, 5, 5), int), mode="constant") <= 62
    expected = np.round(ndimage.distance_transform_edt(~host) ** 2).astype(int)
    found, reach = tumor.lattice.squared, tumor.spec.reach
    assert found.dtype == dtype
    near = expected <= reach**2
    assert near.any() and np.array_equal(found[near], expected[near])
    assert (found[~near] == reach**2).all()
