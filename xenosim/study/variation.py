"""What makes one animal differ from the typical one (MODEL.md P1, P8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.cell.params import log_sd
from xenosim.cell.rng import Purpose, generator
from xenosim.scenario.resolve import resolve

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class Variation(NamedTuple):
    """Factors of one animal relative to the typical one [-]: of its growth, of what engrafted, of
    its plasma, of the vessels of its tumor, and of its implant's median load and threshold.
    """

    growth: float
    engraftment: float
    clearance: float
    volume: float
    bioavailability: float
    exchange: float = 1.0
    load: float = 1.0
    threshold: float = 1.0


TYPICAL = Variation(1.0, 1.0, 1.0, 1.0, 1.0)
#: Factors of the host, and of what was implanted, in the order of :class:`Variation` [-].
OF_HOST, OF_TUMOR = 5, 3


def draw_variation(scenario: Scenario, replicate: int, animal: int) -> Variation:
    """Lognormal factors of an animal, median 1 (between-animal CVs of the scenario)."""
    # Two purposes, so that a spread of the one leaves the draws of the other as they are.
    host, tumor = (
        generator(scenario.seed, purpose, replicate, animal).standard_normal(count)
        for purpose, count in ((Purpose.VARIATION, OF_HOST), (Purpose.IMPLANT, OF_TUMOR))
    )
    return variation_at(scenario, [*host, *tumor])


def variation_at(scenario: Scenario, scores: Sequence[float]) -> Variation:
    """The factors of an animal at standard normal ``scores`` [-], one for each factor."""
    animals, mouse = scenario.animals, resolve(scenario).strain
    cvs = (
        animals.cv_growth,
        mouse.value("cv_engraftment"),
        animals.cv_clearance,
        animals.cv_volume,
        animals.cv_bioavailability,
        animals.cv_exchange,
        animals.cv_load,
        animals.cv_threshold,
    )
    return Variation(*(float(np.exp(log_sd(cv) * z)) for cv, z in zip(cvs, scores, strict=True)))
