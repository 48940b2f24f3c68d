"""The Mesa model: the same tumor with and without Mesa, and the verbs of its cells."""

import mesa
import numpy as np
import pytest

from xenosim.cell.state import CellState
from xenosim.errors import ScenarioError
from xenosim.study.abm import XenograftModel
from xenosim.study.cell_views import StaleViewError
from xenosim.testing import small_scenario, small_spec
from xenosim.tumor.growth import Growth
from xenosim.tumor.tumor import Tumor


def test_mesa_adds_no_biology() -> None:
    model, tumor = XenograftModel(small_spec(), 2.0, rng=5), Tumor(small_spec(), 2.0, 5)
    for _ in range(30):
        model.step()
        tumor.step()
    assert model.tumor.digest() == tumor.digest()
    frame = model.datacollector.get_model_vars_dataframe()
    assert {"tumor_volume_mm3", "n_cells", "load_mean", "stress_mean"} <= set(
        frame.columns
    ) and len(frame) == 2


def test_cells_have_the_verbs_of_an_agent_set() -> None:
    model = XenograftModel(small_spec(), 2.0, rng=5)
    model.step()
    cells = model.cells
    groups = cells.groupby("state")
    assert sum(map(len, groups.values())) == len(cells) == model.tumor.n
    dividing = cells.select(lambda c: c.get("clock") > 0.5, state=CellState.PROLIFERATING)
    assert 0 < len(dividing) < len(cells) and len(cells.select(at_most=3)) == 3
    assert cells.agg("load", np.mean) > 0
    cell = next(iter(dividing))
    assert cell.state is CellState.PROLIFERATING and len(cell.position_um) == 3
    model.step()
    with pytest.raises(StaleViewError):
        _ = cell.load


class Small(XenograftModel):
    """For batch running: plain parameters."""

    def __init__(self, volume_mm3: float = 1.0, rng: int | None = 1) -> None:
        super().__init__(small_spec(), volume_mm3, rng=rng, collect_every_h=1.0)


def test_batch_running() -> None:
    rows = mesa.batch_run(
        Small, {"volume_mm3": [1.0, 2.0]}, max_steps=5, number_processes=1, display_progress=False
    )
    assert len(rows) == 2 and all(row["n_cells"] > 0 for row in rows)


def test_without_a_seed_every_tumor_is_another() -> None:
    assert Small(rng=None).tumor.seed != Small(rng=None).tumor.seed and Small().tumor.seed == 1


GROWTH = Growth(40.0, 0.001, 200.0, None, 3.0, 1.25)


def test_an_animal_of_a_scenario_begins_at_its_start_volume() -> None:
    scenario = small_scenario()
    model = XenograftModel.from_scenario(scenario, growth=GROWTH)
    assert model.time_h == 0.0 and model.running
    assert model.volume_mm3 >= scenario.tumor.start_volume_mm3 > 0.5 * model.volume_mm3
    untreated = XenograftModel.from_scenario(scenario, "vehicle", growth=GROWTH)
    assert untreated.tumor.digest() == model.tumor.digest()
    for _ in range(72):
        model.step()
        untreated.step()
    assert model.animal.inhibition is not None and untreated.animal.inhibition is None
    assert model.volume_mm3 < untreated.volume_mm3
    days = model.datacollector.get_model_vars_dataframe()["day"]
    assert days.tolist() == [0.0, 1.0, 2.0, 3.0]
    other = XenograftModel.from_scenario(scenario, "vehicle", 2, growth=GROWTH)
    assert other.tumor.digest() != XenograftModel.of(untreated.animal).tumor.digest()


def test_an_arm_that_is_not_there_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no arm 'vehicl'") as error:
        XenograftModel.from_scenario(small_scenario(), "vehicl", growth=GROWTH)
    assert error.value.remedy and "vehicle" in error.value.remedy


def test_a_tumor_that_does_not_grow_is_refused() -> None:
    dying = GROWTH._replace(loss_per_h=0.1)
    with pytest.raises(ScenarioError, match="does not reach the start volume"):
        XenograftModel.from_scenario(small_scenario(), growth=dying)
