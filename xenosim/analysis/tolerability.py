"""Body weight of a study's animals: relative, without the tumor, and what each arm lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.analysis.data import StudyData, while_half_is_left
from xenosim.analysis.dropout import departures

#: Weight of a tumor's volume, taken off the body weight [g/mm3]. Assumption: that of water.
TUMOR_G_PER_MM3 = 1e-3
#: Losses whose shares are told [%].
LIMITS_PCT = (10.0, 15.0, 20.0)
COLUMNS = (
    "arm",
    "n",
    "n_weighed",
    "nadir_pct",
    "nadir_day",
    "median_of_worst_pct",
    *(f"n_loss_over_{limit:g}_pct" for limit in LIMITS_PCT),
    "n_left_for_weight",
    "n_left_for_volume",
    "n_found_dead",
    "n_left_for_other",
    "definition",
)
DEFINITION = (
    "nadir: smallest daily mean of 100 W/W0 from day 0 on, while at least half of the arm is"
    " weighed; W: body weight without the tumor (1 mg per mm3 of calipers), W0 its last value at or"
    " before day 0; worst: an animal's own smallest 100 W/W0; losses are 100 - worst"
)


def relative_weights(data: StudyData) -> pd.DataFrame:
    """Body weight without the tumor, relative to baseline.

    Returns
    -------
    DataFrame
        ``arm``, ``replicate``, ``animal_id``, ``day`` [day] from day 0 on, ``body_weight_g`` as
        weighed [g], ``corrected_g`` without the tumor at :data:`TUMOR_G_PER_MM3` [g],
        ``relative_pct``, 100 times that over its last value at or before day 0 [%]. No rows where
        nobody was weighed; animals without a weight at or before day 0 are left out.

    Examples
    --------
    >>> rows = [("drug", 1, 0, 1000.0, 21.0), ("drug", 1, 7, 2000.0, 20.0)]
    >>> columns = ["arm", "animal_id", "day", "tumor_volume_mm3", "body_weight_g"]
    >>> table = relative_weights(StudyData(pd.DataFrame(rows, columns=columns)))
    >>> table["relative_pct"].tolist()
    [100.0, 90.0]
    """
    columns = [*KEYS, "day", "body_weight_g", "corrected_g", "relative_pct"]
    if data.weights.empty:
        return pd.DataFrame(columns=columns)
    rows = data.weights.sort_values("day", kind="stable")
    tumor_g = TUMOR_G_PER_MM3 * rows["tumor_volume_mm3"]
    rows = rows.assign(corrected_g=rows["body_weight_g"] - tumor_g)
    first = rows[rows["day"] <= 0].groupby(KEYS)["corrected_g"].last().rename("start_g")
    rows = rows[rows["day"] >= 0].merge(first.reset_index(), on=KEYS)
    rows = rows.assign(relative_pct=100.0 * rows["corrected_g"] / rows["start_g"])
    return rows[columns]


def mean_weights(weights: pd.DataFrame) -> pd.DataFrame:
    """Mean of ``relative_pct`` [%] and ``n`` by ``arm`` and ``day``, while at least half of the arm
    is weighed; ``weights``: as of :func:`relative_weights`.
    """
    kept = [while_half_is_left(rows) for _, rows in weights.groupby("arm", sort=False)]
    if not kept:
        return pd.DataFrame(columns=["arm", "day", "mean_pct", "n"])
    means = pd.concat(kept).groupby(["arm", "day"], sort=False)["relative_pct"]
    return means.agg(mean_pct="mean", n="size").reset_index()


def tolerability_table(data: StudyData) -> pd.DataFrame:
    """What each arm bore: one row per arm, columns :data:`COLUMNS`.

    Returns
    -------
    DataFrame
        ``n`` animals with a baseline, ``n_weighed``; lowest mean weight [%] and its day [day],
        median of the animals' own lowest [%] (empty where nobody was weighed); animals that lost
        more than each of :data:`LIMITS_PCT`; animals that left for weight, volume, found dead, for
        another or no stated reason.
    """
    weights, left = relative_weights(data), departures(data)
    means = mean_weights(weights)
    worst = weights.groupby(KEYS, sort=False)["relative_pct"].min().reset_index()
    rows = [
        _arm(
            arm,
            data.started.get(arm, 0),
            worst.loc[worst["arm"] == arm, "relative_pct"].to_numpy(float),
            means[means["arm"] == arm],
            left.loc[left["arm"] == arm, "reason"],
        )
        for arm in data.arms
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _arm(
    arm: str, n: int, worst: np.ndarray, means: pd.DataFrame, reasons: pd.Series[str]
) -> dict[str, Any]:
    lowest = means.loc[means["mean_pct"].idxmin()] if len(means) else None
    counted = reasons.value_counts()
    named = {"weight": "body weight", "volume": "volume"}
    return {
        "arm": arm,
        "n": n,
        "n_weighed": worst.size,
        "nadir_pct": np.nan if lowest is None else float(lowest["mean_pct"]),
        "nadir_day": np.nan if lowest is None else float(lowest["day"]),
        "median_of_worst_pct": float(np.median(worst)) if worst.size else np.nan,
        **{
            f"n_loss_over_{limit:g}_pct": int((worst < 100.0 - limit).sum()) for limit in LIMITS_PCT
        },
        **{f"n_left_for_{short}": int(counted.get(r, 0)) for short, r in named.items()},
        "n_found_dead": int(counted.get("found dead", 0)),
        "n_left_for_other": int(counted.get("reason not given", 0)),
        "definition": DEFINITION,
    }
