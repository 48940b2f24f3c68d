"""A study as data: kept, read back, and printed again."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.command import call
from xenosim.errors import RunError, TableError
from xenosim.io.runs import read_manifest, read_run
from xenosim.report.text import as_json, first_screen, load_result
from xenosim.scenario.resolve import starter_text
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario
from xenosim.viz.figures import draw_all

STUDY = SMALL | {"measure.days": "0..21 by 7", "tumor.start_volume": "1 mm^3"}


@pytest.fixture(scope="module")
def result() -> StudyResult:
    """Three arms of two paired animals."""
    return run_study(small_scenario(overrides=STUDY), jobs=1, paired=True)


@pytest.fixture(scope="module")
def kept(result: StudyResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its run directory, without figures."""
    return result.save(tmp_path_factory.mktemp("runs"), command="python", figures=False)


def test_a_kept_study_prints_the_same_screen(result: StudyResult, kept: Path) -> None:
    again = StudyResult.load(kept)
    assert first_screen(again) == first_screen(result)
    # Tables are kept to ten digits.
    plain, kept_plain = as_json(result), as_json(again)
    assert set(plain) == set(kept_plain) and len(plain["endpoints"]) == len(kept_plain["endpoints"])
    assert all(plain[name] == kept_plain[name] for name in ("answer", "warnings", "growth"))
    assert "paired on common random numbers" in result.answer and str(result) in first_screen(again)


def test_what_is_read_back_is_what_was_kept(
    result: StudyResult, kept: Path, tmp_path: Path
) -> None:
    again = StudyResult.load(kept)
    for name, table in result.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table, check_dtype=False, rtol=1e-9)
    assert again.scenario == result.scenario and again.growth == result.growth
    assert set(again.slices) == set(result.slices) == {"vehicle", "QW", "BIW"}
    second = again.save(tmp_path, command="python", figures=False)
    for path in kept.glob("*.csv"):
        assert (second / path.name).read_bytes() == path.read_bytes(), path.name


def test_show_prints_it_again(result: StudyResult, kept: Path) -> None:
    done = call("show", str(kept), cwd=kept)
    assert done.returncode == 0 and done.stdout == first_screen(result, kept) + "\n"
    found = json.loads(call("show", str(kept), "--json", cwd=kept).stdout)
    assert found["answer"] == result.answer and found["run_directory"] == str(kept)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("manifest.json", "{", "manifest.json"),
        ("manifest.json", "{}", "lacks"),
        ("observations.csv", "arm\nvehicle\n", "missing columns"),
        ("snapshots/slice_QW.npz", "no slice", "damaged"),
    ],
)
def test_what_is_damaged_is_refused_in_one_line(
    result: StudyResult, tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = result.save(tmp_path, figures=False)
    (folder / name).write_text(text)
    with pytest.raises((RunError, TableError), match=message) as refused:
        StudyResult.load(folder)
    assert refused.value.remedy
    done = call("show", str(folder), cwd=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(RunError):
            load_result(folder)


def test_n14_arms_may_be_named_with_slashes(tmp_path: Path) -> None:
    text = starter_text().replace("  QW: ", "  10/5 mg\\kg: ").replace("  BIW: ", '  "10%2F5": ')
    result = run_study(small_scenario(text, SMALL | {"animals.per_arm": "1"}), jobs=1)
    assert set(result.slices) == {"vehicle", "10/5 mg\\kg", "10%2F5"}
    folder = result.save(tmp_path)
    found = StudyResult.load(folder)
    assert {arm: s["day"] for arm, s in found.slices.items()} == {
        arm: s["day"] for arm, s in result.slices.items()
    }
    assert (folder / "figures" / "tumor_slices.png").is_file()
    assert sorted(found.tables["truth"]["arm"].unique()) == sorted(result.slices)


def test_n11_paths_may_be_text_wherever_a_result_is_kept_read_or_drawn(
    result: StudyResult, tmp_path: Path
) -> None:
    folder = str(tmp_path / "by hand")
    Path(folder).mkdir()
    result.write_into(folder)
    assert len(result.draw(folder)) == len(draw_all(folder)) > 2
    assert first_screen(load_result(folder), folder).endswith(f"Run directory: {folder}")
    assert read_manifest(folder)["seed"] == result.scenario.seed
    assert len(read_run(folder)["truth"]) == len(result.tables["truth"])
