"""The verb that adds a drug."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command

from xenosim.cli.drugs import drugs_add, drugs_app
from xenosim.cli.parameters import check_parameters


def test_a_drug_is_written_told_and_checks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rest = ["molar_mass=400 g/mol", "fu=5 %", "kd=3 nM", "koff=1 /h"]
    drugs_add("Mine", "proteasome", nca=["cl=2 L/h/kg", "vss=4 L/kg"], set_=rest)
    assert "write 'drug: mine'" in capsys.readouterr().out
    check_parameters("drugs/Mine.yaml", [], False)
    assert "✓ drug 'mine'" in capsys.readouterr().out


def test_the_verb_is_add() -> None:
    assert set(get_command(drugs_app).commands) == {"add"}  # type: ignore[attr-defined]
