"""All figures of a run directory."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.viz import figures


def test_each_figure_has_what_it_needs_or_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observations = study("vehicle", "drug")
    cells = observations.assign(
        n_cells=10, n_proliferating=10, n_quiescent=0, n_apoptotic=0, n_necrotic=0
    )
    events = pd.DataFrame({"arm": ["drug"], "time": [0.0], "ii": [0.0], "addl": [0]})
    clones = cells.assign(clone="wild type", parent="")
    tables = {
        "observations": observations,
        "cells": cells,
        "events": events,
        "clones": clones,
        "plasma": pd.DataFrame(),
    }
    monkeypatch.setattr(figures, "read_run", lambda run: tables)
    manifest = {"arms": ["drug", "vehicle", "lost"], "control": "vehicle", "paired": True}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"seed": 3}))
    drawn = {path.stem for path in figures.draw_all(tmp_path)}
    assert drawn == {"growth_curves", "tc_over_time", "cell_states"}
    assert all((tmp_path / "figures" / f"{name}.png").is_file() for name in drawn)
