"""Times to a multiple of baseline, Kaplan-Meier medians: of an arm, and the delay against the
control.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.registry import endpoint
from xenosim.analysis.resampling import UNDEFINED, Array, Indices
from xenosim.analysis.survival import followed_until, km_median


@endpoint(unit="day", label="time to doubling (d)", order=510)
def pfs_doubling(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier median time from day 0 to 2 x baseline

    Source: one of a suite, Meric-Bernstam et al. 2024, Mol Cancer Ther 23:924.
    """
    return _median_time(ask, rng, "time_to_2x_days")


@endpoint(unit="day", label="event-free survival to 4x (d)", order=520)
def efs_4x(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier median time from day 0 to 4 x baseline

    Source: one of a suite, Meric-Bernstam et al. 2024, Mol Cancer Ther 23:924.
    """
    return _median_time(ask, rng, "time_to_4x_days")


@endpoint(unit="day", label="event-free survival to 1000 mm3 (d)", order=530)
def efs_1000mm3(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier median time from day 0 to 1000 mm3

    Source: one of a suite, Meric-Bernstam et al. 2024, Mol Cancer Ther 23:924.
    """
    return _median_time(ask, rng, "time_to_1000mm3_days")


@endpoint(unit="day", label="time to progression (d)", order=540)
def time_to_progression(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier median time from day 0 to 1.73 x the smallest volume so far

    A diameter 20 % above the smallest, of a sphere.

    Source: RECIST 1.1, Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, for diameters.
    """
    return _median_time(ask, rng, "time_to_progression_days")


def _median_time(ask: Comparison, rng: np.random.Generator, column: str) -> Estimate:
    times, last = (ask.animals[name].to_numpy(float) for name in (column, "last_day"))
    limits, _ = ask.interval(lambda i: km_median(times[i], last[i]), rng, last.size)
    median = float(km_median(times, last))
    note = (
        "per-animal times, interpolated in ln V"
        if math.isfinite(median)
        else f"median not reached: > {followed_until(times, last):g} d"
    )
    if censored := int(np.isinf(times).sum()):
        note += (
            f"; {censored} of {times.size} animals censored on their last day, not having"
            " reached it"
        )
    return Estimate(median, limits, times.size, note)


#: What a delay is multiplied with: from the control's median [day] and growth rates [1/day].
Scale = Callable[[Array, Array], Array]


class _Delay(NamedTuple):
    """Times to the multiple and last days [day] of treated and control animals, and the growth
    rates of the control [1/day].
    """

    t: Array
    t_last: Array
    c: Array
    c_last: Array
    rates: Array

    @classmethod
    def of(cls, ask: Comparison) -> _Delay:
        treated, untreated = ask.both_animals
        (t, t_last), (c, c_last) = (
            (f["time_to_4x_days"].to_numpy(float), f["last_day"].to_numpy(float))
            for f in (treated, untreated)
        )
        return cls(t, t_last, c, c_last, untreated["growth_rate_per_day"].to_numpy(float))

    def medians(self) -> tuple[Array, Array]:
        """Kaplan-Meier medians of both arms [day]."""
        return km_median(self.t, self.t_last), km_median(self.c, self.c_last)

    def scaled(self, scale: Scale) -> Array:
        """The delay times ``scale``; NaN where the control's median is not reached."""
        median_t, median_c = self.medians()
        with np.errstate(divide="ignore", invalid="ignore"):
            delay = scale(median_c, self.rates) * (median_t - median_c)
            return np.asarray(np.where(np.isfinite(median_c), delay, np.nan))

    def drawn(self, it: Indices, ic: Indices) -> _Delay:
        return _Delay(self.t[it], self.t_last[it], self.c[ic], self.c_last[ic], self.rates[ic])


def _delay(ask: Comparison, rng: np.random.Generator, scale: Scale, remark: str = "") -> Estimate:
    """Difference of the medians T - C times ``scale``; undefined where the control's median is not
    reached.
    """
    data = _Delay.of(ask)
    median_t, median_c = data.medians()
    value = float(data.scaled(scale))
    limits, samples = ask.interval(
        lambda it, ic: data.drawn(it, ic).scaled(scale), rng, data.t.size, data.c.size
    )
    note = _delay_note(data, float(median_t), float(median_c))
    undefined = float(np.isnan(samples).mean()) if samples.size else 0.0
    if 0 < undefined < 1:
        note += (
            f"; the interval omits {100 * undefined:.0f} % of the samples, whose control does not"
            " reach it"
        )
    if not math.isfinite(median_c) or math.isnan(value):
        value, limits = math.nan, UNDEFINED
    return Estimate(value, limits, data.t.size, note + remark, data.c.size)


@endpoint(unit="day", label="growth delay to 4x (d)", order=210, against_control=True, screen=80)
def tgd_days(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier medians T - C to 4 x baseline

    Source: Bissery et al. 1991, Cancer Res 51:4845.
    """
    return _delay(ask, rng, lambda median, rates: np.ones_like(median))


@endpoint(unit="%", label="growth delay to 4x (% of control)", order=220, against_control=True)
def tgd_pct(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier medians T - C to 4 x baseline, per cent of C

    Source: specific growth delay, Boven et al. 1992, Cancer Res 52:5940.
    """
    return _delay(ask, rng, lambda median, rates: 100.0 / median)


@endpoint(unit="ratio", label="EFS T/C (4x)", order=225, against_control=True)
def efs_tc(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """Kaplan-Meier medians T/C to 4 x baseline

    Above 1 the treated tumors take longer.

    Source: Houghton et al. 2007, Pediatr Blood Cancer 49:928; not checked in full text.
    """
    found = _delay(ask, rng, lambda median, rates: 1.0 / median)
    low, high = (1.0 + limit for limit in found.limits)
    return found._replace(value=1.0 + found.value, limits=(low, high))


@endpoint(unit="log10 cells", label="log10 cell kill", order=230, against_control=True)
def log10_cell_kill(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """(T - C) / (3.32 Td), Kaplan-Meier medians T - C to 4 x baseline, Td the control's doubling
    time

    Source: in common use; corrected by Demidenko 2010, PMC2900851.
    """
    doubling = float(_control_doubling(_Delay.of(ask).rates))
    told = f"{doubling:.3g} d" if math.isfinite(doubling) else "undefined"
    remark = (
        f"; Td {told}; holds only if treated tumors regrow at the control's rate;"
        " definition not checked"
    )
    return _delay(ask, rng, lambda median, rates: 1.0 / (3.32 * _control_doubling(rates)), remark)


def _control_doubling(rates: Array) -> Array:
    """ln 2 / mean rate of the animals that have one [day], over the last axis; NaN where the
    control does not grow.
    """
    known = ~np.isnan(rates)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, rates, 0.0).sum(axis=-1) / known.sum(axis=-1)
        return np.asarray(np.where(mean > 0, math.log(2.0) / mean, np.nan))


def _delay_note(data: _Delay, median_t: float, median_c: float) -> str:
    """What a delay rests on: an animal that left before it reached the volume is censored on its
    last day.
    """
    censored = int(np.isinf(data.t).sum()), int(np.isinf(data.c).sum())
    left = (
        f"; {censored[0]} treated and {censored[1]} control animals censored, not having reached it"
        if any(censored)
        else ""
    )
    if math.isinf(median_c):
        return "the median control does not reach the volume" + left
    if math.isinf(median_t):
        end = followed_until(data.t, data.t_last)
        return f"treated median not reached: the delay is > {end - median_c:g} d{left}"
    return "per-animal times, interpolated in ln V" + left
