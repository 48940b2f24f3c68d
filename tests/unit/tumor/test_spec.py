"""What follows from a specification for space and resolution."""

import pytest

from xenosim.testing import small_spec
from xenosim.tumor.spec import SPACE_HOURS
from xenosim.tumor.tissue import Perfusion


def test_lengths_scale_with_the_edge_of_a_site() -> None:
    coarse, fine = small_spec(resolution=1e5 / 64), small_spec(resolution=1e5 / 8)
    assert fine.spacing_um == pytest.approx(0.5 * coarse.spacing_um)
    assert fine.depth_sites == pytest.approx(2 * coarse.depth_sites)
    # As many sites are searched, whatever their size.
    assert fine.search_lines * fine.depth_sites == pytest.approx(
        coarse.search_lines * coarse.depth_sites
    )
    assert small_spec(resolution=1e5).search_lines == 1


@pytest.mark.parametrize(("depth_um", "bits"), [(1000.0, 0), (2300.0, 1), (4500.0, 2)])
def test_deep_rims_are_measured_in_cubes(depth_um: float, bits: int) -> None:
    spec = small_spec(depth_um=depth_um)
    assert spec.cube_bits == bits and spec.depth_sites / 2**bits <= spec.reach
    assert spec.depth_squared < (spec.depth_sites / 2**bits) ** 2


def test_space_is_updated_within_bounds() -> None:
    for cycle_h in (5.0, 40.0, 1e5):
        spec = small_spec(cycle_h=cycle_h)
        assert SPACE_HOURS[0] <= spec.space_steps * spec.dt_h <= SPACE_HOURS[1]
        assert 0 < spec.close_probability < 1


def test_oxygen_is_short_only_where_vessels_are_poor() -> None:
    from xenosim.tumor.oxygen import OxygenParams

    oxygen = OxygenParams(7.2e6, 600.0, 5.0, 60.0, 50.0, 10.0, 5.0, 2.5, 0.05, 100.0)
    spec = small_spec()._replace(oxygen=oxygen)
    assert not small_spec().may_lack_oxygen
    assert spec._replace(perfusion=Perfusion(0.02, 0.5, 300.0, 200.0)).may_lack_oxygen
    assert not spec._replace(perfusion=Perfusion(200.0, 0.0, 300.0, 200.0)).may_lack_oxygen
