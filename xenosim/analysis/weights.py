"""Body weights of a study, those of days without a volume included."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenosim.analysis.animals import KEYS

WEIGHT, VOLUME = "body_weight_g", "tumor_volume_mm3"
COLUMNS = (*KEYS, "day", WEIGHT)


def all_weights(table: pd.DataFrame, weighed: pd.DataFrame) -> pd.DataFrame:
    """Every weight of a study.

    Parameters
    ----------
    table : DataFrame
        Rows with volumes [mm3] and, perhaps, weights [g].
    weighed : DataFrame
        :data:`COLUMNS` of days on which only the weight was taken.

    Returns
    -------
    DataFrame
        :data:`COLUMNS` and ``tumor_volume_mm3``, of a day without one that between the measured
        days, in ln V, at the ends the nearest.

    Examples
    --------
    >>> rows = [("drug", 0, 1, 0.0, 100.0), ("drug", 0, 1, 10.0, 400.0)]
    >>> table = pd.DataFrame(rows, columns=[*KEYS, "day", VOLUME])
    >>> only = pd.DataFrame([("drug", 0, 1, 5.0, 20.0)], columns=list(COLUMNS))
    >>> all_weights(table, only)["tumor_volume_mm3"].round(6).tolist()
    [200.0]
    """
    own = table[table[WEIGHT].notna()] if WEIGHT in table else table.iloc[:0].assign(**{WEIGHT: []})
    own = own[[*COLUMNS, VOLUME]]
    if weighed.empty:
        return own
    measured = dict(list(table.sort_values("day", kind="stable").groupby(KEYS)))
    parts = [own]
    for key, rows in weighed.groupby(KEYS, sort=False):
        days, volumes = (measured[key][name].to_numpy(float) for name in ("day", VOLUME))
        between = np.exp(np.interp(rows["day"].to_numpy(float), days, np.log(volumes)))
        parts.append(rows[list(COLUMNS)].assign(**{VOLUME: between}))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)
