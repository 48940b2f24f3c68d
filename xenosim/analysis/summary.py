"""The endpoint table of a study, with bootstrap intervals over animals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.growth import KEYS, from_baseline, km_median, per_animal
from xenosim.analysis.volume import TWO_ARM
from xenosim.errors import TableError, suggest
from xenosim.io.tables import COLUMNS as TABLES
from xenosim.io.tables import require_columns

Array = NDArray[np.float64]
COLUMNS = TABLES["endpoints"]
NEEDED = (*KEYS, "day", "tumor_volume_mm3")
MULTIPLE = 4.0


def check_observations(observations: pd.DataFrame, arms: tuple[str, ...] = ()) -> None:
    """Refuse a table whose endpoints would be wrong or undefined, or that lacks one of ``arms`` (TableError)."""
    where = "observations"
    require_columns(observations.columns, NEEDED, where=where)
    present = [str(arm) for arm in dict.fromkeys(observations["arm"])]
    for arm in arms:
        if arm not in present:
            raise TableError(f"no arm '{arm}'{suggest(arm, present)}", where=where, remedy=f"the arms are {', '.join(present)}")
    volumes = observations["tumor_volume_mm3"].to_numpy(float)
    if not (np.isfinite(volumes) & (volumes > 0)).all():
        row = observations.iloc[int(np.argmin(np.isfinite(volumes) & (volumes > 0)))]
        what = f"volume {row['tumor_volume_mm3']} mm^3 of animal {row['animal_id']} of arm '{row['arm']}' on day {row['day']:g}"
        raise TableError(what, where=where, remedy="leave out days not measured; enter the caliper limit, not 0, for a small tumor")
    twice = observations[observations.duplicated([*KEYS, "day"])]
    if len(twice):
        row = twice.iloc[0]
        what = f"animal {row['animal_id']} of arm '{row['arm']}' has two rows on day {row['day']:g}"
        raise TableError(what, where=where, remedy="give each animal its own animal_id")
    with_baseline = set(from_baseline(observations)["arm"].astype(str))
    if lacking := [arm for arm in present if arm not in with_baseline]:
        raise TableError(f"arm '{lacking[0]}' has no measurement at or before day 0", where=where, remedy="add the volume before the first dose")


def default_day(observations: pd.DataFrame) -> float:
    """The last measured day on which at least half of the animals of every arm are still on study [day]."""
    followed = from_baseline(observations)
    started = followed[KEYS].drop_duplicates().groupby("arm").size()
    present = followed[followed["day"] >= 0].groupby(["day", "arm"]).size().unstack(fill_value=0).reindex(columns=started.index, fill_value=0)
    enough = present.index[(present * 2 >= started).all(axis=1)]
    if enough.empty:
        raise TableError("on no day is half of every arm measured", where="observations", remedy="give the day of evaluation")
    return float(enough.max())


def _measured(observations: pd.DataFrame, arm: str, day: float) -> pd.DataFrame:
    """Volume on ``day`` and at baseline [mm3] of the animals of an arm measured on that day, by (replicate, animal)."""
    followed = from_baseline(observations[observations["arm"] == arm])
    rows = followed[followed["day"] == day].set_index(["replicate", "animal_id"])[["tumor_volume_mm3", "baseline_mm3"]]
    if rows.empty:
        days = ", ".join(f"{d:g}" for d in sorted(followed["day"].unique()))
        raise TableError(f"no animal of arm '{arm}' was measured on day {day:g}", where="day", remedy=f"it was measured on days {days}")
    return rows.sort_index()


def _shared(*arms: pd.DataFrame) -> list[pd.DataFrame]:
    """The animals found in every arm, in one order (paired arms)."""
    keys = arms[0].index
    for arm in arms[1:]:
        keys = keys.intersection(arm.index)
    if keys.empty:
        raise TableError("the arms share no animal", where="observations", remedy="compare them unpaired")
    return [arm.loc[keys.sort_values()] for arm in arms]


def _arrays(arm: pd.DataFrame) -> tuple[Array, Array]:
    return arm["tumor_volume_mm3"].to_numpy(float), arm["baseline_mm3"].to_numpy(float)


def _resample(n: int, n_boot: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.integers(0, n, (n_boot, n))


def _indices(n: int, n_control: int, n_boot: int, rng: np.random.Generator, paired: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bootstrap samples of the animals of two arms; paired: the same animals in both."""
    treated = _resample(n, n_boot, rng)
    return treated, treated if paired else _resample(n_control, n_boot, rng)


def interval(samples: Array) -> tuple[float, float]:
    """Percentile interval, 95 % [unit of the samples]; NaN when nothing is finite."""
    finite = samples[~np.isnan(samples)]
    if finite.size == 0:
        return math.nan, math.nan
    low, high = np.quantile(finite, [0.025, 0.975], method="nearest")
    return float(low), float(high)


def endpoint_table(
    observations: pd.DataFrame, control: str, *, day: float | None = None, n_boot: int = 2000, seed: int = 1, paired: bool = False
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
    paired : bool
        True: animals are the same in every arm (common random numbers); those measured in both arms are resampled jointly.

    Raises
    ------
    TableError
        Columns, arms, days or volumes that are missing or impossible.
    """
    check_observations(observations, (control,))
    evaluated = default_day(observations) if day is None else day
    note = "last day with at least half of every arm on study" if day is None else "day as asked"
    note += "; paired: animals measured in both arms" if paired else ""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for arm in dict.fromkeys(observations["arm"]):
        rows += _growth_rows(observations, str(arm), control, n_boot, rng)
        if arm != control:
            rows += _ratio_rows(observations, str(arm), control, evaluated, note, n_boot, rng, paired)
            rows += _delay_rows(observations, str(arm), control, n_boot, rng, paired)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _ratio_rows(
    observations: pd.DataFrame, arm: str, control: str, day: float, note: str, n_boot: int, rng: np.random.Generator, paired: bool
) -> list[dict[str, Any]]:
    arms = [_measured(observations, name, day) for name in (arm, control)]
    note += _few_left(observations, dict(zip((arm, control), map(len, arms), strict=True)))
    (t, t0), (c, c0) = (_arrays(a) for a in (_shared(*arms) if paired else arms))
    it, ic = _indices(t.size, c.size, n_boot, rng, paired)
    rows = []
    for name, (function, unit, definition) in TWO_ARM.items():
        low, high = interval(function(t[it], c[ic], t0[it], c0[ic]))
        estimate = float(function(t, c, t0, c0))
        rows.append(_row(name, arm, control, day, estimate, low, high, t.size, c.size, unit, definition, note))
    return rows


def _few_left(observations: pd.DataFrame, measured: dict[str, int]) -> str:
    """A warning for each arm of ``measured`` with fewer than half of its animals: those left are a selection."""
    started = from_baseline(observations)[KEYS].drop_duplicates()["arm"].astype(str).value_counts()
    few = [f"{n} of {started[arm]} animals of '{arm}'" for arm, n in measured.items() if 2 * n < started[arm]]
    return f"; fewer than half are left: {', '.join(few)}" if few else ""


def _growth_rows(
    observations: pd.DataFrame, arm: str, control: str, n_boot: int, rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Mean slope of ln V of all animals, early sacrifices included, and its doubling time (Demidenko 2010, PMC2900851)."""
    animals = per_animal(observations[observations["arm"] == arm], MULTIPLE)
    rates = animals["growth_rate_per_day"].dropna().to_numpy(float)
    if rates.size == 0:
        return []
    means = rates[_resample(rates.size, n_boot, rng)].mean(axis=1)
    low, high = interval(means)
    mean = float(rates.mean())
    note = "all measured days of each animal; mean of per-animal slopes"
    doubling, fast, slow = (math.log(2.0) / r if r > 0 else math.inf for r in (mean, high, low))
    return [
        _row("growth_rate_per_day", arm, control, math.nan, mean, low, high, rates.size, 0, "1/day", "slope of ln V", note),
        _row("doubling_time_days", arm, control, math.nan, doubling, fast, slow, rates.size, 0, "day", "ln 2 / mean slope of ln V", note),
    ]  # fmt: skip


def _delay_rows(
    observations: pd.DataFrame, arm: str, control: str, n_boot: int, rng: np.random.Generator, paired: bool
) -> list[dict[str, Any]]:
    """``tgd_days`` T - C (Bissery et al. 1991, Cancer Res 51:4845) and ``tgd_pct`` (specific growth delay, Boven et al. 1992)."""
    frames = [per_animal(observations[observations["arm"] == name], MULTIPLE).set_index(["replicate", "animal_id"]) for name in (arm, control)]
    treated, untreated = _shared(*frames) if paired else frames
    (t, t_last), (c, c_last) = ((f["time_to_multiple_days"].to_numpy(float), f["last_day"].to_numpy(float)) for f in (treated, untreated))
    it, ic = _indices(t.size, c.size, n_boot, rng, paired)
    median_t, median_c = float(km_median(t, t_last)), float(km_median(c, c_last))
    boot_t, boot_c = km_median(t[it], t_last[it]), km_median(c[ic], c_last[ic])
    note = _delay_note(t, c, median_t, median_c, float(np.where(np.isinf(t), t_last, t).max()))
    undefined = float(np.isinf(boot_c).mean())
    note += f"; the interval omits {100 * undefined:.0f} % of the samples, whose control does not reach it" if 0 < undefined < 1 else ""
    rows = []
    for name, unit in (("tgd_days", "day"), ("tgd_pct", "%")):
        with np.errstate(invalid="ignore"):
            scale, boot_scale = (1.0, 1.0) if unit == "day" else (100.0 / median_c, 100.0 / boot_c)
            estimate, samples = scale * (median_t - median_c), boot_scale * (boot_t - boot_c)
        definition = f"Kaplan-Meier medians T - C to {MULTIPLE:g} x baseline" + (", per cent of C" if unit == "%" else "")
        reached = math.isfinite(median_c)
        samples = np.where(np.isfinite(boot_c), samples, np.nan)
        value, limits = (estimate, interval(samples)) if reached else (math.nan, (math.nan, math.nan))
        rows.append(_row(name, arm, control, math.nan, value, *limits, t.size, c.size, unit, definition, note))
    return rows


def _delay_note(t: Array, c: Array, median_t: float, median_c: float, end: float) -> str:
    """What a delay rests on: an animal that left before it reached the volume is censored on its last day, ``end`` at the latest."""
    censored = int(np.isinf(t).sum()), int(np.isinf(c).sum())
    left = f"; {censored[0]} treated and {censored[1]} control animals censored, not having reached it" if any(censored) else ""
    if math.isinf(median_c):
        return "the median control does not reach the volume" + left
    if math.isinf(median_t):
        return f"treated median not reached: the delay is > {end - median_c:g} d{left}"
    return "per-animal times, interpolated in ln V" + left


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

    Parameters, columns and errors as in :func:`endpoint_table`; ``arm`` is "A - B".
    """
    check_observations(observations, (arm_a, arm_b, control))
    evaluated = default_day(observations) if day is None else day
    (a, a0), (b, b0), (c, c0) = map(_arrays, _shared(*(_measured(observations, arm, evaluated) for arm in (arm_a, arm_b, control))))
    index = _resample(a.size, n_boot, np.random.default_rng(seed))
    rows = []
    for name in ("tc_pct", "tc_volume_mean"):
        function, unit, definition = TWO_ARM[name]
        estimate = float(function(a, c, a0, c0) - function(b, c, b0, c0))
        low, high = interval(function(a[index], c[index], a0[index], c0[index]) - function(b[index], c[index], b0[index], c0[index]))
        rows.append(
            _row(name, f"{arm_a} - {arm_b}", control, evaluated, estimate, low, high, a.size, a.size, unit, definition, "paired on common random numbers")
        )
    rows.append(_log_ratio(a, b, index, f"{arm_a} - {arm_b}", control, evaluated))
    warning = _few_left(observations, dict.fromkeys((arm_a, arm_b, control), a.size))
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(note=lambda table: table["note"] + warning)


def _log_ratio(a: Array, b: Array, index: NDArray[np.int64], pair: str, control: str, day: float) -> dict[str, Any]:
    difference = np.log(a / b)
    low, high = interval(np.exp(difference[index].mean(axis=1)))
    return _row(
        "volume_ratio_geometric", pair, control, day, float(np.exp(difference.mean())), low, high, a.size, a.size, "ratio",
        "geometric mean of V_A/V_B within animals", "paired on common random numbers",
    )  # fmt: skip
