"""One parameter file of a user, and every kind of mistake in it."""

from __future__ import annotations

import pytest

from xenosim.errors import XenosimError
from xenosim.scenario.document import document_of
from xenosim.scenario.parameter_file import (
    ParameterFile,
    kind_of,
    missing_of_drug,
    read_parameter_file,
)
from xenosim.testing import DRUG_TEXT


def _read(text: str, kind: str = "drug") -> ParameterFile:
    return read_parameter_file(document_of(text, "drugs/mine.yaml"), "mine", kind)


def test_a_drug_is_read_in_internal_units() -> None:
    found = _read(DRUG_TEXT.replace("2.0, unit: L/kg", "2000, unit: mL/kg"))
    drug = found.set
    assert (drug.kind, drug.mechanism) == ("drug", "proteasome_inhibitor")
    assert drug.value("v1") == pytest.approx(2.0)
    assert drug.values["cl"].bib == "UserFile"
    assert found.extends == ()


def test_what_follows_from_other_numbers_is_filled_in() -> None:
    drug = _read(DRUG_TEXT).set
    assert drug.value("salt_factor") == 1.0
    fu = drug.value("fu")
    assert drug.value("fu_medium") == pytest.approx(1.0 / (1.0 + 0.1 * (1.0 / fu - 1.0)))
    assert drug.values["fu_medium"].status == "derived"


def test_a_model_begins_with_the_default_cell_and_tumor() -> None:
    found = _read("kind: model\ndescription: mine\nparameters: {}\n", "model")
    assert found.extends == ("cell", "tumor")
    assert {"load_mean", "doubling_time"} <= set(found.set.values)


MISTAKES = {
    "kind: drug": ("kind: durg", "did you mean 'drug'"),
    "mechanism: proteasome": ("mechanism: proteosome", "did you mean 'proteasome'"),
    "value: 1.0": ("value: .inf", "not a finite number"),
    "unit: L/h/kg": ("unit: mg", "is not a unit of clearance"),
    "status: measured": ("status: mesured", "did you mean 'measured'"),
    "source: own PK study": ("source: ''", "'source' says nothing"),
    "  cl:": ("  clearence:", "is not a parameter of a drug"),
    "range: [0.5, 2.0]": ("range: [2.0, 3.0]", "lies outside its range"),
    "value: 0.2": ("value: 1.2", "cannot be"),
    "  kd:": ("  kd_crbn:", "needs kd and koff, or kinact_ki"),
    "  f_po:": ("  f_sc:", "'f_po' is missing"),
    "  v1:": ("  v2:", "'v1' is missing"),
    "description: a drug": ("descripton: a drug", "unknown key 'descripton'"),
    "value: 2.0": ("value: -2.0", "cannot be"),
    "value: 4.0": ("valeu: 4.0", "unknown key 'valeu'"),
}


@pytest.mark.parametrize("right", MISTAKES)
def test_every_mistake_is_named_with_its_line(right: str) -> None:
    wrong, said = MISTAKES[right]
    assert right in DRUG_TEXT
    with pytest.raises(XenosimError) as caught:
        _read(DRUG_TEXT.replace(right, wrong, 1))
    assert said in str(caught.value)
    assert "drugs/mine.yaml" in str(caught.value)


def test_all_mistakes_are_named_at_once() -> None:
    text = DRUG_TEXT
    for right in ("value: 1.0", "status: measured", "value: 0.2", "description: a drug"):
        text = text.replace(right, MISTAKES[right][0], 1)
    with pytest.raises(XenosimError, match="4 mistakes"):
        _read(text)


def test_an_assumed_number_needs_a_note() -> None:
    with pytest.raises(XenosimError, match="assumed without a note"):
        _read(DRUG_TEXT.replace("status: measured", "status: assumed", 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: drug\nparameters: !!python/object/apply:os.system [ls]\n", "tag"),
        ("kind: drug\nparameters: " + "{a: " * 200 + "1" + "}" * 200, "nested without end"),
        ("kind: drug\nkind: drug\n", "given twice"),
        ("- drug\n", "no mapping"),
        ("kind: drug\nparameters: 3\n", "no mapping"),
        ("kind: drug\nparameters: {cl: 3 L/h/kg}\n", "must say value, unit, status and source"),
        ("kind: line\nparameters: {}\n", "a line is not looked for in drugs/"),
    ],
)
def test_hostile_files_are_refused(text: str, said: str) -> None:
    with pytest.raises(XenosimError, match=said):
        _read(text)


def test_an_alias_bomb_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdef", "bcdefg", strict=True):
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    with pytest.raises(XenosimError, match="aliases included"):
        _read("kind: drug\n" + bomb)


def test_a_line_needs_a_doubling_time() -> None:
    with pytest.raises(XenosimError, match="'culture_doubling_time' is missing"):
        _read("kind: line\nparameters: {}\n", "line")


def test_a_third_compartment_needs_a_second() -> None:
    stated = {"molar_mass", "cl", "v1", "fu", "q3", "v3"}
    assert missing_of_drug(stated) == [("q2", "a third compartment comes after a second")]


def test_a_scenario_is_no_parameter_file() -> None:
    assert kind_of(document_of("title: a\narms: {}\n", "s.yaml")) == ""
    assert kind_of(document_of(DRUG_TEXT, "d.yaml")) == "drug"
