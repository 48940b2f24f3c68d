"""Morris's elementary effects and Sobol's indices of a model with replicates on common random
numbers: designs and estimates by SALib, and what of them is noise.

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
    """Points (n, p) of the unit cube; ``block``: points that stand or fall together [-]."""

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
    ``share`` of the variance [-], 0 where it is not above noise; ``blocks`` that were used [-].
    """

    main: Array
    reach: Array
    noise: Array
    mean: Array
    interaction: Array
    share: Array
    blocks: int


def effects(of: Design, scores: Array, seed: int) -> Effects:
    """Effects of the parameters on ``scores`` (n, animals); blocks with a point that has none (NaN)
    are left out.

    Raises
    ------
    RunError
        SALib is not installed, or fewer than two blocks are whole.

    Examples
    --------
    >>> of = design("morris", 2, 8, 1)
    >>> found = effects(of, np.repeat(of.points @ np.array([[3.0], [1.0]]), 2, axis=1), 1)
    >>> found.main.round(6).tolist(), found.share.round(6).tolist()
    ([3.0, 1.0], [0.9, 0.1])
    """
    shape = (-1, of.block, scores.shape[1])
    blocks = scores.reshape(shape)
    whole = np.isfinite(blocks).all(axis=(1, 2))
    if whole.sum() < 2:
        raise RunError(
            f"only {whole.sum()} of {whole.size} trajectories could be simulated",
            where="--params",
            remedy="move fewer parameters, or those within narrower ranges",
        )
    points = of.points.reshape(-1, of.block, of.points.shape[1])[whole]
    kept = blocks[whole]
    work = _morris if of.method == "morris" else _sobol
    return work(points, kept, seed)


def elementary_effects(points: Array, scores: Array) -> Array:
    """Elementary effects (trajectories, p, animals) over the whole range, of trajectories of
    ``points`` (t, p + 1, p) with ``scores`` (t, p + 1, animals).
    """
    steps = np.diff(points, axis=1)
    rises = np.diff(scores, axis=1)
    which = np.abs(steps).argmax(axis=2)
    found = np.empty_like(rises)
    for t, order in enumerate(which):
        size = steps[t, np.arange(order.size), order]
        found[t, order] = rises[t] / size[:, None]
    return found


def _morris(points: Array, scores: Array, seed: int) -> Effects:
    p = points.shape[2]
    flat = scores.mean(axis=2).reshape(-1)
    found = _salib("analyze", "morris").analyze(
        _problem(p), points.reshape(-1, p), flat, num_levels=LEVELS, seed=seed
    )
    each = elementary_effects(points, scores)
    animals = each.shape[2]
    variance = each.var(axis=2, ddof=1) / animals if animals > 1 else np.zeros(each.shape[:2])
    error = variance.mean(axis=0)
    square = (each.mean(axis=2) ** 2).mean(axis=0)
    real = np.maximum(square - error, 0.0)
    main = np.asarray(found["mu_star"], float)
    noise = _ABSOLUTE * np.sqrt(error)
    sigma = np.asarray(found["sigma"], float)
    share = np.where(main > noise, real, 0.0)
    return Effects(
        main,
        np.asarray(found["mu_star_conf"], float),
        noise,
        np.asarray(found["mu"], float),
        np.sqrt(np.maximum(sigma**2 - error, 0.0)),
        share / share.sum() if share.sum() > 0 else share,
        len(points),
    )


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
        len(points),
    )
