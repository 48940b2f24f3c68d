"""The table of columns is complete, and a column more is a line there and a line in the model."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

import xenosim
from xenosim.cell import columns
from xenosim.cell.columns import ALONE, CHANGED, COLUMNS, FLOAT, READ, SOLVED
from xenosim.cell.state import Cells, CellValues, NewValues, allocate
from xenosim.io.tables import COLUMNS as TABLES
from xenosim.io.volumes import FIELDS

PACKAGE = Path(xenosim.__file__).parent

ONE_MORE = {
    "cell/columns.py": (
        '    Column("clock",',
        '    Column("marker", FLOAT, "-", "follows the stress", at_rest="stress", loop=CHANGED,'
        " reported=True),\n",
    ),
    "cell/kernel.py": (
        "        clock=clock,",
        "        marker=relax(cell.marker, stress, factors.stress),\n",
    ),
}

STEP = """
import numpy as np
import xenosim.jit
xenosim.jit.prefetch = lambda column, index: None
from xenosim.cell import population
from xenosim.cell.columns import markdown_table
from xenosim.cell.kernel import step_few_cells, well_mixed
from xenosim.cell.params import step_factors
from xenosim.cell.state import allocate, digest, grown, view
from xenosim.io.tables import COLUMNS
from xenosim.testing import small_spec

spec = small_spec()
cells = allocate(6)
cells.site[:] = 0
population.found_cells(cells, 2, np.uint64(1), spec.traits, 1.0)
live = view(cells, 2)
population.fill_resting_columns(live, spec.params)
assert np.array_equal(live.marker, live.stress) and (live.stress > 0).all()
rest, marks = live.marker.copy(), np.zeros(2, np.uint8)
seen = well_mixed(np.full((1, 1), 0.8, np.float32), np.float32(0))
for step in (1, 2, 3):
    step_few_cells(live, seen, spec.params, step_factors(spec.params, 1.0), step, marks)
assert (live.marker > rest).all() and (live.marker < live.stress).all()
cells.marker[2:] = -1.0
population.inherit_columns(cells, np.array([1]), np.array([2]), True)
population.move_row(cells, 0, 3, True)
population.move_row(cells, 0, 4, False)
assert list(cells.marker[2:5]) == [cells.marker[1], cells.marker[0], -1.0]
before = digest(cells, 2)
assert grown(cells, 2, 9).marker[1] == cells.marker[1]
cells.marker[1] += 1
assert digest(cells, 2) != before
assert "`marker`" in markdown_table() and "marker_p95" in COLUMNS["cells"]
"""


def test_a_column_more_is_one_line_in_two_files(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "xenosim", ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, line) in ONE_MORE.items():
        path = tmp_path / "xenosim" / name
        text = path.read_text()
        assert text.count(before) == 1
        path.write_text(text.replace(before, line + before))
    # Without the compiler: it is about what is generated, and takes a second so.
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STEP],
        env=environment,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stderr


def test_the_table_is_complete() -> None:
    names = [column.name for column in COLUMNS]
    assert len(set(names)) == len(names) and tuple(names) == Cells._fields
    for column in COLUMNS:
        assert column.meaning and column.unit and column.loop in (ALONE, READ, CHANGED)
        assert column.kind == FLOAT or np.dtype(column.kind).kind in "iu"
        # What follows from the traits is also copied to a daughter, who shares her mother's.
        assert column.inherited or not column.at_rest
        assert column.kind == FLOAT or not column.loop
    assert {c.name for c in COLUMNS if c.at_rest == SOLVED} == {"load", "stress"}
    assert sorted(columns.RESTING_COLUMNS + columns.HELD_AT_REST) == sorted(names)


def test_everything_that_goes_by_column_follows_the_table() -> None:
    cells = allocate(3, np.float64)
    for column, array in zip(COLUMNS, cells, strict=True):
        assert array.dtype == (np.float64 if column.kind == FLOAT else np.dtype(column.kind))
        assert array.shape == (3,)
    assert CellValues._fields == columns.LOOP_COLUMNS
    assert NewValues._fields == columns.CHANGED_COLUMNS
    for name in columns.REPORTED_COLUMNS:
        assert f"{name}_mean" in TABLES["cells"] and name in FIELDS
    rows = columns.markdown_table().splitlines()
    assert len(rows) == len(COLUMNS) + 2 and len({row.count("|") for row in rows}) == 1
