"""A drug file from what is known of its PK."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import XenosimError
from xenosim.pkpd.disposition import Disposition
from xenosim.pkpd.new_drug import drug_file
from xenosim.scenario.document import document_of
from xenosim.scenario.parameter_file import read_parameter_file

REST = ("molar_mass=400 g/mol", "fu=5 %", "kd=3 nM", "koff=1 /h")
ONE = ("cl=2 L/h/kg", "vss=4 L/kg")


def test_a_drug_from_values_reads_back() -> None:
    made = drug_file("mine", "proteasome", (), (*ONE, "tmax_po=1 h"), (*REST, "f_po=40 %"))
    assert (made.set.value("cl"), made.set.value("v1")) == (2.0, 4.0)
    assert made.set.values["cl"].status == "derived"
    assert made.set.values["kd"].status == "assumed"
    again = read_parameter_file(document_of(made.text, "mine.yaml"), "mine", "drug").set
    assert again == made.set


def test_a_drug_from_a_table_has_its_intervals(tmp_path: Path) -> None:
    times = np.array([0.1, 0.5, 1.0, 2.0, 4.0, 8.0])
    noise = np.exp([0.1, -0.1, 0.05, 0.0, -0.05, 0.1])
    rows = zip(times, 1000.0 * noise * Disposition(2.0, 4.0).after_bolus(2.0, times), strict=True)
    path = tmp_path / "pk.csv"
    path.write_text("time (h),conc (ng/mL)\n" + "".join(f"{t},{c}\n" for t, c in rows))
    made = drug_file("mine", "proteasome", [f"{path} iv 2 mg/kg"], (), REST)
    cl = made.set.values["cl"]
    assert cl.status == "calibrated"
    assert cl.range is not None
    assert cl.range[0] < 2.0 < cl.range[1]
    assert "pk.csv" in cl.where
    with pytest.raises(XenosimError, match="cl is stated and follows from the PK"):
        drug_file("mine", "proteasome", [f"{path} IV 2 mg/kg"], (), (*REST, "cl=1 L/h/kg"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (((), (), REST), "from tables or from values"),
        ((("pk.csv 2 mg/kg",), (), REST), "is not FILE ROUTE DOSE"),
        (((), ("clearance=2 L/h/kg",), REST), "is not NAME=VALUE"),
        (((), (*ONE, *ONE), REST), "given twice"),
        (((), ("cl=2", "vss=4 L/kg"), REST), "has no unit"),
        (((), ONE, REST[1:]), "'molar_mass' is missing"),
        (((), ONE, REST[:3]), "needs kd and koff"),
    ],
)
def test_what_is_wrong_or_missing_is_said(given: tuple[tuple[str, ...], ...], said: str) -> None:
    with pytest.raises(XenosimError, match=said):
        drug_file("mine", "proteasome", *given)
