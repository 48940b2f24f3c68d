"""A study that was repeated: the estimates of the single studies, and what they are together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.resampling import FEWEST, UNDEFINED, Array, Limits, interval
from xenosim.io.tables import COLUMNS

#: What a note says of an endpoint that some of the studies lack.
IN_SOME = "of them defined"


def across(estimates: Array) -> tuple[float, Limits]:
    """Median of the estimates of several studies, and the range that holds 95 % of them [their
    unit]; no range below three studies.

    Examples
    --------
    >>> across(np.array([40.0, 55.0, 45.0]))
    (45.0, (40.0, 55.0))
    """
    known = estimates[~np.isnan(estimates)]
    if not known.size:
        return float("nan"), UNDEFINED
    with np.errstate(invalid="ignore"):
        middle = float(np.median(known))
    return middle, interval(known) if known.size >= FEWEST else UNDEFINED


def over_studies(studies: pd.DataFrame) -> pd.DataFrame:
    """One row per arm and endpoint out of those of every study: the median of their estimates with
    the range of 95 % of them; ``n`` and ``n_control`` are those of the smallest study.

    Parameters
    ----------
    studies : DataFrame
        Columns of ``endpoints.csv`` and ``replicate``, the study.
    """
    count = studies["replicate"].nunique()
    groups = studies.groupby(["arm", "endpoint"], sort=False)
    rows = [_together(rows, count) for _, rows in groups]
    return pd.DataFrame(rows, columns=list(COLUMNS["endpoints"]))


def _together(rows: pd.DataFrame, count: int) -> dict[str, Any]:
    """The row of one arm and endpoint over ``count`` studies."""
    told = rows[rows["n"] > 0]
    shown = told if len(told) else rows
    value, limits = across(shown["estimate"].to_numpy(float))
    days = shown["day"].unique()
    first = shown.iloc[0]
    few = f", in {len(told)} {IN_SOME}" if len(told) < count else ""
    note = (
        f"{first['note'].split(';')[0]}; {count} studies{few}: median of their estimates, and the"
        " range of 95 % of them"
    )
    note += "" if len(told) >= FEWEST else "; no range below three studies"
    return first.to_dict() | {
        "day": days[0] if len(days) == 1 else np.nan,
        "estimate": value,
        "ci_low": limits[0],
        "ci_high": limits[1],
        "n": shown["n"].min(),
        "n_control": shown["n_control"].min(),
        "note": note.removeprefix("; "),
    }
