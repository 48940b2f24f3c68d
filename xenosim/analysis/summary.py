"""The endpoint table of a study, with bootstrap intervals over animals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.growth import per_animal
from xenosim.analysis.volume import TWO_ARM

Array = NDArray[np.float64]
COLUMNS = (
    "endpoint", "version", "arm", "control", "day", "estimate", "ci_low", "ci_high", "n", "n_control", "unit", "definition", "note",
)  # fmt: skip
MULTIPLE = 4.0


def default_day(observations: pd.DataFrame) -> float:
    """The last measured day on which at least half of the animals of every arm are still on study [day]."""
    started = observations[observations["day"] == 0].groupby("arm").size()
    present = observations.groupby(["day", "arm"]).size().unstack(fill_value=0).reindex(columns=started.index, fill_value=0)
    enough = present.index[(present * 2 >= started).all(axis=1)]
    return float(enough.max())


def _wide(observations: pd.DataFrame, arm: str, day: float) -> tuple[Array, Array, Array]:
    """Volumes on ``day`` and at baseline of the animals of an arm measured on both, and their keys."""
    rows = observations[observations["arm"] == arm]
    wide = rows[rows["day"].isin([0.0, day])].pivot_table(index=["replicate", "animal_id"], columns="day", values="tumor_volume_mm3")
    wide = wide.dropna()
    keys = np.array([hash(key) for key in wide.index])
    return wide[day].to_numpy(float), wide[0.0].to_numpy(float), keys


def _resample(n: int, n_boot: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.integers(0, n, (n_boot, n))


def interval(samples: Array) -> tuple[float, float]:
    """Percentile interval, 95 % [unit of the samples]; NaN when nothing is finite."""
    finite = samples[~np.isnan(samples)]
    if finite.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(finite, [0.025, 0.975], method="nearest")
    return float(low), float(high)


def endpoint_table(
    observations: pd.DataFrame, control: str, *, day: float | None = None, n_boot: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Every endpoint of every arm.

    Parameters
    ----------
    observations : DataFrame
        The observations table, columns as in a run directory [mm3, day].
    control : str
        Name of the control arm.
    day : float, optional
        Day of evaluation [day]; by default the last one with half of every arm on study.
    n_boot : int
        Bootstrap samples of animals.
    seed : int
        Seed of the bootstrap.
    """
    evaluated = default_day(observations) if day is None else day
    note = "last day with at least half of every arm on study" if day is None else "day as asked"
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for arm in dict.fromkeys(observations["arm"]):
        rows += _growth_rows(observations, str(arm), control, n_boot, rng)
        if arm != control:
            rows += _ratio_rows(observations, str(arm), control, evaluated, note, n_boot, rng)
            rows += _delay_rows(observations, str(arm), control, n_boot, rng)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _ratio_rows(
    observations: pd.DataFrame, arm: str, control: str, day: float, note: str, n_boot: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    t, t0, _ = _wide(observations, arm, day)
    c, c0, _ = _wide(observations, control, day)
    it, ic = _resample(t.size, n_boot, rng), _resample(c.size, n_boot, rng)
    rows = []
    for name, (function, unit, definition) in TWO_ARM.items():
        low, high = interval(function(t[it], c[ic], t0[it], c0[ic]))
        estimate = float(function(t, c, t0, c0))
        rows.append(_row(name, arm, control, day, estimate, low, high, t.size, c.size, unit, definition, note))
    return rows


def _growth_rows(
    observations: pd.DataFrame, arm: str, control: str, n_boot: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    animals = per_animal(observations[observations["arm"] == arm], MULTIPLE)
    rates = animals["growth_rate_per_day"].dropna().to_numpy(float)
    if rates.size == 0:
        return []
    means = rates[_resample(rates.size, n_boot, rng)].mean(axis=1)
    low, high = interval(means)
    mean = float(rates.mean())
    note = "all measured days of each animal; mean of per-animal slopes"
    doubling = [math.log(2.0) / r if r > 0 else math.inf for r in (mean, high, low)]
    return [
        _row("growth_rate_per_day", arm, control, math.nan, mean, low, high, rates.size, 0, "1/day", "slope of ln V", note),
        _row("doubling_time_days", arm, control, math.nan, *doubling, rates.size, 0, "day", "ln 2 / mean slope of ln V", note),
    ]  # fmt: skip


def _delay_rows(
    observations: pd.DataFrame, arm: str, control: str, n_boot: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    animals = per_animal(observations[observations["arm"].isin([arm, control])], MULTIPLE)
    t = animals.loc[animals["arm"] == arm, "time_to_multiple_days"].to_numpy(float)
    c = animals.loc[animals["arm"] == control, "time_to_multiple_days"].to_numpy(float)
    delay = _median(t) - _median(c) if math.isfinite(_median(c)) else math.nan
    boot_t = np.median(t[_resample(t.size, n_boot, rng)], axis=1)
    boot_c = np.median(c[_resample(c.size, n_boot, rng)], axis=1)
    with np.errstate(invalid="ignore"):
        low, high = interval(boot_t - boot_c)
    last = observations["day"].max()
    note = f"median not reached by day {last:g}: the delay is > {last - _median(c):g}" if math.isinf(delay) else "per-animal times, interpolated in ln V"
    if math.isnan(delay):
        note = "the control does not reach the volume"
    return [
        _row("tgd_days", arm, control, math.nan, delay, low, high, t.size, c.size, "day", f"median T - C to {MULTIPLE:g} x baseline", note)
    ]


def _median(values: Array) -> float:
    return float(np.median(values)) if values.size else math.nan


def _row(
    name: str, arm: str, control: str, day: float, estimate: float, low: float, high: float, n: int, n_control: int,
    unit: str, definition: str, note: str,
) -> dict[str, Any]:  # fmt: skip
    values = (name, "1", arm, control, day, estimate, low, high, n, n_control, unit, definition, note)
    return dict(zip(COLUMNS, values, strict=True))


def compare_arms(
    observations: pd.DataFrame, arm_a: str, arm_b: str, control: str, *, day: float | None = None, n_boot: int = 4000, seed: int = 1
) -> pd.DataFrame:
    """Difference A - B of each T/C definition and of ln V, paired: the same animals are resampled in all three arms.

    Parameters and columns as in :func:`endpoint_table`; ``arm`` is "A - B".
    """
    evaluated = default_day(observations) if day is None else day
    arms = [_wide(observations, arm, evaluated) for arm in (arm_a, arm_b, control)]
    shared = arms[0][2]
    for _, _, keys in arms[1:]:
        shared = np.intersect1d(shared, keys)
    aligned = [_align(arm, shared) for arm in arms]
    (a, a0), (b, b0), (c, c0) = aligned
    index = _resample(shared.size, n_boot, np.random.default_rng(seed))
    rows = []
    for name in ("tc_pct", "tc_volume_mean"):
        function, unit, definition = TWO_ARM[name]
        estimate = float(function(a, c, a0, c0) - function(b, c, b0, c0))
        low, high = interval(function(a[index], c[index], a0[index], c0[index]) - function(b[index], c[index], b0[index], c0[index]))
        rows.append(
            _row(name, f"{arm_a} - {arm_b}", control, evaluated, estimate, low, high, shared.size, shared.size, unit, definition, "paired on common random numbers")
        )
    rows.append(_log_ratio(a, b, index, f"{arm_a} - {arm_b}", control, evaluated))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _log_ratio(a: Array, b: Array, index: NDArray[np.int64], pair: str, control: str, day: float) -> dict[str, Any]:
    difference = np.log(a / b)
    low, high = interval(np.exp(difference[index].mean(axis=1)))
    return _row(
        "volume_ratio_geometric", pair, control, day, float(np.exp(difference.mean())), low, high, a.size, a.size, "ratio",
        "geometric mean of V_A/V_B within animals", "paired on common random numbers",
    )  # fmt: skip


def _align(arm: tuple[Array, Array, Array], shared: Array) -> tuple[Array, Array]:
    order = {key: i for i, key in enumerate(arm[2])}
    index = [order[key] for key in shared]
    return arm[0][index], arm[1][index]


