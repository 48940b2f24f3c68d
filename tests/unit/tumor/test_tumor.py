"""The tumor on its lattice: founding, refusals, read-outs (its growth: tests/analytic)."""

import numpy as np
import pytest

from xenosim.cell.state import CellState
from xenosim.errors import ResourceError
from xenosim.testing import small_spec
from xenosim.tumor.tissue import N_ZONES
from xenosim.tumor.tumor import Tumor


@pytest.mark.parametrize("volume_mm3", [1e-9, 1e12])
def test_a_tumor_without_agents_or_with_too_many_is_refused(volume_mm3: float) -> None:
    with pytest.raises(ResourceError, match="agents per mm3"):
        Tumor(small_spec(), volume_mm3, 1)


def test_a_depth_of_less_than_two_sites_is_refused() -> None:
    with pytest.raises(ResourceError, match="sites"):
        Tumor(small_spec(depth_um=150.0), 1.0, 1)


def test_read_outs_of_a_founding_sphere() -> None:
    tumor = Tumor(small_spec(), 4.0, 2)
    diameter = (6 * 4.0 / np.pi) ** (1 / 3)
    assert tumor.axes_mm() == pytest.approx((diameter,) * 3, rel=0.01)
    assert tumor.counts()[CellState.PROLIFERATING] == tumor.n == 4000
    at = tumor.positions_um()
    assert at.shape == (4000, 3) and np.abs(at.mean(axis=0)).max() < 50
    assert np.array_equal(tumor.positions_um(slice(3, 5)), at[3:5])
    half_um = 500 * diameter
    assert np.linalg.norm(at, axis=1).max() == pytest.approx(half_um, rel=0.05)
    section = tumor.section()["state"]
    assert np.isnan(section[0]).all() and np.pi / 4 * diameter**2 * 100 == pytest.approx(
        (~np.isnan(section)).sum(), rel=0.05
    )


def test_n12_the_axes_of_a_rough_tumor_hold_its_volume() -> None:
    """The rim takes nothing from what calipers read: length and width are within 2 % a sphere's."""
    tumor = Tumor(small_spec(), 4.0, 2)
    while tumor.volume_mm3 < 40.0:
        tumor.step()
    length, width, height = tumor.axes_mm()
    assert np.pi / 6 * length * width * height == pytest.approx(tumor.volume_mm3, rel=1e-9)
    assert np.pi / 6 * length * width**2 / tumor.volume_mm3 == pytest.approx(1.0, abs=0.02)


def test_cells_are_counted_by_vessel_class_and_clone() -> None:
    spec = small_spec()
    spec = spec._replace(traits=spec.traits._replace(resistant_fraction=0.3))
    tumor = Tumor(spec, 4.0, 2)
    table = np.arange(2.0 * N_ZONES).reshape(N_ZONES, 2)
    values, counts = tumor.per_kind(table)
    assert np.array_equal(values, table.ravel()) and counts.sum() == tumor.n
    mutants = int((tumor.column("clone") == 1).sum())
    assert counts.reshape(N_ZONES, 2)[:, 1].sum() == mutants > 1000
    assert tumor.per_kind(table[:1])[1].tolist() == [tumor.n - mutants, mutants]


def test_columns_before_any_drug_are_those_of_rest() -> None:
    spec = small_spec()
    # Lines of descent are alike only where traits do not mix.
    tumor = Tumor(spec._replace(traits=spec.traits._replace(mixing_rate=0.0)), 1.0, 2)
    alone = tumor.column("stress")
    (values,), counts = tumor.distribution("stress")
    assert np.array_equal(alone, tumor.live.stress) and counts is not None
    assert np.average(values, weights=counts) == pytest.approx(alone.mean(), rel=1e-5)
