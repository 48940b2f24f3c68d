"""T/C and TGI on the day of evaluation: one formula per definition. The papers named are where it
comes from; none was checked in full text.

A sample is an array of animals: ``t``, ``c`` volumes of treated and control animals on the day,
``t0``, ``c0`` the same animals at baseline, shape (..., n_animals) [mm3]; the last axis is reduced,
so bootstrap samples go through unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.registry import Formula, endpoint, named, register
from xenosim.analysis.resampling import UNDEFINED, Array
from xenosim.analysis.volume import rtv


def ratio(*, unit: str, **said: Any) -> Callable[[Formula], Formula]:
    """Register a formula of two arms as the endpoint of its name; arguments as of
    :func:`~xenosim.analysis.registry.endpoint`.
    """

    def add(formula: Formula) -> Formula:
        function = partial(_on_the_day, formula)
        said.update(function=function, formula=formula, against_control=True)
        register(named(formula, unit, **said))
        return formula

    return add


def _on_the_day(formula: Formula, ask: Comparison, rng: np.random.Generator) -> Estimate:
    (t, t0), (c, c0) = map(arrays, ask.pair(ask.measured))
    if not t.size:
        return ask.no_pair()
    limits, _ = ask.interval(
        lambda it, ic: formula(t[it], c[ic], t0[it], c0[ic]), rng, t.size, c.size
    )
    value, note = float(formula(t, c, t0, c0)), ask.note
    if math.isnan(value):
        # Of samples in which the control grows, too: the number is not there.
        note, limits = f"{note}; undefined: the control does not grow", UNDEFINED
    return Estimate(value, limits, t.size, note, c.size, ask.day)


def arrays(arm: pd.DataFrame) -> tuple[Array, Array]:
    """Volume and baseline [mm3] of a table of animals."""
    return arm["tumor_volume_mm3"].to_numpy(float), arm["baseline_mm3"].to_numpy(float)


@ratio(unit="%", label="T/C, median RTV (%)", order=110, screen=10)
def tc_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 median(RTV_T)/median(RTV_C)

    Source: Boven et al. 1992, Cancer Res 52:5940: median curves.
    """
    return np.asarray(100.0 * np.median(rtv(t, t0), axis=-1) / np.median(rtv(c, c0), axis=-1))


@ratio(unit="%", label="T/C, mean RTV (%)", order=120)
def tc_rtv_mean(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 mean(RTV_T)/mean(RTV_C)

    Source: CombPDX, Sci Rep 2022;12, doi:10.1038/s41598-022-16933-6.
    """
    return np.asarray(100.0 * np.mean(rtv(t, t0), axis=-1) / np.mean(rtv(c, c0), axis=-1))


@ratio(unit="ratio", label="T/C, mean volume", order=130, screen=30)
def tc_volume_mean(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """mean V_T/mean V_C, raw

    The definition behind the ixazomib abstracts.

    Source: ASH 2009, Blood 114:3724.
    """
    return np.asarray(np.mean(t, axis=-1) / np.mean(c, axis=-1))


@ratio(unit="ratio", label="T/C, median volume", order=140)
def tc_volume_median(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """median V_T/median V_C, raw

    Source: Bissery et al. 1991, Cancer Res 51:4845.
    """
    return np.asarray(np.median(t, axis=-1) / np.median(c, axis=-1))


@endpoint(
    unit="ln units", label="-ln T/C", order=150, samples="tc_volume_mean", against_control=True
)
def minus_ln_tc(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """-ln(mean V_T/mean V_C)

    Net log-kill only if both arms share one growth law. Its interval is that of the ratio.

    Source: volumes on the log scale, Demidenko 2010, PMC2900851.
    """
    found = _on_the_day(tc_volume_mean, ask, rng)
    low, high = found.limits
    return found._replace(value=-math.log(found.value), limits=(-math.log(high), -math.log(low)))


@ratio(unit="%", label="TGI, ratio (%)", order=160, samples="tc_volume_mean", screen=50)
def tgi_ratio_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 (1 - mean V_T/mean V_C)

    Called "TGI" in papers; 88 % with T/C 0.12.

    Source: ASH 2009, Blood 114:3724.
    """
    return np.asarray(100.0 * (1.0 - tc_volume_mean(t, c, t0, c0)))


@ratio(unit="%", label="TGI, delta (%)", order=170, screen=40)
def tgi_delta_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 (1 - mean(V_T - V_T0)/mean(V_C - V_C0))

    Above 100 means regression; NaN if the control does not grow.

    Source: 100 minus the T/C of volume changes of the NCI, Plowman et al. 1997 (in Teicher,
    Anticancer Drug Development Guide).
    """
    growth = np.mean(c - c0, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 100.0 * (1.0 - np.mean(t - t0, axis=-1) / growth)
    return np.asarray(np.where(growth > 0, value, np.nan))


@ratio(unit="%", label="TGI, mean RTV (%)", order=180, samples="tc_rtv_mean")
def tgi_rtv_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 (1 - mean RTV_T/mean RTV_C)

    Source: CombPDX, Sci Rep 2022;12, doi:10.1038/s41598-022-16933-6.
    """
    return np.asarray(100.0 - tc_rtv_mean(t, c, t0, c0))
