"""The endpoint table of a study, with bootstrap intervals over animals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from xenosim.analysis.comparison import (
    Comparison,
    Estimate,
    few_left,
    left_before,
    lost_pairs,
    no_pair,
)
from xenosim.analysis.data import StudyData
from xenosim.analysis.endpoints.ratios import arrays
from xenosim.analysis.registry import Definition, Endpoint, Formula, every_endpoint, find_endpoint
from xenosim.analysis.resampling import (
    UNDEFINED,
    Array,
    Indices,
    bootstrap,
    generator,
    same_animals,
    shared,
)
from xenosim.analysis.studies import over_studies
from xenosim.io.tables import COLUMNS as TABLES

COLUMNS = TABLES["endpoints"]


def endpoint_table(
    data: StudyData | pd.DataFrame,
    control: str,
    *,
    day: float | None = None,
    n_boot: int = 2000,
    seed: int = 1,
    paired: bool = False,
) -> pd.DataFrame:
    """Every endpoint of every arm; of a study that was repeated the median over the studies, and
    the range of 95 % of them.

    Parameters
    ----------
    data : StudyData or DataFrame
        The study, or its table of observations [mm3, day].
    control : str
        Name of the control arm.
    day : float, optional
        Day of evaluation [day]; by default the last one with half of every arm on study.
    n_boot : int
        Bootstrap samples of animals.
    seed : int
        Seed of the bootstrap.
    paired : bool
        True: animals are the same in every arm (common random numbers); those measured in both arms
        are resampled jointly.

    Returns
    -------
    DataFrame
        Columns of ``endpoints.csv``, one row per arm and endpoint.

    Raises
    ------
    TableError
        Columns, arms, days or volumes that are missing or impossible.

    Examples
    --------
    >>> rows = [(arm, i, day, (90.0 + 10 * i) * 2 ** (day / doubling))
    ...     for arm, doubling in (("vehicle", 5), ("drug", 10))
    ...     for i in (1, 2, 3) for day in (0, 5, 10, 15, 20)]
    >>> table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    >>> endpoints = endpoint_table(table, "vehicle", n_boot=100).set_index(["arm", "endpoint"])
    >>> float(endpoints.loc[("drug", "tc_pct"), "estimate"])
    25.0
    """
    studies = endpoints_of_studies(data, control, day=day, n_boot=n_boot, seed=seed, paired=paired)
    if studies["replicate"].nunique() > 1:
        return over_studies(studies)
    return studies[list(COLUMNS)]


def endpoints_of_studies(
    data: StudyData | pd.DataFrame,
    control: str,
    *,
    day: float | None = None,
    n_boot: int = 2000,
    seed: int = 1,
    paired: bool = False,
) -> pd.DataFrame:
    """Every endpoint of every arm in each study of a repeated one, with intervals over its animals;
    its number is the column ``replicate``. Parameters and errors as in :func:`endpoint_table`.
    """
    data = checked(data, control)
    common = None
    if day is None and data.has_common_day:
        common = data.evaluation_day
    rows = []
    for study in data.studies:
        number = study.table["replicate"].iloc[0]
        for arm in data.arms:
            evaluated, how = _day_of(study, arm, control, day, common)
            ask = Comparison(study, arm, control, evaluated, how, n_boot, seed, paired)
            for endpoint in every_endpoint():
                if endpoint.against_control and arm == control:
                    continue
                if (found := endpoint.estimate(ask)) is not None:
                    rows.append({"replicate": number} | endpoint_row(endpoint, arm, control, found))
    return pd.DataFrame(rows, columns=["replicate", *COLUMNS])


def _day_of(
    study: StudyData, arm: str, control: str, asked: float | None, common: float | None
) -> tuple[float, str]:
    """The day on which an arm is evaluated [day], and how it was chosen; NaN, and why, where the
    arm and the control share none.
    """
    if asked is not None:
        return asked, "day as asked"
    if common is not None or study.evaluable_days:
        day = study.evaluation_day if common is None else common
        return day, "last day with at least half of every arm on study"
    day = study.last_shared_day(arm, control)
    if math.isnan(day):
        return day, f"on no day was half of '{arm}' and half of '{control}' measured"
    return day, "last day with at least half of this arm and the control; all arms share no day"


def checked(data: StudyData | pd.DataFrame, *arms: str) -> StudyData:
    """The study, refused (TableError) if it lacks one of ``arms`` or an arm has no baseline."""
    data = StudyData.of(data)
    data.require_arms(*arms)
    data.require_baselines()
    return data


def first_screen(table: pd.DataFrame) -> list[Endpoint]:
    """The endpoints that the first screen of a study shows, in its order; ``table``: its
    endpoints.
    """
    shown = sorted((e for e in every_endpoint() if e.screen), key=lambda e: e.screen)
    values = table.set_index("endpoint")["estimate"]
    return [e for e in shown if not e.screen_if_any or (values[values.index == e.name] > 0).any()]


def endpoint_row(what: Definition, arm: str, control: str, found: Estimate) -> dict[str, Any]:
    """A row of ``endpoints.csv``: what was estimated of an arm against the control."""
    return {
        "endpoint": what.name,
        "version": what.version,
        "arm": arm,
        "control": control,
        "day": found.day,
        "estimate": found.value,
        "ci_low": found.limits[0],
        "ci_high": found.limits[1],
        "n": found.n,
        "n_control": found.n_control,
        "unit": what.unit,
        "definition": what.definition,
        "note": found.note,
    }


#: Compares two treated arms, so it has no row in the table of single arms.
GEOMETRIC = Definition("volume_ratio_geometric", "ratio", "geometric mean of V_A over that of V_B")


def compare_arms(
    data: StudyData | pd.DataFrame,
    arm_a: str,
    arm_b: str,
    control: str,
    *,
    day: float | None = None,
    n_boot: int = 4000,
    seed: int = 1,
    paired: bool = True,
) -> pd.DataFrame:
    """Difference A - B of each T/C definition, both against the same control, and the ratio of
    volumes.

    Parameters, columns and errors as in :func:`endpoint_table`; ``arm`` is "A - B", ``n`` counts
    the animals of the smaller of both. ``paired`` (the default): the same animals are resampled in
    all three arms; False: each arm has animals of its own, resampled alone.
    """
    data = checked(data, arm_a, arm_b, control)
    evaluated = data.evaluation_day if day is None else day
    names = (arm_a, arm_b, control)
    parts = [
        _differences(study, names, evaluated, n_boot, seed, paired).assign(replicate=number)
        for number, study in enumerate(data.studies)
    ]
    if len(parts) > 1:
        return over_studies(pd.concat(parts, ignore_index=True))
    return parts[0][list(COLUMNS)]


def _differences(
    data: StudyData,
    names: tuple[str, str, str],
    day: float,
    n_boot: int,
    seed: int,
    paired: bool,
) -> pd.DataFrame:
    """Rows of one study that compare the first two arms of ``names``, the third is the control."""
    arms = [data.measured(name, day) for name in names]
    if paired:
        same_animals(*(data.animals[name] for name in names))
        arms = shared(*arms)
    sizes = dict(zip(names, map(len, arms), strict=True))
    few = few_left(data, sizes) if all(sizes.values()) else f"; {no_pair(names, day)}"
    if paired and all(sizes.values()):
        started = shared(*(data.animals[name] for name in names))[0]
        few += lost_pairs(sizes[names[0]], len(started))
    missing = few + left_before(data, names, day)
    ratios = [find_endpoint(name) for name in ("tc_pct", "tc_volume_mean")]
    rows = []
    for what, formula in [*((e, e.formula) for e in ratios), (GEOMETRIC, None)]:
        rng = generator(seed, what.name)
        found = _between(formula, arms, n_boot, rng, day, paired)
        found = found._replace(note=found.note + missing)
        rows.append(endpoint_row(what, f"{names[0]} - {names[1]}", names[2], found))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _between(
    formula: Formula | None,
    arms: list[pd.DataFrame],
    n_boot: int,
    rng: np.random.Generator,
    day: float,
    paired: bool,
) -> Estimate:
    """Difference A - B of three arms, of the same animals or of others; undefined if there are
    none.
    """
    volumes, baselines = zip(*map(arrays, arms), strict=True)
    sizes = [volume.size for volume in volumes]
    note = "paired on common random numbers" if paired else "independent animals"
    if not all(sizes):
        return Estimate(np.nan, UNDEFINED, 0, note, day=day)

    def statistic(*chosen: Indices) -> Array:
        return _difference(
            formula,
            [v[i] for v, i in zip(volumes, chosen, strict=True)],
            [v[i] for v, i in zip(baselines, chosen, strict=True)],
        )

    value = float(statistic(*(np.arange(size) for size in sizes)))
    limits, _ = bootstrap(statistic, sizes, n_boot, rng, paired=paired)
    n, n_control = min(sizes[:2]), sizes[2]
    return Estimate(value, limits, n, note, n_control, day).checked()


def _difference(formula: Formula | None, volumes: list[Array], baselines: list[Array]) -> Array:
    """A - B of a formula against the control; without one the ratio A/B of geometric means."""
    (a, b, c), (a0, b0, c0) = volumes, baselines
    if formula is None:
        return np.asarray(np.exp(np.log(a).mean(axis=-1) - np.log(b).mean(axis=-1)))
    return formula(a, c, a0, c0) - formula(b, c, b0, c0)
