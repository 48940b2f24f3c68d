"""Growth curves and T/C over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from xenosim.viz.style import finish


def dose_days(events: pd.DataFrame, arm: str) -> list[float]:
    """Days of all doses of an arm, repeats expanded."""
    rows = events[events["arm"] == arm]
    return [
        (row.time + k * row.ii) / 24.0
        for row in rows.itertuples()
        for k in range(int(row.addl) + 1)
    ]


def growth_curves(
    observations: pd.DataFrame, events: pd.DataFrame, colors: dict[str, str]
) -> Figure:
    """One thin line per animal, the geometric mean with its 95 % band, log axis, dose ticks below
    [mm3, day].

    The mean stops when under half of an arm is left.
    """
    figure = Figure(figsize=(7.5, 5.2), layout="constrained")
    axes = figure.subplots()
    for arm, color in colors.items():
        rows = observations[observations["arm"] == arm]
        for _, animal in rows.groupby(["replicate", "animal_id"]):
            axes.plot(animal["day"], animal["tumor_volume_mm3"], color=color, lw=0.6, alpha=0.35)
        logs = (
            rows.assign(log=np.log(rows["tumor_volume_mm3"]))
            .groupby("day")["log"]
            .agg(["mean", "std", "count"])
        )
        logs = logs[logs["count"] * 2 >= logs["count"].iloc[0]]
        half = 1.96 * logs["std"].fillna(0) / np.sqrt(logs["count"])
        axes.fill_between(
            logs.index,
            np.exp(logs["mean"] - half),
            np.exp(logs["mean"] + half),
            color=color,
            alpha=0.2,
            lw=0,
        )
        label = f"{arm} (n = {logs['count'].iloc[0]})"
        axes.plot(
            logs.index, np.exp(logs["mean"]), color=color, lw=2.4, marker="o", ms=3.5, label=label
        )
    axes.set_yscale("log")
    ticks = [20, 50, 100, 200, 500, 1000, 2000, 5000]
    low, high = observations["tumor_volume_mm3"].min(), observations["tumor_volume_mm3"].max()
    axes.set_yticks([t for t in ticks if low / 2 <= t <= high * 2])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    treated = [arm for arm in colors if dose_days(events, arm)]
    for level, arm in enumerate(treated):
        days = dose_days(events, arm)
        height = 0.02 + 0.03 * level
        axes.plot(
            days,
            [height] * len(days),
            "^",
            color=colors[arm],
            ms=5,
            transform=axes.get_xaxis_transform(),
        )
    axes.set(xlabel="day (0 = first dose); triangles: doses", ylabel="tumor volume, calipers (mm³)")
    axes.set_title("Tumor volume: animals, geometric mean and 95 % CI", fontsize=11, loc="left")
    axes.legend(frameon=False, loc="upper left")
    finish(axes)
    return figure


def tc_over_time(
    observations: pd.DataFrame, colors: dict[str, str], control: str, n_boot: int = 500
) -> Figure:
    """T/C, 100 median(RTV_T)/median(RTV_C), on every day with at least half of both arms left,
    bootstrap band [%].
    """
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    rng = np.random.default_rng(1)
    by_arm = {
        arm: dict(iter(observations[observations["arm"] == arm].groupby("day")["rtv"]))
        for arm in colors
    }
    full = len(by_arm[control][0.0])
    for arm, color in colors.items():
        if arm == control:
            continue
        rows = []
        for day, rtv in by_arm[arm].items():
            reference = by_arm[control].get(day)
            if (
                reference is None
                or 2 * len(reference) < full
                or 2 * len(rtv) < len(by_arm[arm][0.0])
            ):
                continue
            t, c = rtv.to_numpy(float), reference.to_numpy(float)
            boot = np.median(t[rng.integers(0, t.size, (n_boot, t.size))], axis=1) / np.median(
                c[rng.integers(0, c.size, (n_boot, c.size))], axis=1
            )
            low, high = np.quantile(boot, [0.025, 0.975])
            rows.append((day, 100 * np.median(t) / np.median(c), 100 * low, 100 * high))
        days, mid, lows, highs = np.array(rows).T
        axes.fill_between(days, lows, highs, color=color, alpha=0.2, lw=0)
        axes.plot(days, mid, color=color, lw=2.2, marker="o", ms=3.5, label=arm)
    axes.axhline(100, color="#7F7F7F", lw=1)
    axes.axhline(42, color="#7F7F7F", lw=0.8, ls=":")
    axes.text(0.0, 43, "42 %: a label, not a test", fontsize=7, color="#555555")
    axes.set(xlabel="day", ylabel="T/C, median RTV (%)", ylim=(0, None))
    axes.set_title("T/C over time, 95 % bootstrap interval", fontsize=11, loc="left")
    axes.legend(frameon=False)
    finish(axes)
    return figure
