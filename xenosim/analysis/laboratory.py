"""Files of a laboratory as tables of measurements: one function per layout, each of which returns
the table, what its columns are called in the file, and the line of each row.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xenosim.analysis.checks import NEEDED, OPTIONAL, require_columns
from xenosim.errors import TableError, suggest
from xenosim.tabular import number, read_table

#: Columns that hold numbers; a name stays text, "007" as well.
NUMBERS = ("replicate", "day", "tumor_volume_mm3", "body_weight_g")


def read_long(
    path: Path, mapping: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, str], tuple[int, ...]]:
    """A table with one row per animal and day, separated and written as laboratories do.

    Parameters
    ----------
    path : Path
        The file; its first line names the columns.
    mapping : dict
        Name in the file of each column that is called otherwise there.

    Returns
    -------
    DataFrame
        The columns of :class:`~xenosim.analysis.data.StudyData` that the file has, not yet checked.
    dict
        Their names in the file.
    tuple of int
        Line of each row in the file.

    Raises
    ------
    TableError
        A file that cannot be read, a mapping of no column, columns that the file does not have.
    """
    known = (*NEEDED, *OPTIONAL)
    for name in mapping:
        if name not in known:
            raise TableError(
                f"the mapping names a column '{name}'{suggest(name, known)}",
                where="mapping",
                remedy=f"the columns are {', '.join(known)}",
            )
    given = read_table(path)
    called = {name: mapping.get(name, name) for name in known}
    # Columns are found in any letter case; those not named by the mapping under their own name.
    called |= {
        name: given.columns[place]
        for name, column in called.items()
        if (place := given.index(column)) is not None
    }
    names = {
        name: column
        for name, column in called.items()
        if name in NEEDED or name in mapping or column in given.columns
    }
    require_columns(given.columns, names, str(path))
    table = pd.DataFrame(
        {
            name: [
                _value(text, given.decimal_comma, name in NUMBERS) for text in given.texts(column)
            ]
            for name, column in names.items()
        }
    )
    return table, names, given.lines


def _value(text: str, decimal_comma: bool, is_number: bool) -> float | str | None:
    """What a cell holds; text where a number belongs is kept, so that the check can quote it."""
    value = number(text, decimal_comma) if is_number else None
    return value if value is not None else text or None
