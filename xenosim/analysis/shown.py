"""The tables that the figures of animals show: every figure's numbers, before anything is drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL, KEYS
from xenosim.analysis.data import StudyData
from xenosim.analysis.dropout import departures
from xenosim.analysis.survival import kaplan_meier

#: Definitions of T/C in the forest, those that an endpoint table has of them.
RATIOS = ("tc_pct", "tc_pct_locf", "tc_volume_mean", "tc_rtv_mean", "tc_volume_median")
#: Events of the survival curves: columns of responses, by multiple of baseline.
EVENTS = {2.0: "time_to_2x_days", 4.0: "time_to_4x_days"}


def change_table(data: StudyData) -> pd.DataFrame:
    """Change from baseline of every animal: ``arm``, ``replicate``, ``animal_id``, ``day`` [day],
    ``change_pct`` [%], 100 (V/V0 - 1), and ``left``, why it left on that day, "" if it did not.

    Examples
    --------
    >>> rows = [("drug", 1, 0, 100.0), ("drug", 1, 7, 50.0)]
    >>> columns = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    >>> change_table(StudyData(pd.DataFrame(rows, columns=columns)))["change_pct"].tolist()
    [0.0, -50.0]
    """
    rows = data.followed.sort_values([*KEYS, "day"], kind="stable")
    change = 100.0 * (rows["tumor_volume_mm3"] / rows["baseline_mm3"] - 1.0)
    left = departures(data)[[*KEYS, "day", "reason"]].rename(columns={"reason": "left"})
    table = rows[[*KEYS, "day"]].assign(change_pct=change)
    table = table.merge(left, on=[*KEYS, "day"], how="left")
    return table.assign(left=table["left"].astype(object).fillna(""))


def best_response_table(data: StudyData) -> pd.DataFrame:
    """Every animal with its best response, largest growth first within each arm: ``arm``,
    ``replicate``, ``animal_id``, ``best_pct`` [%] and ``response`` by mRECIST (Gao et al. 2015),
    empty and "not evaluable" where an animal cannot be judged.
    """
    table = data.responses()[[*KEYS, "best_pct", "mrecist_gao2015"]]
    table = table.rename(columns={"mrecist_gao2015": "response"})
    table["response"] = table["response"].replace("", "not evaluable")
    order = {arm: k for k, arm in enumerate(data.arms)}
    place = table["arm"].map(order)
    return (
        table.assign(place=place)
        .sort_values(["place", "best_pct"], ascending=[True, False], kind="stable")
        .drop(columns="place")
        .reset_index(drop=True)
    )


def survival_table(data: StudyData) -> pd.DataFrame:
    """Event-free survival of every arm for each multiple of baseline in :data:`EVENTS`: ``arm``,
    ``multiple`` [-] and the columns of :func:`~xenosim.analysis.survival.kaplan_meier`.

    An animal that left without the event is censored on its last day.
    """
    animals = data.responses()
    parts = []
    for multiple, column in EVENTS.items():
        for arm in data.arms:
            rows = animals[animals["arm"] == arm]
            if rows.empty:
                continue
            times = rows[column].fillna(np.inf).to_numpy(float)
            curve = kaplan_meier(times, rows["last_day"].to_numpy(float))
            curve.insert(0, "multiple", multiple)
            curve.insert(0, "arm", arm)
            parts.append(curve)
    return pd.concat(parts, ignore_index=True)


def forest_table(endpoints: pd.DataFrame) -> pd.DataFrame:
    """T/C [%] of every treated arm by each definition of :data:`RATIOS` that ``endpoints`` has,
    with interval and n; rows without a number stay, with their note.
    """
    columns = ["arm", "endpoint", "day", "estimate", "ci_low", "ci_high", "n", "n_control", "note"]
    rows = endpoints[endpoints["endpoint"].isin(RATIOS)]
    factor = rows["unit"].map({"ratio": 100.0}).fillna(1.0)
    numbers = ["estimate", "ci_low", "ci_high"]
    rows = rows.assign(**{name: factor * rows[name] for name in numbers})[columns]
    order = {name: k for k, name in enumerate(RATIOS)}
    arms = {arm: k for k, arm in enumerate(dict.fromkeys(rows["arm"]))}
    place = rows["arm"].map(arms) * len(RATIOS) + rows["endpoint"].map(order)
    return (
        rows.assign(place=place).sort_values("place").drop(columns="place").reset_index(drop=True)
    )


def swimmer_table(data: StudyData) -> pd.DataFrame:
    """Time on study of every animal, longest first within each arm: ``arm``, ``replicate``,
    ``animal_id``, ``last_day`` [day], ``time_to_2x_days`` and ``time_to_4x_days`` [day; empty if
    not reached], ``half_on_day``, first day at half of baseline or below [day; empty if never],
    ``response`` by mRECIST and ``left``, why it left before the end ("": it did not).
    """
    animals = data.responses()
    rows = data.followed.sort_values("day", kind="stable")
    small = rows[rows["tumor_volume_mm3"] <= 0.5 * rows["baseline_mm3"]]
    half = small.groupby(KEYS)["day"].first().rename("half_on_day").reset_index()
    left = departures(data)[[*KEYS, "reason"]].rename(columns={"reason": "left"})
    table = animals.merge(half, on=KEYS, how="left").merge(left, on=KEYS, how="left")
    order = {arm: k for k, arm in enumerate(data.arms)}
    table = table.assign(
        left=table["left"].astype(object).fillna(""),
        response=table["mrecist_gao2015"].replace("", "not evaluable"),
        place=table["arm"].map(order),
    ).sort_values(["place", "last_day", *ANIMAL], ascending=[True, False, True, True])
    kept = [*KEYS, "last_day", *EVENTS.values(), "half_on_day", "response", "left"]
    return table[kept].reset_index(drop=True)
