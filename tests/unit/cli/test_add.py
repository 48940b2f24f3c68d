"""Verbs that write a parameter file."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenosim.cli.add import add_line
from xenosim.errors import XenosimError


def test_a_file_that_exists_stays_and_a_name_must_be_one(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("mine")
    with pytest.raises(XenosimError, match="the file exists"):
        add_line("x", ["ixazomib 41 nM 48 h"], None, "", str(path), False, False)
    with pytest.raises(XenosimError, match="can be no name"):
        add_line("my line", ["ixazomib 41 nM 48 h"], None, "", None, False, False)
    assert path.read_text() == "mine"
