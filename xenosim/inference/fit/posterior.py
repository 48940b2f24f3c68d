"""A fit: a design over the prior, waves of points where the data lead, draws of the posterior on
emulators, and its middle simulated again with other animals.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ParameterError
from xenosim.execution.executor import Executor
from xenosim.inference.calibration import Told
from xenosim.inference.fit.animals import AGENTS, ANIMALS
from xenosim.inference.fit.blocks import TAIL, Array, Block, Problem, covariance_of
from xenosim.inference.fit.emulate import BlockEmulator, split, unpacked
from xenosim.inference.fit.free import Free
from xenosim.inference.fit.likelihood import Pattern, log_likelihood, patterns
from xenosim.inference.fit.simulate import FRESH, simulate_point
from xenosim.inference.points import Point, Store
from xenosim.inference.posterior import apart, scores, shares
from xenosim.inference.sampling import effective_size, sample, split_r_hat
from xenosim.parameters.ensemble import model_hash

#: Points of the design for each parameter and at all, of each later wave, and most waves [-].
EACH, LEAST, WAVE, MOST_WAVES = 18, 30, 16, 4
#: Error of the emulated log likelihood, between points of the posterior, that is small enough; and
#: of an emulated mean curve, in errors that the data leave it [-].
SMALL = 0.5
#: Errors of the data are widened by this where a wave is placed [-].
WIDENED = 1.5
#: Chains; steps to find the posterior, of those to place a wave and to draw; left out at the
#: start of a chain [-].
CHAINS, FIRST, LATER, BURN_IN = 40, 100, 250, 30
#: Points that are simulated with other animals in the end, and draws that are kept [-].
AGAIN, DRAWS = 6, 1000
#: A point that cannot be simulated counts for its surroundings, and its share at most [-].
IMPOSSIBLE, MOST_FAILED = -1e6, 0.5


class Settings(NamedTuple):
    """``seed`` of design and chains, points of the ``design`` (None: by the parameters)."""

    seed: int = 1
    design: int | None = None


@dataclass(frozen=True, eq=False)
class Fit:
    """What came out: ``z`` (draws, p), scores of the priors; ``middle``, the draw in the middle of
    all; ``size`` independent draws they are worth at least and ``r_hat`` at most; ``emulators`` by
    block; ``error`` of the emulated log likelihood between draws; ``chance``: by how much mean
    curves of other animals differ from those emulated, in errors that the data leave them;
    ``points`` simulated, of which ``failed``, in ``waves``; ``seconds`` [s].
    """

    problems: tuple[Problem, ...]
    free: tuple[Free, ...]
    settings: Settings
    z: Array
    middle: int
    size: float
    r_hat: float
    emulators: tuple[BlockEmulator, ...]
    error: float
    chance: float
    points: int
    failed: int
    waves: int
    seconds: float

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What was measured, of all problems."""
        return tuple(block for problem in self.problems for block in problem.blocks)

    @property
    def values(self) -> Array:
        """The draws (draws, p) in internal units."""
        return values_at(self.free, self.z)


def values_at(free: Sequence[Free], z: Array) -> Array:
    """Values (n, p) [internal units] at scores (n, p) of the priors."""
    cube = np.round(shares(z), 12)
    return np.column_stack([one.prior.quantile(cube[:, k]) for k, one in enumerate(free)])


class Surface(NamedTuple):
    """The log likelihood at any point: data as ``known`` patterns and ``emulators``, by block;
    ``z`` (n, p) of simulated points, of which some ``failed`` (n,).
    """

    known: tuple[list[Pattern], ...]
    emulators: tuple[BlockEmulator, ...]
    z: Array
    failed: NDArray[np.bool_]

    @classmethod
    def of(cls, z: Array, numbers: Array, blocks: tuple[Block, ...]) -> Surface:
        """From packed expectations (n, all), NaN where they could not be simulated."""
        failed = np.asarray(~np.isfinite(numbers).all(axis=1))
        parts = split(numbers[~failed], blocks)
        made = [BlockEmulator.of(z[~failed], p, b) for p, b in zip(parts, blocks, strict=True)]
        return cls(tuple(patterns(block) for block in blocks), tuple(made), z, failed)

    def with_data(self, blocks: tuple[Block, ...]) -> Surface:
        """The same expectations with other measurements of the same times."""
        return self._replace(known=tuple(patterns(block) for block in blocks))

    def at(self, z: Array) -> Array:
        """Log likelihood (n,) at scores (n, p)."""
        pairs = zip(self.known, self.emulators, strict=True)
        total = np.sum([log_likelihood(k, e.predict(z)) for k, e in pairs], axis=0)
        if self.failed.any():
            near = ((z[:, None, :] - self.z[None]) ** 2).sum(axis=2).argmin(axis=1)
            total = np.where(self.failed[near], IMPOSSIBLE, total)
        return np.asarray(total)


def chains_of(
    surface: Callable[[Array], Array],
    p: int,
    steps: int,
    rng: np.random.Generator,
    widened: float = 1.0,
) -> Array:
    """Chains (steps, CHAINS, p) of the posterior of ``surface`` and a standard normal prior: some
    from the prior, then of scores in which those are standard normal, so that a step goes far.

    Examples
    --------
    >>> found = chains_of(lambda z: -0.5 * ((z[:, 0] - 1.0) / 0.1) ** 2, 1, 200,
    ...                   np.random.default_rng(1))
    >>> bool(abs(found.mean() - 0.99) < 0.01 and abs(found.std() - 0.0995) < 0.01)
    True
    """
    first = sample(lambda z: surface(z) / widened**2, rng.standard_normal((CHAINS, p)), FIRST, rng)
    flat = first[FIRST // 2 :].reshape(-1, p)
    middle = flat.mean(axis=0)
    root = np.linalg.cholesky(covariance_of(flat) + 1e-6 * np.eye(p))

    def moved(w: Array) -> Array:
        z = middle + w @ root.T
        return surface(z) / widened**2 - 0.5 * (z**2).sum(axis=1) + 0.5 * (w**2).sum(axis=1)

    start = np.linalg.solve(root, (first[-1] - middle).T).T
    found = sample(moved, start, steps + BURN_IN, rng)[BURN_IN:]
    return middle + found @ root.T


def fit_study(
    problems: Sequence[Problem],
    free: Sequence[Free],
    folder: Path,
    settings: Settings,
    workers: Executor,
    told: Told | None = None,
) -> Fit:
    """Fit, or go on with a fit of the same data in ``folder``; points are simulated by ``workers``,
    on which the result does not depend.

    Raises
    ------
    XenosimError
        A folder of another fit or that cannot be written; values of the prior of which most cannot
        be simulated.
    """
    started = time.monotonic()
    run = _Run(tuple(problems), tuple(free), settings, told or (lambda *_: None))
    store = Store(folder, run.settings_of_points())
    simulated = partial(run.simulated, store, workers)
    z, numbers, error, waves = run.waves(simulated)
    surface = Surface.of(z, numbers, run.blocks)
    run.told("drawing the posterior", 0, 0, np.nan)
    chains = chains_of(surface.at, len(free), LATER, run.rng(1))
    draws = apart(chains, DRAWS, run.rng(2))
    middle = middle_of(draws)
    again = draws[[middle, *range(AGAIN - 1)]]
    chance = run.chance(surface, again, simulated(FRESH, again, "other animals"))
    return Fit(
        run.problems,
        run.free,
        settings,
        draws,
        middle,
        float(effective_size(chains).min()),
        float(split_r_hat(chains).max()),
        surface.emulators,
        error,
        chance,
        len(z) + AGAIN,
        int(surface.failed.sum()),
        waves,
        time.monotonic() - started,
    )


def middle_of(z: Array) -> int:
    """The draw of ``z`` (n, p) nearest to their mean, in units of their spread: its values belong
    together, as the medians of each parameter alone need not.
    """
    scaled = (z - z.mean(axis=0)) / np.maximum(z.std(axis=0), 1e-9)
    return int((scaled**2).sum(axis=1).argmin())


class _Run(NamedTuple):
    """The parts of one fit that its waves share."""

    problems: tuple[Problem, ...]
    free: tuple[Free, ...]
    settings: Settings
    told: Told

    @property
    def blocks(self) -> tuple[Block, ...]:
        return tuple(block for problem in self.problems for block in problem.blocks)

    @property
    def design(self) -> int:
        """Points of the first wave."""
        return self.settings.design or max(EACH * len(self.free), LEAST)

    def rng(self, *key: int) -> np.random.Generator:
        """Random numbers of a purpose."""
        return np.random.default_rng(np.random.SeedSequence([self.settings.seed, *key]))

    def settings_of_points(self) -> dict[str, object]:
        """What points on disk depend on."""
        return {
            "model": model_hash(),
            "scenarios": [p.scenario.model_dump_json(exclude={"title"}) for p in self.problems],
            "data": [[block.said() for block in p.blocks] for p in self.problems],
            "values": [np.nan_to_num(b.values, nan=-99.0).round(9).tolist() for b in self.blocks],
            "parameters": [[one.name, list(one.prior)] for one in self.free],
            "animals": [ANIMALS, AGENTS, TAIL],
            "design": self.design,
            "seed": self.settings.seed,
        }

    def simulated(self, store: Store, workers: Executor, wave: int, z: Array, what: str) -> Array:
        """Packed expectations (n, all) at scores (n, p)."""
        rounded = np.round(shares(z), 12).tolist()
        points = [Point(wave, k, tuple(at)) for k, at in enumerate(rounded)]
        return store.outputs(
            points,
            partial(simulate_point, self.problems, self.free),
            workers,
            lambda done, of, left: self.told(what, done, of, left),
        )

    def waves(self, simulated: Callable[..., Array]) -> tuple[Array, Array, float, int]:
        """Scores (n, p), packed expectations (n, all), the error of the emulated log likelihood,
        and waves.
        """
        from scipy.stats import qmc

        cube = qmc.LatinHypercube(len(self.free), rng=self.rng(0)).random(self.design)
        z = scores(cube)
        numbers = simulated(1, z, "design")
        self._require_some(numbers)
        for wave in range(2, MOST_WAVES + 1):
            surface = Surface.of(z, numbers, self.blocks)
            self.told("looking where the data lead", 0, 0, np.nan)
            chains = chains_of(surface.at, len(self.free), LATER // 2, self.rng(wave), WIDENED)
            more = apart(chains, WAVE, self.rng(wave, 1))
            found = simulated(wave, more, f"wave {wave}")
            z, numbers = np.concatenate([z, more]), np.concatenate([numbers, found])
            error = self._error(z, numbers, more)
            if error < SMALL:
                break
        return z, numbers, error, wave

    def _require_some(self, numbers: Array) -> None:
        failed = np.asarray(~np.isfinite(numbers).all(axis=1))
        if failed.mean() > MOST_FAILED:
            raise ParameterError(
                f"{int(failed.sum())} of {len(failed)} points of the prior cannot be simulated",
                where="--free",
                remedy="narrow the bounds in a problem's parameters.tsv; 'xenosim check' says what"
                " one set of values lacks",
            )

    def _error(self, z: Array, numbers: Array, places: Array) -> float:
        """Standard deviation between ``places`` of the log likelihood by emulators of all points,
        as emulators of either half of them differ [-].
        """
        halves = [Surface.of(z[k::2], numbers[k::2], self.blocks).at(places) for k in (0, 1)]
        return float((halves[1] - halves[0]).std(ddof=1)) / 2.0

    def chance(self, surface: Surface, z: Array, numbers: Array) -> float:
        """Root mean square difference of mean curves that were simulated with other animals from
        those emulated, in standard errors of as many animals as were measured [-].
        """
        there = np.isfinite(numbers).all(axis=1)
        if not there.any():
            return float("inf")
        found = []
        parts = split(numbers[there], self.blocks)
        for block, part, emulator in zip(self.blocks, parts, surface.emulators, strict=True):
            expected = emulator.predict(z[there])
            error = np.sqrt(np.einsum("nii->ni", expected.covariance) / len(block.units))
            found.append((unpacked(part, block).mean - expected.mean) / error)
        return float(np.sqrt(np.mean(np.concatenate(found, axis=1) ** 2)))
