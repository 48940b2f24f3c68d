"""Verbs plot and report on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.data import StudyData
from xenosim.cli.main import app
from xenosim.errors import RunError
from xenosim.report.measured import measured_study


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured study kept without figures."""
    data = StudyData(study("vehicle", "drug"), "vehicle")
    folder = tmp_path_factory.mktemp("runs")
    return measured_study(data, title="mice <b>").save(folder, figures=False)


def test_figures_are_drawn_by_name(analyzed: Path) -> None:
    said = CliRunner().invoke(app, ["plot", str(analyzed), "--figure", "weight,km", "--json"])
    names = [Path(path).name for path in json.loads(said.output)["figures"]]
    assert names == [f"{name}.{end}" for name in ("weight", "km") for end in ("csv", "svg", "png")]
    assert all((analyzed / "figures" / name).is_file() for name in names)


@pytest.mark.parametrize(
    "options",
    [["--format", "pptx-friendly"], ["--format", "A0"], ["--figure", "pie"]],
    ids=" ".join,
)
def test_what_cannot_be_drawn_is_refused(analyzed: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["plot", str(analyzed), *options])
    assert isinstance(result.exception, RunError) and result.exception.remedy
