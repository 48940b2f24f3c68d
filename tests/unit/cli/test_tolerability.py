"""Verb tolerability: a column per arm, rows in words, and no pooling over models."""

import json
from pathlib import Path

import pytest

from xenosim.analysis.tolerability import COLUMNS
from xenosim.cli import tolerability as verb
from xenosim.cli.tolerability import ACROSS, tolerability
from xenosim.errors import RunError
from xenosim.study.tolerability import COLUMNS as OF_SCENARIO


def test_every_row_has_words() -> None:
    for name in {*COLUMNS, *OF_SCENARIO} - {"arm", "definition"}:
        words = verb._label(name)
        assert "_" not in words and len(words) < verb.FIRST - 2


def test_arms_stand_side_by_side_and_nobody_weighed_has_no_loss() -> None:
    row = dict.fromkeys(COLUMNS, 1.0) | {"n_weighed": 0, "nadir_pct": None}
    rows = [row | {"arm": f"arm {k}"} for k in range(ACROSS + 1)]
    lines = list(verb._lines(rows))
    assert len(lines) == 2 * (len(COLUMNS) - 1)
    assert lines[0].split() == ["arm", "0", "arm", "1", "arm", "2"]
    lost = next(line for line in lines if "over 20 %" in line)
    assert lost.split()[-ACROSS:] == ["-"] * ACROSS and "nan" not in "\n".join(lines)


def test_models_of_a_panel_are_not_pooled(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"panel": {}}))
    with pytest.raises(RunError, match="several models"):
        tolerability(str(tmp_path), {}, 4, None, False)
