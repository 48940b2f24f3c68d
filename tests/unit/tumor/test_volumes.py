"""What a tumor holds, site by site (files of it: tests/unit/io)."""

import numpy as np
import pytest

from xenosim.errors import ResourceError
from xenosim.testing import small_spec
from xenosim.tumor.tumor import Tumor
from xenosim.tumor.volumes import available_fields, volumes


def test_every_cell_is_on_its_site() -> None:
    tumor = Tumor(small_spec(), 2.0, 4)
    box = volumes(tumor, ["state", "clone"])
    state = box.whole("state")
    assert state.shape == box.shape and (state > 0).sum() == tumor.n
    assert "oxygen" not in available_fields(tumor)
    low = tumor.positions_um().min(axis=0)
    assert np.allclose(box.origin_um, low)


def test_a_tumor_without_cells_has_nothing_to_show() -> None:
    tumor = Tumor(small_spec(), 0.01, 4)
    tumor.n = 0
    with pytest.raises(ResourceError, match="no cells"):
        volumes(tumor)
