"""What is known of single animals: growth rate, times to a multiple of baseline, last day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.growth import (
    growth_auc_per_day,
    growth_rate_per_day,
    mean_relative_volume,
    time_to_multiple,
    time_to_progression,
    time_to_volume,
)
from xenosim.analysis.response import mrecist_gao2015, pptp_houghton2007

#: Growth delay, event-free survival and cell kill count to this multiple of baseline.
MULTIPLE = 4.0
#: A volume that events are counted to besides multiples of baseline [mm3], in common use.
FIXED_MM3 = 1000.0
#: Progression is a diameter 20 % above the smallest so far (RECIST 1.1, Eisenhauer et al. 2009,
#: doi:10.1016/j.ejca.2008.10.026), of a sphere 73 % more volume.
PROGRESSION = 1.2**3
#: What is computed of every animal from its days [day] and volumes [mm3].
MEASURES: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "growth_rate_per_day": growth_rate_per_day,
    "growth_auc_per_day": growth_auc_per_day,
    "mean_rtv": mean_relative_volume,
    "time_to_2x_days": partial(time_to_multiple, multiple=2.0),
    "time_to_4x_days": partial(time_to_multiple, multiple=MULTIPLE),
    "time_to_1000mm3_days": partial(time_to_volume, target_mm3=FIXED_MM3),
    "time_to_progression_days": partial(time_to_progression, factor=PROGRESSION),
}
ANIMAL = ["replicate", "animal_id"]
KEYS = ["arm", *ANIMAL]


def per_animal(followed: pd.DataFrame, arms: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Of each arm a table of its animals, by (replicate, animal): columns of :data:`MEASURES`,
    growth rate over all days from t0 and ``growth_auc_per_day`` [1/day], ``mean_rtv`` [-], times to
    2 x and 4 x baseline, to :data:`FIXED_MM3` and to progression [day; inf if not reached], and
    last measured day [day].

    ``followed``: rows from baseline on, as :attr:`~xenosim.analysis.data.StudyData.followed`.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {arm: [] for arm in arms}
    for (arm, *animal), days, volumes in courses(followed, KEYS):
        found = (measure(days, volumes) for measure in MEASURES.values())
        rows[str(arm)].append((*animal, *found, float(days[-1])))
    return {
        arm: pd.DataFrame(found, columns=[*ANIMAL, *MEASURES, "last_day"]).set_index(ANIMAL)
        for arm, found in rows.items()
    }


def courses(
    followed: pd.DataFrame, keys: list[str]
) -> Iterator[tuple[tuple[Any, ...], np.ndarray, np.ndarray]]:
    """The keys, days [day] and volumes [mm3] of each animal, in the order of its first day."""
    ordered = followed.sort_values("day", kind="stable")
    number = ordered.groupby(keys, sort=False).ngroup().to_numpy()
    place = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.diff(number[place], prepend=-1))
    days, volumes = (
        np.split(ordered[name].to_numpy(float)[place], first[1:])
        for name in ("day", "tumor_volume_mm3")
    )
    names = ordered[keys].iloc[place[first]].itertuples(index=False, name=None)
    if len(first):
        yield from zip(names, days, volumes, strict=True)


def responses(followed: pd.DataFrame, animals: pd.DataFrame, control_median: float) -> pd.DataFrame:
    """Columns best_pct, best_avg_pct [%], mrecist_gao2015 and pptp_houghton2007 of the animals of
    one arm, by (replicate, animal).

    ``followed``: rows of that arm from baseline on; ``animals``: that arm in :func:`per_animal`;
    ``control_median``: the control's median time to 4 x baseline [day].
    """
    rows = []
    times = zip(animals["time_to_4x_days"], animals["last_day"], strict=True)
    of_animal = dict(zip(animals.index, times, strict=True))
    for key, days, volumes in courses(followed, ANIMAL):
        event, last = of_animal[key]
        pptp = pptp_houghton2007(volumes, event, last, control_median)
        rows.append((*key, *mrecist_gao2015(days, volumes), pptp))
    columns = ["best_pct", "best_avg_pct", "mrecist_gao2015", "pptp_houghton2007"]
    return pd.DataFrame(rows, columns=[*ANIMAL, *columns]).set_index(ANIMAL)
