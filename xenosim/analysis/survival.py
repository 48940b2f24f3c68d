"""Times to an event of animals, some of which leave without it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
