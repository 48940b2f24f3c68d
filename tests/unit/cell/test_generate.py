"""Generated kernels do what their text says, and are compiled once for all processes."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xenosim.cell.columns import HELD_AT_REST, INHERITED_COLUMNS
from xenosim.cell.generate import SOURCES, generated
from xenosim.cell.kernel import advance_rows, slice_rows
from xenosim.cell.population import inherit_columns, move_row
from xenosim.cell.state import Cells, allocate, view

MOVE = """
import numpy as np
from xenosim.cell.population import move_row
from xenosim.cell.state import allocate
move_row(allocate(2), 0, 1, True)
print(sum(move_row.stats.cache_hits.values()), sum(move_row.stats.cache_misses.values()))
"""


def numbered(n: int) -> Cells:
    """Cells whose every column holds its row number."""
    cells = allocate(n)
    for column in cells:
        column[:] = np.arange(n)
    return cells


def changed(cells: Cells, row: int) -> dict[str, float]:
    """Columns of a row that do not hold its number, with what they hold."""
    return {n: float(c[row]) for n, c in zip(Cells._fields, cells, strict=True) if c[row] != row}


def test_a_row_moves_with_all_it_holds() -> None:
    for exposed, names in ((True, Cells._fields), (False, HELD_AT_REST)):
        cells = numbered(5)
        move_row(cells, 1, 4, exposed)
        assert changed(cells, 4) == dict.fromkeys(names, 1.0) and not changed(cells, 1)


def test_daughters_inherit_what_the_table_says() -> None:
    for exposed in (True, False):
        cells = numbered(6)
        inherit_columns(cells, np.array([1, 2]), np.array([4, 5]), exposed)
        names = {n for n in INHERITED_COLUMNS if exposed or n in HELD_AT_REST}
        assert changed(cells, 4) == dict.fromkeys(names, 1.0)
        assert changed(cells, 5) == dict.fromkeys(names, 2.0)


def test_a_kernel_is_made_where_it_is_used() -> None:
    here = {"Cells": Cells, "kernel": lambda inline: lambda body: body, "__file__": __file__}
    slice_rows = generated("slice_rows", here)
    assert here["slice_rows"] is slice_rows and slice_rows.__code__.co_filename == __file__
    part = slice_rows(numbered(7), 2, 5)
    assert all(list(column) == [2, 3, 4] for column in part) and view(part, 1).uid[0] == 2
    assert set(SOURCES) >= {"advance_rows", "move_row", "inherit_columns", "fill_from_stress"}


def test_it_is_compiled_once_for_all_processes(tmp_path: Path) -> None:
    environment = os.environ | {"XENOSIM_CACHE_DIR": str(tmp_path)}
    tmp_path.chmod(0o700)

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", MOVE], env=environment, stdout=subprocess.PIPE, text=True
        )

    together = [start(), start()]
    assert all(each.communicate()[0].split() in (["0", "1"], ["1", "0"]) for each in together)
    assert start().communicate()[0].split() == ["1", "0"]


@pytest.mark.parametrize("made", [move_row, inherit_columns, advance_rows, slice_rows])
def test_numba_can_read_the_file_from_where_the_code_says_it_stands(made: Any) -> None:
    """As it does to keep the code: half a docstring there is an error in Python 3.13."""
    code = made.py_func.__code__
    lines = Path(code.co_filename).read_text(encoding="utf-8").splitlines()
    ast.parse("\n".join(lines[code.co_firstlineno - 1 :]))
