"""The domain grows with its tumor and changes nothing in it."""

import numpy as np
import pytest

from xenosim.cell.state import positions
from xenosim.errors import ResourceError
from xenosim.testing import small_spec
from xenosim.tumor.domain import Domain
from xenosim.tumor.gaps import leave_gaps
from xenosim.tumor.tumor import Tumor


def test_growing_keeps_places_gaps_and_vessels() -> None:
    tumor = Tumor(small_spec(), 1.0, 3)
    leave_gaps(tumor.cells, tumor.lattice, np.array([5]))
    domain, site = tumor.domain, tumor.rows.site
    places, gaps = positions(site) - domain.half, positions(domain.gaps()) - domain.half
    half, zones = domain.half, domain.zones(3).reshape((domain.n_voxels,) * 3)
    first = domain.first_voxel
    domain.grow(site)
    assert domain.half > half and not domain.is_tight()
    assert np.array_equal(positions(site) - domain.half, places)
    assert np.array_equal(positions(domain.gaps()) - domain.half, gaps)
    inner = slice(first - domain.first_voxel, first - domain.first_voxel + zones.shape[0])
    grown = domain.zones(3).reshape((domain.n_voxels,) * 3)
    assert np.array_equal(grown[inner, inner, inner], zones)


def test_a_domain_too_wide_for_a_packed_site_is_refused() -> None:
    with pytest.raises(ResourceError, match="does not fit"):
        Domain(small_spec(), 600)
