"""The one checked table: from a table, a run directory and a laboratory's file."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.data import StudyData, half_is_left, while_half_is_left
from xenosim.errors import TableError
from xenosim.io.runs import write_table
from xenosim.io.tables import COLUMNS


def test_a_study_without_replicates_has_one() -> None:
    data = StudyData(study("vehicle", "drug").drop(columns="replicate"), control="vehicle")
    assert (data.arms, data.control) == (("vehicle", "drug"), "vehicle")
    assert (data.table["replicate"] == 0).all()
    assert data.started == {"vehicle": 6, "drug": 6}
    assert data.evaluation_day == 30.0
    table = data.endpoints(n_boot=20)
    pd.testing.assert_frame_equal(
        table, StudyData(study("vehicle", "drug")).endpoints("vehicle", n_boot=20)
    )


def test_every_bad_row_is_named_at_once() -> None:
    table = study("vehicle", "drug").astype({"day": object, "tumor_volume_mm3": object})
    table.loc[3, "tumor_volume_mm3"] = "n.d."
    table.loc[8, "day"] = "Tuesday"
    table.loc[12, "arm"] = None
    table.loc[20] = table.loc[19]
    with pytest.raises(TableError) as refused:
        StudyData(table)
    text = str(refused.value)
    assert "4 bad values" in text
    assert "row 4, column tumor_volume_mm3: n.d. of animal 0 of arm 'vehicle' on day 9" in text
    assert "row 9, column day: day Tuesday" in text
    assert "row 13, column arm: it is empty" in text
    assert "row 21, column animal_id: animal 1 of arm 'vehicle' has two rows on day 24" in text
    assert "enter the caliper limit" in text and "own animal_id" in text


def test_a_weight_may_be_missing_but_not_negative() -> None:
    table = study("vehicle").assign(body_weight_g=float("nan"))
    assert len(StudyData(table).table) == len(table)
    table.loc[2, "body_weight_g"] = -1.0
    with pytest.raises(TableError, match="row 3, column body_weight_g: -1.0 of animal 0"):
        StudyData(table)


def laboratory(folder: Path, text: str) -> Path:
    path = folder / "mice.csv"
    path.write_text(text, encoding="utf-8")
    return path


MAPPING = {"arm": "Group", "animal_id": "Mouse", "day": "Day", "tumor_volume_mm3": "TV (mm3)"}
LINES = "Group,Mouse,Day,TV (mm3),Cage\n1,007,0,100,A\n1,007,7,400,A\n2,008,0,90,B\n2,008,7,100,B\n"


def test_a_laboratorys_table_through_a_mapping(tmp_path: Path) -> None:
    data = StudyData.from_csv(laboratory(tmp_path, LINES), MAPPING, control="1")
    assert data.arms == ("1", "2")
    assert list(data.table.columns) == [*MAPPING, "cage", "replicate"]
    row = data.endpoints(n_boot=10).query("endpoint == 'tc_pct'").iloc[0]
    assert row["estimate"] == pytest.approx(100 * (100 / 90) / 4)


def test_bad_rows_of_a_file_are_named_as_the_file_names_them(tmp_path: Path) -> None:
    path = laboratory(tmp_path, LINES + "2,008,14,n.d.,B\n2,008,,120,B\n")
    with pytest.raises(TableError) as refused:
        StudyData.from_csv(path, MAPPING)
    text = str(refused.value)
    assert text.startswith(f"{path}: 2 mistakes")
    assert "line 6: column TV (mm3): n.d. of animal 008 of arm '2' on day 14" in text
    assert "line 7: column Day" in text
    path = laboratory(tmp_path, LINES + "2,008,14,90,B\n2,008,14,95,B\n")
    with pytest.raises(
        TableError, match="line 7, column Mouse: animal 008 of arm '2' has two rows"
    ):
        StudyData.from_csv(path, MAPPING)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (MAPPING | {"arm": "Grup"}, r"missing column Grup \(arm\); did you mean 'Group'"),
        (MAPPING | {"blood": "TV"}, "the mapping names a column 'blood'"),
        (MAPPING | {"volume": "Day"}, "'TV .mm3.' and 'Day' are both said to be tumor_volume"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, mapping: dict[str, str], message: str) -> None:
    with pytest.raises(TableError, match=message):
        StudyData.from_csv(laboratory(tmp_path, LINES), mapping)


def test_no_file_and_no_such_control(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        StudyData.from_csv(tmp_path / "none.csv")
    with pytest.raises(TableError, match="no arm 'vehicel'; did you mean 'vehicle'"):
        StudyData(study("vehicle"), control="vehicel")


def test_a_run_directory_knows_its_control(tmp_path: Path) -> None:
    table = study("vehicle", "drug").reindex(columns=COLUMNS["observations"])
    table.assign(dpi=1.0, length_mm=1.0, width_mm=1.0).to_csv(
        tmp_path / "observations.csv", index=False
    )
    manifest = {"control": "vehicle", "paired": True, "arms": ["vehicle", "drug"]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    data = StudyData.from_run(tmp_path)
    assert (data.control, data.paired, data.arms) == ("vehicle", True, ("vehicle", "drug"))
    assert "paired" in data.endpoints(n_boot=10).query("endpoint == 'tc_pct'")["note"].iloc[0]


def test_half_of_an_arm() -> None:
    assert half_is_left(3, 6) and not half_is_left(2, 5)
    table = study("vehicle")
    table = table[(table["animal_id"] < 2) | (table["day"] < 12)]
    assert while_half_is_left(table)["day"].max() == 9.0


def test_f11_a_run_read_as_a_file_has_the_names_that_were_typed(tmp_path: Path) -> None:
    write_table(study("vehicle", "=drug"), tmp_path / "mice.csv")
    assert StudyData.from_csv(tmp_path / "mice.csv").arms == ("vehicle", "=drug")
