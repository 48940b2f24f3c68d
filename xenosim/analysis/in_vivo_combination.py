"""Whether two drugs do more together than alone, from growth rates in mice: Bliss independence,
highest single agent and response additivity, day by day.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.data import StudyData
from xenosim.analysis.mixed_model import AT_BOUND, Fit, fit_mixed, t_limits
from xenosim.analysis.resampling import UNDEFINED, Array, Limits, generator

#: Draws of the growth rates for response additivity [-].
DRAWN = 10_000
DEFINITIONS = {
    "bliss": "exp(t (r_AB - r_A - r_B + r_control)): volume of the combination over that expected"
    " if the drugs act independently",
    "hsa": "exp(t (r_AB - min(r_A, r_B))): volume of the combination over that of the better drug"
    " alone",
    "ra": "area under exp(r_AB t) over that under exp(r_A t) + exp(r_B t) - exp(r_control t)",
}
CITATION = (
    "Demidenko and Miller 2019, doi:10.1371/journal.pone.0224137; as in SynergyLMM, Romero-Becerra"
    " 2025, doi:10.1038/s41467-025-65218-9"
)
_ARMS = ("control", "arm A", "arm B", "combination")


class Combined(NamedTuple):
    """One model of no interaction on one day: the combination index ``ratio`` with ``limits`` [-;
    below 1: synergy], ``score`` (minus the contrast over its standard error; above 0: synergy),
    ``df``, ``p``, animals of the combination and of the control, and a note.
    """

    model: str
    arm: str
    day: float
    ratio: float
    limits: Limits
    score: float
    df: float
    p: float
    n: int
    n_control: int
    note: str
    definition: str
    citation: str


def combination_tests(
    data: StudyData, arm_a: str, arm_b: str, both: str, *, seed: int = 1
) -> list[Combined]:
    """The three models on every day from the second after baseline on, each from the growth until
    that day.

    Parameters
    ----------
    data : StudyData
        The study, with a control.
    arm_a, arm_b, both : str
        Arms of the drugs alone and together.
    seed : int
        Of the draws for response additivity.

    Returns
    -------
    list of Combined
        By model and day; without numbers where they cannot be had. Growth is the mixed model
        ln RTV ~ 0 + arm x day + (0 + day | animal) of the days after baseline; p by t with as many
        degrees of freedom as animals less arms.
    """
    arms = (data.control, arm_a, arm_b, both)
    rows = data.followed[data.followed["arm"].isin(arms)]
    rows = rows.assign(
        since=rows["day"] - rows["t0_day"],
        gain=np.log(rows["tumor_volume_mm3"] / rows["baseline_mm3"]),
    )
    rows = rows[rows["since"] > 0]
    days = sorted(float(day) for day in rows["day"].unique())[1:]
    found: dict[str, list[Combined]] = {model: [] for model in DEFINITIONS}
    for day in days or [math.nan]:
        until = rows[rows["day"] <= day]
        for row in _on(until, arms, day, seed):
            found[row.model].append(row)
    return [row for each in found.values() for row in each]


def _on(
    rows: pd.DataFrame, arms: tuple[str, str, str, str], day: float, seed: int
) -> list[Combined]:
    """The three models from the rows until one day."""
    animals = rows.drop_duplicates(["arm", *ANIMAL])["arm"].value_counts()
    counts = [int(animals.get(arm, 0)) for arm in arms]
    df = float(sum(counts) - len(arms))
    absent = [
        f"'{arm}' ({name})" for arm, name, n in zip(arms, _ARMS, counts, strict=True) if not n
    ]

    def row(
        model: str, index: float, limits: Limits, score: float, p: float, note: str
    ) -> Combined:
        texts = DEFINITIONS[model], CITATION
        return Combined(
            model, arms[3], day, index, limits, score, df, p, counts[3], counts[0], note, *texts
        )

    def nothing(why: str) -> list[Combined]:
        return [row(m, math.nan, UNDEFINED, math.nan, math.nan, why) for m in DEFINITIONS]

    if absent or df < 1:
        why = f"nothing measured after baseline in {', '.join(absent)}" if absent else "few animals"
        return nothing(f"undefined: {why}")
    fit, span = _fit(rows, arms)
    rates, covariance = fit.effects / span, fit.covariance / span**2
    note = AT_BOUND.split(";")[0] if fit.at_bound else ""
    if not (np.diag(covariance) > 1e-18 * float((rates**2).max())).all():
        return nothing("undefined: the animals are identical")
    better = 1 if rates[1] <= rates[2] else 2
    contrasts = {"bliss": np.array([1.0, -1.0, -1.0, 1.0]), "hsa": np.array([0.0, 0.0, 0.0, 1.0])}
    contrasts["hsa"][better] = -1.0
    found = []
    for model, contrast in contrasts.items():
        estimate = float(contrast @ rates)
        se = math.sqrt(float(contrast @ covariance @ contrast))
        (low, high), p = t_limits(estimate, se, df)
        limits = (math.exp(low * day), math.exp(high * day))
        said = f"better drug alone: {arms[better]}" if model == "hsa" else ""
        said = "; ".join(text for text in (said, note) if text)
        found.append(row(model, math.exp(estimate * day), limits, -estimate / se, p, said))
    return [*found, row("ra", *_additive(rates, covariance, day, seed), note)]


def _fit(rows: pd.DataFrame, arms: tuple[str, ...]) -> tuple[Fit, float]:
    """Lines through 0 of every arm, and the span that their time was divided by [day]."""
    span = float(rows["since"].max())
    animal = rows.groupby(["arm", *ANIMAL], sort=False).ngroup().to_numpy()
    arm = pd.Categorical(rows["arm"], categories=list(arms)).codes.astype(int)
    time = (rows["since"].to_numpy(float) / span)[:, None]
    return fit_mixed(rows["gain"].to_numpy(float), time, animal, arm), span


def _additive(
    rates: Array, covariance: Array, day: float, seed: int
) -> tuple[float, Limits, float, float]:
    """Index, limits, score and p of response additivity, from draws of the rates; p is not below
    that of one draw.
    """
    rng = generator(seed, f"response additivity {day:g}")
    drawn = rates + rng.standard_normal((DRAWN, 4)) @ np.linalg.cholesky(covariance).T
    area = np.where(drawn == 0.0, day, np.expm1(drawn * day) / np.where(drawn == 0.0, 1.0, drawn))
    expected = area[:, 1] + area[:, 2] - area[:, 0]
    excess = area[:, 3] - expected
    ratio = np.where(expected > 0, area[:, 3] / np.where(expected > 0, expected, 1.0), np.inf)
    index = float(np.median(ratio))
    low, high = np.quantile(ratio, [0.025, 0.975], method="nearest")
    p = 2.0 * min(float((excess <= 0).mean()), float((excess >= 0).mean()))
    score = -float(np.median(excess)) / float(excess.std(ddof=1))
    if not math.isfinite(index):
        return math.nan, UNDEFINED, score, min(max(p, 1.0 / DRAWN), 1.0)
    return index, (float(low), float(high)), score, min(max(p, 1.0 / DRAWN), 1.0)
