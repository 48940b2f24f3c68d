"""Permutation tests of many studies at once: what each would have said had its animals been
assigned to the two arms otherwise.

They keep their level with few animals, with ties and where animals leave for their size, where a
normal approximation does not. The statistic is anything that the animals and their arms say; here
two that are sums over the treated animals, so that all assignments of all studies are one product
of matrices. Axes are (studies, animals) with the treated animals first.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, product
from math import comb

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.permutation import TIE
from xenosim.analysis.resampling import Array, generator

#: Up to so many assignments are all tried; of more, so many are drawn [-].
ALL, DRAWN = 4_000, 1_999
#: Studies whose assignments are computed at a time, so that memory does not grow [-].
AT_A_TIME = 50
#: Fewest animals per arm, and pairs, with which any two-sided p can be below 5 % [-]: 2 of 70
#: assignments, 2 of 64 flips.
FEWEST, FEWEST_PAIRS = 4, 6


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


@lru_cache(maxsize=4)
def flips(pairs: int) -> tuple[Array, bool]:
    """Ways (ways, 2 pairs) to choose the treated animal of every pair, 1 for a treated one, animals
    of a pair in the same place of both halves; and whether they are all, but for mirror images,
    which say the same; else they are drawn, the same in every study of this size.

    Examples
    --------
    >>> flips(2)[0].tolist()
    [[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 1.0]]
    """
    ways = 2 ** (pairs - 1)
    if ways <= ALL:
        turned = np.array(list(product((1.0, 0.0), repeat=pairs - 1))).reshape(ways, -1)
        first = np.concatenate([np.ones((ways, 1)), turned], axis=1)
    else:
        first = (generator(pairs, "flips").random((DRAWN, pairs)) < 0.5).astype(float)
    return np.concatenate([first, 1.0 - first], axis=1), ways <= ALL


def smallest_p(n: int) -> float:
    """The smallest p that a permutation of ``n`` animals against ``n`` can have [-].

    Examples
    --------
    >>> round(smallest_p(4), 4), smallest_p(12)
    (0.0286, 0.0005)
    """
    ways = comb(2 * n, n)
    return 2.0 / ways if ways <= ALL else 1.0 / (DRAWN + 1.0)


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


def p_of_last_day(
    values: Array, n: int, share: float, allowed: NDArray[np.bool_], within_pairs: bool = False
) -> Array:
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
    within_pairs : bool
        Whether animals are assigned anew within pairs, those in the same place of both arms, alone;
        animals whose partner left count, too.
    """
    ways, complete = flips(n) if within_pairs else assignments(n, values.shape[1] - n)
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


def normal_squares(explained: Array, df: Array) -> Array:
    """The square of the normal quantile that says what t says, so that days with different numbers
    of animals compare: the t of two animals is wild.

    Parameters
    ----------
    explained : array
        t squared over itself plus its degrees of freedom [-].
    df : array
        Degrees of freedom, above 0 where there is an answer [-].

    Source: Wallace 1959, Ann Math Stat 30:1121.

    Examples
    --------
    >>> t, df = 2.228, 10.0
    >>> round(float(normal_squares(np.array(t**2 / (t**2 + df)), np.array(df))) ** 0.5, 2)
    1.96
    """
    some = np.maximum(df, 1.0)
    scale = (8.0 * some + 1.0) / (8.0 * some + 3.0)
    return -some * scale**2 * np.log(np.maximum(1.0 - explained, 1e-12))


def _squares(values: Array, ways: Array, share: float, allowed: NDArray[np.bool_]) -> Array:
    """t of each assignment and study (ways, studies) on its own day, as :func:`normal_squares`; NaN
    without one.
    """
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
    squares = normal_squares(explained, total - 2.0)
    known = enough.any(axis=2) & (total > 2) & (spread[at, place] > 0)
    return np.where(known, squares, np.nan)
