"""A calibration: a design over the prior, waves of points where the data lead, a rehearsal of the
posterior, and draws of the posterior on emulators that are simulated again and weighed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.execution.processes import Workers
from xenosim.inference.diagnostics import Checked, checked
from xenosim.inference.points import Point, Store, simulate_point
from xenosim.inference.posterior import Posterior, apart, log_likelihood, scores, shares
from xenosim.inference.sampling import importance_size, resampled, smoothed
from xenosim.inference.targets import STAGES, Target, targets
from xenosim.inference.xenograft import study_of
from xenosim.parameters.ensemble import model_hash
from xenosim.parameters.priors import prior_values, priors

Array = NDArray[np.float64]
#: Points of a later wave, over those of the design [-].
LATER = 0.3
#: Factor on the errors of the data where a later wave is placed: around the posterior too [-].
WIDENED = 1.5
#: Steps of the chains: to place a wave, to rehearse the posterior, and for the posterior [-].
STEPS, REHEARSED_STEPS, LAST_STEPS = 240, 480, 800
#: Most states of the chains that directions are found in [-].
CHAIN_KEPT = 4000
#: Wave number of the rehearsal, the candidates' less one, which every number of waves shares [-].
LAST = 1000
#: What is told: what is done, points done and to do, seconds left (NaN: unknown).
Told = Callable[[str, int, int, float], None]


class Settings(NamedTuple):
    """What is asked: ``draws`` to keep, ``waves`` in all, ``design`` points of the first, ``seed``,
    ``stages`` of data, ``scenarios``: folder of the shipped scenario files, ``candidates`` that are
    simulated again for the draws.
    """

    draws: int = 200
    waves: int = 2
    design: int = 600
    seed: int = 1
    stages: tuple[str, ...] = STAGES
    scenarios: str = "scenarios"
    candidates: int = 300

    def of_points(self) -> dict[str, object]:
        """What points on disk depend on."""
        return {
            "model": model_hash(),
            "design": self.design,
            "seed": self.seed,
            "stages": list(self.stages),
            "parameters": [prior.column for prior in priors()],
        }


@dataclass(frozen=True)
class Calibration:
    """What came out: ``z`` (draws, p), the draws as scores of the priors; ``outputs`` (draws, m) of
    them, of a copy those of its original; ``candidates``: how many were weighed, worth ``size``
    independent ones; ``distinct`` ones among the draws; ``checks``; ``chain`` (n, p), scores from
    the emulated posterior; ``prior_outputs`` (n, m) of the design; ``points`` simulated, in
    ``seconds`` [s].
    """

    settings: Settings
    asked: tuple[Target, ...]
    z: Array
    outputs: Array
    candidates: int
    size: float
    distinct: int
    checks: Checked
    chain: Array
    prior_outputs: Array
    points: int
    seconds: float

    @property
    def values(self) -> Array:
        """The draws (draws, p) in internal units."""
        return prior_values(shares(self.z))


def calibrate(
    folder: Path, settings: Settings, jobs: int | None = None, told: Told | None = None
) -> Calibration:
    """Calibrate, or go on with a calibration of the same settings in ``folder``.

    Raises
    ------
    XenosimError
        Another stage, scenario folder or settings; a folder that cannot be written.
    """
    started = time.monotonic()
    asked = targets(settings.stages)
    store = Store(folder, settings.of_points())
    for stem in sorted({t.how["scenario"] for t in asked if t.stage == "invivo"}):
        study_of(settings.scenarios, stem)
    run = _Run(settings, asked, store, told or (lambda *_: None))
    with Workers(jobs, settings.design) as workers:
        z, outputs = run.waves(workers)
        z, outputs = run.rehearsed(z, outputs, workers)
        posterior = run.fitted(z, outputs)
        run.told("sampling the posterior", 0, 0, np.nan)
        chains = posterior.chains(LAST_STEPS, run.rng(LAST + 1))
        tried = apart(chains, settings.candidates, run.rng(LAST + 1, 1))
        found = run.simulated(LAST + 1, tried, workers, "candidates")
    weights = log_likelihood(found, asked) - posterior.log_likelihood(tried)
    chosen = resampled(weights, settings.draws, run.rng(LAST, 2))
    run.told("checking the calibration", 0, 0, np.nan)
    return Calibration(
        settings,
        asked,
        smoothed(tried, chosen, run.rng(LAST, 5)),
        found[chosen],
        len(tried),
        importance_size(weights),
        len(np.unique(chosen)),
        checked(posterior, outputs, chains, run.rng(LAST, 3)),
        apart(chains, min(CHAIN_KEPT, chains[..., 0].size), run.rng(LAST, 4)),
        outputs[: settings.design],
        len(outputs) + len(tried),
        time.monotonic() - started,
    )


class _Run(NamedTuple):
    """The parts of one calibration that its waves share."""

    settings: Settings
    asked: tuple[Target, ...]
    store: Store
    told: Told

    def rng(self, *key: int) -> np.random.Generator:
        """Random numbers of a wave and a purpose."""
        return np.random.default_rng(np.random.SeedSequence([self.settings.seed, *key]))

    def waves(self, workers: Workers) -> tuple[Array, Array]:
        """Scores (n, p) and outputs (n, m) of the points of all waves."""
        from scipy.stats import qmc

        cube = qmc.LatinHypercube(len(priors()), rng=self.rng(0)).random(self.settings.design)
        z = scores(cube)
        outputs = self.simulated(1, z, workers, "design")
        for wave in range(2, self.settings.waves + 1):
            posterior = self.fitted(z, outputs)
            chains = posterior.chains(STEPS, self.rng(wave), WIDENED)
            more = apart(chains, int(LATER * self.settings.design), self.rng(wave, 1))
            found = self.simulated(wave, more, workers, f"wave {wave}")
            z, outputs = np.concatenate([z, more]), np.concatenate([outputs, found])
        return z, outputs

    def rehearsed(self, z: Array, outputs: Array, workers: Workers) -> tuple[Array, Array]:
        """The points so far and, of the posterior that they give, as many as draws are kept: where
        draws will lie emulators must be best.
        """
        posterior = self.fitted(z, outputs)
        chains = posterior.chains(REHEARSED_STEPS, self.rng(LAST))
        more = apart(chains, self.settings.draws, self.rng(LAST, 1))
        found = self.simulated(LAST, more, workers, "rehearsal")
        return np.concatenate([z, more]), np.concatenate([outputs, found])

    def fitted(self, z: Array, outputs: Array) -> Posterior:
        """Emulators of all points so far."""
        self.told("fitting emulators", 0, 0, np.nan)
        return Posterior.of(z, outputs, self.asked)

    def simulated(self, wave: int, z: Array, workers: Workers, what: str) -> Array:
        """Outputs (n, m) at scores (n, p)."""
        rounded = np.round(shares(z), 12).tolist()
        points = [Point(wave, k, tuple(at)) for k, at in enumerate(rounded)]
        return self.store.outputs(
            points,
            partial(simulate_point, self.settings.stages, self.settings.scenarios),
            workers,
            lambda done, of, left: self.told(what, done, of, left),
        )
