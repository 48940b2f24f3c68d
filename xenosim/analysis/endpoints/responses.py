"""Rates of the response categories of an arm, and the medians behind mRECIST."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pandas as pd

from xenosim.analysis.binomial import clopper_pearson
from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.registry import Endpoint, endpoint, register
from xenosim.analysis.resampling import UNDEFINED
from xenosim.analysis.response import FROM_DAY, MEASURABLE_MM3, MRECIST, PD_CUT, PPTP

MRECIST_CITATION = "Gao et al. 2015, Nat Med 21:1318, as in the R package Xeva"
PPTP_CITATION = "Houghton et al. 2007, Pediatr Blood Cancer 49:928; not checked in full text"


def _judged(ask: Comparison, criterion: str) -> tuple[pd.DataFrame, int]:
    """The animals of the arm that the criterion can judge, and how many there are in all."""
    judged = ask.responses[ask.responses[criterion] != ""]
    return judged, len(ask.responses)


def _not_judged(n: int, judged: int, why: str) -> str:
    return (
        f"{n - judged} of {n} animals not evaluable ({why})"
        if judged < n
        else "every animal evaluable"
    )


def _mrecist_note(judged: pd.DataFrame, n: int) -> str:
    why = f"fewer than two measurements from day {FROM_DAY:g} on"
    return _not_judged(n, len(judged), why)


def _pptp_note(judged: pd.DataFrame, n: int) -> str:
    open_ones = int((judged["pptp_houghton2007"] == "PD").sum())
    unclear = f"; {open_ones} of {len(judged)} animals PD, with no way to tell PD1 from PD2"
    why = f"baseline below {MEASURABLE_MM3:g} mm^3 or alone"
    return (
        f"PD1 up to {PD_CUT:g} x the control's median time to 4 x baseline, which the interval"
        f" takes as fixed; definition not checked{unclear if open_ones else ''};"
        f" {_not_judged(n, len(judged), why)}"
    )


@endpoint(unit="%", label="best response, median (%)", order=610)
def mrecist_gao2015_best_response_pct(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """median of the animals' smallest dV from day 10 on, dV = 100 (V - V0)/V0

    Source: Gao et al. 2015, Nat Med 21:1318, as in the R package Xeva.
    """
    return _median(ask, rng, "best_pct")


@endpoint(unit="%", label="best average response, median (%)", order=620)
def mrecist_gao2015_best_avg_response_pct(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """median of the animals' smallest running mean of dV from day 10 on, dV = 100 (V - V0)/V0

    Source: Gao et al. 2015, Nat Med 21:1318, as in the R package Xeva.
    """
    return _median(ask, rng, "best_avg_pct")


def _median(ask: Comparison, rng: np.random.Generator, column: str) -> Estimate:
    judged, n = _judged(ask, "mrecist_gao2015")
    note = _mrecist_note(judged, n)
    values = judged[column].to_numpy(float)
    if not values.size:
        return Estimate(math.nan, UNDEFINED, 0, note)
    limits, _ = ask.interval(lambda i: np.median(values[i], axis=-1), rng, values.size)
    return Estimate(float(np.median(values)), limits, values.size, note)


def category_rate(
    ask: Comparison, rng: np.random.Generator, criterion: str, category: str
) -> Estimate:
    """Share of the animals of an arm [%] that a criterion puts in a category, of those that it can
    judge, with its exact binomial interval.
    """
    judged, n_all = _judged(ask, criterion)
    note = (_mrecist_note if criterion == "mrecist_gao2015" else _pptp_note)(judged, n_all)
    n = len(judged)
    if not n:
        return Estimate(math.nan, UNDEFINED, 0, note)
    hits = int((judged[criterion] == category).sum())
    low, high = clopper_pearson(hits, n)
    return Estimate(100.0 * hits / n, (100.0 * low, 100.0 * high), n, note)


for _criterion, _paper, _categories, _citation, _order in (
    ("mrecist_gao2015", "mRECIST", MRECIST, MRECIST_CITATION, 630),
    ("pptp_houghton2007", "PPTP", PPTP, PPTP_CITATION, 710),
):
    for _k, _category in enumerate(_categories):
        _complete = (_criterion, _category) == ("mrecist_gao2015", "CR")
        register(
            Endpoint(
                name=f"{_criterion}_{_category.lower()}_pct",
                unit="%",
                definition=f"share of animals that are {_category}",
                function=partial(category_rate, criterion=_criterion, category=_category),
                label=f"{_category}, {_paper} (%)",
                citation=_citation,
                order=_order + 10 * _k,
                samples=_criterion,
                screen=90 if _complete else 0,
                screen_if_any=_complete,
            )
        )
