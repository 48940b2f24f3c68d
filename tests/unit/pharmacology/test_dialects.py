"""Doses written for other programs."""

import pytest

from xenosim.errors import RegimenError
from xenosim.pharmacology.dialects import DIALECTS, as_dialect, doses_to_events
from xenosim.pharmacology.regimen import parse_regimen


def test_a_train_becomes_one_record() -> None:
    doses = parse_regimen("ixazomib citrate 4 mg/kg PO QW x3 + bortezomib 1 mg/kg IV Q3Dx2")
    oral, vein = sorted(doses_to_events(doses), key=lambda event: str(event["drug"]), reverse=True)
    assert (oral["cmt"], oral["ii"], oral["addl"]) == ("depot_po", 168.0, 2)
    assert oral["drug"] == "ixazomib citrate" and vein["addl"] == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_states_the_dose(dialect: str) -> None:
    text = as_dialect(
        parse_regimen("7 mg/kg IV over 30 min QW x2", default_drug="ixazomib"), dialect
    )
    assert "7" in text and "168" in text and "ixazomib" in text


def test_unknown_dialects() -> None:
    with pytest.raises(RegimenError, match="unknown dialect 'sas'"):
        as_dialect((), "sas")
