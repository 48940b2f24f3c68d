"""The verb fit with data that are poor, wrong or beside the prior, and on a full disk: what it says
and its exit code. Points come from a straight line in closed form, so that a fit takes seconds.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.command import call
from tests.full_disk import no_file_above
from tests.unit.inference.fit.conftest import DOUBLING, TIMES, expected, line_point
from xenosim.inference.fit import kept, posterior

STUDY = """
title: a line
engine: twin
model: escc_kyse150
drug: ixazomib
tumor: {start_volume: 100 mm^3, growth: {doubling_time: 5 day}}
animals: {per_arm: 8, strain: BALB/c nude}
measure: {days: "0..9 by 3"}
arms:
  vehicle: {regimen: none, control: true}
  treated: {regimen: "10 mg/kg PO QW x1wk"}
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Points in closed form, short chains, no figures, and a study."""
    monkeypatch.setattr(posterior, "simulate_point", line_point)
    for name, steps in (("CHAINS", 20), ("FIRST", 40), ("LATER", 50), ("MOST_WAVES", 2)):
        monkeypatch.setattr(posterior, name, steps)
    monkeypatch.setattr(kept, "save", lambda *_: None)
    (tmp_path / "study.yaml").write_text(STUDY)


def data(folder: Path, arm: str, animals: int, doubling: float, bend: float = 0.0) -> None:
    """Volumes of an arm, of which the middle day is bent."""
    one = expected(doubling, 0.25)
    rows = np.random.default_rng(4).multivariate_normal(one.mean, one.covariance, animals)
    text = "arm,animal_id,day,tumor_volume_mm3\n"
    for k, row in enumerate(rows + np.array([0.0, bend, 0.0])):
        values = zip((0.0, *TIMES), 100.0 * np.exp([0.0, *row]), strict=True)
        text += "".join(f"{arm},m{k},{day:g},{volume:.2f}\n" for day, volume in values)
    (folder / "lab.csv").write_text(text)


def fit(folder: Path, *more: str) -> tuple[int, str]:
    """Exit code and everything that is said."""
    arguments = ("--data", "lab.csv", "--free", "doubling_time,cv_growth", "--jobs", "1")
    done = call("fit", "study.yaml", *arguments, *more, cwd=folder)
    assert "Traceback" not in done.stderr and "nan" not in done.stdout.lower()
    return done.returncode, done.stdout + done.stderr


def test_one_animal_without_a_control_arm_leaves_wide_intervals(tmp_path: Path) -> None:
    data(tmp_path, "treated", 1, DOUBLING)
    code, said = fit(tmp_path)
    assert code == 0 and "3 volumes of 1 animal in 1 arm" in said
    found = json.loads((tmp_path / "fit" / "fit.json").read_text())
    growth, spread = found["parameters"]
    assert growth["low"] < DOUBLING < growth["high"] and growth["high"] > 1.5 * growth["low"]
    assert "Not identifiable from these data: cv_growth" in said and spread["narrowed"] < 0.2


def test_a_prior_that_excludes_the_data_is_at_its_bound_and_contradicted(tmp_path: Path) -> None:
    data(tmp_path, "vehicle", 12, 0.3)
    code, said = fit(tmp_path)
    assert code == 0 and "At its bound: doubling_time is at the lower end of its prior" in said
    assert "widen it in problem/parameters.tsv" in said and "The data contradict the model" in said


def test_data_that_no_parameters_give_contradict_the_model(tmp_path: Path) -> None:
    data(tmp_path, "vehicle", 12, DOUBLING, bend=1.2)
    code, said = fit(tmp_path)
    assert code == 0
    assert "The data contradict the model (posterior predictive p below 0.001)" in said


def test_a_full_disk_ends_it_with_code_2_and_it_goes_on_with_room(tmp_path: Path) -> None:
    data(tmp_path, "vehicle", 4, DOUBLING)
    with no_file_above(4_000):
        code, said = fit(tmp_path)
    assert code == 2 and "points.jsonl" in said
    assert fit(tmp_path)[0] == 0
