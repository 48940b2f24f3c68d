"""Results as plain data whose JSON any reader accepts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def plain(data: Any) -> Any:
    """``data`` with text keys, Python numbers and lists; NaN becomes None, and an infinity the text
    "inf" or "-inf", for JSON has neither.

    Examples
    --------
    >>> plain({"low": float("nan"), "high": float("inf"), "n": np.int64(3), "days": (0, 7)})
    {'low': None, 'high': 'inf', 'n': 3, 'days': [0, 7]}
    """
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    value = data.item() if isinstance(data, np.generic) else data
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as plain data.

    Examples
    --------
    >>> import pandas as pd
    >>> records(pd.DataFrame({"arm": ["vehicle"], "ci_low": [float("nan")]}))
    [{'arm': 'vehicle', 'ci_low': None}]
    """
    rows: list[dict[str, Any]] = plain(table.to_dict("records"))
    return rows
