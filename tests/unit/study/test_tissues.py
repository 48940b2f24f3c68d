"""What an animal is made of, and what its tissues see."""

import numpy as np

from xenosim.pharmacology.regimen import parse_regimen
from xenosim.study.tissues import drug_pk, exposures, made_of, tumor_spec
from xenosim.study.variation import TYPICAL
from xenosim.testing import small_scenario


def test_an_animal_that_clears_faster_has_less_drug() -> None:
    fast = drug_pk("ixazomib", TYPICAL._replace(clearance=2.0))
    assert fast.cl == 2.0 * drug_pk("ixazomib").cl and fast.v1 == drug_pk("ixazomib").v1


def test_no_more_is_absorbed_than_is_given() -> None:
    much = drug_pk("ixazomib", TYPICAL._replace(bioavailability=100.0))
    assert much.f and all(share == 1.0 for share in much.f.values())


def test_tissues_are_independent() -> None:
    scenario = small_scenario()
    doses = parse_regimen("ixazomib 10 mg/kg IV days 0", default_drug=None)
    tissues = exposures(scenario, doses)
    for hour in range(4):
        tissues.blood.advance(float(hour), hour + 1.0)
    assert tissues.blood.occupancy.max() > 0.1
    assert tissues.normal.occupancy.max() == tissues.tumor.occupancy.max() == 0.0


def test_what_is_seen_in_a_step_holds_both_targets() -> None:
    scenario = small_scenario()
    doses = parse_regimen("lenalidomide 10 mg/kg PO days 0", default_drug=None)
    seen = exposures(scenario, doses).tumor.course(np.array([0.0, 1.0]))
    assert seen.cereblon[0] > 0.0 and seen.inhibition is not None and seen.inhibition.max() == 0.0


def test_what_an_animal_is_made_of_tells_tumors_apart() -> None:
    scenario = small_scenario()
    slow, fast = (tumor_spec(scenario, None, factor) for factor in (1.0, 2.0))
    mine, other = made_of(scenario, slow), made_of(scenario, fast)
    assert {name for name in mine if mine[name] != other[name]} == {"traits.cycle_h"} or (
        mine != other
    )
