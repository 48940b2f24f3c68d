"""Cells of a tumor as objects and sets: what they show is what the columns hold, while it holds."""

import numpy as np
import pytest

from xenosim.cell.state import CellState
from xenosim.errors import ParameterError
from xenosim.study.cell_views import StaleViewError, TumorCells
from xenosim.testing import small_spec
from xenosim.tumor.tumor import Tumor


@pytest.fixture
def tumor() -> Tumor:
    tumor = Tumor(small_spec(), 1.0, seed=3)
    tumor.step()
    return tumor


def test_a_cell_shows_its_row(tumor: Tumor) -> None:
    cells = TumorCells(tumor)
    cell = cells[7]
    assert cell.uid == tumor.column("uid")[7] and cell.load == tumor.column("load")[7]
    assert cell.position_um == pytest.approx(tuple(tumor.positions_um()[7]))
    assert "uid=" in repr(cell) and isinstance(cell.state, CellState)
    assert [each.uid for each in cells] == tumor.column("uid").tolist()


def test_a_view_ends_with_the_step(tumor: Tumor) -> None:
    cell = TumorCells(tumor)[0]
    tumor.step()
    for name in ("uid", "position_um"):
        with pytest.raises(StaleViewError, match="seen at step 1; the tumor is at step 2"):
            getattr(cell, name)


def test_sets_are_selected_grouped_and_summed(tumor: Tumor) -> None:
    cells = TumorCells(tumor)
    clock = tumor.column("clock")
    late = cells.select(lambda c: c.get("clock") > 0.5)
    assert len(late) == (clock > 0.5).sum() and len(late.select(at_most=2)) == 2
    assert cells.agg("clock", np.mean) == clock.astype(np.float64).mean()
    assert sum(map(len, cells.groupby("state").values())) == len(cells) == tumor.n


def test_a_column_that_is_not_there_is_named(tumor: Tumor) -> None:
    cells = TumorCells(tumor)
    with pytest.raises(ParameterError, match="no column 'lode'.*load"):
        cells.get("lode")
    with pytest.raises(AttributeError, match="no 'lode'.*load"):
        _ = cells[0].lode
