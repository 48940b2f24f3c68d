"""Text that a spreadsheet would execute, made harmless in files and read back as it was typed.

A cell that begins with = + - or @ is a formula to a spreadsheet, whoever chose the name of the arm.
An apostrophe before it makes it text, there and in every other program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def harmless(cell: Any) -> Any:
    """A cell as it is written: text that would be executed gets an apostrophe; numbers stay.

    Examples
    --------
    >>> [harmless(cell) for cell in ("=HYPERLINK(1)", "-x", "-5", "vehicle", "'=1", 3.0)]
    ["'=HYPERLINK(1)", "'-x", '-5', 'vehicle', "''=1", 3.0]
    """
    if not isinstance(cell, str) or not _FORMULA.match(cell) or _is_number(cell):
        return cell
    return f"'{cell}"


def as_typed(cell: Any) -> Any:
    """The inverse of :func:`harmless`.

    Examples
    --------
    >>> [as_typed(harmless(cell)) for cell in ("@SUM", "''=1", "'quoted'")]
    ['@SUM', "''=1", "'quoted'"]
    """
    if isinstance(cell, str) and cell.startswith("'") and _FORMULA.match(cell):
        return cell[1:]
    return cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def text_columns(table: pd.DataFrame) -> list[str]:
    """Columns that may hold text."""
    import pandas as pd

    return [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
