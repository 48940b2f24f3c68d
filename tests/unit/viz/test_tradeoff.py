"""The plot of efficacy against weight: an arm is where its numbers are."""

import pandas as pd

from xenosim.analysis.tradeoff import COLUMNS
from xenosim.viz.tradeoff import tradeoff

ROWS = [
    ("vehicle", 100.0, None, None, None, 8, 0.0, 0.0, 0.0, 8),
    ("drug", 40.0, 20.0, 70.0, 21.0, 8, 12.0, 9.0, 15.0, 8),
    ("unweighed", 30.0, 20.0, 60.0, 21.0, 8, None, None, None, 0),
]
COLORS = {"vehicle": "#000000", "drug": "#AA0000", "unweighed": "#0000AA"}


def test_arms_with_both_numbers_are_drawn_with_their_intervals() -> None:
    axes = tradeoff(pd.DataFrame(ROWS, columns=list(COLUMNS)), COLORS).axes[0]
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines
              if line.get_marker() == "o"]  # fmt: skip
    assert points == [(0.0, 100.0), (12.0, 40.0)]
    bars = [list(line.get_ydata()) for line in axes.lines if line.get_color() == COLORS["drug"]]
    assert [20.0, 70.0] in bars


def test_without_weights_it_says_so() -> None:
    axes = tradeoff(pd.DataFrame(ROWS[2:], columns=list(COLUMNS)), COLORS).axes[0]
    assert "no arm has both" in axes.texts[-1].get_text()
