"""Effects over all pairs of a paired study: true volumes on its last day, of animals that left,
too.

What a laboratory sees on the last day is a selection, for the largest tumors have left. A simulated
animal can be followed past its endpoint: then no pair lacks a partner.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from xenosim.analysis.comparison import Comparison
from xenosim.analysis.data import StudyData
from xenosim.analysis.registry import find_endpoint
from xenosim.analysis.studies import over_studies
from xenosim.analysis.summary import compare_arms, endpoint_row
from xenosim.io.tables import COLUMNS

#: The definitions of T/C that are applied to all pairs, and what marks their names.
RATIOS, MARK = ("tc_pct", "tc_volume_mean"), "_all_pairs"
#: A tumor without cells counts as this, less than a cell [mm3].
NOTHING_MM3 = 1e-6
_HOW = "true volumes on the last day, of animals that had left, too"


def effects_over_all_pairs(
    pairs: pd.DataFrame, control: str, *, n_boot: int = 4000, seed: int = 1
) -> pd.DataFrame:
    """T/C of every treated arm, and the differences between treated arms, over all animals.

    Parameters
    ----------
    pairs : DataFrame
        Table ``all_pairs`` of a paired study: every animal in every arm.
    control : str
        Name of the control arm.
    n_boot : int
        Bootstrap samples of animals.
    seed : int
        Seed of the bootstrap.

    Returns
    -------
    DataFrame
        Columns of ``endpoints.csv``; the names of endpoints end in :data:`MARK`.

    Examples
    --------
    >>> rows = [(arm, i, 21.0, 100.0, volume * i) for i in (1, 2, 3)
    ...     for arm, volume in (("vehicle", 800.0), ("drug", 200.0))]
    >>> columns = ["arm", "animal_id", "day", "start_volume_mm3", "tumor_volume_mm3"]
    >>> found = effects_over_all_pairs(pd.DataFrame(rows, columns=columns), "vehicle", n_boot=50)
    >>> dict(zip(found["endpoint"], found["estimate"].astype(float)))
    {'tc_pct_all_pairs': 25.0, 'tc_volume_mean_all_pairs': 0.25}
    """
    data, day = _as_study(pairs, control), float(pairs["day"].iloc[0])
    arms = [arm for arm in data.arms if arm != control]
    studies = [
        pd.DataFrame(_against_control(study, arms, day, n_boot, seed)).assign(replicate=number)
        for number, study in enumerate(data.studies)
    ]
    together = pd.concat(studies, ignore_index=True)
    parts = [over_studies(together) if len(studies) > 1 else together]
    for a, b in combinations(arms, 2):
        between = compare_arms(data, a, b, control, day=day, n_boot=n_boot, seed=seed)
        parts.append(between[between["endpoint"].isin(RATIOS)])
    table = pd.concat(parts, ignore_index=True)[list(COLUMNS["endpoints"])]
    said = [note if _HOW in note else f"{note}; {_HOW}" for note in table["note"]]
    return table.assign(endpoint=table["endpoint"] + MARK, note=said)


def _as_study(pairs: pd.DataFrame, control: str) -> StudyData:
    """The first and the last day of every animal as measurements of a study [mm3]."""
    last = pairs.assign(tumor_volume_mm3=pairs["tumor_volume_mm3"].clip(lower=NOTHING_MM3))
    first = pairs.assign(day=0.0, tumor_volume_mm3=pairs["start_volume_mm3"])
    table = pd.concat([first, last], ignore_index=True)
    return StudyData(table, control, paired=True, source="all_pairs")


def _against_control(
    study: StudyData, arms: list[str], day: float, n_boot: int, seed: int
) -> list[dict[str, Any]]:
    """Rows of every treated arm of one study against the control."""
    rows = []
    for arm in arms:
        ask = Comparison(study, arm, study.control, day, _HOW, n_boot, seed, paired=True)
        for endpoint in map(find_endpoint, RATIOS):
            found = endpoint.estimate(ask)
            assert found is not None
            rows.append(endpoint_row(endpoint, arm, study.control, found))
    return rows
