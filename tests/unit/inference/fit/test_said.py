"""The first screen of a fit, its figures and what it leaves on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from xenosim.inference.fit.kept import DRAWS, FITTED, PREDICTED, fitted_scenario, keep
from xenosim.inference.fit.petab import read_problem
from xenosim.inference.fit.posterior import Fit
from xenosim.inference.fit.said import learned, screen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve


@pytest.fixture(scope="module")
def kept(line_fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    keep(line_fit, folder, ["lab.csv"], ["a note"], date(2026, 11, 29))
    return folder


def test_the_screen_says_what_was_learned_and_what_not(line_fit: Fit) -> None:
    text = screen(line_fit, ["lab.csv"])
    assert "24 volumes of 8 animals in 1 arm" in text and "nan" not in text.lower()
    assert "Not identifiable from these data: cell.dr5" in text
    assert "Model and data agree" in text and "95 %" in text
    first, _, third = learned(line_fit)
    assert first.verdict.startswith("learned") and third.verdict.startswith("not identifiable")


def test_draws_at_a_bound_and_pairs_are_told(line_fit: Fit) -> None:
    z = line_fit.z.copy()
    z[:, 0] = 3.5 + 0.1 * z[:, 0]
    z[:, 2] = -z[:, 1]
    text = screen(replace(line_fit, z=z), ["lab.csv"])
    assert "At its bound: doubling_time is at the upper end" in text
    assert "Only together: cell.dr5 and cv_growth (r = -1.00)" in text


def test_doubt_is_said(line_fit: Fit) -> None:
    text = screen(replace(line_fit, size=20.0, error=3.0), ["lab.csv"])
    assert "with care" in text and "have not mixed" in text and "doubt" in text


def test_everything_is_on_disk(kept: Path, line_fit: Fit) -> None:
    draws = pd.read_csv(kept / DRAWS)
    assert list(draws.columns) == ["doubling_time", "cv_growth", "cell.dr5"] and len(draws) == 1000
    predicted = pd.read_csv(kept / PREDICTED)
    assert (predicted["animal_low"] < predicted["mean_low"]).all()
    assert (kept / "pairs.png").is_file() and (kept / "predictive.svg").is_file()


def test_the_fitted_scenario_runs_with_calibrated_parameters(kept: Path, line_fit: Fit) -> None:
    found = load_scenario(kept / FITTED)
    fitted = line_fit.values[line_fit.middle]
    assert found.tumor.doubling_time_days == pytest.approx(fitted[0], rel=1e-4)
    assert found.animals.cv_growth == pytest.approx(fitted[1], rel=1e-4)
    p = resolve(found).model.values["dr5"]
    assert p.value == pytest.approx(fitted[2], rel=1e-4) and p.status == "calibrated"


def test_of_a_line_the_scenario_states_what_was_fitted(line_fit: Fit) -> None:
    (problem,) = line_fit.problems
    of_line = problem._replace(scenario=problem.scenario.model_copy(update={"line": "KMS-11"}))
    text, files = fitted_scenario(
        replace(line_fit, problems=(of_line,)), ["lab.csv"], date(2026, 11, 29)
    )
    assert yaml.safe_load(text)["parameters"]["cell"]["dr5"] and not files


def test_the_problem_on_disk_reads_back(kept: Path, line_fit: Fit) -> None:
    asked = read_problem(kept / "problem" / "problem.yaml")
    (block,) = asked.problems[0].blocks
    assert np.allclose(block.values, line_fit.blocks[0].values, atol=1e-6)
    assert block.times == line_fit.blocks[0].times
    for ours, theirs in zip(asked.free, line_fit.free, strict=True):
        assert ours.name == theirs.name
        assert np.allclose(ours.prior[3:], theirs.prior[3:], rtol=1e-4)
