"""The answer of a study in words, simulated or of a laboratory: what its endpoint table says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.analysis.studies import IN_SOME

if TYPE_CHECKING:
    import pandas as pd


class Repeated(NamedTuple):
    """What an interval is called, and what follows an n, in a study that may have been repeated."""

    interval: str = "95 % CI "
    each: str = ""

    @classmethod
    def of(cls, tables: dict[str, pd.DataFrame]) -> Repeated:
        """As its tables say: ``studies`` is there if it was."""
        if "studies" not in tables:
            return cls()
        count = tables["studies"]["replicate"].nunique()
        return cls("95 % of studies ", f" in {count} studies")


#: A study that was not repeated.
ONCE = Repeated()


def tc_line(row: Any, carried: pd.DataFrame, end: float, how: Repeated = ONCE) -> str:
    """What the row ``tc_pct`` of an arm says, with its interval.

    Parameters
    ----------
    row
        The row, as ``itertuples`` gives it.
    carried : DataFrame
        The rows ``tc_pct_locf``, by arm.
    end : float
        The last day of the study [day].
    how : Repeated
        Whether the study was repeated.
    """
    return (
        undefined(row)
        or f"{row.arm}: T/C {row.estimate:.0f} % ({limits(row, '.0f', how.interval)}; median"
        f" RTV, {day_of(row.day, end)}, n = {row.n} against {row.n_control}{how.each})"
        + with_removed(row, carried)
    )


def with_removed(row: Any, carried: pd.DataFrame) -> str:
    """The T/C with the last volumes of the animals removed for theirs, which the row leaves out;
    "" where there are none, or where only some of the studies of a repeated one have it.
    """
    if row.arm not in carried.index:
        return ""
    other = carried.loc[row.arm]
    if IN_SOME in str(other.get("note", "")):
        return ""
    if (other["n"], other["n_control"]) in ((0, 0), (row.n, row.n_control)):
        return ""
    count = f"n = {other['n']} against {other['n_control']}"
    return f"; with the last volumes of animals removed {other['estimate']:.0f} % ({count})"


def day_of(day: float, end: float) -> str:
    """The day of a T/C [day], and why it is not the study's last, ``end``.

    Examples
    --------
    >>> day_of(2.0, 30.0)
    'day 2 of 30, the last with half of every arm left'
    """
    if math.isnan(day):
        return "each study's last day with half of every arm left"
    early = f" of {end:g}, the last with half of every arm left" if day < end else ""
    return f"day {day:g}{early}"


def undefined(row: Any) -> str:
    """What is said of a T/C without a pair of animals; "" of any other."""
    return "" if row.n else f"{row.arm}: no T/C ({row.note})"


def growth_answer(name: str, table: pd.DataFrame, how: Repeated) -> str:
    """The answer of a study without a treated arm: how its tumors grow."""
    found = table[(table["endpoint"] == "doubling_time_days") & (table["arm"] == name)]
    if not len(found):
        return (
            f"{name}: no doubling time, for no animal was measured often enough before it left"
            " the study (no treated arm)"
        )
    row = found.iloc[0]
    return (
        f"{name}: doubling time {row.estimate:.3g} d ({limits(row, '.3g', how.interval)}; n ="
        f" {row.n}{how.each}; no treated arm)"
    )


def limits(row: Any, style: str, prefix: str = "") -> str:
    """Both ends of the interval of a row of the endpoint table; of one or two animals there
    is none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> limits(SimpleNamespace(ci_low=0.31, ci_high=0.6), ".2f")
    '0.31 to 0.60'
    """
    if math.isnan(row.ci_low):
        return "no interval"
    return f"{prefix}{row.ci_low:{style}} to {row.ci_high:{style}}"
