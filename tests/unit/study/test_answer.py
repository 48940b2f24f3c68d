"""The answer in words, from tables alone."""

import pandas as pd
import pytest

from xenosim.study.answer import answer_text
from xenosim.testing import small_scenario


def table(**row: object) -> pd.DataFrame:
    known = {"endpoint": "tc_pct", "arm": "QW", "day": 21.0, "estimate": 40.0, "n_control": 8}
    return pd.DataFrame([known | {"ci_low": 30.0, "ci_high": 55.0, "n": 8} | row])


@pytest.mark.parametrize(
    ("endpoints", "text"),
    [
        (table(), "QW: T/C 40 % (95 % CI 30 to 55; median RTV, day 21, n = 8 against 8)"),
        (table(ci_low=float("nan")), "QW: T/C 40 % (no interval; median RTV, day 21"),
        (
            table(endpoint="doubling_time_days", arm="vehicle", estimate=5.5),
            "vehicle: doubling time 5.5 d (95 % CI 30 to 55; n = 8; no treated arm)",
        ),
        (table(endpoint="other"), "vehicle: no doubling time"),
    ],
)
def test_the_answer_has_its_interval_and_its_n(endpoints: pd.DataFrame, text: str) -> None:
    assert answer_text(small_scenario(), {"endpoints": endpoints}).startswith(text)


def test_paired_arms_are_compared_with_each_other() -> None:
    comparison = table(arm="QW - BIW", estimate=-7.0, ci_low=-20.0, ci_high=3.0)
    text = answer_text(small_scenario(), {"comparison": comparison, "endpoints": table()})
    assert text.startswith("QW - BIW: T/C -7 points (95 % CI -20 to +3")


def test_n4_a_t_c_without_a_pair_is_said_to_be_none() -> None:
    nothing = table(arm="QW - BIW", n=0, estimate=float("nan"), note="undefined: no animal")
    text = answer_text(small_scenario(), {"comparison": nothing, "endpoints": table()})
    assert text == "QW - BIW: no T/C (undefined: no animal)"
