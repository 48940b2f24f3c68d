"""All figures of a run directory."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.study_on_disk import tiny
from tests.unit.analysis.test_resampling import study
from xenosim.analysis.summary import endpoint_table
from xenosim.errors import RunError, TableError
from xenosim.report.text import load_result
from xenosim.study.run import run_study
from xenosim.viz import figures


def test_each_figure_has_what_it_needs_or_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    observations = study("vehicle", "drug")
    cells = observations.assign(
        n_cells=10, n_proliferating=10, n_quiescent=0, n_apoptotic=0, n_necrotic=0
    )
    events = pd.DataFrame(
        {"arm": ["drug"], "id": [1], "evid": [1], "time": [0.0], "ii": [0.0], "addl": [0]}
    )
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
            except (RunError, TableError) as error:
                assert "\n" not in str(error) and error.remedy
                assert {kept: kept.read_bytes() for kept in old} == old
            old = {kept: kept.read_bytes() for kept in old}
        path.write_text(whole[path])
    observed = run / "observations.csv"
    observed.write_text(whole[observed].replace("early", "soon"))
    with pytest.raises(RunError, match="has the arm 'soon'"):
        figures.draw_all(run)
    lines = whole[observed].splitlines(keepends=True)
    observed.write_text("".join(line for line in lines if ",early," not in line))
    for read in (figures.draw_all, load_result):
        with pytest.raises(TableError, match="has 6 rows of the 9 that were written"):
            read(run)
    assert {kept: kept.read_bytes() for kept in old} == old
    assert not list(run.glob(".*"))


def test_n2_the_figure_of_paired_arms_shows_the_numbers_of_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Animals removed from the control leave their partners out: figure, table and answer have the
    number and the interval of the pairs.
    """
    keys = {
        "animals__per_arm": "6",
        "measure__limit": "0.3 mm",
        "measure__humane_endpoint__tumor_volume": "1.5 mm^3",
    }
    result = run_study(tiny(tmp_path, **keys), jobs=1, paired=True)
    run = result.save(tmp_path / "runs", figures=False)
    shown = {}
    monkeypatch.setattr(figures, "save", lambda figure, *of: shown.update({of[1]: figure}) or [])
    figures.draw_all(run)
    axes = shown["tc_over_time"].axes[0]
    table = result.tables["endpoints"].query("endpoint == 'tc_pct'").set_index("arm")
    for (arm, row), line, band in zip(table.iterrows(), axes.lines, axes.collections, strict=False):
        assert line.get_label() == arm and line.get_xdata()[-1] == row["day"]
        assert line.get_ydata()[-1] == pytest.approx(row["estimate"])
        edges = band.get_paths()[0].vertices
        ends = edges[edges[:, 0] == row["day"], 1]
        assert (ends.min(), ends.max()) == pytest.approx((row["ci_low"], row["ci_high"]))
        assert f"{arm}: T/C {row['estimate']:.0f} %" in result.answer
    unpaired = endpoint_table(result.tables["observations"], "vehicle", seed=7)
    unpaired = unpaired.query("endpoint == 'tc_pct'").set_index("arm")
    assert 2 < table["n"].min() and (table["n"] < unpaired["n"]).all()
    assert (table["ci_low"] != unpaired["ci_low"]).any()
