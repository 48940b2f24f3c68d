"""Morris's elementary effects and Sobol's indices of a model with replicates on common random
numbers: designs by SALib, as are Sobol's indices, and what of them is noise.

A model gives every point a score per animal; the estimate is that of their mean. The same animals
are at every point, so that what they have in common cancels in a difference; what is left of its
scatter between animals is the noise of an effect.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import RunError

if TYPE_CHECKING:
    from types import ModuleType

Array = NDArray[np.float64]
#: Levels of a Morris design: effects are differences over two thirds of a parameter's range.
LEVELS = 4
#: Mean absolute value of a standard normal variable [-].
_ABSOLUTE = math.sqrt(2.0 / math.pi)


class Design(NamedTuple):
    """Points (n, p) of the unit cube; ``block``: points of a trajectory, or of a base point [-]."""

    method: str
    points: Array
    block: int


def _salib(part: str, method: str) -> ModuleType:
    """The module of SALib; RunError where it is not installed."""
    from importlib import import_module

    try:
        return import_module(f"SALib.{part}.{method}")
    except ModuleNotFoundError as error:
        raise RunError(
            "SALib is not installed", where="sensitivity", remedy="pip install 'xenosim[search]'"
        ) from error


def _problem(p: int) -> dict[str, Any]:
    return {"num_vars": p, "names": [f"x{k}" for k in range(p)], "bounds": [[0.0, 1.0]] * p}


def design(method: str, parameters: int, size: int, seed: int) -> Design:
    """A design over the unit cube.

    Parameters
    ----------
    method : str
        "morris", ``size`` trajectories of ``parameters`` + 1 points; or "sobol", ``size`` base
        points (a power of two) of ``parameters`` + 2 points each, Saltelli's scheme.
    parameters : int
        Dimensions of the cube.
    size : int
        As above.
    seed : int
        The same seed gives the same design.

    Raises
    ------
    RunError
        SALib is not installed.
    """
    sample = _salib("sample", method).sample
    problem = _problem(parameters)
    if method == "morris":
        points = sample(problem, size, num_levels=LEVELS, seed=seed)
        return Design(method, np.asarray(points), parameters + 1)
    points = sample(problem, size, calc_second_order=False, seed=seed)
    return Design(method, np.asarray(points), parameters + 2)


class Effects(NamedTuple):
    """Of every parameter (p,): ``main``, mean absolute elementary effect over the whole range
    (Morris) in units of the output, or first-order index (Sobol) [-], with the 95 % ``reach`` of
    it; ``noise``, what it would be of noise alone; ``mean``, signed elementary effect (NaN of
    Sobol); ``interaction``: scatter of elementary effects less noise, or total less first order;
    ``share`` of the variance [-], 0 where it is not above noise; ``used``: elementary effects, or
    base points [-]. What fewer than two elementary effects are left of has NaN, and no share.
    """

    main: Array
    reach: Array
    noise: Array
    mean: Array
    interaction: Array
    share: Array
    used: NDArray[np.int64]


def effects(of: Design, scores: Array, seed: int) -> Effects:
    """Effects of the parameters on ``scores`` (n, animals). A point that has none (NaN) takes the
    elementary effects of the two steps to and from it along, or its whole base point of Sobol's.

    Raises
    ------
    RunError
        SALib is not installed, or fewer than two effects of every parameter, or base points, are
        left.

    Examples
    --------
    >>> of = design("morris", 2, 8, 1)
    >>> found = effects(of, np.repeat(of.points @ np.array([[3.0], [1.0]]), 2, axis=1), 1)
    >>> found.main.round(6).tolist(), found.share.round(6).tolist()
    ([3.0, 1.0], [0.9, 0.1])
    """
    points = of.points.reshape(-1, of.block, of.points.shape[1])
    blocks = scores.reshape(-1, of.block, scores.shape[1])
    if of.method == "morris":
        found = _morris(points, blocks)
        if found.used.max() > 1:
            return found
    else:
        whole = np.isfinite(blocks).all(axis=(1, 2))
        if whole.sum() > 1:
            return _sobol(points[whole], blocks[whole], seed)
    failed = int((~np.isfinite(scores).all(axis=1)).sum())
    raise RunError(
        f"{failed} of {len(scores)} points could not be simulated, too many to compare any",
        where="--params",
        remedy="move fewer parameters, or those within narrower ranges",
    )


def elementary_effects(points: Array, scores: Array) -> Array:
    """Elementary effects (trajectories, p, animals) over the whole range, of trajectories of
    ``points`` (t, p + 1, p) with ``scores`` (t, p + 1, animals); NaN beside a point without scores.
    """
    steps = np.diff(points, axis=1)
    rises = np.diff(scores, axis=1)
    which = np.abs(steps).argmax(axis=2)
    found = np.empty_like(rises)
    for t, order in enumerate(which):
        size = steps[t, np.arange(order.size), order]
        found[t, order] = rises[t] / size[:, None]
    return found


def _morris(points: Array, scores: Array) -> Effects:
    from scipy.special import stdtrit

    each = elementary_effects(points, scores)
    animals = each.shape[2]
    there = np.isfinite(each).all(axis=2)
    used = there.sum(axis=0)

    def mean_of(values: Array) -> Array:
        """Mean over the effects that there are."""
        return np.asarray(np.where(there, values, 0.0).sum(axis=0) / np.where(used > 1, used, 1))

    variance = each.var(axis=2, ddof=1) / animals if animals > 1 else np.zeros(there.shape)
    effect = each.mean(axis=2)
    error, square, mean = mean_of(variance), mean_of(effect**2), mean_of(effect)
    main, freedom = mean_of(np.abs(effect)), np.maximum(used - 1, 1)
    scatter = mean_of((np.abs(effect) - main) ** 2) / freedom
    reach = stdtrit(freedom, 0.975) * np.sqrt(scatter)
    sigma = mean_of((effect - mean) ** 2) * used / freedom
    noise = _ABSOLUTE * np.sqrt(error)
    share = np.where((main > noise) & (used > 1), np.maximum(square - error, 0.0), 0.0)
    share = share / share.sum() if share.sum() > 0 else share
    unknown = np.where(used > 1, 0.0, math.nan)
    interaction = np.sqrt(np.maximum(sigma - error, 0.0))
    told = (main, reach, noise, mean, interaction)
    main, reach, noise, mean, interaction = (np.asarray(part + unknown) for part in told)
    return Effects(main, reach, noise, mean, interaction, share, used)


def _sobol(points: Array, scores: Array, seed: int) -> Effects:
    p = points.shape[2]
    flat = scores.mean(axis=2).reshape(-1)
    analyze = _salib("analyze", "sobol").analyze
    with np.errstate(divide="ignore", invalid="ignore"):
        found = analyze(_problem(p), flat, calc_second_order=False, seed=seed)
    first, total = (np.nan_to_num(np.asarray(found[name], float)) for name in ("S1", "ST"))
    animals = scores.shape[2]
    # Total indices are halved mean squared differences between two points of a block, over the
    # variance: noise adds the variance of such a difference.
    gaps = scores[:, 1 : p + 1] - scores[:, :1]
    variance = gaps.var(axis=2, ddof=1) / animals if animals > 1 else np.zeros(gaps.shape[:2])
    spread = float(flat.var())
    noise = 0.5 * variance.mean(axis=0) / spread if spread > 0 else np.zeros(p)
    real = np.where(total > noise, np.maximum(total - noise, 0.0), 0.0)
    return Effects(
        first,
        np.nan_to_num(np.asarray(found["S1_conf"], float)),
        noise,
        np.full(p, math.nan),
        np.maximum(total - noise - first, 0.0),
        real / real.sum() if real.sum() > 0 else real,
        np.full(p, len(points)),
    )
