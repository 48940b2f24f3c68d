"""Efficacy against weight: the lowest body weight of an arm, and what it buys."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.data import half_is_left
from xenosim.analysis.registry import endpoint
from xenosim.analysis.resampling import UNDEFINED, Array


@endpoint(unit="%", label="lowest mean body weight (%)", order=810)
def weight_nadir_pct(ask: Comparison, rng: np.random.Generator) -> Estimate | None:
    """smallest mean of 100 W/W0 over the days from day 0 on with at least half of the animals

    W0 is the last weight at or before day 0. Each bootstrap sample has its own smallest.

    Source: mean weight loss at its nadir, Plowman et al. 1997 (in Teicher, Anticancer Drug
    Development Guide).
    """
    weights = _relative_weights(ask)
    if weights is None:
        return None
    values = weights.to_numpy(float)
    limits, _ = ask.interval(lambda i: _nadir(values[i]), rng, len(values))
    means = np.nanmean(values, axis=0)
    day = float(weights.columns[int(np.argmin(means))])
    note = f"day {day:g}; the whole body is weighed, tumor included"
    return Estimate(float(_nadir(values)), limits, len(values), note, day=day)


@endpoint(unit="-", label="therapeutic index", order=820, against_control=True)
def therapeutic_index(ask: Comparison, rng: np.random.Generator) -> Estimate | None:
    """TGI, delta (%) on the day / (100 - lowest mean body weight (%))

    Per cent of growth inhibited for each per cent of body weight lost; undefined where none is
    lost. Efficacy against toxicity in one number has no agreed definition.

    Assumption: a ratio of the two, in common use.
    """
    weights = _relative_weights(ask)
    if weights is None:
        return None
    untreated = ask.measured[1]
    change = (untreated["tumor_volume_mm3"] - untreated["baseline_mm3"]).to_numpy(float)
    treated = ask.measured[0]
    grown = (treated["tumor_volume_mm3"] - treated["baseline_mm3"]).reindex(weights.index)
    values, t = weights.to_numpy(float), grown.to_numpy(float)
    n = int(np.count_nonzero(~np.isnan(t)))
    if not n or not change.size:
        return Estimate(math.nan, UNDEFINED, 0, "undefined: nobody was weighed and measured")

    def index(it: Array, ic: Array) -> Array:
        with np.errstate(all="ignore"):
            inhibited = 100.0 * (1.0 - _mean(t[it]) / change[ic].mean(axis=-1))
            lost = 100.0 - _nadir(values[it])
            fine = (lost > 0) & (change[ic].mean(axis=-1) > 0)
            return np.where(fine, inhibited / lost, np.nan)

    # The animals of the two arms are others here, also where arms are paired.
    value = float(index(np.arange(t.size), np.arange(change.size)))
    note = f"{ask.how}; weight of the whole body"
    if math.isnan(value):
        note = "undefined: no weight was lost, or the control does not grow"
        return Estimate(math.nan, UNDEFINED, n, note, change.size, ask.day)
    limits, samples = ask.alone().interval(index, rng, t.size, change.size)
    lost_none = float(np.isnan(samples).mean()) if samples.size else 0.0
    if lost_none:
        note += f"; the interval omits {100 * lost_none:.0f} % of the samples, without a loss"
    return Estimate(value, limits, n, note, change.size, ask.day)


def _mean(values: Array) -> Array:
    """Mean over the last axis without NaN."""
    known = ~np.isnan(values)
    return np.where(known, values, 0.0).sum(axis=-1) / known.sum(axis=-1)


def _nadir(weights: Array) -> Array:
    """Smallest over the days (last axis) of the mean over the animals (the axis before) [%]."""
    known = ~np.isnan(weights)
    with np.errstate(invalid="ignore"):
        means = np.where(known, weights, 0.0).sum(axis=-2) / known.sum(axis=-2)
    return np.asarray(np.fmin.reduce(means, axis=-1))


def _relative_weights(ask: Comparison) -> pd.DataFrame | None:
    """Weight relative to baseline [%] of every weighed animal of the arm on each day from day 0 on
    with at least half of them, NaN where it was not weighed; None without weights.
    """
    rows = ask.data.weights[ask.data.weights["arm"] == ask.arm]
    if rows.empty:
        return None
    wide = rows.pivot(index=ANIMAL, columns="day", values="body_weight_g").sort_index()
    before, after = wide.loc[:, wide.columns <= 0], wide.loc[:, wide.columns >= 0]
    if not before.shape[1] or not after.shape[1]:
        return None
    first = before.ffill(axis=1).iloc[:, -1].dropna()
    relative = after.loc[first.index].div(first, axis=0) * 100.0
    enough = half_is_left(relative.notna().sum(), len(first)) & (len(first) > 0)
    kept = relative.loc[:, enough]
    return kept if kept.shape[1] else None
