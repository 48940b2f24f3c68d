"""One animal and its clock: times are steps, tissues are kept, a branch begins a new study."""

import numpy as np
import pytest

from xenosim.parameters.load import load_set
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.schema import Scenario
from xenosim.study.animal import Animal, step_on
from xenosim.study.body_weight import BodyWeight
from xenosim.study.tissues import exposures
from xenosim.testing import small_scenario, small_spec
from xenosim.tumor.tumor import Tumor


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario()


def mouse(scenario: Scenario, regimen: str, dt_h: float = 1.0) -> Animal:
    """A small tumor, with everything that an animal has; day 0 is after 3 steps."""
    doses = parse_regimen(regimen, default_drug="ixazomib")
    return Animal(
        [Tumor(small_spec()._replace(dt_h=dt_h), 1.0, seed=1)],
        exposures(scenario, doses)._asdict(),
        BodyWeight(load_set("mouse"), np.random.default_rng(0)),
        day_0=3,
    )


def test_days_become_steps_in_one_place() -> None:
    assert step_on(0.5, 1.0) == 12 and step_on(0.51, 1.0) == 13 and step_on(-0.5, 1.0) == -12
    for dt_h in (0.05, 0.1, 1 / 3, 0.5, 1.0, 3.0):
        per_day = round(24 / dt_h)
        assert all(step_on(n * dt_h / 24, dt_h) == n for n in range(0, 50 * per_day, 7))
        assert step_on(21.0, dt_h) == 21 * per_day


def test_drugs_are_met_from_day_0_on(scenario: Scenario) -> None:
    animal = mouse(scenario, "10 mg/kg IV days 0")
    begin = animal.weight_loss
    seen = []
    for _ in range(6):
        seen.append((animal.time_h, animal.inhibition is not None))
        animal.advance()
    assert seen == [(-3.0, False), (-2.0, False), (-1.0, False)] + [
        (0.0, False),
        (1.0, True),
        (2.0, True),
    ]
    assert animal.inhibition is not None and animal.inhibition.max() > 0.1
    assert animal.blood_occupancy > 0.1 and animal.weight_loss > begin == 0.0


def test_no_regimen_leaves_the_tumor_untreated(scenario: Scenario) -> None:
    animal = mouse(scenario, "none")
    animal.live_until(0.5)
    assert animal.exposure is None and animal.inhibition is None and not animal.tumor.exposed
    assert animal.blood_occupancy == 0.0 and animal.step_number == 15


@pytest.mark.parametrize("dt_h", [1.0, 1 / 3, 0.1])
def test_a_state_goes_on_as_the_animal_does(scenario: Scenario, dt_h: float) -> None:
    animal = mouse(scenario, "10 mg/kg IV days 0", dt_h)
    animal.live_until(0.25)
    twin = mouse(scenario, "10 mg/kg IV days 0", dt_h)
    twin = Animal.from_state(animal.state(), animal.tumor.spec, twin.tissues, twin.weight)
    assert twin.time_h == animal.time_h == pytest.approx(6.0)
    for each in (animal, twin):
        each.live_until(0.5)
    assert twin.tumor.digest() == animal.tumor.digest()
    assert twin.blood_occupancy == animal.blood_occupancy > 0.0
    assert twin.body_weight_g(0.5) == animal.body_weight_g(0.5)


def test_a_branch_keeps_age_and_occupancy(scenario: Scenario) -> None:
    animal = mouse(scenario, "10 mg/kg IV days 0")
    animal.live_until(0.5)
    weight = animal.body_weight_g(0.5)
    occupied = animal.tissues["tumor"].occupancy.copy()
    future = mouse(scenario, "bortezomib 1 mg/kg IV days 0 + ixazomib 1 mg/kg IV days 3")
    branch = Animal.from_state(animal.state(), small_spec(), future.tissues, future.weight)
    branch.branch_off()
    assert branch.time_h == 0.0 and branch.step_number == animal.step_number
    assert branch.body_weight_g(0.0) == pytest.approx(weight)
    drugs = branch.tissues["tumor"].binding.inhibitors
    assert set(drugs) == {"bortezomib", "ixazomib"}
    assert np.array_equal(
        branch.tissues["tumor"].occupancy[:, :, drugs.index("ixazomib")], occupied[:, :, 0]
    )
    assert (branch.tissues["tumor"].occupancy[:, :, drugs.index("bortezomib")] == 0.0).all()


def test_a_growing_animal_counts_from_engraftment() -> None:
    animal = Animal([Tumor(small_spec(), 1.0, seed=1)])
    animal.advance_to(30)
    assert animal.time_h == 30.0 and animal.weight_loss == 0.0
    assert np.isnan(animal.body_weight_g(1.0))
    animal.begin_study()
    assert animal.time_h == 0.0 and animal.day_0 == 30
