"""Whether a calibration is to be trusted, and what it fixed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.inference.emulator import squeezed
from xenosim.inference.posterior import Posterior, residuals
from xenosim.inference.sampling import effective_size, sample, split_r_hat

Array = NDArray[np.float64]
#: Simulated data sets of the self-test, steps of each chain, and draws it is ranked among [-].
DATA_SETS, STEPS, RANKED = 100, 800, 15
#: Correlations above this are told [-].
STRONG = 0.3


class Checked(NamedTuple):
    """``by_target``: error of emulation in units of the data's, and share of left-out points within
    two expected errors; ``r_hat`` and ``chain_size`` of the worst parameter; ``uniform``: p values
    (p,) of the ranks of the self-test.
    """

    by_target: dict[str, dict[str, float]]
    r_hat: float
    chain_size: float
    uniform: Array


def checked(
    posterior: Posterior, outputs: Array, chains: Array, rng: np.random.Generator
) -> Checked:
    """All checks of a posterior with the ``outputs`` (n, m) it was fitted on."""
    return Checked(
        emulation(posterior, outputs),
        float(split_r_hat(chains).max()),
        float(effective_size(chains).min()),
        uniformity(ranks(posterior, rng)),
    )


def emulation(posterior: Posterior, outputs: Array) -> dict[str, dict[str, float]]:
    """By target, how far the emulator is off at points it was not given: near the data, where it
    decides.
    """
    found = squeezed(residuals(outputs, posterior.asked))
    told = {}
    for j, (target, emulator) in enumerate(zip(posterior.asked, posterior.emulators, strict=True)):
        error, size = emulator.left_out(found[:, j])
        near = np.abs(found[:, j]) < 3.0
        near = near if near.sum() > 10 else np.ones_like(near)
        told[target.name] = {
            "error": float(np.sqrt((error[near] ** 2).mean())),
            "within_2": float((np.abs(error) < 2.0 * size).mean()),
        }
    return told


def ranks(posterior: Posterior, rng: np.random.Generator) -> Array:
    """Ranks (data sets, p) of true parameters among draws of their posterior, of data simulated by
    the emulator from draws of the prior: uniform where sampler and likelihood are right (Talts et
    al. 2018, arXiv:1804.06788). Limits count as numbers here.
    """
    p = posterior.emulators[0].x.shape[1]
    truth = rng.standard_normal((DATA_SETS, p))
    mean, variance = posterior.predict(truth)
    data = mean + np.sqrt(1.0 + variance) * rng.standard_normal(mean.shape)
    start = rng.standard_normal((DATA_SETS, p))
    found = sample(lambda z: posterior.log_likelihood(z, data), start, STEPS, rng)
    kept = found[np.linspace(STEPS // 4, STEPS - 1, RANKED).astype(int)]
    return (kept < truth).sum(axis=0)


def uniformity(found: Array, bins: int = 8) -> Array:
    """p values (p,) that ranks (data sets, p) are uniform, chi squared over ``bins``."""
    from scipy.stats import chi2

    edges = np.linspace(-0.5, RANKED + 0.5, bins + 1)
    widths = np.diff(np.ceil(edges)) / (RANKED + 1)
    values = []
    for column in found.T:
        seen = np.histogram(column, np.ceil(edges) - 0.5)[0]
        expected = len(column) * widths
        values.append(chi2.sf(((seen - expected) ** 2 / expected).sum(), bins - 1))
    return np.array(values)


def directions(z: Array, names: list[str]) -> list[dict[str, Any]]:
    """Directions in which draws ``z`` (n, p) are narrower than the prior, the narrowest first:
    variance left [-] and the parameters that make it up.
    """
    centered = z - z.mean(axis=0)
    values, vectors = np.linalg.eigh(centered.T @ centered / (len(z) - 1))
    told = []
    for value, vector in zip(values, vectors.T, strict=True):
        if value > 0.5:
            break
        sign = math.copysign(1.0, vector[np.abs(vector).argmax()])
        order = np.argsort(-np.abs(vector))[:5]
        parts = {names[k]: round(float(sign * vector[k]), 2) for k in order}
        told.append({"variance_left": round(float(value), 3), "of": parts})
    return told


def correlations(z: Array, names: list[str]) -> list[dict[str, Any]]:
    """Pairs of parameters whose draws ``z`` (n, p) go together, the strongest first."""
    scaled = (z - z.mean(axis=0)) / z.std(axis=0)
    found = scaled.T @ scaled / len(z)
    pairs = [
        {"of": [names[i], names[j]], "r": round(float(found[i, j]), 2)}
        for i in range(len(names))
        for j in range(i)
        if abs(found[i, j]) > STRONG
    ]
    return sorted(pairs, key=lambda pair: -abs(pair["r"]))
