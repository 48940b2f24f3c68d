"""Growth curves and T/C over time."""

from __future__ import annotations

import math
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from xenosim.analysis.curves import (
    at_risk,
    geometric_means,
    last_rows_of_removed,
)
from xenosim.analysis.data import StudyData
from xenosim.viz.lines import MOST_PATHS, animal_lines
from xenosim.viz.style import MANY, finish, room_for, short

#: Event codes of doses: NONMEM's EVID 1, and 4 after a reset.
DOSES = (1, 4)
#: Where the axis of volumes may have a number [mm3].
VOLUME_TICKS = (20, 50, 100, 200, 500, 1000, 2000, 5000)


def no_doses() -> pd.DataFrame:
    """The events of a study whose doses are not known."""
    return pd.DataFrame({name: [] for name in ("arm", "id", "time", "evid", "ii", "addl")})


def dose_days(events: pd.DataFrame, arm: str) -> list[float]:
    """Days of all doses of an arm, repeats expanded; decisions are none."""
    rows = events[(events["arm"] == arm) & events["evid"].isin(DOSES)]
    return [
        (row.time + k * row.ii) / 24.0
        for row in rows.itertuples()
        for k in range(int(row.addl) + 1)
    ]


def dose_shares(events: pd.DataFrame, arm: str) -> dict[float, float]:
    """Days on which animals of an arm got a dose, and the share of them that did [-]: all, unless
    rules changed the doses of single ones.
    """
    rows = events[events["arm"] == arm]
    animals = rows["id"].nunique()
    each = [
        set(dose_days(own, arm)) for _, own in rows.groupby("id") if own["evid"].isin(DOSES).any()
    ]
    days = sorted(set().union(*each))
    return {day: sum(day in own for own in each) / animals for day in days}


def growth_curves(data: StudyData, events: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """One thin line per animal, a cross where one is removed, the geometric mean, log axis, dose
    ticks [mm3, day]; below, how many animals of each arm are left.

    A mean of the animals left is dashed, and stops when under half of an arm is left. Its 95 %
    interval is a band up to the first removal; from four arms on, a bar at its end.
    """
    banded = len(colors) < MANY
    width = 7.5 + room_for(colors, 0.05 if banded else 0.12)
    # The widths of letters differ between SVG and PNG, which share one layout.
    layout = ConstrainedLayoutEngine(w_pad=0.1)
    figure = Figure(figsize=(width, 5.2 + 0.2 * len(colors)), layout=layout)
    axes, table = figure.subplots(2, 1, sharex=True, height_ratios=(5.0, 0.2 * len(colors)))
    end = float(data.table["day"].max())
    for arm, color in colors.items():
        rows = data.table[data.table["arm"] == arm]
        draw_arm(axes, rows, "tumor_volume_mm3", color, arm, banded=banded, end=end)
    axes.set_yscale("log")
    volumes = data.table["tumor_volume_mm3"]
    low, high = volumes.min(), volumes.max()
    axes.set_yticks([t for t in VOLUME_TICKS if low / 2 <= t <= high * 2])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    _mark_doses(axes, events, colors)
    axes.set(ylabel="tumor volume, calipers (mm³)")
    axes.set_title(_title(data, events, colors, end), fontsize=10, loc="left")
    _legend(axes, len(colors))
    finish(axes)
    _count_animals(table, data, colors)
    return figure


def _title(data: StudyData, events: pd.DataFrame, colors: dict[str, str], end: float) -> str:
    """The title, with the signs that the figure has."""
    arms = [data.table[data.table["arm"] == arm] for arm in colors]
    curves = [geometric_means(rows, "tumor_volume_mm3") for rows in arms]
    signs = {
        "dashed: mean of those left": not all(curve["is_whole"].all() for curve in curves),
        "cross: animal removed": any(len(last_rows_of_removed(rows, end)) for rows in arms),
        "triangles: doses": any(dose_days(events, arm) for arm in colors),
    }
    said = "; ".join(text for text, there in signs.items() if there)
    with_limits = any(curve["low"].notna().any() for curve in curves)
    what = "geometric mean and 95 % CI" if with_limits else "geometric mean"
    return f"Tumor volume: animals, {what}\n{said}".rstrip()


def draw_arm(
    axes: Axes,
    rows: pd.DataFrame,
    value: str,
    color: str,
    name: str,
    *,
    banded: bool = True,
    end: float | None = None,
) -> None:
    """The animals of one arm as thin lines with a cross where one is removed, and their geometric
    mean with its 95 % interval, dashed once an animal has left; ``value``: a column of ``rows``;
    ``banded``: the interval is a band; ``end``: the study's last day [day].
    """
    alpha = 0.35 if banded else 0.2
    animal_lines(axes, rows, value, color, width=0.6, alpha=alpha)
    gone = last_rows_of_removed(rows, float(rows["day"].max()) if end is None else end)
    many = len(gone) > MOST_PATHS
    axes.plot(gone["day"], gone[value], "x", color=color, ms=5, mew=1.2, rasterized=many)
    curve = geometric_means(rows, value)
    whole = curve[curve["is_whole"]]
    left = curve.iloc[len(whole) - 1 :]
    if banded:
        axes.fill_between(whole.index, whole["low"], whole["high"], color=color, alpha=0.2, lw=0)
    else:
        last = whole.iloc[[-1]]
        reach = [last["mean"] - last["low"], last["high"] - last["mean"]]
        axes.errorbar(last.index, last["mean"], yerr=reach, color=color, lw=1.2, capsize=3)
    if len(left) > 1:
        axes.plot(left.index, left["mean"], color=color, lw=1.6, ls="--", marker="o", ms=3, mfc="w")
    studies = rows["replicate"].nunique()
    of = f" in {studies} studies" if studies > 1 else ""
    label = f"{short(name)} (n = {curve['n'].iloc[0]}{of})"
    axes.plot(whole.index, whole["mean"], color=color, lw=2.4, marker="o", ms=3.5, label=label)


def _count_animals(axes: Axes, data: StudyData, colors: dict[str, str]) -> None:
    """How many animals of each arm are still followed, below the days of the growth curves."""
    days = sorted(data.table["day"].unique())
    shown = days[:: max(1, math.ceil(len(days) / 11))]
    for level, (arm, color) in enumerate(colors.items()):
        counts = at_risk(data.table[data.table["arm"] == arm], shown)
        for day, n in zip(shown, counts, strict=True):
            axes.text(day, level, str(n), color=color, fontsize=8, ha="center", va="center")
    axes.set(ylim=(len(colors) - 0.4, -0.6), xlabel="day (0 = first dose)")
    axes.set_yticks(range(len(colors)), [short(arm) for arm in colors], fontsize=7)
    axes.set_title("animals left", fontsize=8, loc="left")
    axes.tick_params(axis="y", length=0)
    finish(axes)


def _mark_doses(axes: Axes, events: pd.DataFrame, colors: dict[str, str]) -> None:
    """Triangles at the bottom on every day with a dose, a line per treated arm."""
    treated = [arm for arm in colors if dose_days(events, arm)]
    small = len(treated) >= MANY
    # Room for them below the curves of a log axis.
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom * (bottom / top) ** (0.02 * len(treated)), top)
    for level, arm in enumerate(treated):
        shares = dose_shares(events, arm)
        height = 0.02 + (0.02 if small else 0.03) * level
        transform = axes.get_xaxis_transform()
        size = 3 if small else 5
        for share in sorted(set(shares.values())):
            days = [day for day, of in shares.items() if of == share]
            # Pale: some animals were dosed.
            alpha = None if share == 1.0 else 0.15 + 0.7 * share
            heights = [height] * len(days)
            axes.plot(
                days, heights, "^", color=colors[arm], ms=size, transform=transform, alpha=alpha
            )


def tc_over_time(table: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """T/C, 100 median(RTV_T)/median(RTV_C), on every day with at least half of both arms left,
    with the 95 % bootstrap interval of the endpoint table [%]: a band, from four arms on a bar at
    the last day. ``table``: as of :func:`~xenosim.analysis.curves.tc_over_time`.
    """
    width = 7.0 + (room_for(colors, 0.07) if len(colors) >= MANY else 0.0)
    figure = Figure(figsize=(width, 4.2), layout="constrained")
    axes = figure.subplots()
    for level, (arm, color) in enumerate(colors.items()):
        curve = table[table["arm"] == arm].set_index("day")
        if curve.empty:
            continue
        days = curve.index.to_numpy(float)
        if len(colors) < MANY:
            axes.fill_between(days, curve["ci_low"], curve["ci_high"], color=color, alpha=0.2, lw=0)
        else:
            _bar_at_the_end(axes, curve, color, 0.01 * level)
        axes.plot(days, curve["tc_pct"], color=color, lw=2.2, marker="o", ms=3.5, label=short(arm))
    axes.axhline(100, color="#7F7F7F", lw=1)
    axes.axhline(42, color="#7F7F7F", lw=0.8, ls=":")
    axes.text(0.0, 43, "42 %", fontsize=7, color="#555555")
    axes.set(xlabel="day", ylabel="T/C, median RTV (%)", ylim=(0, None))
    last = " of the last day" if len(colors) >= MANY else ""
    some = table["arm"].isin(colors) & table["ci_low"].notna()
    told = f", 95 % bootstrap interval{last}" if some.any() else ""
    axes.set_title(f"T/C over time{told}", fontsize=11, loc="left")
    _legend(axes, len(colors), "best")
    finish(axes)
    return figure


def _legend(axes: Axes, n_arms: int, place: Literal["upper left", "best"] = "upper left") -> None:
    """The legend at its ``place``; from four arms on beside the axes."""
    if n_arms < MANY:
        axes.legend(frameon=False, loc=place)
    else:
        axes.legend(frameon=False, loc="upper left", fontsize=8, bbox_to_anchor=(1.0, 1.0))


def _bar_at_the_end(axes: Axes, curve: pd.DataFrame, color: str, aside: float) -> None:
    """The interval of the last day of a curve, a share of its days ``aside`` [-] of it."""
    last = curve.iloc[-1:]
    # A percentile interval need not hold its estimate.
    below, above = last["tc_pct"] - last["ci_low"], last["ci_high"] - last["tc_pct"]
    reach = [below.clip(lower=0), above.clip(lower=0)]
    day = last.index * (1.0 + aside)
    axes.errorbar(day, last["tc_pct"], yerr=reach, color=color, lw=1.2, capsize=2)
