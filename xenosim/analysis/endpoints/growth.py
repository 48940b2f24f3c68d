"""Growth of the animals of an arm."""

from __future__ import annotations

import math

import numpy as np

from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.growth import doubling_time_days as doubling
from xenosim.analysis.registry import endpoint
from xenosim.analysis.resampling import UNDEFINED, Array


def _mean(values: Array, ask: Comparison, rng: np.random.Generator, note: str) -> Estimate | None:
    """Mean of the animals that have the number; None if no animal has."""
    values = values[~np.isnan(values)]
    if values.size == 0:
        return None
    limits, _ = ask.interval(lambda i: values[i].mean(axis=-1), rng, values.size)
    return Estimate(float(values.mean()), limits, values.size, note)


@endpoint(unit="1/day", label="growth rate (1/day)", order=10, screen=60)
def growth_rate_per_day(ask: Comparison, rng: np.random.Generator) -> Estimate | None:
    """slope of ln V

    Mean of all animals, early sacrifices included.

    Source: Demidenko 2010, PMC2900851.
    """
    note = "all measured days of each animal; mean of per-animal slopes"
    return _mean(ask.animals["growth_rate_per_day"].to_numpy(float), ask, rng, note)


@endpoint(unit="day", label="doubling time (d)", order=20, samples="growth_rate_per_day", screen=70)
def doubling_time_days(ask: Comparison, rng: np.random.Generator) -> Estimate | None:
    """ln 2 / mean slope of ln V

    Source: Demidenko 2010, PMC2900851.
    """
    rate = growth_rate_per_day(ask, rng)
    if rate is None:
        return None
    slow, fast = rate.limits
    return rate._replace(value=doubling(rate.value), limits=(doubling(fast), doubling(slow)))


@endpoint(unit="1/day", label="growth rate from the area (1/day)", order=410)
def growth_auc_per_day(ask: Comparison, rng: np.random.Generator) -> Estimate | None:
    """2 AUC(ln(V + 1) - ln(V0 + 1)) / span^2

    Source: R package invivoSyn (Mao and Guo 2023, Cancer Res Commun 3:2146).
    """
    note = (
        "each animal from baseline to its last measured day; mean of the animals; the growth rate"
        " only if growth is exponential"
    )
    return _mean(ask.animals["growth_auc_per_day"].to_numpy(float), ask, rng, note)


@endpoint(unit="ratio", label="T/C of growth rates", order=330, against_control=True)
def rate_tc(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """exp((g_T - g_C) d), g mean slope of ln V, d the day

    Rates of all animals.

    Source: after Hather et al. 2014, doi:10.4137/CIN.S13974.
    """
    ask.require_day()
    t, c = (frame["growth_rate_per_day"].to_numpy(float) for frame in ask.both_animals)
    if ask.paired:
        both = ~np.isnan(t) & ~np.isnan(c)
        t, c = t[both], c[both]
    t, c = t[~np.isnan(t)], c[~np.isnan(c)]
    if not t.size or not c.size:
        note = f"undefined: no growth rate in {'both arms' if ask.paired else 'one of the arms'}"
        return Estimate(math.nan, UNDEFINED, 0, note, day=ask.day)
    value = math.exp((float(t.mean()) - float(c.mean())) * ask.day)
    limits, _ = ask.interval(
        lambda it, ic: np.exp((t[it].mean(axis=-1) - c[ic].mean(axis=-1)) * ask.day),
        rng,
        t.size,
        c.size,
    )
    note = (
        "all measured days of each animal, early sacrifices included; definition not checked"
        " against the paper"
    )
    return Estimate(value, limits, t.size, note, c.size, ask.day)


@endpoint(unit="ratio", label="T/C of areas", order=340, against_control=True)
def aauc_ratio(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """mean_T/mean_C of each animal's area under V/V0, divided by its days on study

    Source: after Wu and Houghton 2010, doi:10.1002/pst.369.
    """
    t, c = (frame["mean_rtv"].to_numpy(float) for frame in ask.both_animals)
    known_t, known_c = ~np.isnan(t), ~np.isnan(c)
    if ask.paired:
        known_t = known_c = known_t & known_c
    t, c = t[known_t], c[known_c]
    note = (
        "each animal from baseline to its last measured day; an animal that left early counts with"
        " the small volumes of its days; definition not checked against the paper"
    )
    if not t.size or not c.size:
        return Estimate(math.nan, UNDEFINED, 0, "undefined: no animal measured twice")
    limits, _ = ask.interval(
        lambda it, ic: t[it].mean(axis=-1) / c[ic].mean(axis=-1), rng, t.size, c.size
    )
    return Estimate(float(t.mean() / c.mean()), limits, t.size, note, c.size)
