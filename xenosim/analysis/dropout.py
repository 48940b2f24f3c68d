"""Animals that left before the end, and what their absence does to which endpoint."""

from __future__ import annotations

import pandas as pd

from xenosim.analysis.animals import ANIMAL, KEYS
from xenosim.analysis.data import StudyData

#: Most animals of an arm that a note names.
TOLD = 5


def departures(data: StudyData) -> pd.DataFrame:
    """The last row of every animal that was followed from baseline and left before the last day on
    which its study was measured, with its ``reason``: "volume", "body weight", "found dead",
    "end of study" or "reason not given".
    """
    end = data.followed.groupby("replicate")["day"].max()
    last = data.followed.sort_values("day", kind="stable").drop_duplicates(KEYS, keep="last")
    left = last[last["day"] < last["replicate"].map(end)]
    return left.assign(reason=[_reason(row) for row in left.to_dict("records")])


def _reason(row: dict[str, object]) -> str:
    status, note = row.get("status", ""), row.get("note", "")
    if status == "reached_endpoint":
        return "body weight" if note == "body weight" else "volume"
    known = {"found_dead": "found dead", "end_of_study": "end of study"}
    return known.get(str(status), "reason not given")


def unstarted_notes(data: StudyData) -> list[str]:
    """The animals without a volume on day 0 or before it, by arm; none, no note."""
    measured = data.table[KEYS].drop_duplicates()
    known = pd.MultiIndex.from_frame(data.followed[KEYS].drop_duplicates())
    late = measured[~pd.MultiIndex.from_frame(measured).isin(known)]
    if late.empty:
        return []
    of_arms = [
        f"{', '.join(map(str, animals[:TOLD]))}{', ...' * (len(animals) > TOLD)} of '{arm}'"
        for arm, animals in late.groupby("arm", sort=False)["animal_id"].agg(list).items()
    ]
    return [f"no volume on day 0 or before, left out: {'; '.join(of_arms)}"]


def dropout_notes(data: StudyData) -> list[str]:
    """What a reader must know of animals that left: how many of which arm, why as far as the table
    says, whether those that left had the larger tumors, and which endpoints that moves.
    """
    left = departures(data)
    left = left[left["reason"] != "end of study"]
    if left.empty:
        return []
    texts = []
    for arm in data.arms:
        gone = left[left["arm"] == arm]
        if len(gone):
            why = ", ".join(f"{n} {reason}" for reason, n in gone["reason"].value_counts().items())
            texts.append(f"{len(gone)} of {data.started[arm]} of '{arm}' ({why})")
    notes = [f"left before the last day: {'; '.join(texts)}"]
    if not data.tells_fates:
        where = "is that of the studies that no animal left" if len(data.studies) > 1 else ""
        notes.append(
            "no column 'status' says which animals were removed at the volume endpoint: T/C of last"
            f" volumes {where or 'is undefined'}"
        )
    larger = [arm for arm in data.arms if _larger_left(data, left, arm)]
    if larger:
        names = ", ".join(f"'{arm}'" for arm in larger)
        carried = ", T/C of last volumes" if data.tells_fates else ""
        notes.append(
            f"in {names} those that left had larger tumors than those that stayed: informative"
            " removal; T/C and TGI of a day, mean and median volumes are those of the smaller"
            f" tumors left; growth rates, delays, event-free survival{carried} use every animal"
        )
    return notes


def _larger_left(data: StudyData, left: pd.DataFrame, arm: str) -> bool:
    """Whether the animals of an arm that left were, on their last day, larger than the median of
    the arm's animals measured that day, more often than not.
    """
    rows = data.followed[data.followed["arm"] == arm]
    gone = left[left["arm"] == arm]
    if gone.empty:
        return False
    median = rows.groupby(["replicate", "day"])["tumor_volume_mm3"].median()
    places = pd.MultiIndex.from_frame(gone[["replicate", "day"]])
    share = (gone["tumor_volume_mm3"].to_numpy() > median.reindex(places).to_numpy()).mean()
    return bool(share > 0.5 and len(rows[ANIMAL].drop_duplicates()) > 1)
