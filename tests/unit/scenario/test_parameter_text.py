"""A parameter set as a file that reads back."""

from __future__ import annotations

import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.load import shipped_line, shipped_names, shipped_set
from xenosim.scenario.document import document_of
from xenosim.scenario.parameter_file import read_parameter_file
from xenosim.scenario.parameter_text import export_text, parameter_text
from xenosim.testing import DRUG_TEXT


@pytest.mark.parametrize("kind", ["drug", "model", "site", "mouse"])
def test_every_shipped_set_reads_back_to_the_last_digit(kind: str) -> None:
    for name in shipped_names(kind):
        document = document_of(export_text(name), f"{name}.yaml")
        assert read_parameter_file(document, name, kind).set == shipped_set(name)


def test_shipped_lines_read_back_to_the_last_digit() -> None:
    for name in shipped_names("line")[::9]:
        document = document_of(export_text(name), f"{name}.yaml")
        assert read_parameter_file(document, name, "line").set == shipped_line(name)


def test_a_set_of_the_user_reads_back_too() -> None:
    once = read_parameter_file(document_of(DRUG_TEXT, "a.yaml"), "mine", "drug").set
    again = read_parameter_file(document_of(parameter_text(once), "b.yaml"), "mine", "drug").set
    assert again == once


def test_a_subline_says_what_a_scenario_must_state() -> None:
    text = export_text("8226/BTZ")
    assert "must state perturb" in text


def test_what_cannot_be_brought_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ParameterError, match="did you mean 'ixazomib'"):
        export_text("ixazomb")
