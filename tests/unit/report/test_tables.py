"""A study's tables for spreadsheets and Prism."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from tests.unit.analysis.test_tolerability import mice
from xenosim.analysis.data import StudyData
from xenosim.report.measured import measured_study
from xenosim.report.tables import write_prism, write_workbook
from xenosim.report.text import load_result

DANGER = "=HYPERLINK(1) <🐭>"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A measured study whose arm would be executed."""
    table = study("vehicle", DANGER).assign(body_weight_g=20.0)
    table["animal_id"] = "m" + table["animal_id"].astype(str)
    data = StudyData(table, "vehicle")
    return measured_study(data, title="t").save(tmp_path_factory.mktemp("runs"), figures=False)


def test_a_workbook_has_every_table_and_executes_nothing(run: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(write_workbook(run))
    tables = load_result(run).tables
    assert set(book.sheetnames) == {*tables, "tolerability"}
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not [text for text in texts if text[:1] in "=+@" and text[:1]]
    head, *rows = book["endpoints"].iter_rows(values_only=True)
    place = head.index("estimate")
    known = tables["endpoints"]["estimate"].to_numpy(float)
    finite = np.isfinite(known)
    assert [row[place] for row, is_number in zip(rows, finite, strict=True) if is_number] == list(
        known[finite]
    )


def test_prism_gets_a_column_per_animal(run: Path) -> None:
    volumes, weights = write_prism(run)
    wide = pd.read_csv(volumes, index_col="day")
    table = load_result(run).tables["observations"]
    assert wide.shape == (11, 12) and list(wide.columns)[0] == "vehicle:m0"
    assert list(wide.columns)[-1] == f"'{DANGER}:m5"
    own = table[(table["arm"] == DANGER) & (table["animal_id"] == "m5")]
    assert wide.iloc[:, -1].to_numpy() == pytest.approx(own["tumor_volume_mm3"].to_numpy())
    assert pd.read_csv(weights, index_col="day").iloc[0, 0] == 100.0


def test_what_was_not_measured_is_empty(tmp_path: Path) -> None:
    run = measured_study(mice(), title="t").save(tmp_path, figures=False)
    wide = pd.read_csv(write_prism(run)[0], index_col="day")
    assert np.isnan(wide.loc[0, "vehicle:1"]) and wide.loc[-1, "vehicle:1"] == 100.0


@pytest.mark.parametrize("names", [("m0", "m1"), ("0-1", "0-2"), ("1", "2"), ("A 7", "A 8")])
def test_what_prism_gets_is_read_back(tmp_path: Path, names: tuple[str, str]) -> None:
    arms = ("vehicle", DANGER, "drug 5:1", "n" * 200)
    rows = [
        (arm, name, day, 100.0 + 10 * k + day * (i + 1))
        for i, arm in enumerate(arms)
        for k, name in enumerate(names)
        for day in (0.0, 3.0, 7.0)
    ]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    result = measured_study(StudyData(table, "vehicle"), title="t")
    volumes = write_prism(result.save(tmp_path, figures=False))[0]
    again = StudyData.read(volumes, layout="by-animal").table
    keys = ["arm", "animal_id", "day"]
    first, second = (each.sort_values(keys).reset_index(drop=True) for each in (table, again))
    pd.testing.assert_frame_equal(first, second[first.columns], check_dtype=False)
