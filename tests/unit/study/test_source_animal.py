"""The animal of a checkpoint in another study: its past in the new study's times, or a refusal."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from xenosim.errors import CheckpointError
from xenosim.jit import source_hash
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.schema import Scenario
from xenosim.study.source_animal import source_of
from xenosim.study.tissues import made_of, tumor_spec
from xenosim.study.variation import TYPICAL
from xenosim.testing import SMALL, small_scenario
from xenosim.tumor.growth import Growth

GROWTH = Growth(30.0, 0.0, 200.0, None, 3.0, 1.25)
PLACE = Path("runs/mine/checkpoints/a.ckpt")


def header(scenario: Scenario, **changed: Any) -> dict[str, Any]:
    """What a checkpoint says of a typical animal on day 3."""
    doses = parse_regimen("ixazomib 5 mg/kg IV days 0,2", default_drug=None)
    return {
        "kind": "animal",
        "engine": source_hash(),
        "day": 3.0,
        "animal_id": 4,
        "growth_days": 9.0,
        "growth": GROWTH._asdict(),
        "variation": TYPICAL._asdict(),
        "made_of": made_of(scenario, tumor_spec(scenario, GROWTH)),
        "doses": [asdict(dose) for dose in doses],
    } | changed


def test_its_doses_lie_before_the_new_study() -> None:
    scenario = small_scenario()
    found = source_of(header(scenario), PLACE, scenario)
    assert [dose.time_h for dose in found.doses] == [-72.0, -24.0]
    assert (found.animal, found.day, found.growth_days, found.growth) == (4, 3.0, 9.0, GROWTH)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "growth"}, "not of an animal in an arm"),
        ({"engine": "another"}, "another version of the engine"),
        ({"made_of": {"dt_h": 0.5, "strain": "nude"}}, "time_step is 0.5 there and 1.0 here"),
        (
            {"made_of": {"resolution": 1e1, "engine": "twin", "lattice_resolution": 1e3}},
            "this animal: engine is twin there and lattice here; give",
        ),
    ],
)
def test_what_cannot_go_on_is_refused(changed: dict[str, Any], message: str) -> None:
    scenario = small_scenario()
    with pytest.raises(CheckpointError, match=message):
        source_of(header(scenario, **changed), PLACE, scenario)


def test_parameters_of_its_past_stay_and_a_new_drug_has_its_own() -> None:
    stated = SMALL | {"parameters.ixazomib.cl": "1.25 L/h/kg", "parameters.cell.myc": "0.6"}
    mine = small_scenario(overrides=stated)
    assert source_of(header(mine), PLACE, mine).animal == 4
    for other in (
        small_scenario(),
        small_scenario(overrides=stated | {"parameters.ixazomib.cl": "2 L/h/kg"}),
    ):
        for here, there in ((mine, other), (other, mine)):
            with pytest.raises(CheckpointError, match="parameters.ixazomib.cl is "):
                source_of(header(here), PLACE, there)
    # A drug that it has not had may be another one.
    assert source_of(header(small_scenario(), doses=[]), PLACE, small_scenario()).doses == ()
    new = SMALL | {"parameters.ixazomib.cl": "2 L/h/kg"}
    assert source_of(header(small_scenario(), doses=[]), PLACE, small_scenario(overrides=new))


def test_a_drug_that_only_the_animal_has_had_is_named() -> None:
    scenario = small_scenario()
    doses = [dose | {"drug": "mydrug"} for dose in header(scenario)["doses"]]
    with pytest.raises(CheckpointError, match="has had mydrug, a drug of the user's") as caught:
        source_of(header(scenario, doses=doses), PLACE, scenario)
    assert "drugs/mydrug.yaml" in str(caught.value.remedy)
