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
    from scipy.special import betaincinv

    low = float(betaincinv(count, of - count + 1, 0.025)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 0.975)) if count < of else 1.0
    return low, high
