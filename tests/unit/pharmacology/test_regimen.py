"""The dosing shorthand and event tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from xenosim.cli.main import app
from xenosim.errors import RegimenError, UnitError, XenosimError
from xenosim.pharmacology.dialects import as_dialect, doses_to_events
from xenosim.pharmacology.dose import Dose
from xenosim.pharmacology.events import events_to_doses, read_events, table_units
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolved_dict, scenario_hash, starter_text


def days(text: str, **kwargs: int) -> list[float]:
    return [
        dose.time_h / 24
        for dose in parse_regimen(f"7 mg/kg IV {text}", default_drug="ixazomib", **kwargs)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q3Dx4", [0, 3, 6, 9]),
        ("QDx5", [0, 1, 2, 3, 4]),
        ("BIDx2", [0, 0.5, 1, 1.5]),
        ("QW x4", [0, 7, 14, 21]),
        ("QW x4wk", [0, 7, 14, 21]),
        ("BIW x2wk", [0, 3, 7, 10]),
        ("BIW(0,4) x1wk", [0, 4]),
        ("TIW x1wk", [0, 2, 4]),
        ("5on/2off x2", [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]),
        ("QD until day 3", [0, 1, 2]),
    ],
)
def test_schedules(text: str, expected: list[float]) -> None:
    assert days(text) == expected


def test_day_one_convention() -> None:
    assert days("days 1,4,8,11 every 21 d x2", day_of_first_dose=1) == [0, 3, 7, 10, 21, 24, 28, 31]
    assert days("days 1,4,8,11", day_of_first_dose=0) == [1, 4, 8, 11]
    assert days("days 1,4 until day 4", day_of_first_dose=1) == [0]


@pytest.mark.parametrize(
    "text", ["days 1,4,8,11", "days 1,4 every 21 d x2", "Q3Dx4 + bortezomib 1 mg/kg SC days 1,8"]
)
def test_listed_days_without_a_day_0_need_the_convention(text: str) -> None:
    with pytest.raises(RegimenError, match="day 0 or on day 1.*day_of_first_dose: 1"):
        days(text)
    assert days("days 0,7 + bortezomib 1 mg/kg SC days 1,8") == [0, 1, 7, 8]


def test_a_day_before_the_stated_first_day_is_refused() -> None:
    with pytest.raises(RegimenError, match="dose on day 0, before the first day"):
        days("days 0,3", day_of_first_dose=1)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("7 mg/kg IV biweekly x3", "Q14D"),
        ("7 mg/kg IV BIW x4", "wk"),
        ("7 IV QDx3", "unit"),
        ("7 mg/kg/day IV QDx3", "one dose"),
        ("-7 mg/kg IV QDx3", "absurd"),
        ("7000 mg/kg IV QDx3", "absurd"),
        ("7 mg/kg XX QDx3", "IV, SC, PO, IP"),
        ("7 mg/kg IV QD", "until"),
        ("", "empty"),
        ("nonsense", "not a regimen"),
    ],
)
def test_refusals_say_how_to_mend(text: str, word: str) -> None:
    with pytest.raises(RegimenError, match="(?s).") as caught:
        parse_regimen(text, default_drug="ixazomib")
    assert word in str(caught.value) and caught.value.remedy


DOSES = st.lists(
    st.builds(
        Dose,
        time_h=st.integers(0, 500).map(float),
        amount_mg_per_kg=st.sampled_from([1.0, 2.5, 7.0]),
        drug=st.sampled_from(["ixazomib", "bortezomib"]),
        route=st.sampled_from(["IV", "PO"]),
        duration_h=st.just(0.0),
    ),
    max_size=15,
)


@settings(max_examples=60, deadline=None)
@given(DOSES)
def test_event_tables_round_trip(doses: list[Dose]) -> None:
    doses = sorted(doses, key=lambda d: d.time_h)
    records = [
        ("here", {key: str(value) for key, value in event.items()})
        for event in doses_to_events(doses)
    ]

    def key(dose: Dose) -> tuple[float, str, str, float]:
        return dose.time_h, dose.drug, dose.route, dose.amount_mg_per_kg

    assert sorted(map(key, events_to_doses(records))) == sorted(map(key, doses))


def test_addl_excludes_the_first_dose(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("ID,TIME,AMT,CMT,II,ADDL,extra\n1,0,7,central,72,3,x\n")
    assert [d.time_h for d in read_events(path, default_drug="ixazomib")] == [0, 72, 144, 216]
    path.write_text("ID,TIME,AMT,CMT\n1,08:00,7,central\n")
    with pytest.raises(RegimenError, match="clock times"):
        read_events(path, default_drug="ixazomib")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("ID,TIME,AMT\n1,0,7\n2,0,7\n", "events.csv:3: ID 2 follows ID 1"),
        ("TIME,AMT\nnan,7\n", "events.csv:2: TIME is 'nan'"),
        ("TIME,AMT,II,ADDL\n0,7,24,nan\n", "events.csv:2: ADDL is 'nan'"),
        ("TIME,AMT,II,ADDL\n0,7,24,2.5\n", "events.csv:2: ADDL 2.5 is not a whole number"),
        ("TIME,AMT,II,ADDL\n0,7,24,1e9\n", "events.csv:2: ADDL must lie between"),
        ("TIME,AMT\n0,7\n\n24,x\n", "events.csv:4: AMT is 'x'"),
        ("TIME,AMT\n0,7,5\n24,7\n", "events.csv:2: 3 cells for 2 columns"),
        ("TIME,AMT,CMT\n0,7\n", "events.csv:2: 2 cells for 3 columns"),
        ("TIME,AMT,amt\n0,7,5\n", "events.csv:1: two columns have the name 'amt'"),
        ("TIME,AMT,EVID\n0,7,0\n", "events.csv:2: AMT 7 in a record that is no dose (EVID 0)"),
        ("TIME,AMT\n0,-7\n", "events.csv:2: AMT -7 in a record that is no dose"),
        ("TIME,AMT,EVID\n0,7,1\n24,7,3\n", "events.csv:3: AMT 7 in a record that is no dose"),
        ("TIME,AMT,RATE,CMT\n0,7,1,depot_po\n", "events.csv:2: RATE 1 into depot_po"),
        (
            "TIME,AMT,RATE,II,SS\n0,7,0.1,24,1\n",
            "events.csv:2: SS with an infusion of 70 h every 24 h",
        ),
        ("TIME,AMT,X\n0,7," + "a" * 200_000 + "\n", "events.csv:2: the line cannot be read"),
    ],
)
def test_bad_tables_name_file_and_line(tmp_path: Path, table: str, message: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(table)
    with pytest.raises(RegimenError) as caught:
        read_events(path, default_drug="ixazomib")
    assert message in str(caught.value) and caught.value.remedy


def test_a_point_is_missing_and_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("\ufeffID,TIME,AMT,CMT,DRUG\n1,0,7,.,.\n", encoding="utf-8")
    assert read_events(path, default_drug="ixazomib") == (Dose(0.0, 7.0, "ixazomib", "IV"),)


@pytest.mark.parametrize(
    "text",
    [
        "QDx99999999",
        "days 0 every 7 d x99999999",
        "QD until day 99999999",
        "over 30 zz QDx2",
        "99999999on/2off x3",
        "QDx" + "9" * 5000,
        "QD until day " + "9" * 400,
        "Q" + "9" * 400 + "Dx2",
    ],
)
def test_absurd_or_unreadable_schedules_are_regimen_errors(text: str) -> None:
    with pytest.raises(RegimenError) as caught:
        days(text)
    assert caught.value.remedy


def test_dialects_keep_infusion_and_steady_state() -> None:
    infusion = parse_regimen("7 mg/kg IV over 30 min Q3Dx2", default_drug="ixazomib")
    assert 'type="infusion", t_inf=0.5' in as_dialect(infusion, "pkpdsim")
    steady = [Dose(0.0, 7.0, "ixazomib", "IV", ss=1, steady_state_ii_h=24.0)]
    assert "ss=1" in as_dialect(steady, "mrgsolve") and "ss=1" in as_dialect(steady, "rxode2")
    with pytest.raises(RegimenError, match="PKPDsim"):
        as_dialect(steady, "pkpdsim")


def test_dialects() -> None:
    doses = parse_regimen("7 mg/kg IV Q3Dx4", default_drug="ixazomib")
    assert as_dialect(doses, "mrgsolve").startswith(
        'ev(time=0, amt=7, cmt="central", ii=72, addl=3)'
    )
    assert "c(0, 72, 144, 216)" in as_dialect(doses, "pkpdsim")


def test_units_and_numbered_compartments_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "e.csv"
    table.write_text("TIME,AMT,CMT,II,ADDL,NOTE\n1,7000,2,3,1,morning\n")
    units = table_units("day", "ug/kg", {1: "depot_po", 2: "central"})
    doses = read_events(table, default_drug="ixazomib", units=units)
    assert [(d.time_h, d.amount_mg_per_kg, d.route) for d in doses] == [
        (24.0, 7.0, "IV"),
        (96.0, 7.0, "IV"),
    ]
    assert (
        doses[0].extra == (("note", "morning"),) and doses_to_events(doses)[0]["note"] == "morning"
    )
    assert as_dialect(doses, "nonmem").splitlines()[-2].endswith(",NOTE")
    with pytest.raises(RegimenError, match="CMT 2 is a number"):
        read_events(table, default_drug="ixazomib", units=table_units(amt_unit="ug/kg"))
    with pytest.raises(RegimenError, match="per kg"):
        table_units(amt_unit="mg")
    with pytest.raises(RegimenError, match="'centrl' is unknown; did you mean 'central'"):
        table_units(cmt={1: "centrl"})
    with pytest.raises(RegimenError, match="not a mapping"):
        table_units(cmt="central")  # type: ignore[arg-type]
    table.write_text("TIME,AMT,CMT\n0,7,2.0\n")
    assert (
        read_events(table, default_drug="ixazomib", units=table_units(cmt={2: "central"}))[0].route
        == "IV"
    )
    table.write_text("TIME,AMT,EVID\n0,7,1\n24,0,5\n")
    with pytest.raises(RegimenError, match="EVID 5 is not simulated"):
        read_events(table, default_drug="ixazomib")


def test_unknown_columns_come_back_as_they_were(tmp_path: Path) -> None:
    table = tmp_path / "e.csv"
    table.write_text('TIME,AMT,CMT,NOTE,DV\n0,7,central,"morning, fasted",.\n24,7,central,,.\n')
    doses = read_events(table, default_drug="ixazomib")
    assert [dose.extra for dose in doses] == [(("note", "morning, fasted"),), ()]
    table.write_text(as_dialect(doses, "nonmem"))
    assert read_events(table, default_drug="ixazomib") == doses


def test_a_steady_state_keeps_its_place_among_records_at_equal_time() -> None:
    """SS 1 replaces what is there: joining the doses at 0 and 24 h by ADDL would move the second
    one before it.
    """
    doses = [
        Dose(0.0, 7.0, "ixazomib", "IV"),
        Dose(24.0, 7.0, "ixazomib", "IV", ss=1, steady_state_ii_h=24.0),
        Dose(24.0, 7.0, "ixazomib", "IV"),
    ]
    records = [
        ("here", {key: str(value) for key, value in event.items()})
        for event in doses_to_events(doses)
    ]
    assert list(events_to_doses(records)) == doses


def show(*arguments: str) -> str:
    """Output of ``xenosim regimen show``; its error is raised."""
    result = CliRunner().invoke(app, ["regimen", "show", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_regimen_show_reads_a_table_as_a_scenario_does(tmp_path: Path) -> None:
    table = tmp_path / "e.csv"
    table.write_text("TIME,AMT,CMT,II,ADDL\n0,7000,1,3,1\n1,500,2,0,0\n")
    text = show(
        str(table),
        "--time-unit",
        "day",
        "--amt-unit",
        "ug/kg",
        "--cmt",
        "1=depot_po",
        "--cmt",
        "2 = central",
        "--as",
        "nonmem",
    )
    assert "# CMT 1 = depot_po of ixazomib" in text and "# CMT 2 = central of ixazomib" in text
    assert [line.split(",")[1:6] for line in text.splitlines()[-2:]] == [
        ["0", "7", "1", "1", "72"],
        ["24", "0.5", "1", "2", "0"],
    ]
    scenario = tmp_path / "s.yaml"
    events = "{file: e.csv, time_unit: day, amt_unit: ug/kg, cmt: {1: depot_po, 2: central}}"
    scenario.write_text(
        starter_text().replace('{regimen: "14 mg/kg IV QW x3"}', f"{{events: {events}}}")
    )
    arm = next(arm for arm in load_scenario(scenario).arms if arm.name == "QW")
    assert as_dialect(arm.doses, "nonmem") == text.strip()


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (
            ["7 mg/kg IV QDx2", "--time-unit", "day"],
            RegimenError,
            "--time-unit: '7 mg/kg IV QDx2' is not an event table",
        ),
        (
            ["7 mg/kg IV QDx2", "--amt-unit", "ug/kg", "--cmt", "1=central"],
            RegimenError,
            "--amt-unit, --cmt: '7 mg/kg IV QDx2' is not an event table",
        ),
        (["e.csv", "--cmt", "1"], RegimenError, "--cmt: '1' is not number=compartment"),
        (
            ["e.csv", "--cmt", "1=central", "--cmt", "1=depot_po"],
            RegimenError,
            "compartment 1 is given twice",
        ),
        (
            ["e.csv", "--cmt", "1=depot_pi"],
            RegimenError,
            "'depot_pi' is unknown; did you mean 'depot_po'",
        ),
        (["e.csv", "--amt-unit", "mg"], RegimenError, "not per kg of body weight"),
        (["e.csv", "--time-unit", "mg"], UnitError, "mg"),
        (["e.csv"], RegimenError, "--cmt 1=depot_po"),
    ],
)
def test_regimen_show_says_what_is_wrong_with_its_options(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    kind: type[XenosimError],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.csv").write_text("TIME,AMT,CMT\n0,7,1\n")
    with pytest.raises(kind) as caught:
        show(*arguments)
    assert message in str(caught.value) and caught.value.remedy


def test_a_comment_column_does_not_change_the_hash_of_a_scenario(tmp_path: Path) -> None:
    hashes, extras = [], []
    (tmp_path / "s.yaml").write_text(
        starter_text().replace('{regimen: "14 mg/kg IV QW x3"}', "{events: e.csv}")
    )
    for table in ("TIME,AMT\n0,14\n", "TIME,AMT,NOTE\n0,14,fasted\n", "TIME,AMT\n0,13\n"):
        (tmp_path / "e.csv").write_text(table)
        scenario = load_scenario(tmp_path / "s.yaml")
        hashes.append(scenario_hash(scenario))
        extras.append(resolved_dict(scenario)["arms"][1]["doses"][0]["extra"])
    assert hashes[0] == hashes[1] != hashes[2]
    assert extras == [[], [["note", "fasted"]], []]
