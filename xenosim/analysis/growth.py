"""Growth rate, doubling time and growth delay of single animals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd


def growth_rate_per_day(days: np.ndarray, volumes: np.ndarray) -> float:  # type: ignore[type-arg]
    """Slope of ln V over the given days [1/day]; NaN with fewer than two points (Demidenko 2010, PMC2900851)."""
    if len(days) < 2:
        return math.nan
    return float(np.polyfit(days, np.log(volumes), 1)[0])


def doubling_time_days(rate_per_day: float) -> float:
    """ln 2 / rate [day]; infinite where the tumor does not grow."""
    return math.log(2.0) / rate_per_day if rate_per_day > 0 else math.inf


def time_to_multiple(days: np.ndarray, volumes: np.ndarray, multiple: float) -> float:  # type: ignore[type-arg]
    """First day at which an animal's volume reaches ``multiple`` x its baseline, interpolated in ln V [day]; inf if never."""
    target = math.log(multiple * volumes[0])
    logs = np.log(volumes)
    above = np.nonzero(logs >= target)[0]
    if above.size == 0:
        return math.inf
    i = int(above[0])
    if i == 0:
        return float(days[0])
    share = (target - logs[i - 1]) / (logs[i] - logs[i - 1])
    return float(days[i - 1] + share * (days[i] - days[i - 1]))


def per_animal(observations: pd.DataFrame, multiple: float = 4.0) -> pd.DataFrame:
    """Growth rate over all days [1/day], doubling time [day] and time to ``multiple`` x baseline [day] of each animal."""
    rows = []
    for (arm, replicate, animal), group in observations.sort_values("day").groupby(["arm", "replicate", "animal_id"], sort=False):
        days, volumes = group["day"].to_numpy(float), group["tumor_volume_mm3"].to_numpy(float)
        rate = growth_rate_per_day(days, volumes)
        rows.append(
            {
                "arm": arm, "replicate": replicate, "animal_id": animal, "growth_rate_per_day": rate,
                "doubling_time_days": doubling_time_days(rate), "time_to_multiple_days": time_to_multiple(days, volumes, multiple),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
