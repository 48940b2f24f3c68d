"""Studies with one interim look: stop early for efficacy, or go on with the other animals."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.batches import holm
from xenosim.analysis.drawn_tests import Study
from xenosim.analysis.pool import AnimalPool
from xenosim.analysis.power import (
    ALPHA,
    Power,
    effective_studies,
    find_test,
    members,
    power_row,
)
from xenosim.analysis.resampling import Array, Indices, generator
from xenosim.errors import TableError, suggest

#: How the level is spent by information fraction [-]; of the one-sided level.
SPENDING = ("obrien-fleming", "pocock")
#: Standard errors by which an effect must differ from 0 for a bias relative to it [-].
CLEAR = 4.0
Flags = NDArray[np.bool_]


class Interim(NamedTuple):
    """One look when ``fraction`` of the animals are done [-], and how the level is spent."""

    fraction: float
    spending: str = "obrien-fleming"

    @property
    def levels(self) -> tuple[float, float]:
        """Two-sided significance levels of the interim and of the final test [-]."""
        return levels(self.fraction, self.spending)

    def animals(self, n: int) -> int:
        """Animals per arm at the look of a study of ``n``: at least two, less than all.

        Examples
        --------
        >>> Interim(0.5).animals(9), Interim(0.9).animals(4)
        (4, 3)
        """
        return min(max(round(self.fraction * n), 2), n - 1)

    @property
    def text(self) -> str:
        """The design in words.

        Examples
        --------
        >>> Interim(0.5).text
        'interim at 0.5, obrien-fleming (p <= 0.0031, then 0.0490)'
        """
        early, late = self.levels
        return f"interim at {self.fraction:g}, {self.spending} (p <= {early:.4f}, then {late:.4f})"


def parse_interim(text: str) -> Interim:
    """'0.5' or '0.5:pocock' as a look; TableError for anything else.

    Examples
    --------
    >>> parse_interim("0.5:pocock")
    Interim(fraction=0.5, spending='pocock')
    """
    number, colon, spending = text.partition(":")
    remedy = "write --interim 0.5, or 0.5:pocock"
    if colon and spending not in SPENDING:
        raise TableError(
            f"there is no spending '{spending}'{suggest(spending, SPENDING)}",
            where="--interim",
            remedy=remedy,
        )
    try:
        fraction = float(number)
    except ValueError:
        fraction = math.nan
    if not 0.0 < fraction < 1.0:
        raise TableError(
            f"'{number}' is not a share of the animals", where="--interim", remedy=remedy
        )
    return Interim(fraction, spending or SPENDING[0])


@lru_cache
def levels(
    fraction: float, spending: str = SPENDING[0], alpha: float = ALPHA
) -> tuple[float, float]:
    """Two-sided levels of an interim and a final test that keep the level over both [-].

    The level spent at the look is 2 - 2 Phi(z / sqrt(fraction)) of each side (O'Brien-Fleming
    type), or the side's level x ln(1 + (e - 1) fraction) (Pocock type); the final one leaves the
    rest, the two statistics having correlation sqrt(fraction).

    Source: Lan and DeMets 1983, doi:10.1093/biomet/70.3.659.

    Examples
    --------
    >>> early, late = levels(0.5)
    >>> round(early, 5), round(late, 4)
    (0.00305, 0.049)
    """
    from scipy.optimize import brentq
    from scipy.stats import multivariate_normal, norm

    side = alpha / 2.0
    if spending == SPENDING[0]:
        spent = 2.0 * norm.sf(norm.isf(side / 2.0) / math.sqrt(fraction))
    else:
        spent = side * math.log(1.0 + (math.e - 1.0) * fraction)
    first, together = norm.isf(spent), math.sqrt(fraction)
    both = multivariate_normal(cov=[[1.0, together], [together, 1.0]])
    last = brentq(lambda z: 1.0 - float(both.cdf([first, z])) - side, norm.isf(side) - 0.5, 6.0)
    return 2.0 * float(spent), 2.0 * float(norm.sf(last))


def sequential_table(
    pool: AnimalPool,
    sizes: Iterable[int],
    tests: Iterable[str],
    look: Interim,
    *,
    studies: int = 500,
    seed: int = 1,
) -> pd.DataFrame:
    """Power of studies with one look, animals saved, and what stopping does to the estimate.

    Parameters
    ----------
    pool, sizes, tests, studies, seed
        As in :func:`~xenosim.analysis.power.power_table`; the animals of the look are blocks of the
        same study, so that the final test has all of them.
    look : Interim
        When, and how the level is spent. A study stops when every treated arm is significant.

    Returns
    -------
    DataFrame
        The columns of :func:`~xenosim.analysis.power.power_table`, and ``stopped_early`` [-],
        ``animals`` (mean number used of all arms), ``animals_saved`` [-, share], ``bias_pct`` and
        ``bias_stopped_pct`` (mean estimate of all studies, and of those stopped early, above that
        of studies that all go on [%]).
    """
    empty = pool.untreated() if pool.paired else None
    rows = []
    for test in tests:
        for n in sizes:
            stops, p, estimates, study = _looks(pool, test, n, look, studies, seed)
            false = _found(empty, test, n, look, studies, seed + 1) if empty else ()
            for place, arm in enumerate(pool.treated):
                row = {"test": test, "arm": arm, "control": pool.control, "n": n}
                both = np.concatenate([study[arm], study[pool.control]], axis=1)
                of_arm = p[:, :, place], estimates[:, :, place]
                found = _sequential(stops, look, *of_arm, *members(both, pool))
                row |= {"design": look.text} | found | _animals(pool, n, look, stops)
                rows.append(row | {"type_1_error": false[place] if empty else math.nan})
    return pd.DataFrame(rows)


def _looks(
    pool: AnimalPool, test: str, n: int, look: Interim, studies: int, seed: int
) -> tuple[Flags, Array, Array, Study]:
    """Of every study whether it stops, p and estimate of both looks and all arms (studies, 2,
    arms), and its animals.
    """
    run, rng = find_test(test).run, generator(seed, f"power {n}")
    first = look.animals(n)
    study = pool.draw(n, studies, rng)
    parts = [{arm: chosen[:, :count] for arm, chosen in study.items()} for count in (first, n)]
    batches = [[run(pool, part, arm, False) for arm in pool.treated] for part in parts]
    p = np.stack([holm(np.stack([b.p for b in each], axis=1)) for each in batches], axis=1)
    estimates = np.stack([np.stack([b.estimate for b in each], axis=1) for each in batches], axis=1)
    stops: Flags = np.all(p[:, 0] <= look.levels[0], axis=1)
    return stops, p, estimates, study


def _found(
    pool: AnimalPool, test: str, n: int, look: Interim, studies: int, seed: int
) -> tuple[float, ...]:
    """Share of the studies with an answer that find something, by treated arm [-]; NaN of none."""
    stops, p, _, _ = _looks(pool, test, n, look, studies, seed)
    hits = stops[:, None] | (p[:, 1] <= look.levels[1])
    answered = stops[:, None] | ~np.isnan(p[:, 1])
    counts = np.stack([hits.sum(axis=0), answered.sum(axis=0)], axis=1).tolist()
    return tuple(hit / of if of else math.nan for hit, of in counts)


def _sequential(
    stopped: Flags, look: Interim, p: Array, estimates: Array, drawn: Indices, size: int
) -> dict[str, Any]:
    """Columns of one arm from p and estimate at both looks, the animals ``drawn`` of ``size``."""
    failed = ~stopped & np.isnan(p[:, 1])
    hits = stopped | (p[:, 1] <= look.levels[1])
    used = np.where(stopped, estimates[:, 0], estimates[:, 1])[~failed]
    whole = _clear_mean(estimates[:, 1])
    answered = int((~failed).sum())
    independent = effective_studies(hits[~failed], drawn[~failed], size)
    found = Power(int(hits[~failed].sum()), int(failed.sum()), len(p), independent)
    alone = estimates[stopped, 0]
    return power_row(found) | {
        "stopped_early": float(stopped.mean()),
        "bias_pct": _above(float(used.mean()), whole) if answered else math.nan,
        "bias_stopped_pct": _above(float(alone.mean()), whole) if alone.size else math.nan,
    }


def _clear_mean(estimates: Array) -> float:
    """Mean of the estimates; NaN unless it is told from 0 by :data:`CLEAR` standard errors."""
    known = estimates[~np.isnan(estimates)]
    if known.size < 2:
        return math.nan
    mean, se = float(known.mean()), float(known.std(ddof=1)) / math.sqrt(known.size)
    return mean if abs(mean) > CLEAR * se else math.nan


def _above(value: float, truth: float) -> float:
    """How far a value is from the truth, away from 0 [%]."""
    return 100.0 * (value / truth - 1.0)


def _animals(pool: AnimalPool, n: int, look: Interim, stops: Flags) -> dict[str, float]:
    """Animals that a study uses on average, of all arms, and the share saved."""
    whole, first = n * len(pool.arms), look.animals(n) * len(pool.arms)
    used = float(np.where(stops, first, whole).mean())
    return {"animals": used, "animals_saved": 1.0 - used / whole}
