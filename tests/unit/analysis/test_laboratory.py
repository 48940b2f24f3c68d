"""Layouts of laboratories' files."""

from pathlib import Path

from xenosim.analysis.laboratory import read_long


def test_names_stay_text_and_numbers_become_numbers(tmp_path: Path) -> None:
    path = tmp_path / "mice.csv"
    path.write_text(
        "\ufeffarm;Mouse;Day;TV;status\nNone;007;0;100,5;\nNone;008;0;<5;dead\n", "utf-8"
    )
    table, names, lines = read_long(path, {"animal_id": "Mouse", "tumor_volume_mm3": "TV"})
    assert names == {
        "arm": "arm",
        "animal_id": "Mouse",
        "day": "Day",
        "tumor_volume_mm3": "TV",
        "status": "status",
    }
    assert table["arm"].tolist() == ["None", "None"]
    assert table["animal_id"].tolist() == ["007", "008"] and lines == (2, 3)
    assert table["day"].tolist() == [0, 0]
    assert table["tumor_volume_mm3"].tolist() == [100.5, "<5"]
    assert table["status"].isna().tolist() == [True, False]
