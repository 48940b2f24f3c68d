"""What a table of measurements must hold, and what is said of one that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.errors import TableError, suggest

NEEDED = ("arm", "animal_id", "day", "tumor_volume_mm3")
#: Columns that a study may have: the number of its repetition [-], body weight [g], why a row is
#: the animal's last ("reached_endpoint" for a removal), and a remark ("body weight" if removed for
#: it).
OPTIONAL = ("replicate", "body_weight_g", "status", "note")
POSITIVE = {
    "tumor_volume_mm3": "leave out days not measured; enter the caliper limit, not 0, for a small"
    " tumor",
    "body_weight_g": "leave the field empty where the animal was not weighed",
}


def require_columns(columns: Iterable[str], names: dict[str, str], where: str) -> None:
    """Refuse (TableError) a table that lacks columns, naming each and the nearest one present;
    ``names``: what each needed column is called in the table.
    """
    present = [str(column) for column in columns]
    missing = [
        f"{column}{'' if column == name else f' ({name})'}{suggest(column, present)}"
        for name, column in names.items()
        if column not in present
    ]
    if missing:
        raise TableError(
            f"missing column{'s' * (len(missing) > 1)} {', '.join(missing)}",
            where=where,
            remedy=f"add or rename them; the table has {', '.join(present)}",
        )


def problems(table: pd.DataFrame) -> Iterable[tuple[int, str, str, str]]:
    """Row, column, what is wrong and the remedy of each value that cannot be used."""

    def said(bad: pd.Series[bool]) -> Iterable[tuple[int, Any]]:
        return ((int(i), row) for i, row in table[bad.to_numpy(bool)].iterrows())

    for name in ("arm", "animal_id", "replicate"):
        for i, _ in said(table[name].isna()):
            yield i, name, "it is empty", "name arm and animal in every row"
    days = pd.to_numeric(table["day"], errors="coerce")
    for i, row in said(~np.isfinite(days)):
        yield i, "day", f"day {row['day']}", "give days as numbers, 0 for the first dose"
    for name, remedy in POSITIVE.items():
        if name in table:
            values = pd.to_numeric(table[name], errors="coerce")
            bad = ~(np.isfinite(values) & (values > 0))
            # A weight may be missing, a volume not.
            for i, row in said(bad & (table[name].notna() | (name in NEEDED))):
                given = "nothing" if pd.isna(row[name]) else row[name]
                yield i, name, f"{given} of {_whose(row)}", remedy
    for i, row in said(table.duplicated([*KEYS, "day"])):
        animal = f"animal {row['animal_id']} of arm '{row['arm']}'"
        what = f"{animal} has two rows on day {_day(row['day'])}"
        yield i, "animal_id", what, "give each animal its own animal_id"


def _whose(row: Any) -> str:
    return f"animal {row['animal_id']} of arm '{row['arm']}' on day {_day(row['day'])}"


def _day(day: Any) -> str:
    return f"{day:g}" if isinstance(day, (int, float)) else str(day)
