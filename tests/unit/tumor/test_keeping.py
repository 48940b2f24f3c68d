"""The state of a tumor: taken, written, read, restored, it goes on as if nothing had happened."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.io.test_checkpoints import same
from xenosim.io.checkpoints import load_checkpoint, save_checkpoint
from xenosim.testing import small_spec
from xenosim.tumor.keeping import cropped, fill
from xenosim.tumor.oxygen import OxygenParams
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, Perfusion
from xenosim.tumor.tumor import Tumor


def poor_spec() -> TumorSpec:
    """A tumor that may lack oxygen."""
    spec = small_spec(cycle_h=20.0)
    oxygen = OxygenParams(7.2e6, 600.0, 5.0, 60.0, 50.0, 10.0, 5.0, 2.5, 0.05, 100.0)
    return spec._replace(perfusion=Perfusion(0.02, 0.5, 300.0, 100.0), oxygen=oxygen)


def inhibition(step: int) -> np.ndarray | None:
    """A course of treatment: none, strong, fading."""
    if step < 60:
        return None
    return np.linspace(0.2, 0.95, N_ZONES)[:, None] * (0.3 if step > 110 else 1.0)


def advance(tumor: Tumor, steps: int) -> None:
    for _ in range(steps):
        tumor.step(inhibition(tumor.step_number))


@pytest.mark.parametrize(
    ("spec", "taken_at"),
    [(small_spec(cycle_h=20.0), 0), (small_spec(cycle_h=20.0), 75), (poor_spec(), 121)],
)
def test_a_restored_tumor_goes_on_as_the_one_it_was(
    spec: TumorSpec, taken_at: int, tmp_path: Path
) -> None:
    tumor = Tumor(spec, 3.0, 5)
    advance(tumor, taken_at)
    save_checkpoint(tmp_path / "t.ckpt", {}, tumor.state())
    twin = Tumor.from_state(tumor.spec, load_checkpoint(tmp_path / "t.ckpt")[1])
    assert same(tumor.state(), twin.state())
    assert set(vars(twin)) == set(vars(tumor)) and np.array_equal(tumor._zones, twin._zones)
    for _ in range(2):
        advance(tumor, 20)
        advance(twin, 20)
        assert (
            same(tumor.state(), twin.state())
            and tumor.digest() == twin.digest()
            and tumor.axes_mm() == twin.axes_mm()
        )


def test_a_copy_shares_nothing() -> None:
    tumor = Tumor(small_spec(), 2.0, 5)
    advance(tumor, 80)
    copy = Tumor.from_state(tumor.spec, tumor.state())
    before = copy.digest()
    advance(tumor, 30)
    assert copy.digest() == before != tumor.digest()
    advance(copy, 30)
    assert copy.digest() == tumor.digest()


def test_a_grown_domain_and_an_extinct_tumor_come_back() -> None:
    tumor = Tumor(small_spec(cycle_h=12.0), 0.2, 3)
    side = tumor.lattice.row.shape[0]
    for _ in range(150):
        tumor.step()
    assert tumor.lattice.row.shape[0] > side
    twin = Tumor.from_state(tumor.spec, tumor.state())
    assert same(twin.state(), tumor.state())
    tumor.kill(list(range(tumor.n)))
    while tumor.n:
        tumor.step()
    twin = Tumor.from_state(tumor.spec, tumor.state())
    twin.step()
    assert twin.n == 0 and twin.volume_mm3 == 0.0


def test_what_cannot_be_kept_is_an_error_and_not_a_loss() -> None:
    for owner in (lambda t: t, lambda t: t.domain, lambda t: t.oxygen):
        tumor = Tumor(poor_spec(), 1.0, 3)
        tumor.state()
        owner(tumor).tilt = 0.5
        with pytest.raises(TypeError, match="tilt"):
            tumor.state()


@pytest.mark.parametrize("corner", [0, -1, 7])
def test_a_field_is_kept_as_its_smallest_block(corner: int) -> None:
    field = np.full((7, 8, 9), corner, np.int32)
    empty = cropped(field)
    field[2:4, 5, 1] = 3
    field[3, 2, 6] = 4
    kept = cropped(field)
    assert kept["block"].shape == (2, 4, 6) and empty["block"].size == 0
    for source, expected in ((kept, field), (empty, np.full_like(field, corner))):
        out = np.zeros_like(field)
        fill(out, source)
        assert np.array_equal(out, expected)
