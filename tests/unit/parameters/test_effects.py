"""What the parameters of a direct effect must be to each other."""

from __future__ import annotations

import pytest

from xenosim.parameters.effects import COMPANIONS, LIMITS, find_misfits
from xenosim.parameters.load import available, load_set
from xenosim.parameters.schema import PARAMETERS


@pytest.mark.parametrize("name", available("drug"))
def test_shipped_drugs_are_well(name: str) -> None:
    values = {key: parameter.value for key, parameter in load_set(name).values.items()}
    assert find_misfits(values) == []


def test_every_parameter_is_in_the_schema() -> None:
    assert set(COMPANIONS) | set(LIMITS) <= set(PARAMETERS["drug"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kill_max": 0.1}, "kill_max needs kill_ec50"),
        ({"brake_ec50": 10.0}, "brake_ec50 needs brake_max"),
        ({"kill_slope": 1.0, "kill_max": 1.0, "kill_ec50": 1.0}, "both say how the drug kills"),
        ({"kill_slope": 1.0, "kill_hill": 2.0}, "kill_hill needs kill_max"),
        ({"kill_cycling_only": 1.0}, "kill_cycling_only needs kill_max or kill_slope"),
        ({"kill_slope": 1.0, "effect_delay": 24.0}, "effect_delay needs effect_transits"),
        ({"kill_slope": 1.0, "effect_transits": 3.0}, "effect_transits needs effect_delay"),
        ({"kill_slope": -1.0}, "kill_slope is -1"),
        ({"brake_max": 1.2, "brake_ec50": 10.0}, "brake_max is 1.2"),
        ({"kill_slope": 1.0, "effect_delay": 9.0, "effect_transits": 2.5}, "effect_transits is"),
        ({"kill_slope": float("nan")}, "kill_slope is nan"),
    ],
)
def test_what_cannot_be_is_said(values: dict[str, float], message: str) -> None:
    found = find_misfits(values)
    assert len(found) == 1 and message in found[0].message and found[0].remedy


def test_all_mistakes_come_at_once() -> None:
    assert len(find_misfits({"kill_max": -1.0, "brake_max": 2.0})) == 4
