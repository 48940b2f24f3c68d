"""Kernels that go through the columns one by one, written out from the table of columns.

Numba compiles neither a loop over the fields of a tuple of arrays of several kinds nor one over
names, and LLVM vectorizes the hot loop only where every column is a local name. So the text of
these few kernels is made from :data:`xenosim.cell.columns.COLUMNS` and executed in the module that
uses them; ``python -m xenosim.cell.generate`` prints it.
"""

from __future__ import annotations

import ast
from typing import Any

from xenosim.cell.columns import (
    CHANGED_COLUMNS,
    COLUMNS,
    HELD_AT_REST,
    INHERITED_COLUMNS,
    LOOP_COLUMNS,
    RESTING_COLUMNS,
    SOLVED,
)

ADVANCE_ROWS = '''
@kernel
def advance_rows(cells, inhibition, pace, cereblon, params, factors, step, marks):
    """Advance a run of cells by one step and mark the rows that reached a decision (P3-P5).

    Parameters
    ----------
    cells : Cells
        Columns of the rows to advance, shape (n,); changed in place.
    inhibition : float array, shape (n,)
        beta5 occupancy of each row [-].
    pace : float array, shape (n,)
        Share of its speed that oxygen and drugs on the cycle leave to the clock [-].
    cereblon : float
        CRBN occupancy [-].
    params, factors : CellParams, StepFactors
        Rates [1/h], step [h].
    step : int
        Number of this step [-].
    marks : uint8 array, shape (n,)
        As :func:`mark_of` says [-].

    Source: MODEL.md P3-P6.
    """
    state_c, event_step_c = cells.state, cells.event_step
{columns}
    for i in range(marks.shape[0]):
        cell = CellValues({values})
        new = advance_cell(cell, inhibition[i], pace[i], cereblon, params, factors)
{stores}
        marks[i] = mark_of(
            new.commitment >= ONE, event_step_c[i] <= step, state_c[i], new.clock
        )
'''

SLICE_ROWS = '''
@kernel(inline=True)
def slice_rows(cells, lo, hi):
    """Views of rows [lo, hi) [-] of ``cells`` [-]."""
    return Cells({columns})
'''

MOVE_ROW = '''
@kernel(inline=True)
def move_row(cells, source, target, exposed):
    """Copy row ``source`` [-] to row ``target`` [-]; unless ``exposed`` to a drug, without what
    follows from the traits [-].
    """
{held}
    if exposed:
{resting}
'''

INHERIT_COLUMNS = '''
@kernel
def inherit_columns(cells, mothers, daughters, exposed):
    """Copy what daughters take over as it is from ``mothers`` to ``daughters``, rows of the same
    shape [-]; unless ``exposed`` to a drug, without what follows from the traits [-] (P5).
    """
{held}
    if exposed:
{resting}
'''

FILL_FROM_STRESS = '''
@kernel(inline=True)
def fill_from_stress(cells, params):
    """Fill what follows from load and stress in cells (n,) that have never met a drug [-]
    (P3-P4).
    """
{columns}
    for i in range(cells.stress.shape[0]):
{values}
'''


def _lines(template: str, names: tuple[str, ...], indent: int) -> str:
    """One line per column, ``{c}`` its name."""
    return "\n".join(" " * indent + template.format(c=name) for name in names)


def _copies(template: str, names: tuple[str, ...]) -> dict[str, str]:
    """Copies of the columns held at rest, and of those that are not."""
    held = tuple(name for name in names if name in HELD_AT_REST)
    resting = tuple(name for name in names if name in RESTING_COLUMNS)
    return {"held": _lines(template, held, 4), "resting": _lines(template, resting, 8)}


def _at_rest() -> dict[str, str]:
    """Assignments of the columns that follow from load and stress."""
    followers = {c.name: c.at_rest for c in COLUMNS if c.at_rest not in ("", SOLVED)}
    used = {
        node.id
        for expression in followers.values()
        for node in ast.walk(ast.parse(expression))
        if isinstance(node, ast.Name)
    }
    sources = tuple(c.name for c in COLUMNS if c.name in used)
    touched = (*sources, *followers)
    loads = _lines("{c} = {c}_c[i]", sources, 8)
    stores = "\n".join(f"        {name}_c[i] = {text}" for name, text in followers.items())
    return {"columns": _lines("{c}_c = cells.{c}", touched, 4), "values": f"{loads}\n{stores}"}


#: Text of every generated kernel.
SOURCES = {
    "advance_rows": ADVANCE_ROWS.format(
        columns=_lines("{c}_c = cells.{c}", LOOP_COLUMNS, 4),
        values=", ".join(f"{name}_c[i]" for name in LOOP_COLUMNS),
        stores=_lines("{c}_c[i] = new.{c}", CHANGED_COLUMNS, 8),
    ),
    "slice_rows": SLICE_ROWS.format(
        columns=", ".join(f"cells.{column.name}[lo:hi]" for column in COLUMNS)
    ),
    "move_row": MOVE_ROW.format(
        **_copies("cells.{c}[target] = cells.{c}[source]", tuple(c.name for c in COLUMNS))
    ),
    "inherit_columns": INHERIT_COLUMNS.format(
        **_copies("inherit(cells.{c}, mothers, daughters)", INHERITED_COLUMNS)
    ),
    "fill_from_stress": FILL_FROM_STRESS.format(**_at_rest()),
}


def generated(name: str, namespace: dict[str, Any]) -> Any:
    """The kernel ``name`` of :data:`SOURCES`, made in the ``namespace`` of the calling module.

    Its code says that it stands in that module's file. Numba keeps compiled code only of functions
    whose file exists, and finds it again, in every process, by module, name and file; the folder
    that it is kept in already changes with every source (:func:`xenosim.jit.source_hash`). Where
    it keeps code it also reads that file, from the line where the text would begin: the docstring
    of such a module ends on its first line, for Python 3.13 refuses to read half a docstring.

    Parameters
    ----------
    name : str
        Which kernel.
    namespace : dict
        ``globals()`` of the module that uses it and has the names that its text uses.
    """
    exec(compile(SOURCES[name], namespace["__file__"], "exec"), namespace)
    return namespace[name]


if __name__ == "__main__":
    print("\n".join(SOURCES.values()))
