"""What is known of single animals: growth rate, times to a multiple of baseline, last day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from xenosim.analysis.growth import growth_auc_per_day, growth_rate_per_day, time_to_multiple
from xenosim.analysis.response import mrecist_gao2015, pptp_houghton2007

#: Growth delay, event-free survival and cell kill count to this multiple of baseline.
MULTIPLE = 4.0
ANIMAL = ["replicate", "animal_id"]
KEYS = ["arm", *ANIMAL]


def per_animal(followed: pd.DataFrame, arms: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Of each arm a table of its animals, by (replicate, animal): growth rate over all days from t0
    and ``growth_auc_per_day`` [1/day], times to 2 x and to 4 x baseline [day; inf if not reached]
    and last measured day [day].

    ``followed``: rows from baseline on, as :attr:`~xenosim.analysis.data.StudyData.followed`.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {arm: [] for arm in arms}
    ordered = followed.sort_values("day", kind="stable")
    for (arm, *animal), group in ordered.groupby(KEYS, sort=False):
        days, volumes = group["day"].to_numpy(float), group["tumor_volume_mm3"].to_numpy(float)
        times = (time_to_multiple(days, volumes, multiple) for multiple in (2.0, MULTIPLE))
        rates = growth_rate_per_day(days, volumes), growth_auc_per_day(days, volumes)
        rows[str(arm)].append((*animal, *rates, *times, float(days[-1])))
    columns = ["growth_rate_per_day", "growth_auc_per_day", "time_to_2x_days", "time_to_4x_days"]
    return {
        arm: pd.DataFrame(found, columns=[*ANIMAL, *columns, "last_day"]).set_index(ANIMAL)
        for arm, found in rows.items()
    }


def responses(followed: pd.DataFrame, animals: pd.DataFrame, control_median: float) -> pd.DataFrame:
    """Columns best_pct, best_avg_pct [%], mrecist_gao2015 and pptp_houghton2007 of the animals of
    one arm, by (replicate, animal).

    ``followed``: rows of that arm from baseline on; ``animals``: that arm in :func:`per_animal`;
    ``control_median``: the control's median time to 4 x baseline [day].
    """
    rows = []
    ordered = followed.sort_values("day", kind="stable")
    for key, group in ordered.groupby(ANIMAL, sort=False):
        days, volumes = group["day"].to_numpy(float), group["tumor_volume_mm3"].to_numpy(float)
        event, last = float(animals.at[key, "time_to_4x_days"]), float(animals.at[key, "last_day"])
        pptp = pptp_houghton2007(volumes, event, last, control_median)
        rows.append((*key, *mrecist_gao2015(days, volumes), pptp))
    columns = ["best_pct", "best_avg_pct", "mrecist_gao2015", "pptp_houghton2007"]
    return pd.DataFrame(rows, columns=[*ANIMAL, *columns]).set_index(ANIMAL)
