"""Tests of the volumes of one day: one-way ANOVA with Dunnett's comparisons, and Mann-Whitney.

They are what many papers report. They see the animals left on that day alone.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from xenosim.analysis.batches import student_t
from xenosim.analysis.mixed_model import t_limits
from xenosim.analysis.resampling import UNDEFINED, Array, Limits

#: Spread below which animals count as identical, relative to the size of their values [-].
IDENTICAL = 1e-9


class OneDay(NamedTuple):
    """What a test of one day says: ``estimate`` and ``limits`` in its unit, ``statistic``, ``df``
    [-], ``p`` [-], NaN where there is none; ``note`` why.
    """

    estimate: float
    limits: Limits
    statistic: float
    df: float
    p: float
    note: str = ""


def _nothing(note: str) -> OneDay:
    return OneDay(math.nan, UNDEFINED, math.nan, math.nan, math.nan, note)


def anova(groups: Mapping[str, Array]) -> OneDay:
    """One-way ANOVA of ln V over all arms; ``df`` is that of the residuals.

    Examples
    --------
    >>> found = anova({"a": np.array([1.0, 2.0, 3.0]), "b": np.array([2.0, 4.0, 6.0])})
    >>> round(found.statistic, 2), found.df
    (2.4, 4.0)
    """
    from scipy.stats import f_oneway

    used = [values for values in groups.values() if len(values)]
    df = sum(map(len, used)) - len(used)
    if len(used) < 2 or df < 1:
        return _nothing("undefined: too few animals")
    if _identical(used):
        return _nothing("undefined: the animals of each arm are identical")
    found = f_oneway(*used)
    return OneDay(math.nan, UNDEFINED, float(found.statistic), float(df), float(found.pvalue))


def dunnett(groups: Mapping[str, Array], control: str) -> dict[str, OneDay]:
    """Every arm against the control on the scale of ln V, simultaneous over the arms: the estimate
    is a ratio of geometric means.

    Source: Dunnett 1955, doi:10.1080/01621459.1955.10501294.
    """
    from scipy.stats import dunnett as run

    arms = [arm for arm, values in groups.items() if arm != control and len(values)]
    absent = {
        arm: _nothing("undefined: no animal of the arm was measured on the day")
        for arm in groups
        if arm != control and arm not in arms
    }
    reference = groups.get(control, np.empty(0))
    df = sum(len(groups[arm]) for arm in arms) + len(reference) - len(arms) - 1
    if not len(reference) or df < 1:
        return absent | dict.fromkeys(arms, _nothing("undefined: too few animals"))
    if _identical([*(groups[arm] for arm in arms), reference]):
        same = _nothing("undefined: the animals of each arm are identical")
        return absent | dict.fromkeys(arms, same)
    if len(arms) == 1:
        return absent | {arms[0]: _one_arm(groups[arms[0]], reference, df)}
    # The multivariate t integral draws points: fixed ones.
    found = run(*(groups[arm] for arm in arms), control=reference, rng=np.random.default_rng(1))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            limits = found.confidence_interval(0.95)
            ends, note = list(zip(np.exp(limits.low), np.exp(limits.high), strict=True)), ""
        except UserWarning:
            ends, note = [UNDEFINED] * len(arms), "the interval did not converge"
    return absent | {
        arm: OneDay(
            float(np.exp(groups[arm].mean() - reference.mean())),
            (float(ends[k][0]), float(ends[k][1])),
            float(found.statistic[k]),
            float(df),
            float(found.pvalue[k]),
            note,
        )
        for k, arm in enumerate(arms)
    }


def _one_arm(treated: Array, control: Array, df: int) -> OneDay:
    """Dunnett's test of one arm: Student's t."""
    found = student_t(treated, control)
    estimate, se = float(found.estimate), float(found.se)
    (low, high), p = t_limits(estimate, se, df)
    ratio, limits = math.exp(estimate), (math.exp(low), math.exp(high))
    return OneDay(ratio, limits, float(found.statistic), float(df), p)


def mann_whitney(treated: Array, control: Array) -> OneDay:
    """Mann-Whitney's U of the arm, exact without ties among fewer than nine animals of one arm; the
    estimate is the ratio of Hodges and Lehmann, the median of all ratios between animals.

    Source: Mann and Whitney 1947, doi:10.1214/aoms/1177730491; Hodges and Lehmann 1963.
    """
    from scipy.stats import mannwhitneyu

    if not len(treated) or not len(control):
        return _nothing("undefined: no animal of one arm was measured on the day")
    if np.ptp(np.concatenate([treated, control])) == 0.0:
        return _nothing("undefined: all animals are identical")
    found = mannwhitneyu(treated, control)
    shift = float(np.exp(np.median(treated[:, None] - control[None])))
    return OneDay(shift, UNDEFINED, float(found.statistic), math.nan, float(found.pvalue))


def _identical(groups: list[Array]) -> bool:
    """Whether the animals of every group are the same."""
    size = max(float(np.abs(values).max()) for values in groups)
    return all(float(np.ptp(values)) <= IDENTICAL * max(size, 1.0) for values in groups)
