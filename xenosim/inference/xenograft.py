"""What a draw says of tumors: T/C of typical animals, as radial twins, each in both arms and
followed to the last day.

Untreated cells are at rest whatever the draw, so that growth and the untreated tumors are those of
the scenario, once for all draws.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xenosim.errors import ParameterError
from xenosim.inference.targets import LEAST_TC, Target
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve
from xenosim.study.animal import Animal
from xenosim.study.ensemble import Draw, with_draw
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import as_twin
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.spaces import found_tumor

if TYPE_CHECKING:
    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.growth import Growth

#: Agents of a tumor at the start volume, and tumors that T/C is the mean of [-].
AGENTS, TUMORS = 1000, 2


class Study(NamedTuple):
    """A study before any draw: ``scenario`` of twins, their ``growth`` and the mean volume of its
    untreated tumors on the last day over that on day 0, ``control`` [-].
    """

    scenario: Scenario
    growth: Growth
    control: float


@cache
def study_of(folder: str, stem: str) -> Study:
    """A shipped study as twins, grown and untreated.

    Raises
    ------
    ParameterError
        The folder has no such scenario.
    """
    path = Path(folder) / f"{stem}.yaml"
    if not path.is_file():
        raise ParameterError(
            f"{path.name} not found",
            where=folder,
            remedy="give --scenarios, the folder of the shipped scenario files",
        )
    scenario = as_twin(load_scenario(str(path)), AGENTS)
    growth = calibrate_growth(scenario)
    return Study(scenario, growth, _mean_growth(scenario, growth, ()))


def tumor_output(target: Target, draw: Draw, folder: str) -> float:
    """ln (T/C + :data:`LEAST_TC`) of a study's arm [-] under a draw of its model."""
    study = study_of(folder, target.how["scenario"])
    scenario = with_draw(study.scenario, draw)
    doses = next(
        arm.doses
        for arm in scenario.arms
        if any(dose.drug == target.how["drug"] for dose in arm.doses)
    )
    treated = _mean_growth(scenario, study.growth, doses)
    return math.log(treated / study.control + LEAST_TC)


def _mean_growth(scenario: Scenario, growth: Growth, doses: tuple[Dose, ...]) -> float:
    """Volume of typical tumors on the last day over that on day 0, mean over tumors [-]."""
    return sum(_growth(scenario, growth, doses, seed) for seed in range(1, TUMORS + 1)) / TUMORS


def _growth(scenario: Scenario, growth: Growth, doses: tuple[Dose, ...], seed: int) -> float:
    start = scenario.tumor.start_volume_mm3
    spec = tumor_spec(scenario, growth)
    seen = {"tumor": exposures(scenario, doses, perfusion=spec.perfusion).tumor} if doses else {}
    fraction = resolve(scenario).model.value("growth_start_fraction")
    animal = Animal([found_tumor(spec, fraction * start, seed)], seen)
    while animal.volume_mm3 < start:
        animal.advance()
    animal.begin_study()
    at_start = animal.volume_mm3
    animal.live_until(scenario.measure.days[-1])
    return animal.volume_mm3 / at_start
