"""Efficacy against tolerability: T/C of every arm beside what its animals lose of their weight."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.analysis.data import StudyData
from xenosim.analysis.resampling import Array
from xenosim.analysis.tolerability import relative_weights

COLUMNS = (
    "arm",
    "tc_pct",
    "tc_low",
    "tc_high",
    "tc_day",
    "n",
    "worst_loss_pct",
    "loss_low",
    "loss_high",
    "n_weighed",
)


def tradeoff_table(data: StudyData, endpoints: pd.DataFrame) -> pd.DataFrame:
    """Both of every arm, the control at 100 %.

    Parameters
    ----------
    data : StudyData
        Measurements with a control; weights where there are.
    endpoints : DataFrame
        Its endpoint table: T/C of median RTV and its interval are taken from it.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: T/C with 95 % interval [%], its day [day], animals of the arm; mean over
        the animals of their largest loss of body weight without the tumor [%], as of
        :func:`~xenosim.analysis.tolerability.relative_weights`, with its 95 % interval by t.
    """
    weights = relative_weights(data)
    worst = 100.0 - weights.groupby(KEYS, sort=False)["relative_pct"].min()
    found = endpoints[endpoints["endpoint"] == "tc_pct"].drop_duplicates("arm").set_index("arm")
    rows = []
    for arm in data.arms:
        row: dict[str, Any] = {"arm": arm, "n": data.started.get(arm, 0)}
        if arm == data.control:
            row |= {"tc_pct": 100.0}
        elif arm in found.index:
            own = found.loc[arm]
            row |= {"tc_pct": own["estimate"], "tc_low": own["ci_low"], "tc_high": own["ci_high"]}
            row |= {"tc_day": own["day"]}
        lost = worst[worst.index.get_level_values("arm") == arm].to_numpy(float)
        rows.append(row | loss_columns(lost))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def loss_columns(worst_pct: Array) -> dict[str, float]:
    """Mean of the animals' largest losses [%] with its 95 % interval by t; NaN of none.

    Examples
    --------
    >>> import numpy as np
    >>> found = loss_columns(np.array([4.0, 6.0, 8.0]))
    >>> found["worst_loss_pct"], round(found["loss_low"], 2)
    (6.0, 1.03)
    """
    from scipy.stats import t

    n = worst_pct.size
    mean = float(worst_pct.mean()) if n else math.nan
    half = math.nan
    if n > 1:
        half = float(t.ppf(0.975, n - 1) * worst_pct.std(ddof=1)) / math.sqrt(n)
    low, high = mean - half, mean + half
    return {"worst_loss_pct": mean, "loss_low": low, "loss_high": high, "n_weighed": n}
