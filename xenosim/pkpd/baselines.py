"""Models of whole tumors fitted to the arms of a study, simulated or real."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.curves import geometric_means
from xenosim.analysis.data import StudyData
from xenosim.pkpd.curves import MODELS, Array, simeoni

#: Share of the days, the last, that a fit is not told and is tried on [-].
HELD_OUT = 0.25
#: Fewest days more than parameters for a fit [-].
SPARE = 1
COLUMNS = (
    "arm",
    "model",
    "parameters",
    "n_parameters",
    "n_days",
    "rms",
    "aic",
    "bic",
    "held_out_rms",
    "source",
    "note",
)
#: Parameters of Simeoni's model in a treated arm; its growth is the control's.
TREATED = ("V0 [mm3]", "k2 [1/(nM day)]", "k1 [1/day]")
Curve = Callable[[Array, Array], Array]


@dataclass(frozen=True, eq=False)
class Baselines:
    """Fits of a study: ``table``, a row per arm and model (:data:`COLUMNS`), and ``curves`` by arm
    and model, ``days`` [day] and volumes [mm3]; ``growth``, logarithms of the parameters of
    Simeoni's model of the control, None if it could not be fitted.
    """

    table: pd.DataFrame
    curves: dict[tuple[str, str], tuple[Array, Array]]
    growth: Array | None = None


def fit_baselines(data: StudyData, plasma: pd.DataFrame | None = None) -> Baselines:
    """Exponential, logistic, Gompertz and Simeoni's model fitted to the geometric mean volume of
    every arm, on the days on which half of it is left.

    Parameters
    ----------
    data : StudyData
        A study with a control.
    plasma : DataFrame, optional
        Table ``plasma`` of a run: Simeoni's model then treats its arms, with the growth of the
        control, by the sum of the drugs' concentrations [nM].

    Returns
    -------
    Baselines
        ``rms``, and ``held_out_rms`` of the last quarter of the days by a fit to the others, in ln
        units. AIC and BIC are those of normal errors of ln V; parameters taken over from the
        control are not counted again.
    """
    rows: list[dict[str, Any]] = []
    curves = {}
    growth: Array | None = None
    arms = [data.control, *(arm for arm in data.arms if arm != data.control)]
    for arm in arms:
        days, logs = _means(data, arm)
        for name in MODELS:
            curve, first = curve_of_arm(name, arm, data.control, days, logs, plasma, growth)
            row, found = fit_row(curve, first, days, logs)
            rows.append(
                {"arm": arm, "model": name, "source": MODELS[name].source}
                | row
                | {"parameters": parameters_text(names_of(name, curve), found)}
            )
            if found is not None:
                fine = np.linspace(days[0], days[-1], 100)
                curves[arm, name] = (fine, np.exp(curve(fine, found)))
                if name == "simeoni" and arm == data.control:
                    growth = found
    return Baselines(pd.DataFrame(rows, columns=list(COLUMNS)), curves, growth)


def _means(data: StudyData, arm: str) -> tuple[Array, Array]:
    """Days from 0 on and ln of the geometric mean volume of an arm."""
    rows = data.followed[(data.followed["arm"] == arm) & (data.followed["day"] >= 0)]
    means = geometric_means(rows)["mean"] if len(rows) else pd.Series(dtype=float)
    return means.index.to_numpy(float), np.log(means.to_numpy(float))


def curve_of_arm(
    name: str,
    arm: str,
    control: str | None,
    days: Array,
    logs: Array,
    plasma: pd.DataFrame | None,
    growth: Array | None,
) -> tuple[Curve, Array]:
    """The curve of a model for an arm, and where its fit begins."""
    model = MODELS[name]
    if not days.size:
        return model.curve, np.zeros(len(model.names))
    span = max(float(days[-1] - days[0]), 1.0)
    rate = max(float(logs[-1] - logs[0]) / span, 0.005)
    first = np.array(model.first(float(logs[0]), rate, float(np.exp(logs.max()))))
    given = plasma is not None and arm in set(plasma["arm"])
    if name != "simeoni" or arm == control or growth is None or not given:
        return model.curve, first
    assert plasma is not None
    seen = plasma[plasma["arm"] == arm].groupby("day")["concentration_nM"].sum()
    level = max(float(seen.mean()), 1e-9)
    times, levels = seen.index.to_numpy(float), seen.to_numpy(float)

    def concentration(at: Array) -> Array:
        return np.interp(at, times, levels)

    def treated(at: Array, own: Array) -> Array:
        grown = np.array([own[0], growth[1], growth[2]])
        return simeoni(at, grown, (float(own[1]), float(own[2])), concentration)

    return treated, np.array([logs[0], math.log(0.05 / level), math.log(0.3)])


def fit_row(
    curve: Curve, first: Array, days: Array, logs: Array
) -> tuple[dict[str, Any], Array | None]:
    """What a fit says, and its parameters' logarithms; None where there are too few days."""
    k, n = first.size, days.size
    empty: dict[str, Any] = {
        "n_parameters": k,
        "n_days": n,
        "rms": math.nan,
        "aic": math.nan,
        "bic": math.nan,
    }
    empty |= {"held_out_rms": math.nan, "note": ""}
    if n < k + SPARE:
        return empty | {"note": f"undefined: {n} days for {k} parameters"}, None
    found = _fit(curve, first, days, logs)
    rest = curve(days, found) - logs
    if not np.isfinite(rest).all():
        return empty | {"note": "undefined: no parameters were found"}, None
    variance = max(float((rest**2).mean()), 1e-12)
    # The error's variance is a parameter too.
    loss = n * math.log(variance)
    row = empty | {
        "rms": math.sqrt(variance),
        "aic": loss + 2.0 * (k + 1),
        "bic": loss + math.log(n) * (k + 1),
    }
    told = n - max(round(HELD_OUT * n), 1)
    if told < k + SPARE:
        return row | {"note": "too few days to hold some out"}, found
    early = _fit(curve, first, days[:told], logs[:told])
    missed = curve(days, early)[told:] - logs[told:]
    if not np.isfinite(missed).all():
        return row | {"note": "the last days were not foretold"}, found
    return row | {"held_out_rms": float(np.sqrt((missed**2).mean()))}, found


def _fit(curve: Curve, first: Array, days: Array, logs: Array) -> Array:
    """Least squares of ln V."""
    from scipy.optimize import least_squares

    low, high = np.minimum(first, -30.0), np.maximum(first, 30.0)

    def rest(own: Array) -> Array:
        missed = np.nan_to_num(curve(days, own) - logs, nan=1e3, posinf=1e3, neginf=-1e3)
        return np.clip(missed, -1e3, 1e3)

    found = least_squares(rest, first, bounds=(low - 1.0, high + 1.0), x_scale=1.0, max_nfev=200)
    return np.asarray(found.x, float)


def names_of(model: str, curve: Curve) -> tuple[str, ...]:
    """Names of the parameters of a curve as of :func:`curve_of_arm`."""
    return MODELS[model].names if curve is MODELS[model].curve else TREATED


def parameters_text(names: tuple[str, ...], found: Array | None) -> str:
    """Parameters in words.

    Examples
    --------
    >>> parameters_text(("V0 [mm3]", "rate [1/day]"), np.log([100.0, 0.1]))
    'V0 100 mm3, rate 0.1 1/day'
    """
    if found is None:
        return ""
    parts = []
    for name, value in zip(names, np.exp(found), strict=True):
        word, _, unit = name.partition(" [")
        parts.append(f"{word} {value:.3g} {unit.removesuffix(']')}")
    return ", ".join(parts)
