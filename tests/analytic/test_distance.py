"""The distance field against scipy's exact Euclidean transform."""

import numpy as np
import pytest
from scipy import ndimage

from xenosim.testing import small_spec
from xenosim.tumor.distance import update_distance
from xenosim.tumor.tumor import Tumor


@pytest.mark.parametrize(
    ("depth_um", "dtype", "edge"),
    [(1000.0, np.uint8, 1), (2100.0, np.uint16, 1), (2500.0, np.uint16, 2), (4500.0, np.uint16, 4)],
)
def test_distance_is_exact_within_the_reach(depth_um: float, dtype: type, edge: int) -> None:
    tumor = Tumor(small_spec(depth_um=depth_um), 30.0, 7)
    for _ in range(48):
        tumor.step(np.full((1, 1), 0.8))
    update_distance(tumor.lattice, tumor.spec.reach)
    tumor_sites = (tumor.lattice.row != -1).astype(int)
    width = 5 if edge == 1 else 3
    tumor_sites = np.pad(tumor_sites, [(0, -side % edge) for side in tumor_sites.shape])
    side = tumor_sites.shape[0] // edge
    cubes = tumor_sites.reshape(side, edge, side, edge, side, edge).sum(axis=(1, 3, 5))
    host = (
        ndimage.convolve(cubes, np.ones((width, width, width), int), mode="constant")
        <= (width * edge) ** 3 // 2
    )
    expected = np.round(ndimage.distance_transform_edt(~host) ** 2).astype(int)
    found, reach = tumor.lattice.squared[:side, :side, :side], tumor.spec.reach
    assert found.dtype == dtype
    near = expected <= reach**2
    assert near.any() and np.array_equal(found[near], expected[near])
    assert (found[~near] == reach**2).all()
