"""Verbs of the line library."""

from __future__ import annotations

from typer.main import get_command

from xenosim.cli.lines import lines_app


def test_the_library_is_listed_shown_and_calibrated() -> None:
    verbs = dict(get_command(lines_app).commands)  # type: ignore[attr-defined]
    assert set(verbs) == {"add", "show", "calibrate"}
    assert all(any(each.name == "json" for each in verb.params) for verb in verbs.values())
