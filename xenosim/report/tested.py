"""What the tests of a study found, as its first screen says it."""

from __future__ import annotations

import math
from textwrap import fill
from typing import Any

import pandas as pd

from xenosim.analysis.significance import (
    COMBINATION,
    HAZARD,
    LMM,
    LOG_RANK,
    MANN_WHITNEY,
    PAIRED,
    SELECTION,
)

#: Models of no interaction between two drugs, as they are named in words.
MODELS = {"bliss": "Bliss", "hsa": "highest single agent", "ra": "response additivity"}
#: Longest line [characters], and the p below which a difference counts as found [-].
WIDTH, FOUND = 100, 0.05


def said_of_tests(tests: pd.DataFrame, control: str) -> str:
    """A paragraph per treated arm: whether its tumors grow slower than the control's and reach 4 x
    baseline later, with estimate, interval, p and n; one per combination of drugs; and who was not
    there on the day of the tests of one day; "" without a test.

    Parameters
    ----------
    tests : DataFrame
        As :func:`~xenosim.analysis.significance.significance_tests` gives them.
    control : str
        Name of the control arm.
    """
    rows = tests[(tests["control"] == control) & (tests["arm"] != "")]
    arms = list(dict.fromkeys(rows.loc[rows["test"].isin((LMM.name, PAIRED.name)), "arm"]))
    if not arms:
        return ""
    many = tests["replicate"].nunique() > 1
    lines = [f"Tests against '{control}' (p by Holm's method; all of them in tests.csv)"]
    for arm in arms:
        own = rows[rows["arm"] == arm]
        said = _of_studies(own) if many else _of_one(own)
        lines.append(fill(f"{arm}: {said}", WIDTH, initial_indent="  ", subsequent_indent="    "))
    if not many:
        lines += [*_combinations(rows), _selection(rows)]
    return "\n".join(filter(None, lines))


def _of_one(rows: pd.DataFrame) -> str:
    """The tests of an arm of one study."""
    by_test = {row["test"]: row for row in rows.to_dict("records")}
    paired = PAIRED.name in by_test
    growth = by_test[PAIRED.name if paired else LMM.name]
    how = "paired t" if paired else "mixed model"
    parts = [_growth(growth, how)]
    if LOG_RANK.name in by_test:
        parts.append(_times(by_test[LOG_RANK.name], by_test[HAZARD.name]))
    return "; ".join([*parts, f"n = {growth['n']} against {growth['n_control']}"])


def _growth(row: dict[str, Any], how: str) -> str:
    if math.isnan(row["p"]):
        return f"growth not tested ({row['note'].removeprefix('undefined: ')})"
    slower = "slower growth" if row["estimate"] < 0 else "faster growth"
    verdict = slower if row["p_holm"] < FOUND else "no difference in growth shown"
    between = f"{row['ci_low']:.3g} to {row['ci_high']:.3g}"
    return f"{verdict} ({row['estimate']:.3g} /day, {between}; {how}, {_p(row['p_holm'])})"


def _times(rank: dict[str, Any], hazard: dict[str, Any]) -> str:
    if math.isnan(rank["p"]):
        return f"times to 4 x baseline not tested ({rank['note'].removeprefix('undefined: ')})"
    later = "later" if rank["statistic"] < 0 else "earlier"
    found = rank["p_holm"] < FOUND
    verdict = f"4 x baseline reached {later}" if found else "no difference in time to 4 x shown"
    ratio = "hazard ratio undefined"
    if not math.isnan(hazard["estimate"]):
        between = f"{hazard['ci_low']:.2g} to {hazard['ci_high']:.2g}"
        ratio = f"hazard ratio {hazard['estimate']:.2g}, {between}"
    return f"{verdict} ({ratio}; log-rank, {_p(rank['p_holm'])})"


def _p(p: float) -> str:
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def _combinations(rows: pd.DataFrame) -> list[str]:
    """What each combination of two drugs does together until the last day, a paragraph each."""
    own = rows[rows["test"].str.startswith(COMBINATION)]
    found = []
    for arm, tests in own.groupby("arm", sort=False):
        last = tests.groupby("test", sort=False).tail(1)
        said = "; ".join(_interaction(row) for row in last.to_dict("records"))
        known = last.loc[last["p"].notna(), "day"]
        until = f" until day {known.max():g}" if len(known) else ""
        text = (
            f"{arm}, the drugs together{until}: {said}; index: volume over that without interaction"
        )
        found.append(fill(text, WIDTH, initial_indent="  ", subsequent_indent="    "))
    return found


def _interaction(row: dict[str, Any]) -> str:
    """One model of no interaction."""
    name = MODELS[row["test"].removeprefix(COMBINATION)]
    if math.isnan(row["p"]):
        return f"{name} not tested ({row['note'].removeprefix('undefined: ')})"
    verdict = "synergy" if row["estimate"] < 1 else "antagonism"
    verdict = verdict if row["p"] < FOUND else "no interaction shown"
    index = "index undefined"
    if not math.isnan(row["estimate"]):
        index = f"index {row['estimate']:.2g}, {row['ci_low']:.2g} to {row['ci_high']:.2g}"
    return f"{name}: {verdict} ({index}; {_p(row['p'])})"


def _of_studies(rows: pd.DataFrame) -> str:
    """In how many studies of a repeated one a test found a difference."""
    parts = []
    for name, what in (
        (LMM.name, "growth (mixed model)"),
        (PAIRED.name, "growth (paired t)"),
        (LOG_RANK.name, "time to 4 x baseline (log-rank)"),
    ):
        own = rows[rows["test"] == name]
        if len(own):
            parts.append(f"{what} differs in {int((own['p_holm'] < FOUND).sum())} of {len(own)}")
    return "; ".join(parts) + " studies (p < 0.05)"


def _selection(rows: pd.DataFrame) -> str:
    """Who was not there on the day of the tests of one day; "" where all were."""
    notes = rows.loc[rows["test"] == MANN_WHITNEY.name, "note"]
    for note in notes:
        _, selection, who = str(note).partition(SELECTION)
        if selection:
            said = f"ANOVA, Dunnett and Mann-Whitney of one day: {SELECTION}{who}"
            return fill(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return ""
