"""What each analysis of a simulated study is off by: the same endpoints on true volumes, of the
animals that were measured, and of all animals to the last day.

A laboratory sees volumes with the error of its calipers, and no tumor that has left. A simulation
knows both: the difference to the first truth is the error of measurement, the rest what removal
does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.analysis.data import StudyData
from xenosim.analysis.summary import endpoint_table

#: A tumor without cells counts as this, less than a cell [mm3].
NOTHING_MM3 = 1e-6
COLUMNS = (
    "endpoint",
    "arm",
    "day",
    "unit",
    "estimate",
    "true_of_measured",
    "true_of_all",
    "bias_of_measurement",
    "bias_of_removal",
    "bias",
)
#: The endpoint of the note.
TOLD = "tc_pct"


def bias_table(
    endpoints: pd.DataFrame,
    truth: pd.DataFrame,
    control: str,
    *,
    paired: bool,
    ends: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every endpoint of a simulated study beside its values on true volumes.

    Parameters
    ----------
    endpoints : DataFrame
        The endpoint table of the study as it was measured.
    truth : DataFrame
        Table ``truth``: true volumes [mm3] of the animals on their measured days.
    control : str
        Name of the control arm.
    paired : bool
        Whether animals are the same in every arm.
    ends : DataFrame, optional
        True volume ``end_mm3`` [mm3] on ``end_day`` [day] of every animal, by arm, replicate and
        animal_id, of those that left, too; without it the truth of all animals is not known.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`, one row per arm and endpoint; biases are estimate minus truth [unit of the
        endpoint], empty where one of both has no number.
    """
    seen = _on_truth(truth, endpoints, control, paired)
    everyone = seen * np.nan if ends is None else None
    if ends is not None:
        everyone = _on_truth(with_ends(truth, ends), endpoints, control, paired)
    assert everyone is not None
    found = endpoints[["endpoint", "arm", "day", "unit", "estimate"]].reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(found[["arm", "endpoint"]])
    values = found["estimate"].to_numpy(float)
    of_seen = seen.reindex(keys).to_numpy(float)
    of_all = everyone.reindex(keys).to_numpy(float)
    with np.errstate(invalid="ignore"):
        parts = {
            "bias_of_measurement": values - of_seen,
            "bias_of_removal": of_seen - of_all,
            "bias": values - of_all,
        }
    finite = {name: np.where(np.isfinite(part), part, np.nan) for name, part in parts.items()}
    return found.assign(true_of_measured=of_seen, true_of_all=of_all, **finite)[list(COLUMNS)]


def _on_truth(
    truth: pd.DataFrame, endpoints: pd.DataFrame, control: str, paired: bool
) -> pd.Series[float]:
    """Every endpoint on true volumes, on the day of the study, by arm and endpoint."""
    table = truth.assign(tumor_volume_mm3=truth["tumor_volume_mm3"].clip(lower=NOTHING_MM3))
    days = endpoints.loc[endpoints["endpoint"] == TOLD, "day"].dropna()
    day = float(days.iloc[0]) if len(days) else None
    data = StudyData(table, control, paired, source="truth")
    found = endpoint_table(data, control, day=day, n_boot=1, paired=paired)
    return found.set_index(["arm", "endpoint"])["estimate"]


def with_ends(truth: pd.DataFrame, ends: pd.DataFrame) -> pd.DataFrame:
    """True volumes of every animal on every day of the study: of one that left the last volume that
    was measured and that of the last day are its own, those between are interpolated in ln V.

    Examples
    --------
    >>> left = {"arm": "a", "replicate": 0, "animal_id": 1}
    >>> truth = pd.DataFrame([left | {"day": 0.0, "tumor_volume_mm3": 100.0},
    ...     {"arm": "a", "replicate": 0, "animal_id": 2, "day": 7.0, "tumor_volume_mm3": 50.0}])
    >>> ends = pd.DataFrame([left | {"end_day": 14.0, "end_mm3": 400.0}])
    >>> with_ends(truth, ends)[["day", "tumor_volume_mm3"]].round(6).to_numpy().tolist()[2:]
    [[7.0, 200.0], [14.0, 400.0]]
    """
    days = {*truth["day"], *ends["end_day"]}
    last = truth.sort_values("day", kind="stable").drop_duplicates(KEYS, keep="last")
    joined = last.merge(ends, on=KEYS)
    rows = []
    for row in joined[joined["day"] < joined["end_day"]].to_dict("records"):
        later = np.array(sorted(day for day in days if row["day"] < day <= row["end_day"]))
        known = [max(float(row[k]), NOTHING_MM3) for k in ("tumor_volume_mm3", "end_mm3")]
        volumes = np.exp(np.interp(later, [row["day"], row["end_day"]], np.log(known)))
        rows += [
            {name: row[name] for name in KEYS} | {"day": day, "tumor_volume_mm3": volume}
            for day, volume in zip(later, volumes, strict=True)
        ]
    return pd.concat([truth, pd.DataFrame(rows)], ignore_index=True) if rows else truth


def bias_notes(table: pd.DataFrame) -> list[str]:
    """One note on what T/C is off by in every arm, measurement and removal apart; none where the
    truth of all animals is not known.
    """
    rows = table[(table["endpoint"] == TOLD) & table["bias"].notna()]
    if rows.empty:
        return []
    texts = [
        f"'{row.arm}' {row.estimate:.0f} % against {row.true_of_all:.0f} % ({round(row.bias):+d}"
        f" points: {round(row.bias_of_measurement):+d} by measurement,"
        f" {round(row.bias_of_removal):+d} by removal)"
        for row in rows.itertuples()
    ]
    return [
        f"T/C beside that of the true volumes of all animals, those that left included:"
        f" {'; '.join(texts)}; every endpoint in bias.csv"
    ]
