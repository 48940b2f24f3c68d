"""What a draw says of tumors: T/C of mean volumes, of animals that differ as a study's do, as
radial twins, each in both arms and followed to the last day.

Of typical animals alone T/C would come out too low: where an effect is strong those with the
fastest clearance make up most of the mean volume.

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
from xenosim.study.ensemble import Draw, with_draw
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import as_twin, simulate_pool

if TYPE_CHECKING:
    from xenosim.scenario.schema import Arm, Scenario
    from xenosim.tumor.growth import Growth

#: Animals in both arms, the same under every draw [-].
ANIMALS = 20


class Study(NamedTuple):
    """A study before any draw: ``scenario`` of twins, their ``growth`` and the mean volume of its
    untreated tumors on the last day, ``control`` [mm3].
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
    scenario = as_twin(load_scenario(str(path)))
    # All that are grown enter: staging narrows volumes, not T/C.
    animals = scenario.animals.model_copy(update={"enroll": None})
    scenario = scenario.model_copy(update={"animals": animals})
    growth = calibrate_growth(scenario)
    return Study(scenario, growth, _mean_volume(scenario, growth, scenario.control))


def tumor_output(target: Target, draw: Draw, folder: str) -> float:
    """ln (T/C + :data:`LEAST_TC`) of a study's arm [-] under a draw of its model."""
    study = study_of(folder, target.how["scenario"])
    scenario = with_draw(study.scenario, draw)
    arm = next(
        arm for arm in scenario.arms if any(dose.drug == target.how["drug"] for dose in arm.doses)
    )
    return math.log(_mean_volume(scenario, study.growth, arm) / study.control + LEAST_TC)


def _mean_volume(scenario: Scenario, growth: Growth, arm: Arm) -> float:
    """Mean true volume of the animals of one arm on the last day [mm3]."""
    alone = scenario.model_copy(update={"arms": (arm,)})
    pool = simulate_pool(alone, ANIMALS, growth=growth)
    return float(pool.at(arm.name, scenario.measure.days[-1]).mean())
