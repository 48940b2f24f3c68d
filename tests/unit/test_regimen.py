"""The dosing shorthand and event tables."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenosim.errors import RegimenError
from xenosim.pharmacology.events import as_dialect, doses_to_events, events_to_doses, read_events
from xenosim.pharmacology.regimen import Dose, parse_regimen


def days(text: str, **kwargs: int) -> list[float]:
    return [dose.time_h / 24 for dose in parse_regimen(f"7 mg/kg IV {text}", default_drug="ixazomib", **kwargs)]


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
    with pytest.raises(RegimenError, match="(?s)." ) as caught:
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
    records = [("here", {key: str(value) for key, value in event.items()}) for event in doses_to_events(doses)]

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


def test_dialects() -> None:
    doses = parse_regimen("7 mg/kg IV Q3Dx4", default_drug="ixazomib")
    assert as_dialect(doses, "mrgsolve").startswith('ev(time=0, amt=7, cmt="central", ii=72, addl=3)')
    assert "c(0, 72, 144, 216)" in as_dialect(doses, "pkpdsim")
