"""What an observer reads of an animal: calipers, imaging, balance. Every reading draws from the
``noise`` of its animal, so that the order of readings is part of a study's identity.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.volume import caliper_volume

if TYPE_CHECKING:
    from xenosim.scenario.schema import MeasureSettings
    from xenosim.study.animal import Animal

#: Volume of a ball of radius 1 [-].
BALL = 4.0 * math.pi / 3.0


class TumorReading(NamedTuple):
    """``length_mm`` and ``width_mm`` [mm], NaN by imaging; ``volume_mm3`` [mm3]; ``limited``:
    whether the method cannot tell it from less.
    """

    length_mm: float
    width_mm: float
    volume_mm3: float
    limited: bool


def read_tumor(
    animal: Animal, measure: MeasureSettings, noise: np.random.Generator
) -> TumorReading:
    """The animal's tumor by the method of the study.

    Parameters
    ----------
    animal : Animal
        The animal; calipers see its first lesion, imaging all.
    measure : MeasureSettings
        Method, error and limits.
    noise : Generator
        Of this animal's readings.
    """
    if measure.method == "caliper":
        return caliper(animal.tumor.axes_mm(), measure, noise)
    return image(animal.volume_mm3, measure, noise)


def image(true_mm3: float, measure: MeasureSettings, noise: np.random.Generator) -> TumorReading:
    """The total volume ``true_mm3`` [mm3] as imaging gives it: the lognormal error of the
    calipers, never below the limit.
    """
    error = float(np.exp(measure.caliper_error_sd * noise.standard_normal()))
    volume = max(true_mm3 * error, measure.imaging_limit_mm3)
    return TumorReading(math.nan, math.nan, volume, volume <= measure.imaging_limit_mm3)


def caliper(
    axes_mm: tuple[float, float, float], measure: MeasureSettings, noise: np.random.Generator
) -> TumorReading:
    """Length, width and volume of an ellipsoid of ``axes_mm`` [mm] as calipers give them, never
    below the limit of quantification.

    The error of ln V is the scenario's, lognormal; with V = L W^2 / 2 it is shared so that both
    readings have sd / sqrt(5). An error by size is one length, added to each reading. The longer
    reading is the length, as in a laboratory: with that formula a round tumor reads 6 % below its
    true volume (MODEL.md, P8).

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> measure = small_scenario().measure
    >>> reading = caliper((0.0, 0.0, 0.0), measure, np.random.default_rng(1))
    >>> reading.length_mm == measure.caliper_limit_mm and reading.limited
    True
    """
    limit = measure.caliper_limit_mm
    drawn = noise.standard_normal(2)
    error = np.exp(measure.caliper_error_sd / math.sqrt(5) * drawn)
    # Nothing is read where nothing is left.
    added_mm = measure.caliper_reading_sd_mm * drawn * (axes_mm[0] > 0.0)
    first, second = (
        max(axis * float(e) + float(mm), limit)
        for axis, e, mm in zip(axes_mm[:2], error, added_mm, strict=True)
    )
    length, width = max(first, second), min(first, second)
    volume = float(caliper_volume(length, width, measure.formula))
    return TumorReading(length, width, volume, width <= limit)


def read_volumes(
    true_mm3: NDArray[np.float64], measure: MeasureSettings, noise: np.random.Generator
) -> NDArray[np.float64]:
    """Volumes of round tumors of ``true_mm3`` [mm3], any shape, as the method of a study gives
    them, each with an error of its own, as :func:`caliper` and :func:`image` do one by one.
    """
    if measure.method != "caliper":
        error = np.exp(measure.caliper_error_sd * noise.standard_normal(true_mm3.shape))
        return np.maximum(true_mm3 * error, measure.imaging_limit_mm3)
    across_mm = 2.0 * np.cbrt(true_mm3 / BALL)
    drawn = noise.standard_normal((2, *true_mm3.shape))
    sides = across_mm * np.exp(measure.caliper_error_sd / math.sqrt(5) * drawn)
    sides = np.maximum(sides + measure.caliper_reading_sd_mm * drawn, measure.caliper_limit_mm)
    return np.asarray(caliper_volume(sides.max(axis=0), sides.min(axis=0), measure.formula))


def weigh(true_g: float, error_sd: float, noise: np.random.Generator) -> float:
    """A weight of ``true_g`` [g] as the balance gives it [g]; ``error_sd`` of its logarithm [-]."""
    return true_g * float(np.exp(error_sd * noise.standard_normal()))
