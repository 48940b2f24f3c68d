"""What a scenario was made from, and a file that runs again from it."""

from pathlib import Path

from xenosim.scenario.load import load_scenario
from xenosim.scenario.origin import INPUTS
from xenosim.scenario.resolve import scenario_hash

TEXT = """\
# My study.
title: Mine
model: oci_ly10
drug: ixazomib
tumor: {growth: {control: ../shared/control.csv}}
measure: {days: "0..6 by 2"}
arms:
  vehicle: {regimen: none, control: true}
  one: {events: {file: dosing.csv, time_unit: day}}
  two: {events: dosing/dosing.csv}
"""
CONTROL = b"day;tumor_volume_mm3\r\n0;150\r\n6;300\r\n"
EVENTS = "TIME,AMT,EVID,CMT\n0,{},1,central\n"


def written(folder: Path) -> Path:
    """The scenario with its tables in places of their own."""
    for name in ("shared", "here/dosing"):
        (folder / name).mkdir(parents=True)
    (folder / "shared/control.csv").write_bytes(CONTROL)
    (folder / "here/dosing.csv").write_text(EVENTS.format(7))
    (folder / "here/dosing/dosing.csv").write_text(EVENTS.format(11))
    path = folder / "here" / "mine.yaml"
    path.write_text(TEXT)
    return path


def test_n5_the_files_are_kept_byte_for_byte_and_run_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    scenario = load_scenario(path, {"seed": 5, "arms.one.control": "false"})
    origin = scenario.origin
    assert origin.inputs == {
        "mine.yaml": TEXT.encode(),
        "control.csv": CONTROL,
        "dosing.csv": EVENTS.format(11).encode(),
        "2_dosing.csv": EVENTS.format(7).encode(),
    }
    run = tmp_path / "elsewhere"
    (run / INPUTS).mkdir(parents=True)
    for name, content in origin.inputs.items():
        (run / INPUTS / name).write_bytes(content)
    (run / "scenario.yaml").write_text(origin.text)
    again = load_scenario(run / "scenario.yaml")
    assert again.seed == 5 and again.tumor == scenario.tumor and again.title == "Mine"
    assert [arm.doses for arm in again.arms] == [arm.doses for arm in scenario.arms]


def test_n5_a_file_without_tables_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    text = TEXT.replace("tumor: {growth: {control: ../shared/control.csv}}\n", "")
    text = text[: text.index("  one:")] + '  one: {regimen: "7 mg/kg IV QW x1"}  # a remark\n'
    path.write_text(text)
    assert load_scenario(path).origin.text == text
    # The name of the file is the title where none is stated.
    path.write_text(text.replace("title: Mine\n", ""))
    assert load_scenario(path).origin.text.startswith("title: plain\n")


def test_n5_where_a_scenario_came_from_makes_no_difference(tmp_path: Path) -> None:
    path = written(tmp_path)
    one, two = load_scenario(path), load_scenario(path)
    bare = one.model_copy(update={"origin": type(one.origin)()})
    assert one == two == bare and hash(one) == hash(bare) and "origin" not in one.model_dump()
    assert scenario_hash(one) == scenario_hash(bare)
