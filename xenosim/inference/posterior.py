"""The posterior on emulated outputs, in standard normal scores of the priors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from xenosim.inference.emulator import Emulator, fit, squeezed
from xenosim.inference.sampling import sample
from xenosim.inference.targets import Target

Array = NDArray[np.float64]
#: Chains, and the share of their steps that is left out at the start [-].
CHAINS, BURN_IN = 40, 0.25
#: Scores are kept within this: a share of exactly 0 or 1 has none [-].
_FARTHEST = 5.0


def scores(shares: Array) -> Array:
    """Standard normal scores (n, p) of places in the unit cube (n, p) [-]."""
    return np.clip(ndtri(shares), -_FARTHEST, _FARTHEST)


def shares(z: Array) -> Array:
    """Places in the unit cube (n, p) of scores (n, p) [-]."""
    return ndtr(np.clip(z, -_FARTHEST, _FARTHEST))


def residuals(outputs: Array, asked: Sequence[Target]) -> Array:
    """Outputs (n, m) less what was published, in units of its error [-]."""
    values, errors = np.array([[t.value, t.error] for t in asked]).T
    return (outputs - values) / errors


def counted(found: Array, asked: Sequence[Target]) -> Array:
    """Residuals (n, m) with 0 for those below a number that is a limit."""
    limits = np.array([t.at_most for t in asked])
    return np.where(limits, np.maximum(found, 0.0), found)


def log_likelihood(outputs: Array, asked: Sequence[Target]) -> Array:
    """Log likelihood (n,) of simulated outputs (n, m)."""
    return -0.5 * (counted(residuals(outputs, asked), asked) ** 2).sum(axis=1)


class Posterior(NamedTuple):
    """What the data leave, by emulators of the residuals of the targets ``asked``."""

    asked: tuple[Target, ...]
    emulators: tuple[Emulator, ...]

    @classmethod
    def of(cls, z: Array, outputs: Array, asked: tuple[Target, ...]) -> Posterior:
        """Emulators of outputs (n, m) at scores ``z`` (n, p)."""
        found = squeezed(residuals(outputs, asked))
        return cls(asked, tuple(fit(z, found[:, j]) for j in range(len(asked))))

    def predict(self, z: Array) -> tuple[Array, Array]:
        """Squeezed residuals (k, m) and their variance (k, m)."""
        pairs = [emulator.predict(z) for emulator in self.emulators]
        return np.column_stack([m for m, _ in pairs]), np.column_stack([v for _, v in pairs])

    def log_likelihood(self, z: Array, data: Array | float = 0.0, widened: float = 1.0) -> Array:
        """Log likelihood (k,) of places (k, p): the error of emulation is part of the variance;
        ``data``: other residuals (k, m) than the published ones', 0; ``widened``: factor on the
        errors of the data.
        """
        mean, variance = self.predict(z)
        away = mean - data
        if isinstance(data, float):
            away = counted(away, self.asked)
        total = widened**2 + variance
        return -0.5 * (away**2 / total + np.log(total)).sum(axis=1)

    def chains(self, steps: int, rng: np.random.Generator, widened: float = 1.0) -> Array:
        """Chains (steps kept, CHAINS, p) from the prior on."""
        start = rng.standard_normal((CHAINS, self.emulators[0].x.shape[1]))
        found = sample(lambda z: self.log_likelihood(z, widened=widened), start, steps, rng)
        return found[int(BURN_IN * steps) :]


def apart(chains: Array, n: int, rng: np.random.Generator) -> Array:
    """``n`` places (n, p) from chains (steps, chains, p), far apart in them, in random order."""
    flat = chains.reshape(-1, chains.shape[2])
    return flat[rng.permutation(np.linspace(0, len(flat) - 1, n).astype(int))]
