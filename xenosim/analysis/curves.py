"""Numbers over time with their intervals, as the figures draw them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.comparison import Comparison
from xenosim.analysis.data import StudyData, half_is_left, while_half_is_left
from xenosim.analysis.registry import find_endpoint
from xenosim.analysis.resampling import FEWEST
from xenosim.analysis.studies import across

#: Half width of a normal 95 % interval [standard errors].
Z95 = 1.96


def geometric_means(rows: pd.DataFrame, value: str = "tumor_volume_mm3") -> pd.DataFrame:
    """Geometric mean over the animals of one arm, by day, while half of the arm is left.

    Parameters
    ----------
    rows : DataFrame
        Rows of one arm.
    value : str
        The column, above 0.

    Returns
    -------
    DataFrame
        ``mean``, ``low``, ``high`` (normal 95 % interval on the log scale, NaN below three
        animals) [unit of the column], ``n`` animals and ``is_whole``, whether no animal has left
        yet, indexed by day.

    Examples
    --------
    >>> rows = pd.DataFrame({"animal_id": [1, 2], "day": 0, "volume": [50.0, 200.0]})
    >>> rows["replicate"] = 0
    >>> round(float(geometric_means(rows, "volume").loc[0, "mean"]), 6)
    100.0
    """
    kept = while_half_is_left(rows)
    logs = np.log(kept[value]).groupby(kept["day"]).agg(["mean", "std", "count"])
    half = (Z95 * logs["std"] / np.sqrt(logs["count"])).where(logs["count"] >= FEWEST)
    followed = np.array(at_risk(rows, logs.index))
    return pd.DataFrame(
        {
            "mean": np.exp(logs["mean"]),
            "low": np.exp(logs["mean"] - half),
            "high": np.exp(logs["mean"] + half),
            "n": logs["count"],
            "is_whole": followed == followed.max(initial=0),
        }
    )


def at_risk(rows: pd.DataFrame, days: Iterable[float]) -> list[int]:
    """Animals of one arm that are still followed on each of ``days`` [day]: their last measurement
    is not before it.

    Examples
    --------
    >>> rows = pd.DataFrame({"replicate": 0, "animal_id": [1, 1, 2], "day": [0, 7, 0]})
    >>> at_risk(rows, (0, 3, 7, 9))
    [2, 1, 1, 0]
    """
    last = rows.groupby(ANIMAL)["day"].max()
    return [int((last >= day).sum()) for day in days]


def last_rows_of_removed(rows: pd.DataFrame, end: float) -> pd.DataFrame:
    """The last row of each animal of one arm that is not followed to ``end``, the study's last day
    [day].
    """
    last = rows.sort_values("day", kind="stable").drop_duplicates(ANIMAL, keep="last")
    return last[last["day"] < end]


def endpoint_over_time(
    data: StudyData, name: str, arm: str, control: str, *, n_boot: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """An endpoint of an arm on every day from day 0 with at least half of both arms: each row is
    what the endpoint table says when that is the day of evaluation, of a repeated study too.

    Parameters
    ----------
    data : StudyData
        The study.
    name : str
        The endpoint, one that has a day.
    arm, control : str
        Names of the arms.
    n_boot, seed : int
        Bootstrap samples of animals.

    Returns
    -------
    DataFrame
        ``estimate``, ``ci_low``, ``ci_high`` [unit of the endpoint], ``n``, ``n_control``, indexed
        by day; days without a number are left out.
    """
    endpoint = find_endpoint(name)
    columns = ["estimate", "ci_low", "ci_high", "n", "n_control"]
    if len(data.studies) > 1:
        curves = [
            endpoint_over_time(study, name, arm, control, n_boot=n_boot, seed=seed)
            for study in data.studies
        ]
        common = [day for day in curves[0].index if all(day in curve.index for curve in curves)]
        joined = {day: _across(pd.DataFrame([c.loc[day] for c in curves])) for day in common}
        return pd.DataFrame.from_dict(joined, orient="index", columns=columns)
    rows = {}
    for day in _days(data, arm, control):
        ask = Comparison(data, arm, control, day, "", n_boot, seed, data.paired)
        found = endpoint.estimate(ask)
        if found is not None and np.isfinite(found.value):
            rows[day] = (found.value, *found.limits, found.n, found.n_control)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def tc_over_time(data: StudyData, seed: int = 1) -> pd.DataFrame:
    """T/C of medians [%] of every treated arm on every day with at least half of both arms left.

    Returns
    -------
    DataFrame
        ``arm``, ``control``, ``day`` [day], ``tc_pct`` with ``ci_low`` and ``ci_high`` [%], ``n``,
        ``n_control``: on each day what the endpoint table says when it is that of evaluation.
    """
    names = ["arm", "control", "day", "tc_pct", "ci_low", "ci_high", "n", "n_control"]
    parts = []
    for arm in data.arms:
        if arm != data.control and {arm, data.control} <= set(data.started):
            curve = endpoint_over_time(data, "tc_pct", arm, data.control, seed=seed)
            curve = curve.rename_axis("day").rename(columns={"estimate": "tc_pct"}).reset_index()
            parts.append(curve.assign(arm=arm, control=data.control))
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


def _across(day: pd.DataFrame) -> tuple[float, float, float, int, int]:
    """One day of a curve from that day in every study."""
    value, limits = across(day["estimate"].to_numpy(float))
    return value, *limits, int(day["n"].min()), int(day["n_control"].min())


def _days(data: StudyData, *arms: str) -> list[float]:
    """Days from day 0 on which at least half of each arm was measured."""
    rows = data.followed[data.followed["day"] >= 0]
    counts = [rows.loc[rows["arm"] == arm, "day"].value_counts() for arm in arms]
    enough = [
        set(count.index[half_is_left(count, data.started[arm])])
        for arm, count in zip(arms, counts, strict=True)
    ]
    return sorted(float(day) for day in set.intersection(*enough))
