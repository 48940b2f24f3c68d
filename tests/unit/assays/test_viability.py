"""Dose-response and Annexin: pulses, titles, and curves that cannot be fitted."""

from __future__ import annotations

import math

import pytest

from xenosim.assays.culture import line_of
from xenosim.assays.plate import Layout
from xenosim.assays.viability import apoptosis, check_pulses, dose_response, pulses_of, wells_of
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set

LINE = line_of(load_set("cell"), 30.0)


def test_pulses_repeat_and_no_dose_is_no_pulse() -> None:
    pulses = pulses_of("ixazomib", 10.0, 1.0, 24.0, 3)
    assert [(p.start_h, p.end_h) for p in pulses] == [(0.0, 1.0), (24.0, 25.0), (48.0, 49.0)]
    assert pulses_of("ixazomib", 0.0) == []
    for pulse_h, every_h, repeats in ((0.0, 0.0, 1), (2.0, 1.0, 2), (1.0, 0.0, 0)):
        with pytest.raises(ParameterError, match="must not overlap"):
            pulses_of("ixazomib", 10.0, pulse_h, every_h, repeats)


def test_pulses_end_before_the_reading() -> None:
    check_pulses(24.0, math.inf, 0.0, 1)
    with pytest.raises(ParameterError, match="ends at 25 h, the reading is at 24 h"):
        check_pulses(24.0, 1.0, 24.0, 2)


def test_the_control_comes_first() -> None:
    wells = wells_of("ixazomib", [5.0, 10.0], math.inf, 0.0, 1)
    assert [labels["dose_nM"] for labels, _ in wells] == [0.0, 5.0, 10.0] and wells[0][1] == []


def test_three_doses_are_not_fitted() -> None:
    found = dose_response(LINE, "ixazomib", [5.0, 20.0, 60.0], 12.0, Layout(40, 1))
    assert math.isnan(found.fit.ic50) and "fewer than four doses" in str(found)


def test_annexin_means_add_up() -> None:
    found = apoptosis(LINE, "ixazomib", [100.0], 24.0, Layout(60, 2))
    means = found.means()
    assert (means[["viable", "early", "late"]].sum(axis=1) - 100).abs().max() < 1e-9
    assert means.loc[100.0, "annexin"] > means.loc[0.0, "annexin"]
    assert str(found).splitlines()[0] == "cell, ixazomib, read at 24 h"
