"""Plates: common wells, the untreated unit, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.assays.culture import line_of
from xenosim.assays.plate import Layout, check_plate, read_plate, reading_error
from xenosim.assays.viability import pulses_of
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set
from xenosim.parameters.perturb import parse_perturbations

LINE = line_of(load_set("cell"), 30.0)


def test_viability_is_the_share_of_the_untreated_mean() -> None:
    wells = [({"dose_nM": d}, pulses_of("ixazomib", d)) for d in (0.0, 60.0)]
    table = read_plate(LINE, wells, 12.0, Layout(60, 3))
    untreated = table[table["dose_nM"] == 0]
    assert untreated["viability"].mean() == pytest.approx(1.0)
    assert table["viability"].tolist() == pytest.approx(
        (table["signal"] / untreated["signal"].mean()).tolist()
    )


def test_readings_scatter_as_stated_about_one() -> None:
    rng = np.random.default_rng(1)
    factors = np.array([reading_error(0.1, rng) for _ in range(4000)])
    assert factors.mean() == pytest.approx(1.0, abs=0.01)
    assert factors.std() == pytest.approx(0.1, rel=0.06)


def test_cells_that_die_untreated_are_refused() -> None:
    dying = line_of(load_set("cell"), 30.0, parse_perturbations(["SYNTHESIS=oe:50", "MCL1=kd:0.9"]))
    with pytest.raises(ParameterError, match="die by themselves"):
        read_plate(dying, [({}, [])], 72.0, Layout(40, 1))


@pytest.mark.parametrize(
    ("hours", "layout", "message"),
    [
        (0.0, Layout(), "a reading at 0 h"),
        (24.0, Layout(cells=5), "too few cells"),
        (24.0, Layout(noise=2.0), "a noise of 2"),
        (900.0, Layout(), "would be"),
    ],
)
def test_plates_that_cannot_be_read(hours: float, layout: Layout, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        check_plate(LINE, [], hours, layout)
    assert caught.value.remedy
