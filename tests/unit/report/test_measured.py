"""The analysis of a measured study as data, kept and read back."""

from pathlib import Path

import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.data import StudyData
from xenosim.io.tables import COLUMNS
from xenosim.report.measured import MeasuredStudy, measured_study
from xenosim.report.text import as_json, first_screen, load_result


def data(**columns: object) -> StudyData:
    table = study("vehicle", "=drug").assign(**columns)
    table["animal_id"] = "00" + table["animal_id"].astype(str)
    return StudyData(table, "vehicle", notes=("read as 'long'",))


def test_tables_are_those_of_a_run_and_come_back(tmp_path: Path) -> None:
    result = measured_study(data(), title="mice")
    assert list(result.tables["observations"].columns) == list(COLUMNS["observations"])
    folder = result.save(tmp_path)
    again = load_result(folder)
    assert isinstance(again, MeasuredStudy)
    assert again.tables["observations"]["animal_id"].iloc[0] == "000"
    assert first_screen(again, folder) == first_screen(result, folder)
    assert (folder / "figures" / "growth_curves.png").is_file()
    screen = first_screen(again, folder)
    assert "MEASURED; 12 animals in 2 arms, control 'vehicle'" in screen
    assert "=drug: T/C" in screen and "nan" not in screen.lower()
    assert as_json(again)["simulated"] is False
    raw = (folder / "endpoints.csv").read_text()
    assert ",'=drug," in raw  # a spreadsheet does not execute it


def test_what_was_analyzed_is_analyzed_the_same_again(tmp_path: Path) -> None:
    folder = measured_study(data(cage="A"), title="mice").save(tmp_path, figures=False)
    first = load_result(folder)
    second = measured_study(StudyData.from_run(folder), title="mice")
    pd.testing.assert_frame_equal(first.tables["endpoints"], second.tables["endpoints"])
    assert first.tables["observations"]["cage"].eq("A").all()


def test_studies_of_other_calendars_are_evaluated_each_on_its_last_day() -> None:
    table = pd.concat(
        [
            study("vehicle", "drug").assign(replicate=0),
            study("vehicle", "drug")
            .query("day < 20")
            .assign(replicate=1, day=lambda t: t["day"] + (t["day"] > 0)),
        ]
    )
    result = measured_study(StudyData(table, "vehicle"), title="two")
    days = result.tables["studies"].query("endpoint == 'tc_pct'").set_index("replicate")["day"]
    assert days.to_dict() == {0: 30.0, 1: 19.0}
    assert "each study's last day" in result.answer


def test_a_study_without_a_treated_arm_says_how_it_grows() -> None:
    only = StudyData(study("vehicle"), "vehicle")
    assert measured_study(only, title="x").answer.startswith("vehicle: doubling time")


@pytest.mark.parametrize("name", ["a<b>$x$", "🐭" * 3, "n" * 200])
def test_any_name_is_kept_and_drawn(tmp_path: Path, name: str) -> None:
    result = measured_study(StudyData(study("vehicle", name), "vehicle"), title="x")
    folder = result.save(tmp_path)
    assert load_result(folder).tables["endpoints"]["arm"].isin(["vehicle", name]).all()
    assert (folder / "figures" / "tc_over_time.svg").is_file()
