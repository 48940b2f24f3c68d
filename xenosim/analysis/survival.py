"""Times to an event of animals, some of which leave without it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Half width of a normal 95 % interval [standard errors].
Z95 = 1.959963984540054
#: Steps of Newton's method for a hazard ratio; it takes under ten.
MOST_STEPS = 100


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


def followed_until(times: Array, last: Array) -> float:
    """How far the Kaplan-Meier curve goes [day]: the last event or the last day of an animal
    without one.
    """
    return float(np.where(np.isinf(times), last, times).max())


def kaplan_meier(times: Array, last_days: Array) -> pd.DataFrame:
    """Share of animals without an event, with 95 % log-log bands and numbers at risk.

    Parameters
    ----------
    times : array (animals,)
        Times to the event [day], inf without it.
    last_days : array (animals,)
        Last day of each animal [day]; it is censored there if it had no event.

    Returns
    -------
    DataFrame
        From day 0 on, a row per day on which an animal had its event or left: ``day`` [day],
        ``survival``, ``low``, ``high`` [-; empty where no band is defined, at 1 and 0], ``at_risk``
        just before, ``events`` and ``censored`` animals.

    Source: Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452; bands by Kalbfleisch and
    Prentice 1980, with the variance of Greenwood 1926.

    Examples
    --------
    >>> table = kaplan_meier(np.array([10.0, 12.0, np.inf]), np.array([30.0, 30.0, 11.0]))
    >>> table[["day", "survival", "at_risk", "events", "censored"]].to_numpy().tolist()[1:3]
    [[10.0, 0.6666666666666667, 3.0, 1.0, 0.0], [11.0, 0.6666666666666667, 2.0, 0.0, 1.0]]
    """
    event = np.isfinite(times)
    until = np.where(event, times, last_days)
    days = np.unique(np.concatenate([[0.0], until]))
    risk = (until[None] >= days[:, None]).sum(axis=1)
    deaths = ((until[None] == days[:, None]) & event).sum(axis=1)
    gone = ((until[None] == days[:, None]) & ~event).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1.0 - deaths / np.maximum(risk, 1))
        greenwood = np.cumsum(deaths / (np.maximum(risk, 1) * (risk - deaths)))
        half = Z95 * np.sqrt(greenwood) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    inside = (survival > 0) & (survival < 1)
    return pd.DataFrame(
        {
            "day": days,
            "survival": survival,
            "low": np.where(inside, low, np.nan),
            "high": np.where(inside, high, np.nan),
            "at_risk": risk,
            "events": deaths,
            "censored": gone,
        }
    )


class Hazard(NamedTuple):
    """Hazard ratio of the treated against the control [-], its 95 % ``limits`` and p by Wald; NaN
    where it cannot be estimated, and ``note`` why.
    """

    ratio: float
    limits: tuple[float, float]
    p: float
    note: str


def hazard_ratio(treated: tuple[Array, Array], control: tuple[Array, Array]) -> Hazard:
    """Proportional hazards with one factor, ties by Efron.

    Parameters
    ----------
    treated, control : pair of arrays (animals,)
        Times to the event, inf without it, and the last day of each animal [day].

    Source: Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x; Efron 1977,
    doi:10.1080/01621459.1977.10480613.
    """
    nothing = (math.nan, math.nan)
    if not any(np.isfinite(times).any() for times, _ in (treated, control)):
        return Hazard(math.nan, nothing, math.nan, "no event in either arm")
    if _separated(treated, control):
        note = "events of one arm alone while both are at risk: no finite ratio"
        return Hazard(math.nan, nothing, math.nan, note)
    events, treated_share = _efron(treated, control)
    log_ratio, information = 0.0, 1.0
    for _ in range(MOST_STEPS):
        hazard = math.exp(log_ratio)
        share = hazard * treated_share / (hazard * treated_share + 1.0 - treated_share)
        information = float((share * (1.0 - share)).sum())
        step = (events - float(share.sum())) / information
        log_ratio += min(max(step, -1.0), 1.0)
        if abs(step) < 1e-12:
            break
    se = 1.0 / math.sqrt(information)
    limits = (math.exp(log_ratio - Z95 * se), math.exp(log_ratio + Z95 * se))
    p = math.erfc(abs(log_ratio) / se / math.sqrt(2.0))
    return Hazard(math.exp(log_ratio), limits, p, "")


def _efron(treated: tuple[Array, Array], control: tuple[Array, Array]) -> tuple[int, Array]:
    """Events of the treated arm, and for every event of both the share of the treated among the
    animals at risk [-]; of events at one time each leaves before the next by its part (Efron).
    """
    times, last = (np.concatenate(pair) for pair in zip(treated, control, strict=True))
    is_treated = np.repeat([True, False], [len(treated[0]), len(control[0])])
    until = np.where(np.isfinite(times), times, last)
    ordered, own = np.sort(until), np.sort(until[is_treated])
    days, which, tied = np.unique(
        times[np.isfinite(times)], return_inverse=True, return_counts=True
    )
    gone = np.bincount(which, is_treated[np.isfinite(times)], minlength=len(days))
    risk = len(until) - np.searchsorted(ordered, days)
    risk_treated = len(own) - np.searchsorted(own, days)
    at = np.repeat(np.arange(len(days)), tied)
    left = (np.arange(len(at)) - np.repeat(np.cumsum(tied) - tied, tied)) / tied[at]
    share = (risk_treated[at] - left * gone[at]) / (risk[at] - left * tied[at])
    return int(np.isfinite(treated[0]).sum()), share


def _separated(treated: tuple[Array, Array], control: tuple[Array, Array]) -> bool:
    """Whether all events while both arms are at risk are of one arm, so that the likelihood rises
    without end.
    """
    times, last = (np.concatenate(pair) for pair in zip(treated, control, strict=True))
    is_treated = np.repeat([True, False], [len(treated[0]), len(control[0])])
    until = np.where(np.isfinite(times), times, last)
    both = times <= min(until[is_treated].max(), until[~is_treated].max())
    counted = np.isfinite(times) & both
    return len(set(is_treated[counted])) < 2
