"""Every test of a study in one tidy table, a row per test and comparison."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.batches import holm, log_rank, paired_t
from xenosim.analysis.comparison import left_before
from xenosim.analysis.data import StudyData
from xenosim.analysis.in_vivo_combination import Combined, combination_tests
from xenosim.analysis.mixed_model import AT_BOUND, GrowthFit, fit_growth, has_cages, t_limits
from xenosim.analysis.one_day import OneDay, anova, dunnett, mann_whitney
from xenosim.analysis.permutation import permutation_test, within_blocks
from xenosim.analysis.resampling import UNDEFINED, Array, Limits, generator, same_animals
from xenosim.analysis.survival import hazard_ratio
from xenosim.errors import TableError
from xenosim.io.tables import COLUMNS as TABLES

COLUMNS = TABLES["tests"]
#: Of a study that was repeated more often, so many studies are tested [-].
MOST_STUDIES = 20
#: What a row says that has no p.
NO_ANSWER = "undefined"
#: What names of tests of two drugs together begin with.
COMBINATION = "combination_"
#: What a test of one day says where animals had left.
SELECTION = "those left are a selection of slow tumors"
_LAIRD = "Laird and Ware 1982, doi:10.2307/2529876; Demidenko 2010, PMC2900851"


class Procedure(NamedTuple):
    """What a row of the table says of its test."""

    name: str
    unit: str
    definition: str
    citation: str
    version: str = "1"


class Found(NamedTuple):
    """What a test found for ``arm`` against ``control``: NaN where there is nothing, and why."""

    test: Procedure
    arm: str
    control: str
    estimate: float = math.nan
    limits: Limits = UNDEFINED
    statistic: float = math.nan
    df: float = math.nan
    p: float = math.nan
    n: int = 0
    n_control: int = 0
    day: float = math.nan
    note: str = ""
    #: How p counts the number of comparisons: Holm's method, the test's own, or not at all.
    adjusted: str = "holm"


LMM = Procedure(
    "growth_rate_mixed_model",
    "1/day",
    "difference of growth rates, ln V ~ arm x day + (1 + day | animal), REML, t with between-within"
    " degrees of freedom",
    _LAIRD,
)
GOMPERTZ = Procedure(
    "growth_rate_gompertz",
    "1/day",
    "difference of growth rates on day 0 if growth slows by one exp(-b day), the mixed model"
    " otherwise",
    "Laird 1964, doi:10.1038/bjc.1964.55",
)
PERMUTATION = Procedure(
    "growth_rate_permutation",
    "1/day",
    "difference of the animals' mean growth rates; p by assigning animals, or cages, anew",
    "Fisher 1935; Phipson and Smyth 2010, doi:10.2202/1544-6115.1585",
)
PAIRED = Procedure(
    "growth_rate_paired_t",
    "1/day",
    "mean difference of growth rates within animals that are in both arms; paired t",
    "Student 1908, doi:10.1093/biomet/6.1.1",
)
LOG_RANK = Procedure(
    "log_rank_4x",
    "Z",
    "log-rank test of the times to 4 x baseline, every pair of arms; Z above 0: more events in arm",
    "Mantel 1966; Peto and Peto 1972, doi:10.2307/2344317",
)
HAZARD = Procedure(
    "hazard_ratio_4x",
    "ratio",
    "hazard ratio of reaching 4 x baseline, proportional hazards, ties by Efron; p by Wald",
    "Cox 1972, doi:10.1111/j.2517-6161.1972.tb00899.x",
)
ANOVA = Procedure(
    "anova_log_volume", "F", "one-way ANOVA of ln V on one day over all arms", "Fisher 1925"
)
DUNNETT = Procedure(
    "dunnett_log_volume",
    "ratio",
    "ratio of geometric mean volumes on one day, simultaneous over the arms",
    "Dunnett 1955, doi:10.1080/01621459.1955.10501294",
)
MANN_WHITNEY = Procedure(
    "mann_whitney_volume",
    "ratio",
    "ratio of volumes on one day (median of all ratios between animals); p by ranks",
    "Mann and Whitney 1947, doi:10.1214/aoms/1177730491",
)


def significance_tests(
    data: StudyData,
    control: str | None = None,
    *,
    day: float | None = None,
    combined: Iterable[tuple[str, str, str]] = (),
    seed: int = 1,
) -> pd.DataFrame:
    """Every test of every treated arm against the control.

    Parameters
    ----------
    data : StudyData
        The study. With a column ``cage`` the mixed model has cages and the permutation is by cage.
        A paired study has paired tests alone.
    control : str, optional
        Name of the control arm; that of the study by default.
    day : float, optional
        Day of the tests of one day [day]; by default the last with half of every arm on study.
    combined : iterable of (arm A, arm B, arm of both)
        Arms of drug combinations, for Bliss, highest single agent and response additivity.
    seed : int
        Of permutations and simulated p values.

    Returns
    -------
    DataFrame
        Columns of ``tests.csv``. ``p_holm`` is adjusted within a test over its comparisons. A test
        without an answer has empty numbers and says why in ``note``.

    Raises
    ------
    TableError
        No control arm, or an arm without a baseline.

    Examples
    --------
    >>> rows = [(arm, f"{arm}{i}", day, 100.0 * 2 ** (day / (doubling + 0.3 * i)))
    ...     for arm, doubling in (("vehicle", 5), ("drug", 10))
    ...     for i in (1, 2, 3, 4) for day in (0, 5, 10, 15)]
    >>> table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    >>> tests = significance_tests(StudyData(table, "vehicle")).set_index("test")
    >>> float(tests.loc["growth_rate_permutation", "p"].round(4))
    0.0286
    """
    control = control or data.control
    data.require_arms(control)
    data.require_baselines()
    combined = list(combined)
    parts = []
    for study in data.studies[:MOST_STUDIES]:
        found = list(_of_study(study, control, day, combined, seed))
        number = study.table["replicate"].iloc[0] if len(data.studies) > 1 else 0
        parts.append(_table(found).assign(replicate=number))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _of_study(
    data: StudyData,
    control: str,
    day: float | None,
    combined: list[tuple[str, str, str]],
    seed: int,
) -> Iterator[Found]:
    """Rows of one study, test by test."""
    arms = [arm for arm in data.arms if arm != control]
    if not arms:
        return
    if data.paired:
        yield from (_paired(data, arm, control) for arm in arms)
        return
    fit = fit_growth(data)
    yield from (_mixed(fit, data, arm, control, LMM) for arm in arms)
    curved = fit_growth(data, "gompertz") if fit else None
    yield from (_mixed(curved, data, arm, control, GOMPERTZ) for arm in arms)
    yield from (_permuted(data, arm, control, seed) for arm in arms)
    yield from (_ranked(data, *pair) for pair in _pairs(arms, control))
    yield from (_hazard(data, arm, control) for arm in arms)
    yield from _on_one_day(data, arms, control, day)
    for triple in combined:
        data.require_arms(*triple)
        yield from (_combined(row, control) for row in combination_tests(data, *triple, seed=seed))


def _pairs(arms: list[str], control: str) -> list[tuple[str, str]]:
    """Every arm against the control, then every other pair."""
    return [(arm, control) for arm in arms] + [(b, a) for a, b in combinations(arms, 2)]


def _table(found: list[Found]) -> pd.DataFrame:
    """The rows as a table, p adjusted within each test."""
    rows = [_row(each) for each in found]
    for name in dict.fromkeys(each.test.name for each in found):
        places = [k for k, each in enumerate(found) if each.test.name == name]
        for k, p in zip(places, holm(np.array([found[k].p for k in places])), strict=True):
            own = {"holm": float(p), "own": found[k].p, "none": math.nan}
            rows[k]["p_holm"] = own[found[k].adjusted]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(found: Found) -> dict[str, Any]:
    note = found.note
    if math.isnan(found.p) and not note.startswith(NO_ANSWER):
        note = f"{NO_ANSWER}: {note}" if note else NO_ANSWER
    return {
        "test": found.test.name,
        "version": found.test.version,
        "arm": found.arm,
        "control": found.control,
        "day": found.day,
        "estimate": found.estimate,
        "ci_low": found.limits[0],
        "ci_high": found.limits[1],
        "unit": found.test.unit,
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p,
        "n": found.n,
        "n_control": found.n_control,
        "definition": found.test.definition,
        "citation": found.test.citation,
        "note": note,
    }


def _mixed(
    fit: GrowthFit | None, data: StudyData, arm: str, control: str, test: Procedure
) -> Found:
    """A contrast of the mixed model."""
    empty = Found(test, arm, control)
    if fit is None:
        return empty._replace(note="too few animals measured twice")
    for name in (arm, control):
        if name in fit.left_out:
            return empty._replace(note=f"'{name}': {fit.left_out[name]}")
    estimate, se, df = fit.difference(arm, control)
    empty = empty._replace(estimate=estimate, n=fit.animals[arm], n_control=fit.animals[control])
    notes = [AT_BOUND] if fit.at_bound else []
    if test is GOMPERTZ:
        slows = f"b = {fit.deceleration:.3g} /day" if fit.deceleration else "growth does not slow"
        notes.insert(0, slows)
    if df < 1:
        return empty._replace(note="; ".join(["too few animals for an error", *notes]))
    if not se > 1e-9 * float(np.abs(fit.rates).max()):
        return empty._replace(note="; ".join(["the animals are identical", *notes]))
    limits, p = t_limits(estimate, se, df)
    return empty._replace(limits=limits, statistic=estimate / se, df=df, p=p, note="; ".join(notes))


def _rates(data: StudyData, arm: str) -> pd.Series[float]:
    """Growth rates of the animals of an arm that were measured twice [1/day]."""
    return data.animals[arm]["growth_rate_per_day"].dropna()


def _permuted(data: StudyData, arm: str, control: str, seed: int) -> Found:
    """Permutation of the animals' growth rates, by cage where cages are known."""
    a, b = _rates(data, arm), _rates(data, control)
    found = Found(PERMUTATION, arm, control, n=len(a), n_control=len(b))
    if not len(a) or not len(b):
        return found._replace(note="no animal of one arm was measured twice")
    rng = generator(seed, f"{PERMUTATION.name} {arm}")
    values = np.concatenate([a, b])
    cages = _cages(data, (arm, a), (control, b))
    is_treated = np.arange(len(values)) < len(a)
    if cages is None:
        result = permutation_test(a.to_numpy(), b.to_numpy(), rng)
    elif set(cages[is_treated]) & set(cages[~is_treated]):
        result = within_blocks(values, is_treated, cages, rng)
    else:
        units = pd.Series(values).groupby(cages).mean()
        own = np.isin(units.index, cages[is_treated])
        means = units.to_numpy(float)
        result = permutation_test(means[own], means[~own], rng)
        result = result._replace(note=f"{result.note}, by cage")
    return found._replace(estimate=float(a.mean() - b.mean()), p=result.p, note=result.note)


def _cages(data: StudyData, *arms: tuple[str, pd.Series[float]]) -> Array | None:
    """Number of the cage of each animal of two arms; None where cages are not known."""
    if not has_cages(data.followed):
        return None
    known = data.followed.drop_duplicates(["arm", *ANIMAL]).set_index(["arm", *ANIMAL])["cage"]
    names = np.concatenate([known.loc[arm].loc[rates.index].to_numpy() for arm, rates in arms])
    return np.asarray(pd.factorize(names)[0], float)


def _times(data: StudyData, arm: str) -> tuple[Array, Array]:
    """Times to 4 x baseline and last days of the animals of an arm [day]."""
    animals = data.animals[arm]
    return animals["time_to_4x_days"].to_numpy(float), animals["last_day"].to_numpy(float)


def _events(treated: tuple[Array, Array], control: tuple[Array, Array]) -> str:
    a, b = (int(np.isfinite(times).sum()) for times, _ in (treated, control))
    return f"{a} and {b} events"


def _ranked(data: StudyData, arm: str, control: str) -> Found:
    """The log-rank test of two arms."""
    treated, other = _times(data, arm), _times(data, control)
    found = log_rank(treated, other)
    row = Found(LOG_RANK, arm, control, n=len(treated[0]), n_control=len(other[0]))
    if found.failed:
        return row._replace(note=f"{_events(treated, other)}: nothing to compare")
    return row._replace(
        statistic=float(found.statistic), df=1.0, p=float(found.p), note=_events(treated, other)
    )


def _hazard(data: StudyData, arm: str, control: str) -> Found:
    """The hazard ratio of an arm."""
    treated, other = _times(data, arm), _times(data, control)
    found = hazard_ratio(treated, other)
    row = Found(HAZARD, arm, control, n=len(treated[0]), n_control=len(other[0]))
    note = "; ".join(text for text in (found.note, _events(treated, other)) if text)
    if math.isnan(found.p):
        return row._replace(note=note)
    z = math.log(found.ratio) / ((math.log(found.limits[1]) - math.log(found.limits[0])) / 3.92)
    return row._replace(
        estimate=found.ratio, limits=found.limits, statistic=z, p=found.p, note=note
    )


def _on_one_day(
    data: StudyData, arms: list[str], control: str, day: float | None
) -> Iterator[Found]:
    """The tests of the volumes of one day, with those who had left by then."""
    try:
        at = data.evaluation_day if day is None else day
    except TableError as error:
        yield Found(ANOVA, "", control, note=error.message, adjusted="none")
        for test in (DUNNETT, MANN_WHITNEY):
            yield from (Found(test, arm, control, note=error.message) for arm in arms)
        return
    rows = data.followed[data.followed["day"] == at]
    groups = {
        arm: np.log(rows.loc[rows["arm"] == arm, "tumor_volume_mm3"].to_numpy(float))
        for arm in (control, *arms)
    }
    gone = left_before(data, [control, *arms], at).removeprefix("; ")
    gone = gone and f"{SELECTION}; {gone}"

    def row(test: Procedure, arm: str, found: OneDay, n: int, adjusted: str = "holm") -> Found:
        note = "; ".join(text for text in (found.note, gone) if text)
        numbers = found.estimate, found.limits, found.statistic, found.df, found.p
        return Found(test, arm, control, *numbers, n, len(groups[control]), at, note, adjusted)

    everyone = sum(len(groups[arm]) for arm in arms)
    yield row(ANOVA, "", anova(groups), everyone, "none")
    compared = dunnett(groups, control)
    for arm in arms:
        yield row(DUNNETT, arm, compared[arm], len(groups[arm]), "own")
    for arm in arms:
        yield row(MANN_WHITNEY, arm, mann_whitney(groups[arm], groups[control]), len(groups[arm]))


def _paired(data: StudyData, arm: str, control: str) -> Found:
    """The paired t test of the growth rates of animals that are in both arms."""
    both = same_animals(data.animals[arm], data.animals[control])
    rates = [each["growth_rate_per_day"].to_numpy(float) for each in both]
    found = paired_t(*rates)
    n = int((~np.isnan(rates[0] - rates[1])).sum())
    note = (
        "the same animals in every arm (common random numbers): no study of a laboratory has them"
    )
    row = Found(PAIRED, arm, control, n=n, n_control=n, note=note)
    if found.failed:
        return row._replace(note=f"undefined: too few pairs, or identical ones; {note}")
    estimate, se, df = float(found.estimate), float(found.se), float(found.df)
    limits, p = t_limits(estimate, se, df)
    return row._replace(
        estimate=estimate, limits=limits, statistic=float(found.statistic), df=df, p=p
    )


def _combined(row: Combined, control: str) -> Found:
    """A row of a combination: the score against what the two drugs alone predict."""
    test = Procedure(f"{COMBINATION}{row.model}", "ratio", row.definition, row.citation)
    return Found(
        test,
        row.arm,
        control,
        row.ratio,
        row.limits,
        row.score,
        row.df,
        row.p,
        row.n,
        row.n_control,
        row.day,
        row.note,
        "none",
    )
