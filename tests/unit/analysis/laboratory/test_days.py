"""Days out of numbers and dates."""

from datetime import date

import pytest

from xenosim.analysis.laboratory.days import Calendar, is_day_like, order_of, read_date
from xenosim.errors import TableError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-03-14", date(2026, 3, 14)),
        ("2026/3/14 09:30", date(2026, 3, 14)),
        ("14.03.2026", date(2026, 3, 14)),
        ("03/14/26", date(2026, 3, 14)),
        ("14/03/2026", date(2026, 3, 14)),
        ("14-Mar-2026", date(2026, 3, 14)),
        ("March 14, 2026", date(2026, 3, 14)),
        ("31.02.2026", None),
        ("M14", None),
    ],
)
def test_dates_as_they_are_written(text: str, found: date | None) -> None:
    assert read_date(text) == found


def test_a_date_that_may_be_two_days_is_refused_unless_others_tell() -> None:
    with pytest.raises(TableError, match="'03/04/2026' may be two days"):
        read_date("03/04/2026")
    assert read_date("03/04/2026", order_of(["03/04/2026", "03/24/2026"])) == date(2026, 3, 4)
    assert read_date("03/04/2026", order_of(["24/03/2026"])) == date(2026, 4, 3)
    assert order_of(["2026-03-04"]) == ""


def test_days_count_from_the_first_dose() -> None:
    calendar = Calendar("2026-03-01")
    assert [calendar.day(cell) for cell in ("2026-02-27", "March 8", 46082.0)] == [-2.0, 7.0, 0.0]
    assert Calendar("14").day(21.0) == 7.0 and Calendar(factor=7.0).day("2") == 14.0
    assert Calendar().day("Tuesday") is None and Calendar().day("") is None


def test_what_is_no_first_dose_is_refused() -> None:
    with pytest.raises(TableError, match="the day of the first dose is not known"):
        Calendar().day("2026-03-01")
    with pytest.raises(TableError, match="neither a date nor a day"):
        Calendar("soon")
    with pytest.raises(TableError, match="no order of dates"):
        Calendar("1", "ymd")


def test_headers_of_days() -> None:
    assert all(map(is_day_like, ("Day 7", "D-3", "14", 7.0, "2026-03-01", "1-Mar")))
    assert not any(map(is_day_like, ("", "Mouse", "M7", "Drug 5 mg/kg")))
