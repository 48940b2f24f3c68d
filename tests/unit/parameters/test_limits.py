"""What a resolution must be able to show."""

from xenosim.parameters.limits import too_coarse


def test_a_depth_of_two_sites_is_a_depth() -> None:
    assert too_coarse(100.0, 200.0, 200.0) == ""
    assert "it vanishes below 2" in too_coarse(101.0, 200.0, 200.0)


def test_a_voxel_holds_a_site() -> None:
    assert too_coarse(100.0, 1000.0, 100.0) == ""
    assert "wider than the voxels" in too_coarse(100.0, 1000.0, 99.0)
