"""The answer in words, out of rows of the endpoint table."""

from types import SimpleNamespace

import pandas as pd

from xenosim.analysis.answer import Repeated, day_of, tc_line
from xenosim.analysis.studies import IN_SOME

ROW = SimpleNamespace(
    arm="drug", estimate=40.0, ci_low=30.0, ci_high=55.0, day=21.0, n=6, n_control=4, note=""
)
CARRIED = pd.DataFrame(
    {"arm": ["drug"], "unit": ["%"], "estimate": [35.0], "n": [8], "n_control": [8]}
)


def test_a_line_has_interval_day_and_n() -> None:
    line = "drug: T/C 40 % (95 % CI 30 to 55; median RTV, day 21, n = 6 against 4)"
    assert tc_line(ROW, pd.DataFrame(), 21.0) == line
    carried = CARRIED.set_index("arm")
    more = "; with the last volumes of animals removed 35 % (n = 8 against 8)"
    assert tc_line(ROW, carried, 21.0) == line + more


def test_what_only_some_studies_have_is_not_said_of_all() -> None:
    some = CARRIED.assign(note=f"5 studies, in 1 {IN_SOME}: median").set_index("arm")
    assert "last volumes" not in tc_line(ROW, some, 21.0, Repeated(each=" in 5 studies"))


def test_studies_of_their_own_calendars_have_days_of_their_own() -> None:
    assert day_of(float("nan"), 30.0).startswith("each study's last day")


def test_a_repeated_study_names_its_interval() -> None:
    studies = pd.DataFrame({"replicate": [0, 1, 1]})
    how = Repeated.of({"studies": studies})
    assert "95 % of studies 30 to 55" in tc_line(ROW, pd.DataFrame(), 21.0, how)
