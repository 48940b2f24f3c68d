"""All figures of a run directory."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.study_on_disk import tiny
from tests.unit.analysis.test_resampling import study
from xenosim.errors import RunError
from xenosim.study.run import run_study
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


def test_n6_tables_that_do_not_fit_leave_the_figures_as_they_were(tmp_path: Path) -> None:
    run = run_study(tiny(tmp_path), jobs=1).save(tmp_path / "runs", figures=False)
    old = {path: path.read_bytes() for path in figures.draw_all(run)}
    whole = {run / f"{name}.csv": "" for name in ("observations", "cells", "plasma")}
    for path in whole:
        whole[path] = path.read_text()
        for broken in (whole[path].replace("early", "soon"), whole[path].splitlines()[0]):
            path.write_text(broken)
            try:
                figures.draw_all(run)
            except RunError as error:
                assert "\n" not in str(error) and error.remedy
                assert {kept: kept.read_bytes() for kept in old} == old
            old = {kept: kept.read_bytes() for kept in old}
        path.write_text(whole[path])
    observed = run / "observations.csv"
    observed.write_text(whole[observed].replace("early", "soon"))
    with pytest.raises(RunError, match="has the arm 'soon'"):
        figures.draw_all(run)
    assert not list(run.glob(".*"))
