"""Growth rate, doubling time and times to a multiple of baseline: of single animals, and their rows
in the endpoint table.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.resampling import (
    UNDEFINED,
    Array,
    Comparison,
    indices,
    interval,
    resample,
    row,
    shared,
)

ANIMAL = ["replicate", "animal_id"]
KEYS = ["arm", *ANIMAL]
#: Growth delay, event-free survival and cell kill count to this multiple of baseline.
MULTIPLE = 4.0


def growth_rate_per_day(days: np.ndarray, volumes: np.ndarray) -> float:
    """Slope of ln V over the given days [1/day]; NaN with fewer than two points (Demidenko 2010,
    PMC2900851).
    """
    if len(days) < 2:
        return math.nan
    return float(np.polyfit(days, np.log(volumes), 1)[0])


def doubling_time_days(rate_per_day: float) -> float:
    """ln 2 / rate [day]; infinite where the tumor does not grow (Demidenko 2010, PMC2900851)."""
    return math.log(2.0) / rate_per_day if rate_per_day > 0 else math.inf


def growth_auc_per_day(days: np.ndarray, volumes: np.ndarray) -> float:
    """2 AUC(ln(V + 1) - ln(V0 + 1)) / span^2 [1/day], trapezoids, V in mm3; NaN with fewer than two
    points.

    About the growth rate if growth is exponential, and only then. Source: R package invivoSyn (Mao
    and Guo 2023, Cancer Res Commun 3:2146).
    """
    if len(days) < 2:
        return math.nan
    gain = np.log(volumes + 1.0) - math.log(volumes[0] + 1.0)
    return float(2.0 * np.trapezoid(gain, days) / (days[-1] - days[0]) ** 2)


def time_to_multiple(days: np.ndarray, volumes: np.ndarray, multiple: float) -> float:
    """First day at which an animal's volume reaches ``multiple`` x its baseline, interpolated in ln
    V [day]; inf if never.

    Source: time to an event per animal, 4 x start volume, Houghton et al. 2007 (Pediatr Blood
    Cancer 49:928).
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


def km_median(times: np.ndarray, last_days: np.ndarray) -> np.ndarray:
    """Kaplan-Meier median [day] of times to an event, inf where it is not reached; the last axis is
    reduced.

    ``times`` [day], inf for an animal that left on its ``last_days`` [day] without the event: it is
    censored there, not counted as never. Vectorized for the bootstrap; tested against
    ``scipy.stats.ecdf``.

    Source: Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452.
    """
    observed = np.isfinite(times)
    until = np.where(observed, times, last_days)
    # At equal times events come before censorings.
    order = np.lexsort((~observed, until), axis=-1)
    until, observed = (
        np.take_along_axis(np.broadcast_to(x, times.shape), order, axis=-1)
        for x in (until, observed)
    )
    at_risk = np.arange(times.shape[-1], 0, -1)
    survival = np.cumprod(np.where(observed, 1.0 - 1.0 / at_risk, 1.0), axis=-1)
    reached = survival <= 0.5 + 1e-12
    first = np.argmax(reached, axis=-1)[..., None]
    median = np.take_along_axis(until, first, axis=-1)[..., 0]
    # Where the curve is flat at one half the median is the middle of the step, up to the next event
    # (as in R's survival).
    flat = np.isclose(np.take_along_axis(survival, first, axis=-1)[..., 0], 0.5)
    following = np.where(observed & (np.arange(times.shape[-1]) > first), until, np.inf).min(
        axis=-1
    )
    median = np.where(flat & np.isfinite(following), 0.5 * (median + following), median)
    return np.asarray(np.where(reached.any(axis=-1), median, np.inf))


def from_baseline(observations: pd.DataFrame) -> pd.DataFrame:
    """Rows from t0 on, with ``baseline_mm3`` = V(t0) [mm3]; t0 is an animal's last measured day <=
    0, animals without one are left out.
    """
    ordered = observations.sort_values("day", kind="stable")
    t0 = ordered[ordered["day"] <= 0].groupby(KEYS, sort=False)[["day", "tumor_volume_mm3"]].last()
    t0 = t0.rename(columns={"day": "t0_day", "tumor_volume_mm3": "baseline_mm3"}).reset_index()
    joined = observations.drop(columns=["t0_day", "baseline_mm3"], errors="ignore").merge(
        t0, on=KEYS, how="inner"
    )
    return joined[joined["day"] >= joined["t0_day"]].reset_index(drop=True)


def per_animal(observations: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Of each arm a table of its animals, by (replicate, animal): growth rate over all days from t0
    and ``growth_auc_per_day`` [1/day], times to 2 x and to 4 x baseline [day; inf if not reached]
    and last measured day [day].
    """
    rows: dict[str, list[tuple[Any, ...]]] = {
        str(arm): [] for arm in dict.fromkeys(observations["arm"])
    }
    for (arm, *animal), group in (
        from_baseline(observations).sort_values("day", kind="stable").groupby(KEYS, sort=False)
    ):
        days, volumes = group["day"].to_numpy(float), group["tumor_volume_mm3"].to_numpy(float)
        times = (time_to_multiple(days, volumes, multiple) for multiple in (2.0, MULTIPLE))
        rows[str(arm)].append(
            (
                *animal,
                growth_rate_per_day(days, volumes),
                growth_auc_per_day(days, volumes),
                *times,
                float(days[-1]),
            )
        )
    columns = [
        *ANIMAL,
        "growth_rate_per_day",
        "growth_auc_per_day",
        "time_to_2x_days",
        "time_to_4x_days",
        "last_day",
    ]
    return {
        arm: pd.DataFrame(found, columns=columns).set_index(ANIMAL) for arm, found in rows.items()
    }


def growth_rows(animals: pd.DataFrame, ask: Comparison) -> list[dict[str, Any]]:
    """Mean slope of ln V of all animals, early sacrifices included, and its doubling time
    (Demidenko 2010, PMC2900851).
    """
    rates = animals["growth_rate_per_day"].dropna().to_numpy(float)
    if rates.size == 0:
        return []
    low, high = interval(
        rates[resample(rates.size, ask.n_boot, ask.rng("growth_rate_per_day"))].mean(axis=1)
    )
    mean = float(rates.mean())
    note = "all measured days of each animal; mean of per-animal slopes"
    doubling, fast, slow = (doubling_time_days(rate) for rate in (mean, high, low))
    return [
        row(
            "growth_rate_per_day",
            ask,
            mean,
            (low, high),
            rates.size,
            "1/day",
            "slope of ln V",
            note,
        ),
        row(
            "doubling_time_days",
            ask,
            doubling,
            (fast, slow),
            rates.size,
            "day",
            "ln 2 / mean slope of ln V",
            note,
        ),
    ]


def growth_auc_rows(animals: pd.DataFrame, ask: Comparison) -> list[dict[str, Any]]:
    """Mean ``growth_auc_per_day`` of an arm."""
    values = animals["growth_auc_per_day"].dropna().to_numpy(float)
    if values.size == 0:
        return []
    limits = interval(
        values[resample(values.size, ask.n_boot, ask.rng("growth_auc_per_day"))].mean(axis=1)
    )
    note = (
        "each animal from baseline to its last measured day; mean of the animals; the growth rate"
        " only if growth is exponential"
    )
    return [
        row(
            "growth_auc_per_day",
            ask,
            float(values.mean()),
            limits,
            values.size,
            "1/day",
            "2 AUC(ln(V + 1) - ln(V0 + 1)) / span^2",
            note,
        )
    ]


def event_rows(animals: pd.DataFrame, ask: Comparison) -> list[dict[str, Any]]:
    """Median time to 2 x baseline, ``pfs_doubling``, and to 4 x, ``efs_4x`` (a suite:
    Meric-Bernstam et al. 2024, Mol Cancer Ther 23:924).
    """
    rows = []
    last = animals["last_day"].to_numpy(float)
    for name, multiple in (("pfs_doubling", 2), ("efs_4x", 4)):
        times = animals[f"time_to_{multiple}x_days"].to_numpy(float)
        index = resample(last.size, ask.n_boot, ask.rng(name))
        median = float(km_median(times, last))
        note = (
            "per-animal times, interpolated in ln V"
            if math.isfinite(median)
            else f"median not reached: > {_followed(times, last):g} d"
        )
        censored = int(np.isinf(times).sum())
        note += (
            f"; {censored} of {times.size} animals censored on their last day, not having"
            " reached it"
            if censored
            else ""
        )
        definition = f"Kaplan-Meier median time from day 0 to {multiple} x baseline"
        rows.append(
            row(
                name,
                ask,
                median,
                interval(km_median(times[index], last[index])),
                times.size,
                "day",
                definition,
                note,
            )
        )
    return rows


def _followed(times: Array, last: Array) -> float:
    """How far the Kaplan-Meier curve goes [day]: the last event or the last day of an animal
    without one.
    """
    return float(np.where(np.isinf(times), last, times).max())


def rate_tc_rows(
    treated: pd.DataFrame, untreated: pd.DataFrame, ask: Comparison
) -> list[dict[str, Any]]:
    """``rate_tc``: exp((g_T - g_C) d), rates of all animals (after Hather et al. 2014,
    doi:10.4137/CIN.S13974).
    """
    frames = shared(treated, untreated) if ask.paired else [treated, untreated]
    t, c = (frame["growth_rate_per_day"].to_numpy(float) for frame in frames)
    if ask.paired:
        both = ~np.isnan(t) & ~np.isnan(c)
        t, c = t[both], c[both]
    t, c = t[~np.isnan(t)], c[~np.isnan(c)]
    if not t.size or not c.size:
        return []
    it, ic = indices(t.size, c.size, ask, ask.rng("rate_tc"))
    estimate = math.exp((float(t.mean()) - float(c.mean())) * ask.day)
    limits = interval(np.exp((t[it].mean(axis=1) - c[ic].mean(axis=1)) * ask.day))
    definition = "exp((g_T - g_C) d), g mean slope of ln V, d the day"
    note = (
        "all measured days of each animal, early sacrifices included; definition not checked"
        " against the paper"
    )
    return [
        row(
            "rate_tc",
            ask,
            estimate,
            limits,
            t.size,
            "ratio",
            definition,
            note,
            n_control=c.size,
            day=ask.day,
        )
    ]


def delay_rows(
    treated: pd.DataFrame, untreated: pd.DataFrame, ask: Comparison
) -> list[dict[str, Any]]:
    """``tgd_days`` T - C (Bissery et al. 1991, Cancer Res 51:4845), ``tgd_pct`` (specific growth
    delay, Boven et al. 1992) and ``log10_cell_kill`` (T - C) / (3.32 Td), Td of the control (in
    common use; corrected by Demidenko 2010, PMC2900851).
    """
    frames = shared(treated, untreated) if ask.paired else [treated, untreated]
    (t, t_last), (c, c_last) = (
        (f["time_to_4x_days"].to_numpy(float), f["last_day"].to_numpy(float)) for f in frames
    )
    rates = frames[1]["growth_rate_per_day"].to_numpy(float)
    median_t, median_c = float(km_median(t, t_last)), float(km_median(c, c_last))
    doubling = float(_control_doubling(rates))
    note = _delay_note(t, c, median_t, median_c, _followed(t, t_last))
    medians = f"Kaplan-Meier medians T - C to {MULTIPLE:g} x baseline"
    kill = f"(T - C) / (3.32 Td), {medians}, Td the control's doubling time"
    kill_note = (
        f"; Td {doubling:.3g} d; holds only if treated tumors regrow at the control's rate;"
        " definition not checked"
    )
    rows = []
    for name, unit, definition, text in (
        ("tgd_days", "day", medians, ""),
        ("tgd_pct", "%", f"{medians}, per cent of C", ""),
        ("log10_cell_kill", "log10 cells", kill, kill_note),
    ):
        it, ic = indices(t.size, c.size, ask, ask.rng(name))
        boot_t, boot_c = km_median(t[it], t_last[it]), km_median(c[ic], c_last[ic])
        scale, boot_scale = {
            "tgd_days": (1.0, np.float64(1.0)),
            "tgd_pct": (100.0 / median_c, 100.0 / boot_c),
            "log10_cell_kill": (
                1.0 / (3.32 * doubling),
                1.0 / (3.32 * _control_doubling(rates[ic])),
            ),
        }[name]
        undefined = float(np.isinf(boot_c).mean())
        omitted = (
            f"; the interval omits {100 * undefined:.0f} % of the samples, whose control does not"
            " reach it"
            if 0 < undefined < 1
            else ""
        )
        text = note + omitted + text
        with np.errstate(invalid="ignore"):
            estimate, samples = scale * (median_t - median_c), boot_scale * (boot_t - boot_c)
        limits = interval(np.where(np.isfinite(boot_c), samples, np.nan))
        value, limits = (
            (estimate, limits)
            if math.isfinite(median_c) and not math.isnan(estimate)
            else (math.nan, UNDEFINED)
        )
        rows.append(row(name, ask, value, limits, t.size, unit, definition, text, n_control=c.size))
    return rows


def _control_doubling(rates: Array) -> Array:
    """ln 2 / mean rate of the animals that have one [day], over the last axis; NaN where the
    control does not grow.
    """
    known = ~np.isnan(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, rates, 0.0).sum(axis=-1) / known.sum(axis=-1)
        return np.asarray(np.where(mean > 0, math.log(2.0) / mean, np.nan))


def _delay_note(t: Array, c: Array, median_t: float, median_c: float, end: float) -> str:
    """What a delay rests on: an animal that left before it reached the volume is censored on its
    last day, ``end`` at the latest.
    """
    censored = int(np.isinf(t).sum()), int(np.isinf(c).sum())
    left = (
        f"; {censored[0]} treated and {censored[1]} control animals censored, not having reached it"
        if any(censored)
        else ""
    )
    if math.isinf(median_c):
        return "the median control does not reach the volume" + left
    if math.isinf(median_t):
        return f"treated median not reached: the delay is > {end - median_c:g} d{left}"
    return "per-animal times, interpolated in ln V" + left
