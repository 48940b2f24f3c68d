"""Whether model and data agree: posterior predictive p values of every block.

Of draws of the posterior two distances of the data are compared with those of data that the model
makes: that of the mean curve from the expected one, and that of single animals about it (Gelman,
Meng and Stern 1996, Statistica Sinica 6:733). Both are chi squared in the model. The draws know the
data, so that p values are rather too large than too small: a small one means what it says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xenosim.inference.fit.blocks import Array
from xenosim.inference.fit.emulate import Predicted
from xenosim.inference.fit.likelihood import Weighed, patterns, weigh
from xenosim.inference.fit.posterior import Fit

#: Draws that are compared [-], and overall p below which data contradict the model [-].
COMPARED, CONTRADICTED = 200, 0.01
#: What is rarer counts as so rare [-].
RAREST = 1e-300
#: Of quantiles of predictions: animals of each draw [-]; lower, middle and upper [-].
ANIMALS_EACH, SHARES = 20, (0.025, 0.5, 0.975)


class Agreement(NamedTuple):
    """Of a block, by its ``label``: ``p_mean`` of the mean curve, ``p_spread`` of single animals
    [-].
    """

    label: str
    p_mean: float
    p_spread: float


def agreements(found: Fit) -> list[Agreement]:
    """Every block's."""
    z = found.z[np.linspace(0, len(found.z) - 1, COMPARED).astype(int)]
    told = []
    for block, emulator in zip(found.blocks, found.emulators, strict=True):
        predicted = emulator.predict(z)
        weighed = weigh(patterns(block), predicted)
        told.append(
            Agreement(
                block.label, _p_mean(weighed, predicted), _p_spread(weighed, predicted.freedom)
            )
        )
    return told


def overall(told: list[Agreement]) -> float:
    """The smallest p of all, times their number (Bonferroni) [-]."""
    every = [p for one in told for p in (one.p_mean, one.p_spread)]
    return min(1.0, len(every) * min(every))


def _p_mean(found: Weighed, predicted: Predicted) -> float:
    """Of the pull on the mean, whose variance is the information and what doubt adds."""
    from scipy.stats import chi2

    information = found.information
    seen = np.einsum("nii->ni", information)[0] > 0.0
    places = np.ix_(np.arange(len(information)), np.nonzero(seen)[0], np.nonzero(seen)[0])
    variance = (information + information @ predicted.doubt @ information)[places]
    pull = found.pull[:, seen]
    squares = (pull * np.linalg.solve(variance, pull[..., None])[..., 0]).sum(axis=1)
    return float(chi2.sf(squares, int(seen.sum())).mean())


def _p_spread(found: Weighed, freedom: float) -> float:
    """Of the distances of all animals, too far and too near alike; those of a t distribution as the
    ones of a normal distribution that are as rare.
    """
    from scipy.stats import chi2, f

    distance, numbers = np.zeros(len(found.pull)), 0
    for p, square in found.squares:
        if np.isfinite(freedom):
            square = chi2.isf(np.maximum(f.sf(square / p, p, freedom), RAREST), p)
        distance += square.sum(axis=1)
        numbers += p * square.shape[1]
    far = float(chi2.sf(distance, numbers).mean())
    return 2.0 * min(far, 1.0 - far)


def bands(found: Fit, k: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Quantiles (3, times) of block ``k`` [ln]: of the mean curve, and of an animal's values."""
    z = found.z[np.linspace(0, len(found.z) - 1, COMPARED).astype(int)]
    predicted = found.emulators[k].predict(z)
    roots = np.linalg.cholesky(predicted.covariance)
    drawn = rng.standard_normal((ANIMALS_EACH, *predicted.mean.shape))
    if np.isfinite(predicted.freedom):
        sizes = rng.chisquare(predicted.freedom, drawn.shape[:2]) / predicted.freedom
        drawn /= np.sqrt(sizes)[..., None]
    animals = predicted.mean + np.einsum("nij,anj->ani", roots, drawn)
    return (
        np.quantile(predicted.mean, SHARES, axis=0),
        np.quantile(animals.reshape(-1, predicted.mean.shape[1]), SHARES, axis=0),
    )
