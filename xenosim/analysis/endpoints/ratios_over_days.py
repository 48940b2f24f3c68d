"""T/C that looks at more than one day: last volumes carried forward, and the smallest of all
days.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.data import StudyData, half_is_left
from xenosim.analysis.endpoints.ratios import arrays, tc_pct
from xenosim.analysis.registry import endpoint
from xenosim.analysis.resampling import UNDEFINED, Array, same_animals


@endpoint(unit="%", label="T/C, last volumes (%)", order=310, against_control=True, screen=20)
def tc_pct_locf(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """tc_pct with the last volume of each animal removed at the volume endpoint carried forward"""
    if not ask.data.tells_fates and any(
        ask.data.left_before(arm, ask.day) for arm in (ask.arm, ask.control)
    ):
        note = "no column 'status': which animals were removed at the volume endpoint is unknown"
        return Estimate(np.nan, UNDEFINED, 0, note, day=ask.day)
    arms = []
    for arm, measured in zip((ask.arm, ask.control), ask.measured, strict=True):
        removed = ask.data.removed_at_volume(arm, ask.day)
        both = measured.assign(carried=False), removed.assign(carried=True)
        arms.append(pd.concat(both).sort_index())
    treated, untreated = ask.pair(arms)
    if treated.empty:
        return ask.no_pair()
    (t, t0), (c, c0) = arrays(treated), arrays(untreated)
    limits, _ = ask.interval(
        lambda it, ic: tc_pct(t[it], c[ic], t0[it], c0[ic]), rng, t.size, c.size
    )
    note = (
        f"{ask.how_paired}; {treated['carried'].sum()} treated and"
        f" {untreated['carried'].sum()} control animals carried forward, at less than they would"
        " have reached"
    )
    return Estimate(float(tc_pct(t, c, t0, c0)), limits, t.size, note, c.size, ask.day)


@endpoint(unit="%", label="T/C, best day (%)", order=320, against_control=True)
def tc_pct_optimal(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """smallest tc_pct over the days after day 0 with at least half of each arm

    Each bootstrap sample has its own smallest.

    Source: the "optimal T/C" of the NCI, Plowman et al. 1997.
    """
    arms = [_relative(ask.data, arm) for arm in (ask.arm, ask.control)]
    enough = [set(arm.columns[half_is_left(arm.notna().sum(), len(arm))]) for arm in arms]
    days = sorted(enough[0] & enough[1])
    treated, untreated = same_animals(*arms) if ask.paired else arms
    pairs = list(_by_day(treated, untreated, days, ask.paired))
    values = np.array([tc_pct_present(t, c) for t, c in pairs])
    if np.isnan(values).all():
        return Estimate(np.nan, UNDEFINED, 0, "no such day")
    best = int(np.nanargmin(values))
    limits, _ = ask.interval(
        lambda it, ic: np.fmin.reduce([tc_pct_present(t[it], c[ic]) for t, c in pairs]),
        rng,
        len(treated),
        len(untreated),
    )
    n, n_control = (int((~np.isnan(x)).sum()) for x in pairs[best])
    note = (
        f"day {days[best]:g}, the smallest of {len(days)} days, chosen anew in every sample; noise"
        " makes a smallest value too small"
    )
    note += "; paired: animals measured in both arms" if ask.paired else ""
    return Estimate(float(values[best]), limits, n, note, n_control, float(days[best]))


def tc_pct_present(t: Array, c: Array) -> Array:
    """``tc_pct`` [%] of relative volumes [-] that are NaN for animals not measured that day; NaN
    where an arm has none.
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(100.0 * _median_present(t) / _median_present(c))


def _median_present(values: Array) -> Array:
    """Median over the last axis without NaN; NaN where nothing else is there. Faster than
    ``nanmedian`` on bootstrap samples.
    """
    ordered = np.sort(values, axis=-1)
    count = np.count_nonzero(~np.isnan(ordered), axis=-1)[..., None]
    low, high = (
        np.take_along_axis(ordered, np.maximum(i, 0), axis=-1)[..., 0]
        for i in ((count - 1) // 2, count // 2)
    )
    return np.asarray(0.5 * (low + high))


def _relative(data: StudyData, arm: str) -> pd.DataFrame:
    """Relative volume [-] of every animal of an arm on each day after day 0; NaN where it was not
    measured.
    """
    followed = data.followed[data.followed["arm"] == arm]
    relative = followed.assign(rtv=followed["tumor_volume_mm3"] / followed["baseline_mm3"])
    wide = relative.pivot(index=ANIMAL, columns="day", values="rtv")
    return wide.loc[:, wide.columns > 0]


def _by_day(
    treated: pd.DataFrame, untreated: pd.DataFrame, days: list[float], paired: bool
) -> Iterator[tuple[Array, Array]]:
    """Relative volumes of both arms on each day; paired: NaN for an animal not measured in both."""
    for day in days:
        t, c = treated[day].to_numpy(float), untreated[day].to_numpy(float)
        if paired:
            alone = np.isnan(t + c)
            t, c = np.where(alone, np.nan, t), np.where(alone, np.nan, c)
        yield t, c
