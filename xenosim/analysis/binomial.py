"""Intervals of a share of simulated studies."""

from __future__ import annotations

from xenosim.analysis.resampling import Limits


def clopper_pearson(count: int, of: int) -> Limits:
    """Exact 95 % interval of a share [-]; everything is possible of none.

    Source: Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> low, high = clopper_pearson(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4439, 0.9748)
    """
    from scipy.stats import beta

    low = float(beta.ppf(0.025, count, of - count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, of - count)) if count < of else 1.0
    return low, high
