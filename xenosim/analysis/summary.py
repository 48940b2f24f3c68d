"""The endpoint table of a study, with bootstrap intervals over animals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.growth import (
    ANIMAL,
    KEYS,
    delay_rows,
    event_rows,
    from_baseline,
    growth_auc_rows,
    growth_rows,
    km_median,
    per_animal,
    rate_tc_rows,
)
from xenosim.analysis.resampling import (
    COLUMNS,
    UNDEFINED,
    Array,
    Comparison,
    indices,
    interval,
    resample,
    row,
    shared,
)
from xenosim.analysis.response import response_rows, responses
from xenosim.analysis.volume import TWO_ARM, tc_pct, tc_pct_present
from xenosim.errors import TableError, suggest
from xenosim.io.tables import require_columns

NEEDED = (*KEYS, "day", "tumor_volume_mm3")
#: Endpoints that are a function of another: the same bootstrap samples, so that intervals agree.
SAMPLES = {
    "minus_ln_tc": "tc_volume_mean",
    "tgi_ratio_pct": "tc_volume_mean",
    "tgi_rtv_pct": "tc_rtv_mean",
}


def check_observations(observations: pd.DataFrame, arms: tuple[str, ...] = ()) -> None:
    """Refuse a table whose endpoints would be wrong or undefined, or that lacks one of ``arms``
    (TableError).
    """
    where = "observations"
    require_columns(observations.columns, NEEDED, where=where)
    present = [str(arm) for arm in dict.fromkeys(observations["arm"])]
    for arm in arms:
        if arm not in present:
            raise TableError(
                f"no arm '{arm}'{suggest(arm, present)}",
                where=where,
                remedy=f"the arms are {', '.join(present)}",
            )
    volumes = observations["tumor_volume_mm3"].to_numpy(float)
    if not (np.isfinite(volumes) & (volumes > 0)).all():
        row = observations.iloc[int(np.argmin(np.isfinite(volumes) & (volumes > 0)))]
        what = (
            f"volume {row['tumor_volume_mm3']} mm^3 of animal {row['animal_id']} of arm"
            f" '{row['arm']}' on day {row['day']:g}"
        )
        raise TableError(
            what,
            where=where,
            remedy="leave out days not measured; enter the caliper limit, not 0, for a small tumor",
        )
    twice = observations[observations.duplicated([*KEYS, "day"])]
    if len(twice):
        row = twice.iloc[0]
        what = f"animal {row['animal_id']} of arm '{row['arm']}' has two rows on day {row['day']:g}"
        raise TableError(what, where=where, remedy="give each animal its own animal_id")
    with_baseline = set(from_baseline(observations)["arm"].astype(str))
    if lacking := [arm for arm in present if arm not in with_baseline]:
        raise TableError(
            f"arm '{lacking[0]}' has no measurement at or before day 0",
            where=where,
            remedy="add the volume before the first dose",
        )


def default_day(observations: pd.DataFrame) -> float:
    """The last measured day on which at least half of the animals of every arm are still on study
    [day].
    """
    followed = from_baseline(observations)
    started = followed[KEYS].drop_duplicates().groupby("arm").size()
    present = (
        followed[followed["day"] >= 0]
        .groupby(["day", "arm"])
        .size()
        .unstack(fill_value=0)
        .reindex(columns=started.index, fill_value=0)
    )
    enough = present.index[(present * 2 >= started).all(axis=1)]
    if enough.empty:
        raise TableError(
            "on no day is half of every arm measured",
            where="observations",
            remedy="give the day of evaluation",
        )
    return float(enough.max())


def _measured(observations: pd.DataFrame, arm: str, day: float) -> pd.DataFrame:
    """Volume on ``day`` and at baseline [mm3] of the animals of an arm measured on that day, by
    (replicate, animal).
    """
    followed = from_baseline(observations[observations["arm"] == arm])
    rows = followed[followed["day"] == day].set_index(ANIMAL)[["tumor_volume_mm3", "baseline_mm3"]]
    if rows.empty:
        days = ", ".join(f"{d:g}" for d in sorted(followed["day"].unique()))
        raise TableError(
            f"no animal of arm '{arm}' was measured on day {day:g}",
            where="day",
            remedy=f"it was measured on days {days}",
        )
    return rows.sort_index()


def removed_at_volume(observations: pd.DataFrame, arm: str, day: float) -> pd.DataFrame:
    """Last volume and baseline [mm3] of the animals of an arm that left at the volume endpoint
    before ``day`` [day], by (replicate, animal).

    Their ``status`` is "reached_endpoint" and their ``note`` is not "body weight"; none without a
    column ``status``.
    """
    followed = (
        from_baseline(observations[observations["arm"] == arm])
        .sort_values("day", kind="stable")
        .drop_duplicates(ANIMAL, keep="last")
    )
    status, note = (followed[column] if column in followed else "" for column in ("status", "note"))
    left = (followed["day"] < day) & (status == "reached_endpoint") & (note != "body weight")
    return followed[left].set_index(ANIMAL)[["tumor_volume_mm3", "baseline_mm3"]].sort_index()


def _arrays(arm: pd.DataFrame) -> tuple[Array, Array]:
    return arm["tumor_volume_mm3"].to_numpy(float), arm["baseline_mm3"].to_numpy(float)


def endpoint_table(
    observations: pd.DataFrame,
    control: str,
    *,
    day: float | None = None,
    n_boot: int = 2000,
    seed: int = 1,
    paired: bool = False,
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
        True: animals are the same in every arm (common random numbers); those measured in both arms
        are resampled jointly.

    Raises
    ------
    TableError
        Columns, arms, days or volumes that are missing or impossible.
    """
    check_observations(observations, (control,))
    evaluated = default_day(observations) if day is None else day
    note = "last day with at least half of every arm on study" if day is None else "day as asked"
    note += "; paired: animals measured in both arms" if paired else ""
    animals = per_animal(observations)
    control_median = float(
        km_median(
            *(animals[control][name].to_numpy(float) for name in ("time_to_4x_days", "last_day"))
        )
    )
    rows: list[dict[str, Any]] = []
    for arm, growth in animals.items():
        ask = Comparison(arm, control, evaluated, n_boot, paired, seed)
        judged = responses(observations[observations["arm"] == arm], growth, control_median)
        rows += growth_rows(growth, ask)
        if arm != control:
            rows += _ratio_rows(observations, ask, note)
            rows += delay_rows(growth, animals[control], ask)
            rows += _locf_rows(observations, ask, note) + _optimal_rows(observations, ask)
            rows += rate_tc_rows(growth, animals[control], ask)
        rows += growth_auc_rows(growth, ask) + event_rows(growth, ask) + response_rows(judged, ask)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _ratio_rows(observations: pd.DataFrame, ask: Comparison, note: str) -> list[dict[str, Any]]:
    arms = [_measured(observations, name, ask.day) for name in (ask.arm, ask.control)]
    note += _few_left(
        observations, dict(zip((ask.arm, ask.control), map(len, arms), strict=True))
    ) + _left(observations, ask)
    (t, t0), (c, c0) = (_arrays(a) for a in (shared(*arms) if ask.paired else arms))
    rows = []
    for name, (function, unit, definition) in TWO_ARM.items():
        it, ic = indices(t.size, c.size, ask, ask.rng(SAMPLES.get(name, name)))
        limits = interval(function(t[it], c[ic], t0[it], c0[ic]))
        estimate = float(function(t, c, t0, c0))
        rows.append(
            row(
                name,
                ask,
                estimate,
                limits,
                t.size,
                unit,
                definition,
                note,
                n_control=c.size,
                day=ask.day,
            )
        )
    return rows


def _locf_rows(observations: pd.DataFrame, ask: Comparison, note: str) -> list[dict[str, Any]]:
    """``tc_pct_locf``: the last volume of an animal removed at the volume endpoint is carried
    forward to the day.
    """
    definition = (
        "tc_pct with the last volume of each animal removed at the volume endpoint carried forward"
    )
    if "status" not in observations:
        note = "no column 'status': which animals were removed at the volume endpoint is unknown"
        return [row("tc_pct_locf", ask, np.nan, UNDEFINED, 0, "%", definition, note, day=ask.day)]
    arms = []
    for name in (ask.arm, ask.control):
        measured, removed = (
            _measured(observations, name, ask.day),
            removed_at_volume(observations, name, ask.day),
        )
        arms.append(
            pd.concat([measured.assign(carried=False), removed.assign(carried=True)]).sort_index()
        )
    treated, untreated = shared(*arms) if ask.paired else arms
    (t, t0), (c, c0) = _arrays(treated), _arrays(untreated)
    it, ic = indices(t.size, c.size, ask, ask.rng("tc_pct_locf"))
    limits = interval(tc_pct(t[it], c[ic], t0[it], c0[ic]))
    note += (
        f"; {treated['carried'].sum()} treated and {untreated['carried'].sum()} control animals"
        " carried forward, at less than they would have reached"
    )
    return [
        row(
            "tc_pct_locf",
            ask,
            float(tc_pct(t, c, t0, c0)),
            limits,
            t.size,
            "%",
            definition,
            note,
            n_control=c.size,
            day=ask.day,
        )
    ]


def _relative(observations: pd.DataFrame, arm: str) -> pd.DataFrame:
    """Relative volume [-] of every animal of an arm on each day after day 0; NaN where it was not
    measured.
    """
    followed = from_baseline(observations[observations["arm"] == arm])
    wide = followed.assign(rtv=followed["tumor_volume_mm3"] / followed["baseline_mm3"]).pivot(
        index=ANIMAL, columns="day", values="rtv"
    )
    return wide.loc[:, wide.columns > 0]


def _optimal_rows(observations: pd.DataFrame, ask: Comparison) -> list[dict[str, Any]]:
    """``tc_pct_optimal``: smallest T/C over the days after day 0 with at least half of each arm;
    each bootstrap sample has its own smallest.
    """
    arms = [_relative(observations, name) for name in (ask.arm, ask.control)]
    enough = [set(arm.columns[2 * arm.notna().sum() >= len(arm)]) for arm in arms]
    days = sorted(enough[0] & enough[1])
    treated, untreated = shared(*arms) if ask.paired else arms
    pairs = list(_by_day(treated, untreated, days, ask.paired))
    definition = "smallest tc_pct over the days after day 0 with at least half of each arm"
    values = np.array([tc_pct_present(t, c) for t, c in pairs])
    if np.isnan(values).all():
        return [row("tc_pct_optimal", ask, np.nan, UNDEFINED, 0, "%", definition, "no such day")]
    it, ic = indices(len(treated), len(untreated), ask, ask.rng("tc_pct_optimal"))
    best = int(np.nanargmin(values))
    limits = interval(np.fmin.reduce([tc_pct_present(t[it], c[ic]) for t, c in pairs]))
    n, n_control = (int((~np.isnan(x)).sum()) for x in pairs[best])
    note = (
        f"day {days[best]:g}, the smallest of {len(days)} days, chosen anew in every sample; noise"
        " makes a smallest value too small"
    )
    note += "; paired: animals measured in both arms" if ask.paired else ""
    return [
        row(
            "tc_pct_optimal",
            ask,
            float(values[best]),
            limits,
            n,
            "%",
            definition,
            note,
            n_control=n_control,
            day=float(days[best]),
        )
    ]


def _by_day(
    treated: pd.DataFrame, untreated: pd.DataFrame, days: list[float], paired: bool
) -> Iterator[tuple[Array, Array]]:
    """Relative volumes of both arms on each day; paired: NaN for an animal not measured in both."""
    for day in days:
        t, c = treated[day].to_numpy(float), untreated[day].to_numpy(float)
        if paired:
            alone = np.isnan(t + c)
            t, c = np.where(alone, np.nan, t), np.where(alone, np.nan, c)
        yield t, c


def _started(observations: pd.DataFrame) -> pd.Series[int]:
    """Animals with a baseline, per arm."""
    return from_baseline(observations)[KEYS].drop_duplicates()["arm"].astype(str).value_counts()


def _few_left(observations: pd.DataFrame, measured: dict[str, int]) -> str:
    """A warning for each arm of ``measured`` with fewer than half of its animals: those left are a
    selection.
    """
    started = _started(observations)
    few = [
        f"{n} of {started[arm]} animals of '{arm}'"
        for arm, n in measured.items()
        if 2 * n < started[arm]
    ]
    return f"; fewer than half are left: {', '.join(few)}" if few else ""


def _left(observations: pd.DataFrame, ask: Comparison, *others: str) -> str:
    """How many animals of each arm had left at the volume endpoint before the day; "" if none
    had.
    """
    arms = dict.fromkeys((ask.arm, *others, ask.control))
    left = {arm: len(removed_at_volume(observations, arm, ask.day)) for arm in arms}
    started = _started(observations)
    text = ", ".join(f"{n} of {started[arm]} animals of '{arm}'" for arm, n in left.items())
    return (
        f"; left at the volume endpoint before day {ask.day:g}: {text}"
        if any(left.values())
        else ""
    )


def compare_arms(
    observations: pd.DataFrame,
    arm_a: str,
    arm_b: str,
    control: str,
    *,
    day: float | None = None,
    n_boot: int = 4000,
    seed: int = 1,
) -> pd.DataFrame:
    """Difference A - B of each T/C definition and of ln V, paired: the same animals are resampled
    in all three arms.

    Parameters, columns and errors as in :func:`endpoint_table`; ``arm`` is "A - B".
    """
    check_observations(observations, (arm_a, arm_b, control))
    evaluated = default_day(observations) if day is None else day
    (a, a0), (b, b0), (c, c0) = map(
        _arrays,
        shared(*(_measured(observations, arm, evaluated) for arm in (arm_a, arm_b, control))),
    )
    ask = Comparison(f"{arm_a} - {arm_b}", control, evaluated, n_boot, True, seed)
    rows = []
    for name in ("tc_pct", "tc_volume_mean"):
        function, unit, definition = TWO_ARM[name]
        index = resample(a.size, n_boot, ask.rng(name))
        estimate = float(function(a, c, a0, c0) - function(b, c, b0, c0))
        limits = interval(
            function(a[index], c[index], a0[index], c0[index])
            - function(b[index], c[index], b0[index], c0[index])
        )
        rows.append(
            row(
                name,
                ask,
                estimate,
                limits,
                a.size,
                unit,
                definition,
                "paired on common random numbers",
                n_control=a.size,
                day=evaluated,
            )
        )
    rows.append(_log_ratio(a, b, ask))
    warning = _few_left(observations, dict.fromkeys((arm_a, arm_b, control), a.size)) + _left(
        observations, ask._replace(arm=arm_a), arm_b
    )
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(
        note=lambda table: table["note"] + warning
    )


def _log_ratio(a: Array, b: Array, ask: Comparison) -> dict[str, Any]:
    difference = np.log(a / b)
    index = resample(a.size, ask.n_boot, ask.rng("volume_ratio_geometric"))
    limits = interval(np.exp(difference[index].mean(axis=1)))
    return row(
        "volume_ratio_geometric",
        ask,
        float(np.exp(difference.mean())),
        limits,
        a.size,
        "ratio",
        "geometric mean of V_A/V_B within animals",
        "paired on common random numbers",
        n_control=a.size,
        day=ask.day,
    )
