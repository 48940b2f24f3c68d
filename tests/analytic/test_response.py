"""What must hold for any drug: more of it never helps the tumor, later dosing is the same response
later.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.conftest import MAIN_JOB, STUDIES
from xenosim.cell.columns import FLOAT_COLUMNS
from xenosim.cell.kernel import step_cells, well_mixed
from xenosim.cell.params import step_factors
from xenosim.cell.state import CellState
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Arm, Scenario
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.testing import small_spec
from xenosim.tumor.growth import Growth
from xenosim.tumor.tissue import N_ZONES
from xenosim.tumor.tumor import Tumor

DAYS, SEEDS = 10, (1, 2, 3, 4)


def mean_volume(scenario: Scenario, arm: Arm, factor: float) -> float:
    """Mean volume on day 10 [mm3] of small tumors of a typical animal when every dose of the arm is
    multiplied by ``factor``.
    """
    doses = [replace(dose, amount_mg_per_kg=factor * dose.amount_mg_per_kg) for dose in arm.doses]
    growth = Growth(60.0, 0.4 * np.log(2.0) / 60.0, 1000.0, 2.5, None, 6.0)
    tumors = [Tumor(tumor_spec(scenario, growth), 1.5, seed) for seed in SEEDS]
    tissue = exposures(scenario, doses).tumor
    for hour in range(24 * DAYS):
        inhibition = tissue.advance(float(hour), hour + 1.0)
        for tumor in tumors:
            tumor.step(inhibition, tissue.lenalidomide(float(hour), hour + 1.0))
    return float(np.mean([tumor.volume_mm3 for tumor in tumors]))


ARMS = [
    pytest.param(scenario, arm, id=f"{path.stem}:{arm.name}")
    for path in STUDIES
    for scenario in [load_scenario(path, {"engine": "lattice"})]
    for arm in scenario.arms
    # A mutation of the target in every cell leaves little of the effect.
    if arm.doses and scenario.tumor.resistant.fraction < 1
]


@pytest.mark.parametrize(("scenario", "arm"), ARMS)
def test_more_drug_never_gives_a_larger_mean_tumor(scenario: Scenario, arm: Arm) -> None:
    volumes = [mean_volume(scenario, arm, factor) for factor in (0.0, 0.3, 1.0, 2.0)]
    # Four tumors of some thousand cells on common random numbers: the mean is known to about a per
    # cent.
    assert all(more <= 1.01 * less for less, more in zip(volumes, volumes[1:], strict=False)), (
        volumes
    )
    assert volumes[-1] < volumes[0]


def test_later_doses_give_the_same_exposure_later() -> None:
    scenario = load_scenario(MAIN_JOB)
    early, late = (
        exposures(
            scenario,
            parse_regimen(
                f"ixazomib 10 mg/kg PO days {days}", default_drug=None, day_of_first_dose=0
            ),
        ).tumor
        for days in ("0,2", "1,3")
    )
    for hour in range(24):
        late.advance(float(hour), hour + 1.0)
    for hour in range(72):
        a, b = early.advance(float(hour), hour + 1.0), late.advance(hour + 24.0, hour + 25.0)
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


def test_cells_in_a_dish_respond_to_later_drug_as_to_earlier() -> None:
    """No lattice: the same columns and kernel, one voxel; cells at rest stay at rest, so that only
    the time differs.
    """
    tumor = Tumor(small_spec(loss_factor=0.0, cycle_h=1e6), 0.5, 5)
    params, states = tumor.spec.params, []
    for delay in (0, 24):
        cells = type(tumor.live)(*(column.copy() for column in tumor.live))
        cells.site[:] = 0
        marks = np.empty(tumor.n, np.uint8)
        for step in range(1, delay + 13):
            table = np.full((1, N_ZONES), 0.6 if step > delay else 0.0, np.float32)
            exposure = well_mixed(table, np.float32(0))
            step_cells(cells, exposure, params, step_factors(params, 1.0), np.int64(step), marks)
        states.append(cells)
    for name in FLOAT_COLUMNS:
        if name != "clock":
            # float32 at rest drifts in its last digits over the 24 hours of waiting.
            np.testing.assert_allclose(
                getattr(states[0], name),
                getattr(states[1], name),
                rtol=2e-5,
                atol=1e-6,
                err_msg=name,
            )
    assert (states[0].state == CellState.PROLIFERATING).all()
