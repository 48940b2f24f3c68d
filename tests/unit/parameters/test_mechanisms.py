"""The table of mechanisms."""

from __future__ import annotations

import pytest

from xenosim.parameters.load import shipped_names, shipped_set
from xenosim.parameters.mechanisms import MECHANISMS, find_mechanism
from xenosim.parameters.schema import PARAMETERS


@pytest.mark.parametrize("name", shipped_names("drug"))
def test_a_shipped_drug_has_what_its_mechanism_takes(name: str) -> None:
    drug = shipped_set(name)
    needs = MECHANISMS[drug.mechanism].needs
    assert all(any(set(names) <= set(drug.values) for names in entry) for entry in needs)


def test_every_parameter_of_a_mechanism_is_known() -> None:
    for mechanism in MECHANISMS.values():
        assert set(mechanism.parameters) <= set(PARAMETERS["drug"])


def test_a_mechanism_has_other_words_and_nothing_else() -> None:
    assert find_mechanism("cereblon") is MECHANISMS["cereblon_modulator"]
    assert find_mechanism("magic") is None
