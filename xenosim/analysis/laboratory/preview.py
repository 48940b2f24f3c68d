"""What was understood of a file, before it is believed."""

from __future__ import annotations

from xenosim.analysis.laboratory.grid import Cell, Grid, text_of
from xenosim.analysis.laboratory.headers import AXES
from xenosim.analysis.laboratory.layouts import VOLUME, WEIGHT, Cells, Found
from xenosim.errors import TableError

#: Columns that say whose a measurement is, and rows of a preview.
NAMES, SHOWN = ("arm", "animal_id", "day", "date"), 6


class UnconfirmedLayout(TableError):
    """A layout that was guessed: shown, and to be confirmed by its name, ``remedy``'s last word."""


def understood(found: Found, cells: Cells) -> str:
    """How a file was read, in one line."""
    said = [
        f"{name} = {role}" for role, name in cells.names.items() if name != role != name.lower()
    ]
    if found.layout != "long":
        said = []
    left = f"; not read: {', '.join(cells.left)}" if cells.left else ""
    text = f"read as '{found.layout}'" + (f": {', '.join(said)}" if said else "")
    return text + left[:300]


def _short(cell: Cell) -> str:
    """A cell as a preview shows it: a number of a spreadsheet without its last digits."""
    return text_of(cell)[:24] if isinstance(cell, str) else f"{cell:.5g}"


def unconfirmed(grid: Grid, found: Found, cells: Cells) -> UnconfirmedLayout:
    """The first rows as they are understood, and how to confirm that."""
    roles = [
        role
        for role in (*NAMES, VOLUME, AXES, "length_mm", "width_mm", WEIGHT)
        if role in cells.columns
    ]
    count = len(cells.lines)
    step = max(1, count // SHOWN)
    rows = [[role for role in roles]] + [
        [_short(cells.columns[role][k]) for role in roles] for k in range(0, count, step)[:SHOWN]
    ]
    widths = [max(len(row[k]) for row in rows) + 2 for k in range(len(roles))]
    shown = [
        "  " + "".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    arms = list(dict.fromkeys(text_of(arm) for arm in cells.columns.get("arm", [])))
    shown.append(f"  {count} values, arms: {', '.join(arms)[:200] or 'none'}")
    shown += [f"  {said}" for said in (understood(found, cells), *cells.notes)]
    return UnconfirmedLayout(
        f"the layout was guessed: it looks like '{found.layout}', as below",
        where=grid.place,
        excerpt="\n".join(shown),
        remedy=f"if that is right, confirm it with --layout {found.layout}",
    )
