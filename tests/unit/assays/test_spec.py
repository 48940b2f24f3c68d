"""Options are declared once: order, types, defaults, ranges, and files that are named."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError
from pathlib import Path

import pytest

from xenosim.assays.protocol import ASSAYS, Blot, Characterization, Viability
from xenosim.assays.spec import Assay, located, options_of
from xenosim.errors import ParameterError


@pytest.mark.parametrize("assay", ASSAYS.values(), ids=list(ASSAYS))
def test_every_option_has_a_help_and_a_default(assay: type[Assay]) -> None:
    for name, (_, option, default) in options_of(assay).items():
        assert option.help.endswith("."), name
        assert (default is MISSING) == option.is_argument, name


def test_what_an_assay_declares_itself_comes_first() -> None:
    assert list(options_of(Viability))[:5] == ["line", "drug", "dose", "hours", "pulse"]
    assert list(options_of(Characterization))[0] == "file"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cells": 9}, "cells is 9"),
        ({"seed": 2**31}, "seed is 2147483648"),
        ({"replicates": 0}, "replicates is 0"),
    ],
)
def test_numbers_outside_their_range_are_refused_from_python_too(
    change: dict[str, int], message: str
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        Viability(**change)
    assert caught.value.where == f"--{next(iter(change))}" and caught.value.remedy


def test_a_description_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Blot().seed = 2  # type: ignore[misc]


def test_the_command_holds_every_option_and_quotes_what_needs_it() -> None:
    command = Blot(perturb=("CHOP=ko", "NOXA=kd:0.8"), pulse="1 h").command()
    assert "--perturb CHOP=ko --perturb NOXA=kd:0.8" in command and "--pulse '1 h'" in command
    assert "--doubling" not in command


def test_a_description_as_data_leaves_out_what_is_not_given() -> None:
    data = Blot(perturb=("CHOP=ko",)).to_dict()
    assert data["assay"] == "blot" and data["perturb"] == ["CHOP=ko"] and "pulse" not in data


def test_files_are_located_and_names_are_not() -> None:
    folder = Path("/data")
    assert located("line", "own/line.yaml", folder) == "/data/own/line.yaml"
    assert located("file", "/mine.csv", folder) == "/mine.csv"
    assert located("line", "CEM/WT", folder) == "CEM/WT"
