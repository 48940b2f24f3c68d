"""Doses of two drugs with one effect: the line of additivity, and the combinations measured."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.median_effect import MedianEffect, dose_at, logit
from xenosim.analysis.mixture import dose_ratios
from xenosim.analysis.wells import KEYS, sample_wells
from xenosim.errors import TableError

Array = NDArray[np.float64]


def isobole(
    fit1: MedianEffect | None,
    fit2: MedianEffect | None,
    effect: float,
    n: int = 50,
    reach: tuple[float, float] = (1.0, 1.0),
) -> tuple[Array, Array]:
    """Line of additivity of an effect [-]: ``n`` doses of each drug, shape (n,) [unit of ``dm``],
    from drug 1 alone to drug 2 alone.

    Where one drug has no effect (None) the line is the dose of the other alone, drawn up to
    ``reach``, the highest dose of each. TableError if both are None or no dose has the effect.
    """
    doses = [
        math.nan if fit is None else float(dose_at(effect, fit.dm, fit.m)) for fit in (fit1, fit2)
    ]
    if (fit1 is None and fit2 is None) or any(
        fit is not None and math.isnan(dose) for fit, dose in zip((fit1, fit2), doses, strict=True)
    ):
        what = f"no dose of the drugs alone has the effect {effect:g}"
        raise TableError(
            what, where="isobole", remedy="give an active drug and an effect between 0 and 1"
        )
    share = np.linspace(0.0, 1.0, n)
    if fit1 is None or fit2 is None:
        return (
            (reach[0] * share, np.full(n, doses[1]))
            if fit1 is None
            else (np.full(n, doses[0]), reach[1] * share)
        )
    return doses[0] * (1.0 - share), doses[1] * share


def isobole_doses(
    table: pd.DataFrame, effect: float, along: Literal["ratio", "dose_a_nM", "dose_b_nM"] = "ratio"
) -> pd.DataFrame:
    """Doses in combination that have an effect [-], ``dose_a_nM`` and ``dose_b_nM`` [nM], one row
    per line of the grid that crosses it.

    Lines have a fixed ratio of the drugs, or a fixed dose of one of them; along a line ln fa/(1-fa)
    of the mean effect is interpolated over ln dose, which is exact on a median-effect curve. Lines
    that do not cross the effect upwards have no row. Wells as in :func:`ci_table`.
    """
    if not 0 < effect < 1:
        raise TableError(
            f"the effect {effect:g} is at no dose",
            where="isobole",
            remedy="give an effect between 0 and 1",
        )
    samples = sample_wells(table, 0, 0)
    a, b, fa = samples.dose_a[samples.starts], samples.dose_b[samples.starts], samples.means()[0]
    pair = (a > 0) & (b > 0)
    a, b, fa = a[pair], b[pair], np.clip(fa[pair], 1e-3, 1 - 1e-3)
    lines = {"ratio": dose_ratios(a, b), "dose_a_nM": a, "dose_b_nM": b}[along]
    rows = [
        crossing
        for line in np.unique(lines)
        if (crossing := _crossing(a[lines == line], b[lines == line], fa[lines == line], effect))
    ]
    return pd.DataFrame(rows, columns=KEYS)


def _crossing(a: Array, b: Array, affected: Array, effect: float) -> tuple[float, float] | None:
    """First pair of doses at which ``effect`` is crossed upwards along a line of doses; None if it
    is not.
    """
    order = np.argsort(a * b)
    ln_a, ln_b, y, target = (
        np.log(a[order]),
        np.log(b[order]),
        logit(affected[order]),
        math.log(effect / (1.0 - effect)),
    )
    up = np.nonzero((y[:-1] < target) & (y[1:] >= target))[0]
    if not up.size:
        return None
    i = int(up[0])
    share = (target - y[i]) / (y[i + 1] - y[i])
    return tuple(math.exp(x[i] + share * (x[i + 1] - x[i])) for x in (ln_a, ln_b))  # type: ignore[return-value]
