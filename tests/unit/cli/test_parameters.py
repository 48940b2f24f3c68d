"""Parameter files on the command line: export, check, use."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenosim.cli.parameters import check_parameters, export, is_parameter_file, use_files_here
from xenosim.errors import XenosimError
from xenosim.parameters.load import load_set
from xenosim.parameters.shelf import on_shelf
from xenosim.testing import DRUG_TEXT


def test_an_export_checks_as_it_is_and_below_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export("export", "ixazomib", None, False)
    text = capsys.readouterr().out
    (tmp_path / "drugs").mkdir()
    for path in (tmp_path / "plain.yaml", tmp_path / "drugs" / "mine.yaml"):
        path.write_text(text)
        assert is_parameter_file(str(path))
        check_parameters(str(path), [], False)
    said = capsys.readouterr().out
    assert "✓ drug 'plain'" in said
    assert "routes: IV, SC, PO" in said
    assert said.count("move ") == 1


def test_a_scenario_is_none(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("title: a\narms: {}\n")
    assert not is_parameter_file(str(path))


def test_a_broken_file_is_refused_with_every_mistake(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(DRUG_TEXT.replace("value: 1.0", "value: x").replace("nM", "kg"))
    with pytest.raises(XenosimError, match="2 mistakes"):
        check_parameters(str(path), [], False)
    with pytest.raises(XenosimError, match="takes no --set"):
        check_parameters(str(path), ["a=1"], False)


def test_files_of_the_directory_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "drugs").mkdir()
    (tmp_path / "drugs" / "mine.yaml").write_text(DRUG_TEXT)
    monkeypatch.chdir(tmp_path)
    with on_shelf(None):
        use_files_here()
        assert load_set("mine").value("cl") == 1.0


def test_export_takes_one_name() -> None:
    with pytest.raises(XenosimError, match="not understood"):
        export("ixazomib", "cl", None, False)
