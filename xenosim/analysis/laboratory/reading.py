"""From a laboratory's file to the table of a study: layout confirmed, every cell a number with its
unit, every mistake with row, column and remedy.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from xenosim.analysis.laboratory.fates import with_fates
from xenosim.analysis.laboratory.grid import Grid, read_grid, text_of
from xenosim.analysis.laboratory.layouts import (
    VOLUME,
    WEIGHT,
    Cells,
    Found,
    find_layout,
    read_cells,
)
from xenosim.analysis.laboratory.notation import Notation, notation_of
from xenosim.analysis.laboratory.preview import unconfirmed, understood
from xenosim.analysis.laboratory.values import Reading, Values
from xenosim.analysis.laboratory.weights import of_animals, weights_alone, with_weights
from xenosim.errors import TableError, suggest
from xenosim.tabular import Mistakes

#: Columns of text that go into the table as they are.
TEXTS = ("cage", "sex")


class LabTable(NamedTuple):
    """What a file holds: ``table`` with the columns of a study, not yet checked as one; ``names``
    of its columns in the file; ``lines`` (n,) of its rows there; ``notes`` for the reader;
    ``weighed`` the weights of days without a volume.
    """

    table: pd.DataFrame
    names: dict[str, str]
    lines: tuple[int, ...]
    notes: tuple[str, ...]
    weighed: pd.DataFrame


def read_laboratory(path: Path, mapping: dict[str, str], how: Reading) -> LabTable:
    """The measurements of a laboratory's file.

    Parameters
    ----------
    path : Path
        CSV, TSV or Excel.
    mapping : dict of str to str
        Name in the file of each column that is called otherwise there.
    how : Reading
        What the file does not say by itself.

    Raises
    ------
    UnconfirmedLayout
        A guessed layout, with the first rows as they are understood.
    TableError
        A file, layout or column that cannot be read; every bad cell at once.
    """
    grid = read_grid(path, how.sheet)
    found = find_layout(grid, mapping, how.layout)
    grid = _only(grid, found, how.only)
    cells = read_cells(grid, found, mapping)
    if not found.certain and not how.layout:
        raise unconfirmed(grid, found, cells)
    notes = [*grid.notes, understood(found, cells), *cells.notes]
    mistakes = Mistakes(TableError, grid.place)
    table = _table(cells, how, notation_of(grid, how.decimal), mistakes, notes)
    mistakes.check()
    table = _with_cages(table, notes)
    weighed = weights_alone(table)
    table = with_fates(table, notes, len(weighed))
    if how.weights:
        table, weighed = with_weights(table, mapping, how, notes)
    else:
        weighed = of_animals(weighed, table, notes)
    lines = tuple(int(n) for n in table.pop("line"))
    return LabTable(table.reset_index(drop=True), cells.names, lines, tuple(notes), weighed)


def _only(grid: Grid, found: Found, only: str) -> Grid:
    """The rows that ``COLUMN=VALUE`` chooses, headers included."""
    if not only:
        return grid
    column, equals, value = only.partition("=")
    names = grid.texts(found.header)
    if not equals or column not in names:
        raise TableError(
            f"'{only}' chooses no rows{suggest(column, names)}",
            where="--only",
            remedy=f"write COLUMN=VALUE; the columns are {', '.join(filter(None, names))[:300]}",
        )
    place = names.index(column)
    kept = [
        k
        for k, row in enumerate(grid.rows)
        if k <= found.header or (place < len(row) and text_of(row[place]) == value)
    ]
    if len(kept) == found.header + 1:
        values = dict.fromkeys(text_of(r[place]) for r in grid.rows[found.header + 1 :])
        raise TableError(
            f"no row has {column} '{value}'",
            where="--only",
            remedy=f"its values are {', '.join(values)[:300]}",
        )
    rows = tuple(grid.rows[k] for k in kept)
    numbers = tuple(grid.numbers[k] for k in kept)
    return Grid(grid.place, rows, numbers, (*grid.notes, f"only rows with {column} '{value}'"))


def _table(
    cells: Cells, how: Reading, notation: Notation, mistakes: Mistakes, notes: list[str]
) -> pd.DataFrame:
    """Numbers and names of every measurement; those without a value are left out."""
    read = Values(cells, notation, mistakes)
    day = read.days(how)
    volume, limited = read.volumes(how, notes)
    table = pd.DataFrame(
        {
            "arm": read.texts("arm") if "arm" in cells.columns else [""] * len(cells.lines),
            "animal_id": read.texts("animal_id"),
            "day": day,
            VOLUME: volume,
            "line": cells.lines,
        }
    )
    if "replicate" in cells.columns:
        table["replicate"] = _numbered(read.texts("replicate"), notes)
    if WEIGHT in cells.columns:
        table[WEIGHT] = read.numbers(WEIGHT, positive=True)
    for role in (*TEXTS, "status", "note", "removed_on"):
        if role in cells.columns:
            table[role] = [text_of(cell) for cell in cells.columns[role]]
    if limited is not None:
        table["is_censored"] = limited
    if "arm" not in cells.columns:
        mistakes.add("no column names the arm", line=0, remedy="--map NAME=arm")
    return table


def _numbered(values: list[str], notes: list[str]) -> list[int]:
    """Replicates as numbers: as they are, or in their order."""
    distinct = list(dict.fromkeys(values))
    if all(value.isdigit() for value in distinct):
        return [int(value) for value in values]
    said = ", ".join(f"{name} = {k}" for k, name in enumerate(distinct))
    notes.append(f"replicates, each a study of its own: {said[:300]}")
    return [distinct.index(value) for value in values]


def _with_cages(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Animals that are numbered within their cages get a name of cage and number; a number in two
    arms, where most are in one, is said.
    """
    keys = ["arm", "animal_id", "day"] + (["replicate"] if "replicate" in table else [])
    measured = table[table[VOLUME].notna()]
    if "cage" in table and measured.duplicated(keys).any():
        if not measured.duplicated([*keys, "cage"]).any():
            notes.append("animals are numbered within cages: they are called CAGE-NUMBER")
            names = table["cage"].astype(str) + "-" + table["animal_id"].astype(str)
            table = table.assign(animal_id=names)
    arms = table.groupby("animal_id")["arm"].nunique()
    shared = arms[arms > 1]
    if 0 < len(shared) <= len(arms) // 2:
        said = ", ".join(map(str, shared.index[:10]))
        notes.append(f"in more than one arm, counted as different animals: {said}")
    return table
