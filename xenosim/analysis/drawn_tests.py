"""Tests of an arm against the control in many studies at once, drawn from a pool of animals."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from xenosim.analysis.batches import Batch, log_rank, paired_log_rank, paired_t, student_t
from xenosim.analysis.pool import HALF, AnimalPool
from xenosim.analysis.resampling import Array, Indices
from xenosim.analysis.shuffled import log_rank_scores, p_of_last_day, p_of_scores

#: Animals (studies, n) of each arm.
Study = Mapping[str, Indices]


def growth_rates(pool: AnimalPool, study: Study, arm: str, paired: bool = False) -> Batch:
    """The two-stage growth test: Student's t on the animals' growth rates, the slopes of ln V over
    all their days [1/day]. It is the mixed model where all animals have the same days.
    """
    values = (pool.arms[name].rates[study[name]] for name in (arm, pool.control))
    return (paired_t if paired else student_t)(*values)


def volumes(pool: AnimalPool, study: Study, arm: str) -> Batch:
    """Student's t on ln RTV on the last day with half of every arm: the logarithm of a T/C of
    geometric means [-].
    """
    places = pool.evaluation_days(study)[:, None]
    values = []
    for name in (arm, pool.control):
        curves, chosen = pool.arms[name], study[name]
        values.append(curves.log_volumes[chosen, places] - curves.baseline[chosen])
    return student_t(*values)


def shuffled_volumes(pool: AnimalPool, study: Study, arm: str, paired: bool = False) -> Batch:
    """As :func:`volumes`, but with the p of a permutation, of pairs within them, that finds the day
    anew: t takes a day for given that the animals which left have chosen, and finds too much.
    """
    found = volumes(pool, study, arm)
    curves = [pool.arms[name] for name in (arm, pool.control)]
    chosen = [study[name] for name in (arm, pool.control)]
    values = np.concatenate(
        [c.log_volumes[i] - c.baseline[i][..., None] for c, i in zip(curves, chosen, strict=True)],
        axis=1,
    )
    others = {name: i for name, i in study.items() if name not in (arm, pool.control)}
    allowed = pool.days_with_half(others, len(values))
    p = p_of_last_day(values, chosen[0].shape[1], HALF, allowed, within_pairs=paired)
    return found._replace(p=np.where(found.failed, math.nan, p))


def events(pool: AnimalPool, study: Study, arm: str, paired: bool = False) -> Batch:
    """Log-rank test of the times to 4 x baseline, by its permutation distribution; of pairs the
    stratified one.
    """
    treated, control = (event_times(pool, study, name) for name in (arm, pool.control))
    if paired:
        return paired_log_rank(treated, control)
    found = log_rank(treated, control)
    times, last = (np.concatenate(pair, axis=1) for pair in zip(treated, control, strict=True))
    event = np.isfinite(times)
    scores = log_rank_scores(np.where(event, times, last), event)
    p = p_of_scores(scores, treated[0].shape[1])
    return found._replace(p=np.where(found.failed, math.nan, p))


def event_times(pool: AnimalPool, study: Study, arm: str) -> tuple[Array, Array]:
    """Times to 4 x baseline, and last days, of the animals of an arm in every study [day]."""
    return pool.arms[arm].times[study[arm]], pool.arms[arm].last[study[arm]]
