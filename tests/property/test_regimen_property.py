"""Regimens and event tables: laws that hold for every input."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenosim.errors import RegimenError
from xenosim.pharmacology.dialects import as_dialect, doses_to_events
from xenosim.pharmacology.dose import Dose
from xenosim.pharmacology.events import COLUMNS, events_to_doses, read_events
from xenosim.pharmacology.regimen import describe, parse_regimen

COUNTS = st.integers(1, 30)
AMOUNTS = st.floats(0.01, 100.0, allow_nan=False)


def days(schedule: str, first_day: int = 0) -> list[float]:
    doses = parse_regimen(
        f"7 mg/kg IV {schedule}", default_drug="ixazomib", day_of_first_dose=first_day
    )
    return [dose.time_h / 24.0 for dose in doses]


def expand(records: list[dict[str, str]]) -> tuple[Dose, ...]:
    return events_to_doses(
        [(f"row {k}", row) for k, row in enumerate(records)], default_drug="ixazomib"
    )


@given(st.integers(1, 28), COUNTS)
def test_every_n_days_counts_doses(gap: int, count: int) -> None:
    assert days(f"Q{gap}Dx{count}") == [gap * k for k in range(count)]


@given(COUNTS)
def test_weekly_schedules_count_weeks(weeks: int) -> None:
    assert days(f"QW x{weeks}") == days(f"QW x{weeks}wk") == days(f"Q7Dx{weeks}")
    assert len(days(f"BIW x{weeks}wk")) == 2 * weeks == len(days(f"BIDx{weeks}"))
    assert len(days(f"TIW x{weeks}wk")) == 3 * weeks


@given(st.sampled_from(["BIW", "TIW"]), COUNTS)
def test_a_bare_count_of_a_weekly_pattern_is_refused(kind: str, count: int) -> None:
    with pytest.raises(RegimenError, match="wk"):
        days(f"{kind} x{count}")


@given(st.sampled_from(["biweekly", "Biweekly", "bi-weekly", "BIWEEKLY"]), COUNTS)
def test_biweekly_is_refused(word: str, count: int) -> None:
    with pytest.raises(RegimenError, match="Q14D"):
        days(f"{word} x{count}")


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12, unique=True).map(sorted))
def test_day_of_first_dose_shifts_listed_days(listed: list[int]) -> None:
    from_zero = ",".join(map(str, listed))
    from_one = ",".join(str(day + 1) for day in listed)
    assert days(f"days {from_one}", first_day=1) == days(f"days {from_zero}") == listed


@given(st.integers(0, 60), st.sampled_from(["QDx20", "Q3Dx9", "BIDx10", "BIW x6wk", "5on/2off x4"]))
def test_until_is_exclusive(limit: int, schedule: str) -> None:
    assert days(f"{schedule} until day {limit}") == [day for day in days(schedule) if day < limit]


@given(COUNTS, AMOUNTS)
def test_total_is_the_number_times_the_amount(count: int, amount: float) -> None:
    echo = describe(parse_regimen(f"{amount!r} mg/kg PO QDx{count}", default_drug="ixazomib"))
    assert echo["doses"] == count
    assert echo["total_mg_per_kg"]["ixazomib"] == pytest.approx(count * amount)


@given(COUNTS, COUNTS)
def test_joined_regimens_hold_every_part_in_time_order(first: int, second: int) -> None:
    joined = parse_regimen(f"ixazomib 7 mg/kg IV Q2Dx{first} + bortezomib 1 mg/kg SC Q3Dx{second}")
    assert [dose.time_h for dose in joined] == sorted(dose.time_h for dose in joined)
    assert describe(joined)["total_mg_per_kg"] == pytest.approx(
        {"ixazomib": 7.0 * first, "bortezomib": 1.0 * second}
    )


@given(
    st.integers(0, 500),
    st.integers(1, 200),
    st.integers(0, 20),
    AMOUNTS,
    st.sampled_from(["central", "depot_sc"]),
)
def test_addl_equals_explicit_rows(
    start: int, interval: int, extra: int, amount: float, compartment: str
) -> None:
    row = {"amt": repr(amount), "cmt": compartment}
    compact = expand([row | {"time": str(start), "ii": str(interval), "addl": str(extra)}])
    assert compact == expand([row | {"time": str(start + k * interval)} for k in range(extra + 1)])
    assert len(compact) == extra + 1


DOSES = st.lists(
    st.one_of(
        st.builds(
            Dose,
            st.integers(0, 2000).map(lambda k: k / 4),
            st.sampled_from([0.3, 1.0, 7.0]),
            st.sampled_from(["ixazomib", "bortezomib"]),
            st.sampled_from(["IV", "SC", "PO", "IP"]),
            salt=st.sampled_from(["", "citrate"]),
        ),
        st.builds(
            Dose,
            st.integers(0, 500).map(float),
            st.sampled_from([1.0, 8.0]),
            st.just("carfilzomib"),
            st.just("IV"),
            st.just(0.5),
        ),
        st.builds(
            Dose,
            st.integers(0, 500).map(float),
            st.just(2.0),
            st.just("ixazomib"),
            st.just("IV"),
            st.just(0.0),
            st.sampled_from([1, 2]),
            st.sampled_from([24.0, 84.0]),
        ),
    ),
    max_size=20,
)


def ordered(doses: list[Dose] | tuple[Dose, ...]) -> list[Dose]:
    return sorted(
        doses,
        key=lambda d: (
            d.time_h,
            d.substance,
            d.route,
            d.amount_mg_per_kg,
            d.duration_h,
            d.ss,
            d.steady_state_ii_h,
        ),
    )


@settings(max_examples=100, deadline=None)
@given(DOSES)
def test_events_round_trip_with_every_field(doses: list[Dose]) -> None:
    doses = sorted(doses, key=lambda d: d.time_h)
    events = doses_to_events(doses)
    assert all(set(event) == set(COLUMNS) for event in events)
    assert ordered(
        expand([{name: str(value) for name, value in event.items()} for event in events])
    ) == ordered(doses)


@settings(max_examples=60, deadline=None)
@given(DOSES)
def test_the_printed_nonmem_table_reads_back(doses: list[Dose]) -> None:
    doses = sorted(doses, key=lambda d: d.time_h)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.csv"
        path.write_text(as_dialect(doses, "nonmem"))
        assert ordered(read_events(path)) == ordered(doses)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        parse_regimen(text, default_drug="ixazomib")
    except RegimenError as error:
        assert error.remedy


def test_file_errors_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("ID,TIME,AMT\n1,0,7\n1,24,seven\n")
    with pytest.raises(RegimenError, match=r"events\.csv:3: AMT is 'seven'"):
        read_events(path, default_drug="ixazomib")
