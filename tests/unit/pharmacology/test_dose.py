"""Doses, salts and routes."""

import pytest

from xenosim.errors import RegimenError
from xenosim.parameters.load import available, load_set
from xenosim.pharmacology.dose import (
    Dose,
    Route,
    check_route,
    check_substance,
    routes_of,
    split_salt,
)


def test_a_salt_is_split_off_and_put_back() -> None:
    for text, drug, salt in (
        ("Ixazomib  citrate", "ixazomib", "citrate"),
        ("ixazomib", "ixazomib", ""),
        ("citrate", "citrate", ""),
    ):
        assert split_salt(text) == (drug, salt)
        dose = Dose(0.0, 1.0, drug, Route.IV, salt=salt)
        assert split_salt(dose.substance) == (drug, salt)


def test_routes_are_words_and_compartments() -> None:
    assert Dose(0.0, 1.0, "ixazomib", "SC").route is Route.SC  # type: ignore[arg-type]
    assert [r.compartment for r in Route] == ["central", "depot_sc", "depot_po", "depot_ip"]
    with pytest.raises(ValueError, match="XX"):
        Dose(0.0, 1.0, "ixazomib", "XX")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", available("drug"))
def test_a_route_has_what_absorption_needs(name: str) -> None:
    drug = load_set(name)
    for route in routes_of(drug):
        assert route is Route.IV or f"f_{route.lower()}" in drug.values


def test_what_is_refused() -> None:
    with pytest.raises(RegimenError, match="did you mean 'ixazomib'"):
        check_substance(Dose(0.0, 1.0, "ixazomab", Route.IV))
    with pytest.raises(RegimenError, match="not dosed as a citrate"):
        check_substance(Dose(0.0, 1.0, "bortezomib", Route.IV, salt="citrate"))
    with pytest.raises(RegimenError, match="no parameters for route PO"):
        check_route(Dose(0.0, 1.0, "carfilzomib", Route.PO))
