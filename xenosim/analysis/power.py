"""How often studies of a given size find an effect: simulated from a pool of animals, beside the
closed forms.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.batches import Batch, holm, log_rank
from xenosim.analysis.binomial import clopper_pearson
from xenosim.analysis.drawn_tests import Study, event_times, events, growth_rates, shuffled_volumes
from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.resampling import Array, Indices, generator
from xenosim.errors import TableError, suggest

#: Two-sided significance level [-].
ALPHA = 0.05
#: What designs without a look are called.
INDEPENDENT, PAIRED = "independent arms", "matched pairs"
#: Studies that are tested at a time, so that memory does not grow with their number [-].
AT_A_TIME = 500


class PowerTest(NamedTuple):
    """A test of one arm against the control over many drawn studies: ``run`` gives its
    :class:`Batch`, within pairs if it is told so; ``closed`` its power by a closed form at n per
    arm [-].
    """

    label: str
    run: Callable[[AnimalPool, Study, str, bool], Batch]
    closed: Callable[[AnimalPool, str, int], float]


def t_power(effect: float, n: float, n_control: float, *, alpha: float = ALPHA) -> float:
    """Power of Student's two-sided t test by the noncentral t distribution [-].

    Parameters
    ----------
    effect : float
        Difference of means over the standard deviation of the animals [-].
    n, n_control : float
        Animals of both arms.

    Source: Cohen 1988, Statistical Power Analysis for the Behavioral Sciences.

    Examples
    --------
    >>> round(t_power(1.0, 17, 17), 4)
    0.807
    """
    from scipy.stats import nct, t

    df = n + n_control - 2.0
    if df < 1 or math.isnan(effect):
        return math.nan
    shift = abs(effect) / math.sqrt(1.0 / n + 1.0 / n_control)
    limit = t.ppf(1.0 - alpha / 2.0, df)
    # scipy's distribution function is NaN for extreme shifts, where the power is 1.
    found = float(nct.sf(limit, df, shift) + nct.cdf(-limit, df, shift))
    return 1.0 if math.isnan(found) else min(found, 1.0)


def log_rank_power(log_hazard_ratio: float, events: float, *, alpha: float = ALPHA) -> float:
    """Power of the log-rank test of two equal arms with this many events together [-].

    Source: Schoenfeld 1981, doi:10.1093/biomet/68.1.316.

    Examples
    --------
    >>> round(log_rank_power(math.log(2.0), 66), 2)
    0.8
    """
    from scipy.stats import norm

    shift = abs(log_hazard_ratio) * math.sqrt(events) / 2.0
    limit = norm.ppf(1.0 - alpha / 2.0)
    return float(norm.sf(limit - shift) + norm.cdf(-limit - shift))


def _rates_closed(pool: AnimalPool, arm: str, n: int) -> float:
    a, b = (pool.arms[name].rates for name in (arm, pool.control))
    return t_power(_effect(a, b), n, n)


def _volumes_closed(pool: AnimalPool, arm: str, n: int) -> float:
    everyone = {name: np.arange(len(c.rates))[None] for name, c in pool.arms.items()}
    place = int(pool.evaluation_days(everyone)[0])
    values = []
    for name in (arm, pool.control):
        curves = pool.arms[name]
        values.append(curves.log_volumes[:, place] - curves.baseline)
    left = [float((~np.isnan(each)).mean()) for each in values]
    return t_power(_effect(*values), n * left[0], n * left[1])


def _events_closed(pool: AnimalPool, arm: str, n: int) -> float:
    everyone = {name: np.arange(len(c.rates))[None] for name, c in pool.arms.items()}
    found = log_rank(*(event_times(pool, everyone, name) for name in (arm, pool.control)))
    if found.failed[0]:
        return math.nan
    share = sum(float(np.isfinite(pool.arms[name].times).mean()) for name in (arm, pool.control))
    return log_rank_power(float(found.estimate[0]), n * share)


def _effect(treated: Array, control: Array) -> float:
    """Difference of means over the pooled standard deviation [-]; NaN where there is none."""
    a, b = treated[~np.isnan(treated)], control[~np.isnan(control)]
    if min(a.size, b.size) < 2:
        return math.nan
    spread = math.sqrt(0.5 * (a.var(ddof=1) + b.var(ddof=1)))
    return float(a.mean() - b.mean()) / spread if spread > 0 else math.nan


#: What ``xenosim design --test`` knows.
TESTS = {
    "lmm": PowerTest("growth rates, the mixed model in two stages", growth_rates, _rates_closed),
    "tc": PowerTest(
        "T/C on the last day with half of every arm", shuffled_volumes, _volumes_closed
    ),
    "logrank": PowerTest("log-rank, time to 4 x baseline", events, _events_closed),
}
#: Those of them whose p is that of a permutation, unless within pairs.
SHUFFLED = ("tc", "logrank")


def find_test(name: str) -> PowerTest:
    """The test of a name; TableError if there is none."""
    if name not in TESTS:
        raise TableError(
            f"there is no test '{name}'{suggest(name, TESTS)}",
            where="--test",
            remedy=f"one or more of {', '.join(TESTS)}",
        )
    return TESTS[name]


class Verdicts(NamedTuple):
    """What one test said in every study: ``p`` (studies, arms), adjusted by Holm's method where
    several arms were tested, ``estimates`` (studies, arms), NaN where it had no answer; ``drawn``
    (studies, arms, animals), who was in each comparison.
    """

    p: Array
    estimates: Array
    drawn: Indices


def verdicts(
    pool: AnimalPool, test: str, n: int, studies: int, seed: int, paired: bool = False
) -> Verdicts:
    """One test in ``studies`` studies of ``n`` animals per arm, drawn from a pool; the same seed
    draws the same animals for every test.

    Raises
    ------
    TableError
        No such test, pairs of a pool whose arms have animals of their own, or too few animals.
    """
    found = find_test(test)
    if paired and not pool.paired:
        raise TableError("the arms of this pool have animals of their own", where="--paired")
    rng = generator(seed, f"power {n}")
    parts = []
    for first in range(0, studies, AT_A_TIME):
        study = pool.draw(n, min(AT_A_TIME, studies - first), rng)
        batches = [found.run(pool, study, arm, paired) for arm in pool.treated]
        drawn = [np.concatenate([study[arm], study[pool.control]], 1) for arm in pool.treated]
        parts.append(
            (
                np.stack([batch.p for batch in batches], axis=1),
                np.stack([batch.estimate for batch in batches], axis=1),
                np.stack(drawn, axis=1),
            )
        )
    p, estimates, animals = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Verdicts(holm(p), np.where(np.isnan(p), np.nan, estimates), animals)


class Power(NamedTuple):
    """A share of studies: ``significant`` of those with an answer, ``failed`` without one;
    ``independent``: how many studies of new animals would say as much.
    """

    significant: int
    failed: int
    studies: int
    independent: float

    @property
    def share(self) -> float:
        """Power [-]; NaN if no study had an answer."""
        answered = self.studies - self.failed
        return self.significant / answered if answered else math.nan

    @property
    def limits(self) -> tuple[float, float]:
        """Exact binomial interval, 95 %, of as many studies as are independent [-]."""
        answered = max(self.studies - self.failed, 1)
        of = max(round(self.independent), 1) if self.studies > self.failed else 0
        return clopper_pearson(round(self.significant * of / answered), of)


def power_of(found: Verdicts, place: int, pool: AnimalPool, alpha: float = ALPHA) -> Power:
    """The power of a test for the treated arm in ``place``."""
    p = found.p[:, place]
    answered = ~np.isnan(p)
    hits = p[answered] <= alpha
    independent = effective_studies(hits, *members(found.drawn[answered, place], pool))
    return Power(int(hits.sum()), int((~answered).sum()), p.size, independent)


def members(drawn: Indices, pool: AnimalPool) -> tuple[Indices, int]:
    """Numbers of the animals of each study, those of an arm and then of the control, and how many
    there are; where arms have animals of their own those of both are different ones.
    """
    if pool.paired:
        return drawn, pool.size
    half, largest = drawn.shape[1] // 2, max(len(c.rates) for c in pool.arms.values())
    return np.concatenate([drawn[:, :half], drawn[:, half:] + largest], axis=1), 2 * largest


def effective_studies(hits: NDArray[np.bool_], drawn: Indices, size: int) -> float:
    """How many studies of new animals have the variance of these, which share a pool [-].

    The variance of the share of ``hits`` has two parts: that of the draws, p (1 - p) / studies, and
    that of the pool, K^2 / M var(h), h being the share of hits among the studies that an animal is
    in, K the animals of a study (columns of ``drawn``) and M those of the pool, ``size`` (first
    term of Hoeffding's decomposition; the noise of h is taken off, as by Wager et al. 2014, J Mach
    Learn Res 15:1625).
    """
    count, members = drawn.shape
    share = float(hits.mean()) if count else math.nan
    own = share * (1.0 - share)
    if not count or own == 0.0:
        return float(count)
    times = np.bincount(drawn.ravel(), minlength=size).astype(float)
    won = np.bincount(drawn.ravel(), np.repeat(hits, members).astype(float), size)
    known = times > 0
    each = won[known] / times[known]
    between = float(((each - share) ** 2).mean() - (own / times[known]).mean())
    # Each study says nothing of the animals left out: the finite pool's share of it.
    of_pool = members**2 / size * max(between, 0.0)
    return own / (own / count + of_pool)


def power_table(
    pool: AnimalPool,
    sizes: Iterable[int],
    tests: Iterable[str],
    *,
    studies: int = 500,
    seed: int = 1,
    paired: bool = False,
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Power of each test, for each arm and number of animals.

    Parameters
    ----------
    pool : AnimalPool
        Where animals are drawn from.
    sizes : iterable of int
        Animals per arm.
    tests : iterable of str
        Names in :data:`TESTS`.
    studies : int
        Studies drawn for each size; all tests see the same.
    seed : int
        Seed of the draws.
    paired : bool
        Whether blocks of matched animals are tested within pairs.
    alpha : float
        Two-sided level, over all treated arms (Holm).

    Returns
    -------
    DataFrame
        ``test``, ``arm``, ``control``, ``n``, ``design``, ``power``, ``ci_low``, ``ci_high``,
        ``studies``, ``failed``, ``independent`` (studies), ``closed_form`` and ``type_1_error``
        (the share of significant studies if no drug did anything; of a paired pool).
    """
    empty = pool.untreated() if pool.paired else None
    rows = []
    for test in tests:
        for n in sizes:
            found = verdicts(pool, test, n, studies, seed, paired)
            null = verdicts(empty, test, n, studies, seed + 1, paired) if empty else None
            for place, arm in enumerate(pool.treated):
                rows.append(
                    {"test": test, "arm": arm, "control": pool.control, "n": n}
                    | {"design": PAIRED if paired else INDEPENDENT}
                    | power_row(power_of(found, place, pool, alpha))
                    | {"closed_form": math.nan if paired else TESTS[test].closed(pool, arm, n)}
                    | {
                        "type_1_error": power_of(null, place, empty, alpha).share
                        if null and empty
                        else math.nan
                    }
                )
    return pd.DataFrame(rows)


def power_row(found: Power) -> dict[str, Any]:
    """The columns of the power table that say how often."""
    low, high = found.limits
    return {
        "power": found.share,
        "ci_low": low,
        "ci_high": high,
        "studies": found.studies,
        "failed": found.failed,
        "independent": found.independent,
    }
