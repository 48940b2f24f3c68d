"""Volumes, T/C and TGI: one function per definition. The papers named are where it comes from; none
was checked in full text.

A sample is an array of animals: ``t``, ``c`` volumes of treated and control animals on the stated
day, ``t0``, ``c0`` the same animals at baseline, shape (..., n_animals) [mm3]; the last axis is
reduced, so bootstrap samples go through unchanged.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ParameterError, suggest

Array = NDArray[np.float64]
FORMULAS = ("0.5LW2", "pi/6LW2", "pi/6LW(L+W)/2")


def caliper_volume(length_mm: float, width_mm: float, formula: str = "0.5LW2") -> float:
    """Volume [mm3] from length and width [mm]: L W^2 / 2, or pi/6 L W^2, or pi/6 L W (L + W)/2.

    Source: seven formulas compared, Tomayko and Reynolds 1989 (Cancer Chemother Pharmacol 24:148).
    """
    if formula == "0.5LW2":
        return 0.5 * length_mm * width_mm**2
    if formula == "pi/6LW2":
        return math.pi / 6.0 * length_mm * width_mm**2
    if formula == "pi/6LW(L+W)/2":
        return math.pi / 6.0 * length_mm * width_mm * 0.5 * (length_mm + width_mm)
    raise ParameterError(
        f"unknown caliper formula '{formula}'{suggest(formula, FORMULAS)}",
        where="measure.formula",
        remedy=f"use one of {', '.join(FORMULAS)}",
    )


def rtv(volume: Array, volume_t0: Array) -> Array:
    """Relative tumor volume V(t) / V(t0) [-]; t0 is the last measurement at or before the first
    dose, not the implantation (Boven et al. 1992).
    """
    return np.asarray(volume / volume_t0)


def tc_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 median(RTV_T) / median(RTV_C) [%]; the same as ``tc_rtv_median`` (Boven et al. 1992,
    Cancer Res 52:5940: median curves).
    """
    return np.asarray(100.0 * np.median(rtv(t, t0), axis=-1) / np.median(rtv(c, c0), axis=-1))


def tc_rtv_mean(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 mean(RTV_T) / mean(RTV_C) [%] (CombPDX: Sci Rep 2022;12,
    doi:10.1038/s41598-022-16933-6).
    """
    return np.asarray(100.0 * np.mean(rtv(t, t0), axis=-1) / np.mean(rtv(c, c0), axis=-1))


def tc_volume_mean(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """mean V_T / mean V_C, raw [-]: the definition behind the ixazomib abstracts (ASH 2009, Blood
    114:3724).
    """
    return np.asarray(np.mean(t, axis=-1) / np.mean(c, axis=-1))


def tc_volume_median(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """median V_T / median V_C, raw [-] (Bissery et al. 1991, Cancer Res 51:4845)."""
    return np.asarray(np.median(t, axis=-1) / np.median(c, axis=-1))


def minus_ln_tc(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """-ln of ``tc_volume_mean`` [ln units]: net log-kill only if both arms share one growth law
    (volumes on the log scale, Demidenko 2010).
    """
    return np.asarray(-np.log(tc_volume_mean(t, c, t0, c0)))


def tgi_ratio_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 (1 - ``tc_volume_mean``) [%]; called "TGI" in papers; 88 % with T/C 0.12 (ASH 2009, Blood
    114:3724).
    """
    return np.asarray(100.0 * (1.0 - tc_volume_mean(t, c, t0, c0)))


def tgi_delta_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 [1 - mean(V_T - V_T0) / mean(V_C - V_C0)] [%]; above 100 means regression; NaN if the
    control does not grow.

    Source: 100 minus the T/C of volume changes of the NCI, Plowman et al. 1997 (in Teicher,
    Anticancer Drug Development Guide).
    """
    growth = np.mean(c - c0, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = 100.0 * (1.0 - np.mean(t - t0, axis=-1) / growth)
    return np.asarray(np.where(growth > 0, value, np.nan))


def tgi_rtv_pct(t: Array, c: Array, t0: Array, c0: Array) -> Array:
    """100 (1 - mean RTV_T / mean RTV_C) [%] (CombPDX: Sci Rep 2022;12,
    doi:10.1038/s41598-022-16933-6).
    """
    return np.asarray(100.0 - tc_rtv_mean(t, c, t0, c0))


def tc_pct_present(t: Array, c: Array) -> Array:
    """``tc_pct`` [%] of relative volumes [-] that are NaN for animals not measured that day; NaN
    where an arm has none.

    ``tc_pct_optimal`` is its minimum over the days (the "optimal T/C" of the NCI, Plowman et al.
    1997).
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


#: Endpoints of two arms: function, unit, definition.
TWO_ARM = {
    "tc_pct": (tc_pct, "%", "100 median(RTV_T)/median(RTV_C)"),
    "tc_rtv_mean": (tc_rtv_mean, "%", "100 mean(RTV_T)/mean(RTV_C)"),
    "tc_volume_mean": (tc_volume_mean, "ratio", "mean V_T/mean V_C, raw"),
    "tc_volume_median": (tc_volume_median, "ratio", "median V_T/median V_C, raw"),
    "minus_ln_tc": (minus_ln_tc, "ln units", "-ln(mean V_T/mean V_C)"),
    "tgi_ratio_pct": (tgi_ratio_pct, "%", "100 (1 - mean V_T/mean V_C)"),
    "tgi_delta_pct": (tgi_delta_pct, "%", "100 (1 - mean(V_T - V_T0)/mean(V_C - V_C0))"),
    "tgi_rtv_pct": (tgi_rtv_pct, "%", "100 (1 - mean RTV_T/mean RTV_C)"),
}
