"""Every animal of a study with its response and its times: the table behind a waterfall."""

from __future__ import annotations

import pandas as pd

from xenosim.analysis.animals import ANIMAL, responses
from xenosim.analysis.data import StudyData
from xenosim.analysis.survival import km_median

COLUMNS = (
    "arm",
    "animal_id",
    "replicate",
    "baseline_mm3",
    "last_day",
    "last_mm3",
    "status",
    "note",
    "growth_rate_per_day",
    "best_pct",
    "best_avg_pct",
    "mrecist_gao2015",
    "pptp_houghton2007",
    "time_to_2x_days",
    "time_to_4x_days",
    "time_to_1000mm3_days",
    "time_to_progression_days",
)


def response_table(data: StudyData) -> pd.DataFrame:
    """One row per animal with a baseline.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`: volumes [mm3], days [day], growth rate [1/day], best response and smallest
        running mean of the change from baseline [%], the response by mRECIST (Gao et al. 2015) and
        PPTP (Houghton et al. 2007), "" where an animal cannot be judged; times to 2 x and 4 x
        baseline, to 1000 mm3 and to progression, empty where not reached by ``last_day``.
    """
    parts = [_arm(study, arm) for study in data.studies for arm in study.animals]
    table = pd.concat(parts, ignore_index=True)
    times = [name for name in COLUMNS if name.startswith("time_to_")]
    table[times] = table[times].where(table[times] < float("inf"))
    order = {arm: k for k, arm in enumerate(data.arms)}
    return table.sort_values("arm", key=lambda arms: arms.map(order), kind="stable")[
        list(COLUMNS)
    ].reset_index(drop=True)


def _arm(data: StudyData, arm: str) -> pd.DataFrame:
    animals = data.animals[arm]
    followed = data.followed[data.followed["arm"] == arm]
    median = float("inf")
    if data.control in data.animals:
        control = data.animals[data.control]
        times, last_days = (control[c].to_numpy(float) for c in ("time_to_4x_days", "last_day"))
        median = float(km_median(times, last_days)) if len(control) else float("inf")
    last = followed.sort_values("day", kind="stable").drop_duplicates(ANIMAL, keep="last")
    last = last.set_index(ANIMAL)
    known = animals.join(responses(followed, animals, median))
    return known.assign(
        arm=arm,
        baseline_mm3=last["baseline_mm3"],
        last_mm3=last["tumor_volume_mm3"],
        status=last["status"] if "status" in last else "",
        note=last["note"] if "note" in last else "",
    ).reset_index()
