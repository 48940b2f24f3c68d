"""Permutation tests of many studies at once: what each would have said had its animals been
assigned to the two arms otherwise.

They keep their level with few animals, with ties and where animals leave for their size, where a
normal approximation does not. The statistic is anything that the animals and their arms say; here
two that are sums over the treated animals, so that all assignments of all studies are one product
of matrices. Axes are (studies, animals) with the treated animals first.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.permutation import TIE
from xenosim.analysis.resampling import Array, generator

#: Up to so many assignments are all tried; of more, so many are drawn [-].
ALL, DRAWN = 4_000, 1_999
#: Studies whose assignments are computed at a time, so that memory does not grow [-].
AT_A_TIME = 50
#: Fewest animals per arm with which any two-sided p can be below 5 % [-]: 2 of 70 assignments.
FEWEST = 4


@lru_cache(maxsize=4)
def assignments(n: int, n_control: int) -> tuple[Array, bool]:
    """Ways (ways, n + n_control) to choose the treated animals, 1 for a treated one, and whether
    they are all; else they are drawn, the same in every study of this size.

    Examples
    --------
    >>> ways, complete = assignments(2, 2)
    >>> len(ways), complete
    (6, True)
    """
    count, ways = n + n_control, comb(n + n_control, n)
    if ways <= ALL:
        chosen = np.array(list(combinations(range(count), n)))
    else:
        rng = generator(count, f"assignments {n}")
        chosen = np.argsort(rng.random((DRAWN, count)), axis=1)[:, :n]
    table = np.zeros((len(chosen), count))
    np.put_along_axis(table, chosen, 1.0, axis=1)
    return table, ways <= ALL


def p_of_scores(scores: Array, n: int) -> Array:
    """Two-sided p of the sum of the scores of the ``n`` treated animals, which come first, of each
    study (studies,) [-].

    Parameters
    ----------
    scores : array (studies, animals)
        One score per animal, such as :func:`log_rank_scores`; none is NaN.
    n : int
        Treated animals.

    Source: Fisher 1935; Monte Carlo p with the observed one by Phipson and Smyth 2010,
    doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> p_of_scores(np.array([[1.0, 2.0, 5.0, 6.0]]), 2).tolist()
    [0.3333333333333333]
    """
    ways, complete = assignments(n, scores.shape[1] - n)
    middle = n * scores.mean(axis=1)
    found = np.empty(len(scores))
    for first in range(0, len(scores), AT_A_TIME):
        part = slice(first, first + AT_A_TIME)
        away = np.abs(scores[part] @ ways.T - middle[part, None])
        own = np.abs(scores[part, :n].sum(axis=1) - middle[part])
        edge = own - TIE * np.maximum(np.abs(scores[part]).sum(axis=1), 1e-300)
        found[part] = (away >= edge[:, None]).sum(axis=1)
    return found / len(ways) if complete else (found + 1.0) / (len(ways) + 1.0)


def log_rank_scores(until: Array, event: NDArray[np.bool_]) -> Array:
    """What each animal adds to observed less expected events: 1 for an event, less the cumulative
    hazard of all animals up to its own time (studies, animals) [-].

    Parameters
    ----------
    until : array (studies, animals)
        Time of the event, or of the last look at the animal [day].
    event : array (studies, animals)
        Whether it had the event.

    Source: Peto and Peto 1972, doi:10.2307/2344317.

    Examples
    --------
    >>> log_rank_scores(np.array([[3.0, 5.0]]), np.array([[True, True]])).tolist()
    [[0.5, -0.5]]
    """
    risk = (until[..., None, :] >= until[..., :, None]).sum(axis=-1)
    before = (until[..., None, :] <= until[..., :, None]) & event[..., None, :]
    return event - (before / risk[..., None, :]).sum(axis=-1)


def p_of_last_day(values: Array, n: int, share: float, allowed: NDArray[np.bool_]) -> Array:
    """Two-sided p (studies,) of Student's t on the last day with enough animals of both arms, the
    day found anew for every assignment, as who leaves decides it [-]; NaN without an answer.

    Parameters
    ----------
    values : array (studies, animals, days)
        NaN where an animal was not measured; the ``n`` treated animals come first.
    n : int
        Treated animals.
    share : float
        Least share of the animals of each arm on a day that counts [-].
    allowed : array (studies, days)
        Days on which the other arms have enough animals.
    """
    ways, complete = assignments(n, values.shape[1] - n)
    own = np.zeros((1, values.shape[1]))
    own[0, :n] = 1.0
    everyone = np.concatenate([own, ways])
    found = np.empty(len(values))
    for first in range(0, len(values), AT_A_TIME):
        part = slice(first, first + AT_A_TIME)
        squares = _squares(values[part], everyone, share, allowed[part])
        known = ~np.isnan(squares[1:])
        larger = (squares[1:] >= squares[0] * (1.0 - TIE)).sum(axis=0)
        of = known.sum(axis=0)
        p = larger / np.maximum(of, 1) if complete else (larger + 1.0) / (of + 1.0)
        found[part] = np.where(np.isnan(squares[0]), np.nan, p)
    return found


def _squares(values: Array, ways: Array, share: float, allowed: NDArray[np.bool_]) -> Array:
    """t squared of each assignment and study (ways, studies) on its own day; NaN without one."""
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(there, values, 0.0).sum(axis=1) / count
        away = np.where(there, values - middle[:, None], 0.0)
        spread = (away**2).sum(axis=1)
        away = np.where(spread[:, None] > 0, away / np.sqrt(spread)[:, None], 0.0)
    studies, animals, days = values.shape

    def summed(each: Array) -> Array:
        flat = each.transpose(1, 0, 2).reshape(animals, -1)
        return (ways @ flat).reshape(len(ways), studies, days)

    n = ways[0].sum()
    treated = summed(there.astype(float))
    enough = (treated >= share * n) & (count - treated >= share * (animals - n)) & allowed
    place = days - 1 - np.argmax(enough[:, :, ::-1], axis=2)
    at = np.arange(studies)
    a = np.take_along_axis(treated, place[..., None], axis=2)[..., 0]
    total = count[at, place]
    u = np.take_along_axis(summed(away), place[..., None], axis=2)[..., 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = u**2 * total / (a * (total - a))
        squares = explained * (total - 2.0) / np.maximum(1.0 - explained, 1e-12)
    known = enough.any(axis=2) & (total > 2) & (spread[at, place] > 0)
    return np.where(known, squares, np.nan)
