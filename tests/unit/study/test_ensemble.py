"""A scenario under a draw: what it states itself stays, what it does not use is left out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ScenarioError
from xenosim.execution.processes import Workers
from xenosim.parameters.ensemble import prior_ensemble
from xenosim.parameters.priors import CALIBRATED_MODELS
from xenosim.scenario.resolve import resolve
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.ensemble import (
    beyond_calibration,
    load_note,
    simulate_draw,
    simulate_ensemble,
    with_draw,
)
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


def test_a_load_without_data_and_doses_beyond_them_are_said() -> None:
    scenario = small_scenario(overrides=TWIN)
    drug = next(dose.drug for arm in scenario.arms for dose in arm.doses)
    study = {"drug": drug, "route": "SC", "mg_per_kg": 7.0, "doses": 6, "days": 18}
    found = replace(prior_ensemble(2), meta={"calibrated_range": {"a": study}})
    (text,) = beyond_calibration(scenario, found)
    assert "route IV (known: SC)" in text and "14 mg/kg (known: 7 to 7)" in text
    assert "1.17 doses a week (known: 2.33 to 2.33)" in text
    within = study | {"route": "IV", "mg_per_kg": 14.0, "doses": 3}
    both = replace(found, meta={"calibrated_range": {"a": study, "b": within}})
    assert beyond_calibration(scenario, both) == []
    other = replace(found, meta={"calibrated_range": {"a": study | {"drug": "bortezomib"}}})
    assert beyond_calibration(scenario, other)[0].startswith("no study of ixazomib")
    assert beyond_calibration(scenario, prior_ensemble(2)) == []
    assert load_note(scenario.model_copy(update={"model": CALIBRATED_MODELS[0], "line": ""})) == ""
    assert "'mm1s'" in load_note(scenario.model_copy(update={"model": "mm1s", "line": ""}))


def test_sets_that_fail_are_counted_and_none_at_all_is_an_error() -> None:
    asked = TWIN | {"ensemble": "2", "ensemble_from": "prior", "tumor.twin_agents": "50"}
    scenario = small_scenario(overrides=asked)
    found = simulate_ensemble(scenario, Workers(1, 1))
    assert [k for k, _ in found.pools] == [0, 1] and found.failed == []
    tumor = scenario.tumor.model_copy(update={"doubling_time_days": 0.2})
    with pytest.raises(ScenarioError, match="none of 2 parameter sets"):
        simulate_ensemble(scenario.model_copy(update={"tumor": tumor}), Workers(1, 1))


def test_known_sets_are_not_simulated_again(tmp_path: Path) -> None:
    asked = TWIN | {"ensemble": "1", "ensemble_from": "prior", "tumor.twin_agents": "50"}
    scenario, store = small_scenario(overrides=asked), CheckpointStore(str(tmp_path))
    store.make_folders()
    first = simulate_ensemble(scenario, Workers(1, 1), store=store).pools[0][1]
    longer = scenario.model_copy(update={"seed": 5})
    again = simulate_ensemble(longer, Workers(1, 1), store=store).pools[0][1]
    assert np.array_equal(first.volumes, again.volumes) and first.days == again.days
