"""Event tables as other programs and laboratories write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import RegimenError
from xenosim.parameters.load import load_set
from xenosim.pharmacology.dialects import as_dialect, doses_to_events
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.events import events_to_doses, read_events, table_units
from xenosim.pharmacology.pk import plasma_profile
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.study.tissues import drug_pk

FAULTS = Path(__file__).parents[2] / "data" / "faults"
UNITS = table_units(cmt={2: "central"})


def read(path: Path) -> tuple[Dose, ...]:
    return read_events(path, default_drug="ixazomib", units=UNITS)


def written(folder: Path, text: str) -> Path:
    path = folder / "e.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["dur.csv", "dur_rate.csv"])
def test_b01_the_length_of_an_infusion_is_read(name: str) -> None:
    doses = read(FAULTS / name)
    assert [dose.duration_h for dose in doses] == [4.0, 4.0]
    times = np.arange(0.0, 170.0, 0.01)
    peak = plasma_profile(drug_pk(load_set("ixazomib")), doses).concentration(times).max()
    assert peak == pytest.approx(1539.0, abs=0.1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("LAG", "0.5"),
        ("ALAG1", "1"),
        ("F", "0.6"),
        ("BIOAV", "0.5"),
        ("UNTIL", "96"),
        ("TOTAL", "4"),
        ("AMT_UNIT", "mg"),
        ("ADM", "2"),
        ("DATE", "2026-01-05"),
    ],
)
def test_b01_a_column_that_changes_a_dose_is_not_passed_through(
    tmp_path: Path, column: str, value: str
) -> None:
    with pytest.raises(RegimenError, match=f"{column} is '{value}'") as refused:
        read(written(tmp_path, f"TIME,AMT,{column}\n0,7,{value}\n"))
    assert refused.value.remedy
    (dose,) = read(written(tmp_path, f"TIME,AMT,{column}\n0,7,.\n"))
    assert dose.amount_mg_per_kg == 7.0


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("TIME,AMT,RATE\n0,7,-1\n", "modelled rates"),
        ("TIME,AMT,RATE\n0,7,-2\n", "modelled rates"),
        ("TIME,AMT,DUR\n0,7,-2\n", "DUR -2 is negative"),
        ("TIME,AMT,RATE,DUR\n0,7,1,2\n", "RATE says 7 h and DUR 2 h"),
        ("TIME,AMT,EVID\n0,7,101\n", "EVID 101 is not simulated"),
        ("TIME,AMT,ROUTE,CMT\n0,7,PO,central\n", "ROUTE is 'PO' and CMT 'central'"),
        ("TIME,AMT,ROUTE\n0,7,oral\n", "ROUTE is 'oral'"),
    ],
)
def test_b01_what_is_not_simulated_is_refused(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(RegimenError, match=message):
        read(written(tmp_path, table))


def test_a_column_route_names_the_route(tmp_path: Path) -> None:
    (dose,) = read(written(tmp_path, "TIME,AMT,ROUTE\n0,7,po\n"))
    assert dose.route is Route.PO and dose.extra == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ss_inf.csv", "a constant infusion"),
        ("ss_inf2.csv", "a constant infusion"),
        ("amt0rate.csv", "AMT 0 with RATE"),
    ],
)
def test_b02_an_infusion_without_an_amount_is_refused(name: str, message: str) -> None:
    with pytest.raises(RegimenError, match=message):
        read(FAULTS / name)


@pytest.mark.parametrize("name", ["na_events.csv", "space_events.csv", "tab_events.csv"])
def test_b11_event_tables_of_other_programs_are_read(name: str) -> None:
    assert read(FAULTS / name) == (Dose(0.0, 10.0, "ixazomib", Route.IV),)


def test_b11_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    (dose,) = read(written(tmp_path, "TIME;AMT;CMT\n0,5;7,25;central\n"))
    assert (dose.time_h, dose.amount_mg_per_kg) == (0.5, 7.25)


def test_n15_every_mistake_of_a_table_is_listed(tmp_path: Path) -> None:
    table = "TIME,AMT,CMT,EVID\n0,x,central,1\n24,7,centrl,1\n48,7,central,5\n"
    with pytest.raises(RegimenError) as refused:
        read(written(tmp_path, table))
    message = refused.value.message
    for part in ("3 mistakes", "line 2: AMT is 'x'", "line 3: CMT 'centrl'", "line 4: EVID 5"):
        assert part in message


def test_n15_every_mistake_of_a_row_is_listed(tmp_path: Path) -> None:
    table = "TIME,AMT,CMT,RATE,ADDL,LAG,F\n-1,x,centrl,y,1.5,2,1\n0,7,depot_po,1,2,0,0.5\n"
    with pytest.raises(RegimenError) as refused:
        read(written(tmp_path, table))
    message = refused.value.message
    assert message.startswith("9 mistakes")
    for part in ("TIME -1", "AMT is 'x'", "CMT 'centrl'", "RATE is 'y'", "ADDL 1.5", "LAG is '2'"):
        assert message.count(part) == 1 and f"line 2: {part}" in message
    for part in ("F is '0.5'", "ADDL and SS need II", "RATE 1 into depot_po"):
        assert f"line 3: {part}" in message


def test_n9_nonmem_gets_numbers_a_legend_and_a_compartment_per_drug(tmp_path: Path) -> None:
    doses = parse_regimen("7 mg/kg IV QDx2", default_drug="ixazomib") + parse_regimen(
        "25 mg/kg PO QDx2", default_drug="lenalidomide"
    )
    text = as_dialect(doses, "nonmem")
    legend = [line for line in text.splitlines() if line.startswith("#")]
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    assert "# CMT 2 = depot_po of lenalidomide" in legend
    assert [float(cell) for row in rows[1:] for cell in row]
    assert {row[rows[0].index("CMT")] for row in rows[1:]} == {"1", "2"}
    order = sorted(doses, key=lambda dose: dose.time_h)
    assert sorted(read_events(written(tmp_path, text)), key=lambda d: d.time_h) == order


def test_f10_a_table_of_too_many_doses_is_refused_before_it_is_expanded(tmp_path: Path) -> None:
    rows = "".join(f"{k},7,24,9999\n" for k in range(300))
    with pytest.raises(RegimenError, match="more than 10000 doses"):
        read(written(tmp_path, "TIME,AMT,II,ADDL\n" + rows))


def test_units_compartments_and_unknown_columns() -> None:
    units = table_units("day", "ug/kg", {1: "depot_sc"})
    record = {"time": "1", "amt": "500", "cmt": "1.0", "drug": "Bortezomib", "note": "fed"}
    (dose,) = events_to_doses([("line 2", record)], units=units)
    assert (dose.time_h, dose.amount_mg_per_kg, dose.route) == (24.0, 0.5, Route.SC)
    assert dose.drug == "bortezomib" and dose.extra == (("note", "fed"),)


def test_steady_state_is_kept_on_the_first_dose() -> None:
    record = {
        "time": "0",
        "amt": "4",
        "ii": "24",
        "addl": "2",
        "ss": "1",
        "drug": "ixazomib citrate",
    }
    doses = events_to_doses([("line 2", record)])
    assert [(d.ss, d.steady_state_ii_h) for d in doses] == [(1, 24.0), (0, 0.0), (0, 0.0)]
    assert {d.salt for d in doses} == {"citrate"}


def test_resets_are_read_and_written_back(tmp_path: Path) -> None:
    table = "TIME,AMT,EVID,II,ADDL\n0,7,1,24,2\n60,0,3,0,0\n72,7,4,24,1\n"
    doses = read(written(tmp_path, table))
    given = [(d.time_h, d.amount_mg_per_kg, d.reset) for d in doses]
    assert given == [
        (0.0, 7.0, False),
        (24.0, 7.0, False),
        (48.0, 7.0, False),
        (60.0, 0.0, True),
        (72.0, 7.0, True),
        (96.0, 7.0, False),
    ]
    assert [event["evid"] for event in doses_to_events(doses)] == [1, 1, 1, 3, 4, 1]
    again = tmp_path / "again.csv"
    again.write_text(as_dialect(doses, "nonmem") + "\n")
    assert read(again) == doses
    assert "evid=4" in as_dialect(doses, "mrgsolve")
    with pytest.raises(RegimenError, match="a reset is not written for PKPDsim"):
        as_dialect(doses, "pkpdsim")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("TIME,AMT,EVID,II,ADDL\n0,7,1,24,9\n60,0,3,0,0\n", "additional doses .* up to 216 h"),
        ("TIME,AMT,EVID,II\n0,7,1,0\n60,0,3,24\n", "II in a record that resets without a dose"),
        ("TIME,AMT,EVID\n0,7,1\n60,0,3\n0,7,1\n", "TIME 0 decreases"),
        ("TIME,AMT,EVID\n0,7,1\n60,7,1\n0,7,4\n", "does not turn back the clock of a tumor"),
    ],
)
def test_a_reset_with_two_readings_is_refused(tmp_path: Path, table: str, message: str) -> None:
    with pytest.raises(RegimenError, match=message):
        read(written(tmp_path, table))


def test_a_reset_of_one_drug_among_several_is_not_written(tmp_path: Path) -> None:
    table = "TIME,AMT,EVID,DRUG\n0,7,1,ixazomib\n0,1,1,bortezomib\n24,0,3,ixazomib\n"
    doses = read(written(tmp_path, table))
    assert [d.drug for d in doses if d.reset] == ["ixazomib"]
    with pytest.raises(RegimenError, match="one drug among several"):
        as_dialect(doses, "nonmem")
