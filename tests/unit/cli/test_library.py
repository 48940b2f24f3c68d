"""What the library prints of a line."""

from __future__ import annotations

import json

import pytest

from xenosim.cli.library import list_lines, show_line


def test_a_line_is_shown_with_its_published_values(capsys: pytest.CaptureFixture[str]) -> None:
    show_line("RPMI-8226", False)
    text = capsys.readouterr().out
    assert text.startswith("RPMI-8226: ") and "load_mean" in text and "IC50" in text
    assert "all others as the default cell" in text


def test_a_line_as_data_has_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    show_line("jurkat", True)
    data = json.loads(capsys.readouterr().out)
    assert data["line"] == "Jurkat" and len(data["parameters"]) > 40
    assert {"value", "unit", "status", "source", "where", "note"} == set(
        data["parameters"]["load_mean"]
    )


def test_every_line_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    list_lines(True)
    names = {each["name"] for each in json.loads(capsys.readouterr().out)}
    list_lines(False)
    text = capsys.readouterr().out
    assert len(names) > 70 and all(name in text for name in names)
