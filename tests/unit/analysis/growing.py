"""Made-up animals whose growth is known: lines in ln V that differ by animal, and a reading's
error.
"""

import numpy as np
import pandas as pd

from xenosim.analysis.data import StudyData
from xenosim.analysis.pool import AnimalPool

DAYS = np.arange(0.0, 31.0, 3.0)


def readings(
    count: int, seed: int, effect: float = 0.03, end_mm3: float = 2000.0
) -> dict[str, np.ndarray]:
    """Volumes [mm3] (animals, days) of ``count`` animals in two arms; ``effect``: what the drug
    takes off the rate [1/day]; animals leave after a reading of ``end_mm3`` [mm3].
    """
    rng = np.random.default_rng(seed)
    start = np.log(100.0) + 0.2 * rng.standard_normal(count)
    rate = 0.11 + 0.02 * rng.standard_normal(count)
    found = {}
    for arm, less in (("vehicle", 0.0), ("drug", effect)):
        error = 0.12 * rng.standard_normal((count, DAYS.size))
        volumes = np.exp(start[:, None] + (rate - less)[:, None] * DAYS + error)
        gone = np.cumsum(volumes >= end_mm3, axis=1) - (volumes >= end_mm3) > 0
        found[arm] = np.where(gone, np.nan, volumes)
    return found


def pool(count: int, seed: int, effect: float = 0.03) -> AnimalPool:
    """The pool of these animals."""
    return AnimalPool.of_readings(readings(count, seed, effect), DAYS, "vehicle")


def fresh_studies(
    n: int, studies: int, seed: int, effect: float, end_mm3: float = 2000.0
) -> tuple[AnimalPool, dict[str, np.ndarray]]:
    """Studies of ``n`` per arm whose animals are in no other: their pool and who is in which arm,
    ranked by starting volume and randomized within pairs.
    """
    found = readings(2 * n * studies, seed, effect, end_mm3)
    animals = AnimalPool.of_readings(found, DAYS, "vehicle")
    return animals, disjoint(animals, n, studies, seed)


def disjoint(animals: AnimalPool, n: int, studies: int, seed: int = 1) -> dict[str, np.ndarray]:
    """The animals of a paired pool of two arms dealt to studies, each to one alone."""
    rng = np.random.default_rng(seed)
    dealt = rng.permutation(animals.size)[: 2 * n * studies].reshape(studies, 2 * n)
    ranked = np.take_along_axis(dealt, np.argsort(animals.start[dealt], axis=1), axis=1)
    pairs = rng.permuted(ranked.reshape(studies, n, 2), axis=2)
    return {arm: pairs[:, :, place] for place, arm in enumerate(animals.arms)}


def study(volumes: dict[str, np.ndarray], paired: bool = True) -> StudyData:
    """The same as a table of measurements."""
    rows = [
        (arm, animal, day, volume)
        for arm, each in volumes.items()
        for animal, row in enumerate(each)
        for day, volume in zip(DAYS, row, strict=True)
        if np.isfinite(volume)
    ]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    return StudyData(table, "vehicle", paired=paired)
