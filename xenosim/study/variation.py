"""What makes one animal differ from the typical one (MODEL.md P1, P8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.cell.params import log_sd
from xenosim.cell.rng import Purpose, generator
from xenosim.scenario.resolve import resolve

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class Variation(NamedTuple):
    """Factors of one animal relative to the typical one [-]."""

    growth: float
    engraftment: float
    clearance: float
    volume: float
    bioavailability: float


TYPICAL = Variation(1.0, 1.0, 1.0, 1.0, 1.0)


def draw_variation(scenario: Scenario, replicate: int, animal: int) -> Variation:
    """Lognormal factors of an animal, median 1 (between-animal CVs of the scenario)."""
    animals, mouse = scenario.animals, resolve(scenario).strain
    cvs = (
        animals.cv_growth,
        mouse.value("cv_engraftment"),
        animals.cv_clearance,
        animals.cv_volume,
        animals.cv_bioavailability,
    )
    z = generator(scenario.seed, Purpose.VARIATION, replicate, animal).standard_normal(len(cvs))
    return Variation(*(float(np.exp(log_sd(cv) * value)) for cv, value in zip(cvs, z, strict=True)))
