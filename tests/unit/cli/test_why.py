"""Verb why: what is printed of decisions, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.unit.study.test_dosing_tables import SOME, scenario
from xenosim.cli.main import app
from xenosim.cli.why import why
from xenosim.errors import RunError
from xenosim.study.run import run_study


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which a rule acts on some animals."""
    folder = tmp_path_factory.mktemp("why")
    result = run_study(scenario(folder, SOME), jobs=1)
    return result.save(folder / "runs", figures=False)


def said(capsys: pytest.CaptureFixture[str], **asked: Any) -> str:
    nothing = dict.fromkeys(("arm", "animal", "replicate", "day"))
    why(**(nothing | {"force": False, "as_json": False} | asked))
    return capsys.readouterr().out


def test_all_decisions_are_listed_and_one_is_told_in_full(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = json.loads(said(capsys, run=str(run), as_json=True))
    assert {row["decision"] for row in listed} <= {"hold", "resume"} and listed
    assert len(said(capsys, run=str(run)).splitlines()) == 1 + len(listed)
    hold = next(row for row in listed if row["decision"] == "hold")
    one = {"run": str(run), "animal": hold["animal_id"]}
    assert len(said(capsys, **one).splitlines()) < 1 + len(listed) or len(listed) < 3
    text = said(capsys, **one, day=hold["day"])
    assert hold["reading"].rpartition(" ")[2] in text and "decision: rule 1, hold" in text
    assert "without it" in text and "nan" not in text.lower()
    plain = json.loads(said(capsys, **one, day=hold["day"], as_json=True))
    assert plain["decision"]["rule"] == 1 and plain["rules"][0]["true"] and plain["without"]


def test_a_day_without_a_decision_says_which_rules_were_false(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = json.loads(said(capsys, run=str(run), as_json=True))
    text = said(capsys, run=str(run), animal=listed[0]["animal_id"], day=0.0)
    assert "nothing was decided: dosing, 100 %" in text and "false  1." in text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"day": 3.0}, "which animal?"),
        ({"day": 4.0, "animal": 0}, "there is no animal 0"),
        ({"day": 3.0, "animal": 1, "arm": "nobody"}, "there is no arm 'nobody'"),
    ],
)
def test_what_is_not_there_is_refused(run: Path, asked: dict[str, Any], message: str) -> None:
    nothing = dict.fromkeys(("arm", "animal", "replicate")) | {"force": False, "as_json": False}
    with pytest.raises(RunError, match=message):
        why(**(nothing | {"run": str(run)} | asked))


def test_a_run_without_rules_says_so(tmp_path: Path) -> None:
    plain = run_study(scenario(tmp_path, "none"), jobs=1).save(tmp_path / "runs", figures=False)
    found = CliRunner().invoke(app, ["why", str(plain)])
    assert isinstance(found.exception, RunError) or found.exit_code == 2
