"""The control table of a laboratory."""

import math
from pathlib import Path

import pytest

from xenosim.errors import ScenarioError
from xenosim.scenario.control import read_control
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import starter_text
from xenosim.testing import SMALL, small_scenario


def test_geometric_means_in_rising_days(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("cage,day,tumor_volume_mm3\n1,3,400\n1,0,100\n2,3,100\n")
    days, volumes = zip(*read_control(path, "c.csv"), strict=True)
    assert days == (0.0, 3.0) and volumes == pytest.approx((100.0, 200.0))


def test_not_beside_a_doubling_time() -> None:
    with pytest.raises(ScenarioError, match="both a doubling time and a control table"):
        small_scenario(overrides=SMALL | {"tumor.growth.control": "c.csv"})


FAULTS = Path(__file__).parents[2] / "data" / "faults"


def _read(tmp_path: Path, text: str, arm: str = "") -> tuple[tuple[float, float], ...]:
    (tmp_path / "c.csv").write_text(text)
    return read_control(tmp_path / "c.csv", "c.csv", arm)


def test_b11_tabs() -> None:
    assert read_control(FAULTS / "tab_control.csv", "c")[0] == (0.0, pytest.approx(100.5))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("0,139,7\n3,200,1\n", "3 cells for 2 columns"),
        ("0,0.14\n3,0.3\n", r"2 mistakes(.|\n)*line 2(.|\n)*line 3(.|\n)*cm\^3"),
        ("0,100\n3,100000\n", "line 3 of .*lost decimal comma"),
        ("0,100\n3,x\n5,y\n", r"line 3(.|\n)*line 4"),
        ("0,1e-300\n3,1e9\n", "2 mistakes"),
        ("0,100\n1e-300,200\n", "are one"),
        ("0,100\n9000,200\n", "within 365 days"),
        ("0,10\n1,10000\n", "doubles in 0.1 days"),
        (".,10\n1,10000\n", "day is missing"),
    ],
)
def test_n8_f6_absurd_tables_are_refused(rows: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        _read(tmp_path, "day,tumor_volume_mm3\n" + rows)
    assert caught.value.remedy


def test_n8_an_empty_control_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text().replace("{doubling_time: 5.5 day}", "{control: }"))
    with pytest.raises(ScenarioError, match="'control' is empty"):
        load_scenario(path)


def test_f6_a_device_is_no_control_table() -> None:
    with pytest.raises(ScenarioError, match="no regular file"):
        read_control(Path("/dev/zero"), "/dev/zero")


@pytest.mark.parametrize("column", ["arm", "group", "Treatment"])
def test_b03_several_arms_ask_which(column: str, tmp_path: Path) -> None:
    text = f"{column},day,tumor_volume_mm3\nvehicle,0,100\nvehicle,3,200\nQW,0,100\nQW,3,0.1\n"
    with pytest.raises(ScenarioError, match="names 2 arms: 'vehicle', 'QW'") as caught:
        _read(tmp_path, text)
    assert "arm: vehicle" in str(caught.value.remedy)
    assert dict(_read(tmp_path, text, "vehicle")) == pytest.approx({0.0: 100.0, 3.0: 200.0})
    with pytest.raises(ScenarioError, match="no arm 'vehicel'"):
        _read(tmp_path, text, "vehicel")


def test_b03_the_arm_is_a_key(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(
        "arm,day,tumor_volume_mm3\nvehicle,0,100\nvehicle,3,200\nQW,0,100\nQW,3,90\n"
    )
    path = tmp_path / "mine.yaml"
    growth = "{control: c.csv, arm: vehicle}"
    path.write_text(starter_text().replace("{doubling_time: 5.5 day}", growth))
    assert load_scenario(path).tumor.control[-1][1] == pytest.approx(200.0)


def test_b04_animals_that_leave_when_large_do_not_slow_the_curve() -> None:
    (first, start), *_, (last, end) = read_control(FAULTS / "dropout.csv", "dropout.csv")
    assert (last - first) / math.log2(end / start) == pytest.approx(5.18, abs=0.02)


def test_b04_falling_rows_without_animals_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _read(tmp_path, "day,tumor_volume_mm3\n0,100\n0,120\n3,200\n")
    assert "add a column animal_id" in caplog.text


def test_b12_readings_at_the_limit_of_the_calipers_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [("a", 0, 4), ("a", 3, 4), ("a", 6, 8), ("a", 9, 16), ("b", 3, 5), ("b", 9, 20)]
    head = "animal_id,day,tumor_volume_mm3,is_censored\n"
    text = "".join(f"{who},{day},{volume},{volume == 4}\n" for who, day, volume in rows)
    assert _read(tmp_path, head + text) == _read(
        tmp_path,
        "animal_id,day,tumor_volume_mm3\n"
        + "".join(f"{who},{day},{volume}\n" for who, day, volume in rows if volume != 4),
    )
    assert "2 of 6 readings are at the limit" in caplog.text
    with pytest.raises(ScenarioError, match="does not show growth"):
        _read(tmp_path, head + "a,0,4,True\na,3,4,True\na,6,8,False\n")


def test_b12_a_smallest_volume_in_several_rows_is_noted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _read(tmp_path, "day,tumor_volume_mm3\n0,4\n2,4\n4,4\n6,9\n8,18\n")
    assert "3 rows read 4 mm^3, the smallest volume" in caplog.text
