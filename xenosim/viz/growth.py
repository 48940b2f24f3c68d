"""Growth curves and T/C over time."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.curves import endpoint_over_time, geometric_means
from xenosim.analysis.data import StudyData
from xenosim.viz.style import finish

#: Where the axis of volumes may have a number [mm3].
VOLUME_TICKS = (20, 50, 100, 200, 500, 1000, 2000, 5000)


def dose_days(events: pd.DataFrame, arm: str) -> list[float]:
    """Days of all doses of an arm, repeats expanded."""
    rows = events[events["arm"] == arm]
    return [
        (row.time + k * row.ii) / 24.0
        for row in rows.itertuples()
        for k in range(int(row.addl) + 1)
    ]


def growth_curves(data: StudyData, events: pd.DataFrame, colors: dict[str, str]) -> Figure:
    """One thin line per animal, the geometric mean with its 95 % band, log axis, dose ticks below
    [mm3, day].

    The mean stops when under half of an arm is left.
    """
    figure = Figure(figsize=(7.5, 5.2), layout="constrained")
    axes = figure.subplots()
    for arm, color in colors.items():
        rows = data.table[data.table["arm"] == arm]
        draw_arm(axes, rows, "tumor_volume_mm3", color, arm)
    axes.set_yscale("log")
    volumes = data.table["tumor_volume_mm3"]
    low, high = volumes.min(), volumes.max()
    axes.set_yticks([t for t in VOLUME_TICKS if low / 2 <= t <= high * 2])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    _mark_doses(axes, events, colors)
    axes.set(xlabel="day (0 = first dose); triangles: doses", ylabel="tumor volume, calipers (mm³)")
    axes.set_title("Tumor volume: animals, geometric mean and 95 % CI", fontsize=11, loc="left")
    axes.legend(frameon=False, loc="upper left")
    finish(axes)
    return figure


def draw_arm(axes: Axes, rows: pd.DataFrame, value: str, color: str, name: str) -> None:
    """The animals of one arm as thin lines, their geometric mean with its 95 % band; ``value``: a
    column of ``rows``.
    """
    for _, animal in rows.groupby(ANIMAL):
        axes.plot(animal["day"], animal[value], color=color, lw=0.6, alpha=0.35)
    curve = geometric_means(rows, value)
    axes.fill_between(curve.index, curve["low"], curve["high"], color=color, alpha=0.2, lw=0)
    label = f"{name} (n = {curve['n'].iloc[0]})"
    axes.plot(curve.index, curve["mean"], color=color, lw=2.4, marker="o", ms=3.5, label=label)


def _mark_doses(axes: Axes, events: pd.DataFrame, colors: dict[str, str]) -> None:
    """Triangles at the bottom on every day with a dose, a line per treated arm."""
    treated = [arm for arm in colors if dose_days(events, arm)]
    for level, arm in enumerate(treated):
        days = dose_days(events, arm)
        heights = [0.02 + 0.03 * level] * len(days)
        transform = axes.get_xaxis_transform()
        axes.plot(days, heights, "^", color=colors[arm], ms=5, transform=transform)


def tc_over_time(data: StudyData, colors: dict[str, str], control: str, seed: int = 1) -> Figure:
    """T/C, 100 median(RTV_T)/median(RTV_C), on every day with at least half of both arms left,
    with the 95 % bootstrap interval of the endpoint table [%].
    """
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    for arm, color in colors.items():
        if arm == control:
            continue
        curve = endpoint_over_time(data, "tc_pct", arm, control, seed=seed)
        days = curve.index.to_numpy(float)
        axes.fill_between(days, curve["ci_low"], curve["ci_high"], color=color, alpha=0.2, lw=0)
        axes.plot(days, curve["estimate"], color=color, lw=2.2, marker="o", ms=3.5, label=arm)
    axes.axhline(100, color="#7F7F7F", lw=1)
    axes.axhline(42, color="#7F7F7F", lw=0.8, ls=":")
    axes.text(0.0, 43, "42 %: a label, not a test", fontsize=7, color="#555555")
    axes.set(xlabel="day", ylabel="T/C, median RTV (%)", ylim=(0, None))
    axes.set_title("T/C over time, 95 % bootstrap interval", fontsize=11, loc="left")
    axes.legend(frameon=False)
    finish(axes)
    return figure
