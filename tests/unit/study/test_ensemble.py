"""A scenario under a draw: what it states itself stays, what it does not use is left out."""

import numpy as np

from xenosim.scenario.resolve import resolve
from xenosim.study.ensemble import simulate_draw, with_draw
from xenosim.testing import SMALL, small_scenario

TWIN = SMALL | {"engine": "twin", "tumor.start_volume": "30 mm^3", "measure.days": "0,8,18"}
DRAW = {
    ("cell", "chaperone_gain"): 4.0,
    ("ixazomib", "cl"): 2.0,
    ("bortezomib", "cl"): 3.0,
    ("tumor", "vessel_exchange"): 0.6,
    ("mouse", "beta5_blood"): 400.0,
}


def test_a_draw_takes_the_place_of_what_the_scenario_uses() -> None:
    scenario = small_scenario(overrides=TWIN | {"parameters.ixazomib.cl": "1.5 L/h/kg"})
    study = resolve(with_draw(scenario, DRAW | {(scenario.model, "load_mean"): 0.31}))
    assert study.model.value("chaperone_gain") == 4.0
    assert study.model.value("vessel_exchange") == 0.6
    assert study.model.value("load_mean") == 0.31
    assert study.strain.value("beta5_blood") == 400.0
    assert study.drug("ixazomib").value("cl") == 1.5
    assert "bortezomib" not in study.drugs


def test_another_model_s_load_is_left_out() -> None:
    scenario = small_scenario(overrides=TWIN)
    other = {("wsu_dlcl2", "load_mean"): 0.31}
    assert scenario.model != "wsu_dlcl2"
    assert with_draw(scenario, other).overrides == ()


def test_draws_meet_the_same_animals() -> None:
    scenario = small_scenario(overrides=TWIN)
    mild, strong = (simulate_draw(scenario, {("ixazomib", "cl"): cl}, 2) for cl in (4.0, 1.0))
    assert np.array_equal(mild.of("vehicle"), strong.of("vehicle"))
    assert (mild.at("QW", 18.0) > strong.at("QW", 18.0)).all()
