"""Growth of all animals in one linear mixed model on ln V: a line per arm, and a line of each
animal about it, and of each cage if cages are known.

Where fixed and random effects are of the same lines, REML needs no more than the least-squares line
of each animal and what it leaves: those lines are the data of a second stage, exactly. Where the
variance between animals comes out at its lower bound the fixed effects are those of least squares
with errors that are robust to clusters (CR2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.animals import ANIMAL
from xenosim.analysis.data import StudyData
from xenosim.analysis.resampling import Array, Limits

#: Variance of a random effect, relative to the residual's, below which it counts as at its bound:
#: over the whole study it moves an animal by a hundredth of the residual's spread [-].
BOUND = 1e-4
#: What is said of a fit at the bound.
AT_BOUND = (
    "variance between animals at its lower bound: least squares with cluster-robust errors (CR2),"
    " t with Welch's degrees of freedom"
)
#: Decelerations that are tried for Gompertz growth, times the span of the study [-].
DECELERATIONS = np.concatenate([[0.0], np.geomspace(0.02, 6.0, 120)])
#: Start of the search for the standard deviations, relative to the residual's [-], and where it
#: begins again if it ended at a bound.
STARTS = (1.0, 0.1)


Numbers = NDArray[np.signedinteger]


class Fit(NamedTuple):
    """Fixed effects, by arm and then by column of the lines, and their covariance; ``random_sd`` of
    each column between animals and ``residual_sd``, NaN ``at_bound``; ``cage_sd`` between cages, of
    the last column.
    """

    effects: Array
    covariance: Array
    random_sd: Array
    residual_sd: float
    cage_sd: float
    at_bound: bool


class _Stage(NamedTuple):
    """Second stage, clusters of one size together: lines ``y`` (clusters, s q), their designs ``x``
    (clusters, s q, effects) and their covariance ``w`` (clusters, s q, s q) for residuals of 1.
    """

    y: Array
    x: Array
    w: Array
    size: int


def fit_mixed(
    y: Array, lines: Array, animal: Numbers, arm: Numbers, cage: Numbers | None = None
) -> Fit:
    """A line per arm and a random line per animal, by REML.

    Parameters
    ----------
    y : array (rows,)
        Response.
    lines : array (rows, q)
        Columns of a line, such as 1 and time, of values about 1; of full rank in every animal.
    animal, arm, cage : array of int (rows,)
        Which animal, arm and cage each row is of, from 0 on; between cages the last column varies.

    Source: Laird and Ware 1982, doi:10.2307/2529876; at the bound Bell and McCaffrey 2002.
    """
    from scipy.optimize import minimize

    stages, rest, effects = _second_stage(y, lines, animal, arm, cage)
    q = lines.shape[1]
    free = len(y) - effects
    triangle = q * (q + 1) // 2

    def loss(theta: Array) -> float:
        return _reml(stages, _between(theta, q), _cages(theta, triangle), rest, free)[0]

    best, fun = np.empty(0), math.inf
    for start in STARTS:
        first = np.concatenate([np.log(start) * np.eye(q)[np.tril_indices(q)], [np.log(start)]])
        first = first if cage is not None else first[:triangle]
        found = minimize(loss, first, method="L-BFGS-B", bounds=_bounds(q, len(first)))
        if float(found.fun) < fun:
            best, fun = found.x, float(found.fun)
        if float(np.linalg.eigvalsh(_between(best, q))[0]) > BOUND:
            break
    between, shared = _between(best, q), _cages(best, triangle)
    _, beta, covariance, scale = _reml(stages, between, shared, rest, free)
    if float(np.linalg.eigvalsh(between)[0]) <= BOUND or not np.isfinite(covariance).all():
        member = np.eye(effects // q)[arm]
        fixed = (member[:, :, None] * lines[:, None, :]).reshape(len(y), effects)
        beta, covariance = least_squares(y, fixed, animal if cage is None else cage)
        return Fit(beta, covariance, np.full(q, math.nan), math.nan, math.nan, True)
    residual = math.sqrt(scale)
    sd = residual * np.sqrt(np.diag(between))
    return Fit(beta, covariance, sd, residual, residual * math.sqrt(shared), False)


def _second_stage(
    y: Array, lines: Array, animal: Numbers, arm: Numbers, cage: Numbers | None
) -> tuple[list[_Stage], float, int]:
    """The least-squares line of each animal as data, the sum of squares that these leave, and the
    number of fixed effects.
    """
    q, arms = lines.shape[1], int(arm.max()) + 1
    # Animals by number, each with the row of its first measurement.
    _, first, own = np.unique(animal, return_index=True, return_inverse=True)
    squares, products = np.zeros((len(first), q, q)), np.zeros((len(first), q))
    np.add.at(squares, own, lines[:, :, None] * lines[:, None, :])
    np.add.at(products, own, lines * y[:, None])
    spread = np.linalg.inv(squares)
    line = np.einsum("kij,kj->ki", spread, products)
    rest = float(((y - np.einsum("ki,ki->k", lines, line[own])) ** 2).sum())
    design = (np.eye(arms)[arm[first]][:, None, :, None] * np.eye(q)[None, :, None, :]).reshape(
        len(first), q, arms * q
    )
    cluster = np.arange(len(first)) if cage is None else cage[first]
    _, of_cluster, sizes = np.unique(cluster, return_inverse=True, return_counts=True)
    stages = []
    for size in np.unique(sizes):
        found = np.flatnonzero(sizes[of_cluster] == size)
        members = found[np.argsort(of_cluster[found], kind="stable")].reshape(-1, size)
        w = np.zeros((len(members), size, q, size, q))
        for place in range(size):
            w[:, place, :, place, :] = spread[members[:, place]]
        width = int(size) * q
        stages.append(
            _Stage(
                line[members].reshape(-1, width),
                design[members].reshape(-1, width, arms * q),
                w.reshape(-1, width, width),
                int(size),
            )
        )
    return stages, rest, arms * q


def _between(theta: Array, q: int) -> Array:
    """Covariance between animals, relative to the residual's variance, from the logarithms of the
    diagonal and the rest of its Cholesky factor.
    """
    root = np.zeros((q, q))
    root[np.tril_indices(q)] = theta[: q * (q + 1) // 2]
    root[np.diag_indices(q)] = np.exp(np.diag(root))
    return root @ root.T


def _cages(theta: Array, triangle: int) -> float:
    """Variance between cages, relative to the residual's."""
    return float(np.exp(2.0 * theta[triangle])) if len(theta) > triangle else 0.0


def _bounds(q: int, count: int) -> list[tuple[float, float]]:
    """Limits of the search: logarithms of a diagonal, plain numbers off it."""
    rows, columns = np.tril_indices(q)
    edge = 0.5 * math.log(BOUND) - 1.0
    limits = [(edge, 9.0) if i == j else (-99.0, 99.0) for i, j in zip(rows, columns, strict=True)]
    return limits + [(edge, 9.0)] * (count - len(limits))


def _shared(between: Array, last: Array, size: int) -> Array:
    """Covariance of the lines of ``size`` animals of one cluster."""
    if size == 1:
        return between + last
    return np.kron(np.eye(size), between) + np.kron(np.ones((size, size)), last)


def _reml(
    stages: list[_Stage], between: Array, cages: float, rest: float, free: int
) -> tuple[float, Array, Array, float]:
    """-2 ln of the restricted likelihood with the residual's variance profiled out, the fixed
    effects, their covariance and that variance.
    """
    q = len(between)
    last = np.zeros((q, q))
    last[-1, -1] = cages
    information: Array = np.zeros(())
    score: Array = np.zeros(())
    size, volume = 0.0, 0.0
    for stage in stages:
        v = stage.w + _shared(between, last, stage.size)
        volume += float(np.linalg.slogdet(v)[1].sum())
        weighted = np.linalg.solve(v, np.concatenate([stage.x, stage.y[..., None]], axis=2))
        information = information + np.einsum("kap,kaq->pq", stage.x, weighted[..., :-1])
        score = score + np.einsum("kap,ka->p", stage.x, weighted[..., -1])
        size += float((stage.y * weighted[..., -1]).sum())
    beta = np.linalg.solve(information, score)
    scale = max((rest + size - float(score @ beta)) / free, 1e-300)
    loss = free * math.log(scale) + volume + float(np.linalg.slogdet(information)[1])
    covariance: Array = np.asarray(scale * np.linalg.inv(information), float)
    return loss, np.asarray(beta, float), covariance, scale


def least_squares(y: Array, fixed: Array, groups: Numbers) -> tuple[Array, Array]:
    """Least squares, and the covariance of its effects robust to what the rows of a group share,
    unbiased under independence (CR2).

    Source: Bell and McCaffrey 2002, Survey Methodology 28:169; Pustejovsky and Tipton 2018,
    doi:10.1080/07350015.2016.1247004.
    """
    bread = np.linalg.pinv(fixed.T @ fixed)
    effects = bread @ fixed.T @ y
    rest = y - fixed @ effects
    meat = np.zeros_like(bread)
    for group in np.unique(groups):
        own = groups == group
        x = fixed[own]
        values, vectors = np.linalg.eigh(np.eye(len(x)) - x @ bread @ x.T)
        kept = values > 1e-9
        root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        score = x.T @ (root @ rest[own])
        meat += np.outer(score, score)
    return effects, bread @ meat @ bread


@dataclass(frozen=True, eq=False)
class GrowthFit:
    """Growth of the arms of a study.

    Attributes
    ----------
    arms : tuple of str
        Arms with a rate; ``left_out`` says why others have none.
    rates : array (arms,)
        Growth rate on day 0 [1/day]; of exponential growth on every day.
    covariance : array (arms, arms)
        Of the rates [1/day^2].
    animals : dict of str to int
        Animals of each arm in the fit.
    deceleration : float
        b of Gompertz growth, ln V = ln V0 + rate (1 - exp(-b t)) / b [1/day]; 0: exponential.
    at_bound : bool
        Whether the model was at the bound of its variances.
    clusters : dict of str to int
        What counts as independent in each arm: animals, or cages if each has one arm alone.
    """

    arms: tuple[str, ...]
    rates: Array
    covariance: Array
    animals: dict[str, int]
    deceleration: float
    at_bound: bool
    left_out: dict[str, str]
    clusters: dict[str, int]

    def difference(self, arm: str, control: str) -> tuple[float, float, float]:
        """Rate of an arm above the control's, its standard error [1/day], and the degrees of
        freedom [-]: animals or cages less arms (between-within), at the bound those of Welch.
        """
        contrast = np.zeros(len(self.arms))
        contrast[self.arms.index(arm)] += 1.0
        contrast[self.arms.index(control)] -= 1.0
        variance = float(contrast @ self.covariance @ contrast)
        return float(contrast @ self.rates), math.sqrt(max(variance, 0.0)), self.freedom(contrast)

    def freedom(self, contrast: Array) -> float:
        """Degrees of freedom of a contrast of the rates [-]."""
        count = np.array([self.clusters[arm] for arm in self.arms], float)
        if not self.at_bound:
            return float(count.sum() - len(self.arms))
        parts = contrast**2 * np.diag(self.covariance)
        used = parts > 0
        if not used.any() or (count[used] < 2).any():
            return 0.0
        return float(parts.sum() ** 2 / (parts[used] ** 2 / (count[used] - 1.0)).sum())


def fit_growth(data: StudyData, shape: str = "exponential") -> GrowthFit | None:
    """The mixed model of a study's growth: ln V ~ arm + arm x day + (1 + day | animal),
    with a column ``cage`` + (day | cage).

    Parameters
    ----------
    data : StudyData
        Rows from baseline on are used; animals with one measurement are left out.
    shape : str
        "exponential", or "gompertz": lines in s = (1 - exp(-b day)) / b, with one b for the study,
        that whose lines through each animal leave the least squares.

    Returns
    -------
    GrowthFit or None
        None if no two arms can be fitted, or no measurement is left beyond their lines.

    Source: Laird and Ware 1982; on log volume Demidenko 2010, PMC2900851; Gompertz by Laird 1964,
    doi:10.1038/bjc.1964.55.
    """
    rows = data.followed.sort_values("day", kind="stable")
    per = rows.groupby(["arm", *ANIMAL])["day"].transform("size")
    rows = rows[per >= 2]
    left_out = {
        arm: "no animal was measured twice" for arm in data.arms if arm not in set(rows["arm"])
    }
    arms = tuple(arm for arm in data.arms if arm not in left_out)
    # Two points of one animal per arm are its line: nothing is left to tell its error from.
    if len(arms) < 2 or len(rows) <= 2 * len(arms):
        return None
    day = rows["day"].to_numpy(float)
    animal = rows.groupby(["arm", *ANIMAL], sort=False).ngroup().to_numpy()
    y = np.log(rows["tumor_volume_mm3"].to_numpy(float))
    span = float(day.max() - day.min())
    b = deceleration(day, y, animal) if shape == "gompertz" else 0.0
    time = saturating(day, b) / span
    arm = pd.Categorical(rows["arm"], categories=arms).codes.astype(int)
    cage = cages_of(rows)
    fit = fit_mixed(y, np.stack([np.ones_like(time), time], axis=1), animal, arm, cage)
    counts = rows.drop_duplicates(["arm", *ANIMAL])["arm"].value_counts()
    return GrowthFit(
        arms,
        fit.effects[1::2] / span,
        fit.covariance[1::2, 1::2] / span**2,
        {arm: int(counts[arm]) for arm in arms},
        b,
        fit.at_bound,
        left_out,
        _clusters(rows, arm, cage, arms),
    )


def cages_of(rows: pd.DataFrame) -> Numbers | None:
    """Cage of each row, numbered from 0; None where none is known or one is missing."""
    if not has_cages(rows):
        return None
    return rows.groupby(["replicate", "cage"], sort=False).ngroup().to_numpy()


def has_cages(rows: pd.DataFrame) -> bool:
    """Whether the cage of every row is known."""
    return "cage" in rows and not (rows["cage"].isna() | (rows["cage"] == "")).any()


def _clusters(
    rows: pd.DataFrame, arm: Numbers, cage: Numbers | None, arms: tuple[str, ...]
) -> dict[str, int]:
    """Cages of each arm if every cage has one arm alone, else animals."""
    animals = rows.groupby(["arm", *ANIMAL], sort=False).ngroup().to_numpy()
    unit = animals
    if cage is not None and len(set(zip(cage, arm, strict=True))) == len(set(cage)):
        unit = cage
    return {name: len(np.unique(unit[arm == place])) for place, name in enumerate(arms)}


def saturating(day: Array, b: float) -> Array:
    """(1 - exp(-b day)) / b, the time that Gompertz growth feels [day]; the day itself without
    deceleration.

    Examples
    --------
    >>> saturating(np.array([0.0, 10.0]), 0.1).round(3).tolist()
    [0.0, 6.321]
    """
    return -np.expm1(-b * day) / b if b > 0 else day


def deceleration(day: Array, log_volume: Array, animal: Array) -> float:
    """The deceleration b of Gompertz growth [1/day] whose lines through every animal leave the
    least sum of squares.
    """
    span = float(day.max() - day.min())
    tried = DECELERATIONS / span
    left = [_left_over(saturating(day, b), log_volume, animal) for b in tried]
    return float(tried[int(np.argmin(left))])


def _left_over(time: Array, y: Array, animal: Array) -> float:
    """Sum of squares about one line per animal."""
    n = np.bincount(animal).astype(float)
    dt, dy = (x - (np.bincount(animal, x) / n)[animal] for x in (time, y))
    own = np.bincount(animal, dt * dy) / np.maximum(np.bincount(animal, dt * dt), 1e-300)
    return float(((dy - own[animal] * dt) ** 2).sum())


def t_limits(estimate: float, se: float, df: float) -> tuple[Limits, float]:
    """95 % interval by t, and the two-sided p [-].

    Examples
    --------
    >>> limits, p = t_limits(1.0, 0.5, 14.0)
    >>> [round(x, 3) for x in limits], round(p, 4)
    ([-0.072, 2.072], 0.0653)
    """
    from scipy.special import stdtr, stdtrit

    half = float(stdtrit(df, 0.975)) * se
    return (estimate - half, estimate + half), float(2.0 * stdtr(df, -abs(estimate / se)))
