"""Colors of quantities and scale bars."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from xenosim.viz.paint import paint, scale_bar


def test_numbers_share_one_scale_and_no_cell_is_white() -> None:
    coloring = paint("load", [np.array([1.0, np.nan]), np.array([2.0])], {})
    assert 1.9 < coloring.top <= 2.0
    assert coloring.rgb(np.array([np.nan, 1.0]))[0].tolist() == [1.0, 1.0, 1.0]


def test_clones_are_named_and_told_apart() -> None:
    coloring = paint("clone", [np.array([0, 1, 2], np.uint16)], {1: "wild type"})
    assert coloring.names == {1: "wild type", 2: "clone 2"}
    assert len(set(coloring.colors.values())) == 2


@pytest.mark.parametrize(("width", "text"), [(1.0, "0.2 mm"), (4.0, "1 mm"), (40.0, "10 mm")])
def test_the_bar_is_a_round_length(width: float, text: str) -> None:
    axes = Figure().subplots()
    scale_bar(axes, width)
    assert axes.texts[0].get_text() == text
    assert axes.patches[0].get_width() == pytest.approx(float(text.split()[0]) / width)
