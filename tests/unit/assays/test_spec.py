"""Options are declared once: order, types, defaults, ranges, and files that are named."""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError
from pathlib import Path

import pytest

from xenosim.assays.characterization import read_viability
from xenosim.assays.files import read_assay
from xenosim.assays.library import cells
from xenosim.assays.protocol import ASSAYS, Blot, Characterization, Comparison, Viability
from xenosim.assays.spec import Assay, located, options_of
from xenosim.errors import ParameterError, XenosimError


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


def test_n11_fields_take_numbers_lists_and_paths(tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    rows = ["ixazomib,72,3,0.9", "ixazomib,72,30,0.5", "ixazomib,72,300,0.1"]
    table.write_text("\n".join(["drug,hours,dose_nM,viability", *rows]))
    assert Characterization(file=table).file == str(table)  # type: ignore[arg-type]
    assert Blot(times=[0, 2.0, 4.5], markers=["CHOP", "BiP"]) == Blot(  # type: ignore[arg-type]
        times="0,2,4.5", markers="CHOP,BiP"
    )
    assert Viability(hours="48", cells=40.0, noise=0.1, perturb="CHOP=ko") == Viability(  # type: ignore[arg-type]
        hours=48.0, cells=40, noise="0.1", perturb=("CHOP=ko",)
    )
    assert Comparison(lines=["HCT116", "Jurkat"]).lines == "HCT116,Jurkat"  # type: ignore[arg-type]
    for wrong in ({"dose": [3, 10]}, {"dose": 30}, {"pulse": 1}, {"cells": "many"}):
        with pytest.raises(XenosimError) as caught:
            Viability(**wrong)  # type: ignore[arg-type]
        assert caught.value.remedy
    assert cells("HCT116", "CHOP=ko").label == "HCT116 (CHOP=ko)"
    assert len(read_viability(str(table))) == 3


def test_n11_an_assay_file_may_be_named_by_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("assay: viability\nhours: 48\n")
    assert read_assay(str(tmp_path / "a.yaml")) == Viability(hours=48.0)
