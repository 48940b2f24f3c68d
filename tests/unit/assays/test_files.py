"""Assay files: read as written, refused with the line that is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xenosim.assays.files import read_assay
from xenosim.assays.protocol import Apoptosis, Blot, Combination, Viability
from xenosim.errors import XenosimError

SHIPPED = sorted((Path(__file__).parents[3] / "scenarios" / "assays").glob("*.yaml"))


def written(folder: Path, text: str) -> Path:
    path = folder / "assay.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_shipped_files_are_read_and_their_data_too(path: Path, tmp_path: Path) -> None:
    assay = read_assay(path)
    assert assay.verb == path.stem
    kept = tmp_path / "manifest.json"
    kept.write_text(json.dumps({"spec": assay.to_dict()}))
    again = read_assay(tmp_path)
    assert again.to_dict() == assay.to_dict()


def test_values_become_what_the_option_is(tmp_path: Path) -> None:
    text = "assay: viability\nhours: 48\ncells: 50\nmutation_rate: 1e-6\nperturb: PSMB5=A49T\n"
    assay = read_assay(written(tmp_path, text))
    assert assay == Viability(hours=48.0, cells=50, mutation_rate=1e-6, perturb=("PSMB5=A49T",))
    lists = "assay: blot\ntimes: [0, 2]\nmarkers: [CHOP, BiP]\nperturb: [CHOP=ko, JNK=ko]\n"
    assert read_assay(written(tmp_path, lists)) == Blot(
        times="0,2", markers="CHOP,BiP", perturb=("CHOP=ko", "JNK=ko")
    )
    pair = 'assay: combine\ndose: ["1,2,4 nM", "1,2,4 uM"]\n'
    assert read_assay(written(tmp_path, pair)) == Combination(dose=("1,2,4 nM", "1,2,4 uM"))
    assert read_assay(written(tmp_path, "assay: apoptosis\npulse:\n")) == Apoptosis()


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        ("line: Jurkat\n", "'assay' is missing", "assay.yaml"),
        ("assay: viabilty\n", "did you mean 'viability'", "assay.yaml:1"),
        ("assay: viability\ndoses: 1 nM\n", "did you mean 'dose'", "assay.yaml:2"),
        ("assay: viability\nout: here\n", "unknown key 'out'", "assay.yaml:2"),
        ("assay: viability\ncells: many\n", "'many', which is not a whole number", "yaml:2"),
        ("assay: viability\ncells: 5\n", "cells is 5", "assay.yaml:2"),
        ("assay: viability\nhours: 72 h\n", "'72 h', which is not a number", "assay.yaml:2"),
        ("assay: viability\n\ndose: 100\n", "with a unit", "assay.yaml:3"),
        ("assay: viability\ndrug: {name: x}\n", "holds further keys", "assay.yaml:2"),
        ("assay: viability\nline: Jurkatt\n", "did you mean 'Jurkat'", ""),
        ("assay: characterize\n", "'file' is missing", "assay.yaml"),
        ("assay: [blot]\n", "there is no assay", "assay.yaml:1"),
    ],
)
def test_mistakes_are_shown_where_they_stand(
    text: str, message: str, where: str, tmp_path: Path
) -> None:
    with pytest.raises(XenosimError, match=message) as caught:
        read_assay(written(tmp_path, text))
    assert where in (caught.value.where or "") and caught.value.remedy


def test_files_are_looked_for_beside_the_assay(tmp_path: Path) -> None:
    rows = "".join(f"ixazomib,24,{dose},0.5\n" for dose in (5, 10, 20))
    (tmp_path / "mine.csv").write_text("drug,hours,dose_nM,viability\n" + rows)
    assay = read_assay(written(tmp_path, "assay: characterize\nfile: mine.csv\n"))
    assert assay.to_dict()["file"] == str(tmp_path / "mine.csv")


def test_a_directory_of_no_assay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XenosimError, match="no such file"):
        read_assay(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(XenosimError, match="'assay' is missing"):
        read_assay(tmp_path)
