"""Models of whole tumors fitted to every animal: which describes the animals, not only their
mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.analysis.data import StudyData
from xenosim.pkpd.baselines import Baselines, curve_of_arm, fit_row, names_of, parameters_text
from xenosim.pkpd.curves import MODELS, Array

COLUMNS = (
    *KEYS,
    "model",
    "parameters",
    "n_parameters",
    "n_days",
    "rms",
    "aic",
    "bic",
    "held_out_rms",
    "best",
    "note",
)
#: Columns that are added to the table of arms.
ADDED = ("n_animals", "n_fitted", "n_best", "median_rms", "median_held_out_rms")
Animal = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class AnimalBaselines:
    """Fits of a study's animals: ``table``, a row per animal and model (:data:`COLUMNS`), and
    ``curves`` of the best model by animal (arm, replicate, animal): days [day], volumes [mm3].
    """

    table: pd.DataFrame
    curves: dict[Animal, tuple[Array, Array]]


def fit_animals(
    data: StudyData, plasma: pd.DataFrame | None = None, growth: Array | None = None
) -> AnimalBaselines:
    """The four models fitted to every animal, from day 0 to its last.

    Parameters
    ----------
    data : StudyData
        A study, simulated or measured.
    plasma : DataFrame, optional
        Table ``plasma`` of a run, as of :func:`~xenosim.pkpd.baselines.fit_baselines`.
    growth : array, optional
        Logarithms of the control's parameters of Simeoni's model, for treated animals with plasma.

    Returns
    -------
    AnimalBaselines
        ``rms`` and ``held_out_rms`` in ln units, empty where undefined, and ``note`` says why;
        ``best``: whether AIC is the animal's lowest.
    """
    rows: list[dict[str, Any]] = []
    curves = {}
    followed = data.followed[(data.followed["day"] >= 0) & (data.followed["tumor_volume_mm3"] > 0)]
    for key, seen in followed.groupby(KEYS, sort=False):
        days = seen["day"].to_numpy(float)
        logs = np.log(seen["tumor_volume_mm3"].to_numpy(float))
        own: list[tuple[dict[str, Any], Any, Any]] = []
        for name in MODELS:
            curve, first = curve_of_arm(name, key[0], data.control, days, logs, plasma, growth)
            row, found = fit_row(curve, first, days, logs)
            row["parameters"] = parameters_text(names_of(name, curve), found)
            own.append((dict(zip(KEYS, key, strict=True)) | {"model": name} | row, curve, found))
        fitted = [each for each in own if each[2] is not None]
        best = min(fitted, key=lambda each: each[0]["aic"], default=None)
        rows += [each[0] | {"best": each is best} for each in own]
        if best is not None:
            fine = np.linspace(days[0], days[-1], 60)
            curves[key] = (fine, np.exp(best[1](fine, best[2])))
    return AnimalBaselines(pd.DataFrame(rows, columns=list(COLUMNS)), curves)


def with_animals(arms: Baselines, animals: pd.DataFrame) -> pd.DataFrame:
    """The table of arms with what their animals say: how many there are and were fitted, of how
    many a model is the best by AIC, and medians of errors (:data:`ADDED`).

    Parameters
    ----------
    arms : Baselines
        As of :func:`~xenosim.pkpd.baselines.fit_baselines`.
    animals : DataFrame
        Table of :func:`fit_animals`.
    """
    by = animals.groupby(["arm", "model"], sort=False)
    told = pd.DataFrame(
        {
            "n_animals": by.size(),
            "n_fitted": by["aic"].count(),
            "n_best": by["best"].sum().astype(int),
            "median_rms": by["rms"].median(),
            "median_held_out_rms": by["held_out_rms"].median(),
        }
    )
    table = arms.table.merge(told.reset_index(), on=["arm", "model"], how="left")
    counts = ["n_animals", "n_fitted", "n_best"]
    return table.assign(**{name: table[name].fillna(0).astype(int) for name in counts})


def baselines_text(table: pd.DataFrame) -> str:
    """A line per arm and model: of how many animals it is the best, and its median errors.

    Parameters
    ----------
    table : DataFrame
        As of :func:`with_animals`.
    """
    head = f"  {'':14}{'best of':>12}{'misses by (%)':>16}{'last quarter (%)':>19}"
    lines = []
    for arm, rows in table.groupby("arm", sort=False):
        lines += [str(arm), head]
        for row in rows.to_dict("records"):
            best = f"{row['n_best']} of {row['n_fitted']}"
            errors = [_percent(row[name]) for name in ("median_rms", "median_held_out_rms")]
            lines.append(f"  {row['model']:14}{best:>12}{errors[0]:>16}{errors[1]:>19}")
            missing = row["n_animals"] - row["n_fitted"]
            lines += (
                [f"    {missing} of {row['n_animals']} not fitted: see note"] if missing else []
            )
    lines.append("fits to single animals: lowest AIC, medians; baselines_animals.csv has all")
    return "\n".join(lines)


def _percent(error: float) -> str:
    """An error in ln units as a share of the volume [%]; a dash of none.

    Examples
    --------
    >>> _percent(0.1), _percent(float("nan"))
    ('11', '-')
    """
    return f"{100.0 * np.expm1(error):.0f}" if np.isfinite(error) else "-"
