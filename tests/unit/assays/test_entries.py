"""Doses, times and names as a user writes them; the properties are in tests/property."""

from __future__ import annotations

import math

import pytest

from xenosim.assays.entries import (
    hours_of,
    names_of,
    parse_dose,
    parse_doses,
    parse_times,
    share_of,
)
from xenosim.errors import ParameterError, UnitError


def test_ranges_and_lists() -> None:
    assert parse_doses("1..1000 nM / 4") == [1.0, 10.0, 100.0, 1000.0]
    assert len(parse_doses("1..1000 nM")) == 10
    assert parse_doses("20, 50 uM") == pytest.approx([2e4, 5e4])


def test_one_dose() -> None:
    assert parse_dose("10 uM") == pytest.approx(1e4)
    for text in ("1,2 nM", "1..10 nM", "0 nM", "-5 nM"):
        with pytest.raises(UnitError, match="not one dose"):
            parse_dose(text)


def test_beyond_one_molar_is_a_wrong_unit() -> None:
    with pytest.raises(UnitError, match="beyond 1 M"):
        parse_doses("10 M")


def test_times_rise_and_are_given_once() -> None:
    assert parse_times("24,0,4,4") == [0.0, 4.0, 24.0]
    with pytest.raises(ParameterError, match="not a list of hours"):
        parse_times("0;4")


def test_what_is_not_given() -> None:
    assert hours_of(None, "--pulse") == math.inf and share_of(None, "--resistant") is None
    assert hours_of("2 day", "--pulse") == 48.0 and share_of("5 %", "--resistant") == 0.05


def test_names_are_listed_once() -> None:
    assert names_of("b, a,b") == ["b", "a"]
