"""What an animal is made of, and what its tissues see."""

import numpy as np

from xenosim.parameters.load import load_set
from xenosim.pharmacology.dose import Route
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.resolve import resolve
from xenosim.study.tissues import drug_pk, exposures, made_of, tumor_spec
from xenosim.study.variation import TYPICAL
from xenosim.testing import SMALL, small_scenario


def test_an_animal_that_clears_faster_has_less_drug() -> None:
    drug = load_set("ixazomib")
    typical, fast = drug_pk(drug), drug_pk(drug, TYPICAL._replace(clearance=2.0))
    assert fast.cl == 2.0 * typical.cl and fast.v1 == typical.v1


def test_no_more_is_absorbed_than_is_given() -> None:
    much = drug_pk(load_set("ixazomib"), TYPICAL._replace(bioavailability=100.0))
    assert much.f and all(share == 1.0 for share in much.f.values())


def test_an_animal_has_its_own_vessels_and_implant() -> None:
    scenario = small_scenario()
    mine = TYPICAL._replace(exchange=0.5, load=1.2, threshold=0.8)
    typical, own = tumor_spec(scenario, None), tumor_spec(scenario, None, mine)
    assert own.perfusion.mean == 0.5 * typical.perfusion.mean
    assert own.perfusion[1:] == typical.perfusion[1:]
    assert own.traits.load_median == 1.2 * typical.traits.load_median
    assert own.traits.threshold_median == 0.8 * typical.traits.threshold_median
    doses = parse_regimen("ixazomib 10 mg/kg IV days 0", default_drug=None)
    poor, plain = (exposures(scenario, doses, v).tumor.advance(0.0, 1.0) for v in (mine, TYPICAL))
    assert (poor < plain).all()


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
    slow, fast = (
        tumor_spec(scenario, None, TYPICAL._replace(growth=factor)) for factor in (1.0, 2.0)
    )
    mine, other = made_of(scenario, slow), made_of(scenario, fast)
    assert {name for name in mine if mine[name] != other[name]} == {"traits.cycle_h"} or (
        mine != other
    )


def test_what_the_scenario_states_reaches_every_tissue() -> None:
    doses = parse_regimen("ixazomib 5 mg/kg PO days 0", default_drug=None)
    stated = {
        "perturb": "[PSMB5=A49T]",
        "parameters.ixazomib.cl": "1.25 L/h/kg",
        "parameters.ixazomib.ka_po": "3 /h",
        "parameters.A49T.kd_fold_ixazomib": "60",
        "parameters.tumor.vessel_exchange": "0.5 /h",
        "parameters.tumor.mechanical_depth": "700 um",
        "parameters.mouse.exchange_blood": "60 /h",
        "parameters.cell.chaperone_gain": "4",
    }
    plain, scenario = small_scenario(), small_scenario(overrides=SMALL | stated)
    pk = drug_pk(resolve(scenario).drug("ixazomib"))
    assert (pk.cl, pk.ka[Route.PO], pk.v1) == (1.25, 3.0, load_set("ixazomib").value("v1"))
    tissues, usual = exposures(scenario, doses), exposures(plain, doses)
    assert tissues.tumor.fold.tolist() == [[1.0], [60.0]]
    assert tissues.tumor.profiles["ixazomib"].concentration(5.0) > usual.tumor.profiles[
        "ixazomib"
    ].concentration(5.0)
    spec = tumor_spec(scenario, None)
    assert (spec.depth_um, spec.perfusion.mean) == (700.0, 0.5)
    assert spec.params.chaperone_gain == 4.0
    parts = made_of(scenario, spec)
    assert parts["parameters.ixazomib.cl"] == "1.25 L/h/kg"
    assert not any(name.startswith("parameters.") for name in made_of(plain, spec))
