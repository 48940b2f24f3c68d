"""Growth rate, doubling time and growth delay of single animals."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

KEYS = ["arm", "replicate", "animal_id"]


def growth_rate_per_day(days: np.ndarray, volumes: np.ndarray) -> float:  # type: ignore[type-arg]
    """Slope of ln V over the given days [1/day]; NaN with fewer than two points (Demidenko 2010, PMC2900851)."""
    if len(days) < 2:
        return math.nan
    return float(np.polyfit(days, np.log(volumes), 1)[0])


def doubling_time_days(rate_per_day: float) -> float:
    """ln 2 / rate [day]; infinite where the tumor does not grow (Demidenko 2010, PMC2900851)."""
    return math.log(2.0) / rate_per_day if rate_per_day > 0 else math.inf


def time_to_multiple(days: np.ndarray, volumes: np.ndarray, multiple: float) -> float:  # type: ignore[type-arg]
    """First day at which an animal's volume reaches ``multiple`` x its baseline, interpolated in ln V [day]; inf if never.

    Source: time to an event per animal, 4 x start volume, Houghton et al. 2007 (Pediatr Blood Cancer 49:928).
    """
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


def km_median(times: np.ndarray, last_days: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """Kaplan-Meier median [day] of times to an event, inf where it is not reached; the last axis is reduced.

    ``times`` [day], inf for an animal that left on its ``last_days`` [day] without the event: it is censored there, not counted as
    never. Vectorized for the bootstrap; tested against ``scipy.stats.ecdf``.

    Source: Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452.
    """
    observed = np.isfinite(times)
    until = np.where(observed, times, last_days)
    # At equal times events come before censorings.
    order = np.lexsort((~observed, until), axis=-1)
    until, observed = (np.take_along_axis(np.broadcast_to(x, times.shape), order, axis=-1) for x in (until, observed))
    at_risk = np.arange(times.shape[-1], 0, -1)
    survival = np.cumprod(np.where(observed, 1.0 - 1.0 / at_risk, 1.0), axis=-1)
    reached = survival <= 0.5 + 1e-12
    first = np.argmax(reached, axis=-1)[..., None]
    median = np.take_along_axis(until, first, axis=-1)[..., 0]
    # Where the curve is flat at one half the median is the middle of the step, up to the next event (as in R's survival).
    flat = np.isclose(np.take_along_axis(survival, first, axis=-1)[..., 0], 0.5)
    following = np.where(observed & (np.arange(times.shape[-1]) > first), until, np.inf).min(axis=-1)
    median = np.where(flat & np.isfinite(following), 0.5 * (median + following), median)
    return np.asarray(np.where(reached.any(axis=-1), median, np.inf))


def from_baseline(observations: pd.DataFrame) -> pd.DataFrame:
    """Rows from t0 on, with ``baseline_mm3`` = V(t0) [mm3]; t0 is an animal's last measured day <= 0, animals without one are left out."""
    ordered = observations.sort_values("day", kind="stable")
    t0 = ordered[ordered["day"] <= 0].groupby(KEYS, sort=False)[["day", "tumor_volume_mm3"]].last()
    t0 = t0.rename(columns={"day": "t0_day", "tumor_volume_mm3": "baseline_mm3"}).reset_index()
    joined = observations.drop(columns=["t0_day", "baseline_mm3"], errors="ignore").merge(t0, on=KEYS, how="inner")
    return joined[joined["day"] >= joined["t0_day"]].reset_index(drop=True)


def per_animal(observations: pd.DataFrame, multiple: float = 4.0) -> pd.DataFrame:
    """Growth rate over all days from t0 [1/day], doubling time [day], time to ``multiple`` x baseline [day; inf if not reached]
    and last measured day [day] of each animal.
    """
    rows = []
    for (arm, replicate, animal), group in from_baseline(observations).sort_values("day", kind="stable").groupby(KEYS, sort=False):
        days, volumes = group["day"].to_numpy(float), group["tumor_volume_mm3"].to_numpy(float)
        rate = growth_rate_per_day(days, volumes)
        rows.append(
            {
                "arm": arm, "replicate": replicate, "animal_id": animal, "growth_rate_per_day": rate,
                "doubling_time_days": doubling_time_days(rate), "time_to_multiple_days": time_to_multiple(days, volumes, multiple), "last_day": float(days[-1]),
            }
        )  # fmt: skip
    columns = [*KEYS, "growth_rate_per_day", "doubling_time_days", "time_to_multiple_days", "last_day"]
    return pd.DataFrame(rows, columns=columns)
