"""Tumors that vanish: the study goes on with a cured animal."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.command import call, start
from xenosim.cell.state import CellState
from xenosim.study.abm import XenograftModel
from xenosim.testing import small_spec

SCENARIO = """
title: Cured and not
model: oci_ly10
line: Daudi
drug: ixazomib
parameters: {cell: {killed_clearance_time: 0 h}}   # no dead mass: tumors vanish within the study
tumor: {start_volume: 8 mm^3}
animals: {per_arm: 3, strain: CB-17 SCID, between_animal_cv: {growth: 0 %}}
measure:
  days: "0..15 by 3"
  limit: 0.5 mm
  humane_endpoint: {tumor_volume: 200 mm^3, body_weight_loss: 100 %}
arms:
  vehicle: {regimen: none, control: true}
  huge: {regimen: "100 mg/kg IV QDx5"}
seed: 4
"""


@pytest.mark.parametrize("everything", [False, True])
def test_a_study_goes_on_with_cured_animals(everything: bool, tmp_path: Path) -> None:
    """``everything``: no tumor is left in any arm, the control included."""
    text = (
        SCENARIO.replace(
            "{regimen: none, control: true}", '{regimen: "100 mg/kg IV QDx5", control: true}'
        )
        if everything
        else SCENARIO
    )
    (tmp_path / "cure.yaml").write_text(text)
    # Every warning, in the workers too, is an error.
    if everything:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            done = call("run", "cure.yaml", "--jobs", "1", cwd=tmp_path)
    else:
        done = start("run", "cure.yaml", "--jobs", "2", cwd=tmp_path, python=("-W", "error"))
    assert done.returncode == 0, done.stderr
    assert (
        "3 of 3 animals of 'huge' have no tumor cell left (cured), as far as agents of 100 cells"
        " can tell: "
        in done.stdout
        and "nan" not in done.stdout
    )
    (run,) = (tmp_path / "runs").iterdir()
    tables = {
        name: pd.read_csv(run / f"{name}.csv", keep_default_na=False, na_values=[""])
        for name in ("observations", "truth", "cells", "clones", "endpoints")
    }
    huge = {name: table[table["arm"] == "huge"] for name, table in tables.items()}
    late = huge["observations"][huge["observations"]["day"] >= 6]
    # Calipers read their limit, and say so; the animal stays on study to its end.
    assert (
        (late["tumor_volume_mm3"] == 0.0625).all()
        and late["is_censored"].all()
        and (late["note"] == "below the caliper limit").all()
    )
    assert late[late["day"] == 15]["status"].tolist() == ["end_of_study"] * 3
    truth = huge["truth"][huge["truth"]["day"] >= 6]
    assert (truth[["tumor_volume_mm3", "n_agents"]] == 0).all(axis=None)
    numbers = huge["cells"][["n_cells", "n_proliferating", "born", "cleared"]]
    assert numbers.notna().all(axis=None) and huge["clones"]["n_cells"].notna().all()
    assert not np.isinf(huge["endpoints"].query("endpoint.str.startswith('tc')")["estimate"]).any()
    ends = huge["endpoints"].set_index("endpoint")["estimate"]
    assert ends["mrecist_gao2015_cr_pct"] == 100.0
    # At the limit, 0.06 of some 8 mm3, against a control that grew several times; or against a
    # control at its limit too.
    assert 50 < ends["tc_pct"] < 200 if everything else 0.03 < ends["tc_pct"] < 2.5
    assert "CR, mRECIST (%)" in done.stdout
    assert json.loads((run / "manifest.json").read_text())["warnings"]
    for figure in ("growth_curves", "cell_states", "tumor_slices", "tc_over_time"):
        assert (run / "figures" / f"{figure}.png").stat().st_size > 1000


def test_a_limit_of_zero_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cure.yaml").write_text(SCENARIO.replace("limit: 0.5 mm", "limit: 0 mm"))
    done = call("check", "cure.yaml", cwd=tmp_path)
    assert done.returncode == 2 and "0.1" in done.stderr and "Traceback" not in done.stderr


def test_a_model_without_cells_stops_and_can_be_stepped() -> None:
    model = XenograftModel(small_spec(), 0.5, rng=3)
    for _ in range(24):
        model.step()
    model.tumor.kill(list(range(model.tumor.n)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(48):
            model.step()
    tumor = model.tumor
    assert tumor.n == 0 and tumor.volume_mm3 == 0.0 and not model.running
    assert (
        tumor.axes_mm() == (0.0, 0.0, 0.0)
        and len(model.cells) == 0
        and np.isnan(tumor.section()["state"]).all()
    )
    assert 500 + tumor.born == tumor.cleared and set(tumor.counts().values()) == {0}
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["n_cells"].iloc[-1] == 0 and frame["tumor_volume_mm3"].iloc[-1] == 0.0


def test_a_single_survivor_regrows() -> None:
    model = XenograftModel(small_spec(cycle_h=30.0, loss_factor=0.0), 2.0, rng=3)
    model.tumor.kill(list(range(1, model.tumor.n)))
    smallest = model.tumor.n
    for _ in range(24 * 14):
        model.step()
        smallest = min(smallest, model.tumor.n)
    tumor = model.tumor
    # One cell dividing every 30 h for 14 days less the first division: about 2^10.
    assert smallest <= 2 and 500 < tumor.n < 5000 and model.running
    assert tumor.counts()[CellState.APOPTOTIC] == 0
    assert 2000 + tumor.born - tumor.cleared == tumor.n
