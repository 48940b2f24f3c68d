"""Words for dosing that every laboratory uses."""

import pytest

from xenosim.errors import RegimenError
from xenosim.pharmacology.regimen import parse_regimen

BIW_3 = [0.0, 3.0, 7.0, 10.0, 14.0, 17.0]


def days(text: str) -> list[float]:
    return [dose.time_h / 24.0 for dose in parse_regimen(text, default_drug="ixazomib")]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("IV BIW x3wk", BIW_3),
        ("i.v. twice weekly x3 weeks", BIW_3),
        ("IV twice a week for 3 weeks", BIW_3),
        ("intravenously 2x/week x 3 wks", BIW_3),
        ("IV three times weekly for 1 week", [0.0, 2.0, 4.0]),
        ("IV once", [0.0]),
        ("IV single dose", [0.0]),
        ("IV Q3Wx2", [0.0, 21.0]),
        ("IV every 2 weeks x2", [0.0, 14.0]),
        ("IV once weekly for 3 weeks", [0.0, 7.0, 14.0]),
        ("p.o. QODx3", [0.0, 2.0, 4.0]),
        ("orally every other day for 6 days", [0.0, 2.0, 4.0]),
        ("by oral gavage every 3 days x3", [0.0, 3.0, 6.0]),
        ("PO Q12H x4", [0.0, 0.5, 1.0, 1.5]),
        ("s.c. b.i.d. x2", [0.0, 0.5, 1.0, 1.5]),
        ("PO daily for 3 days", [0.0, 1.0, 2.0]),
        ("IV D1,4,8", [0.0, 3.0, 7.0]),
        ("IV D1, D4, D8", [0.0, 3.0, 7.0]),
        ("IV D1,8 every 21 d x2", [0.0, 7.0, 21.0, 28.0]),
        ("IV QD until day 3", [0.0, 1.0, 2.0]),
        ("IV 5on/2off for 1 week", [0.0, 1.0, 2.0, 3.0, 4.0]),
    ],
)
def test_n14_words_of_laboratories_are_read(schedule: str, expected: list[float]) -> None:
    assert days(f"7 mg/kg {schedule}") == pytest.approx(expected)


def test_n14_three_times_a_day() -> None:
    assert days("7 mg/kg PO TID x1") == pytest.approx([0.0, 1 / 3, 2 / 3])


@pytest.mark.parametrize("word", ["vehicle", "Vehicle", "none", "untreated", "saline"])
def test_n14_a_vehicle_is_no_drug(word: str) -> None:
    assert parse_regimen(word) == ()


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("IV biweekly x4", "ambiguous"),
        ("IV bi-weekly x4", "ambiguous"),
        ("IV BIW x4", "4 doses or 4 weeks"),
        ("IV twice weekly x4", "4 doses or 4 weeks"),
        ("IV days 1,4", "day 0 or on day 1"),
        ("IV Q0H x3", "has no interval"),
        ("IV monthly x3", "not a schedule"),
    ],
)
def test_n14_only_what_is_ambiguous_or_unknown_is_refused(schedule: str, message: str) -> None:
    with pytest.raises(RegimenError, match=message) as refused:
        days(f"7 mg/kg {schedule}")
    assert refused.value.remedy


@pytest.mark.parametrize(
    "schedule", ["365on/0off x10000", "BIDx9999", "days 0,1,2 every 5 d x9999", "Q1H x10001"]
)
def test_f10_too_many_doses_are_refused_before_they_are_expanded(schedule: str) -> None:
    with pytest.raises(RegimenError, match="absurd"):
        days(f"7 mg/kg IV {schedule}")
