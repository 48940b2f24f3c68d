"""Simulated against published."""

import pandas as pd

from xenosim.viz.validation import validation_figure


def test_every_row_is_counted_as_met_or_missed() -> None:
    table = pd.DataFrame(
        {
            "part": ["dish", "dish", "mouse"],
            "used": ["calibration", "validation", "validation"],
            "verdict": ["met", "MISS", "met"],
            "published": [10.0, 20.0, 0.0],
            "simulated": [11.0, 90.0, 1.0],
            "sim_low": [9.0, None, 1.0],
            "sim_high": [12.0, None, 1.0],
        }
    )
    calibrated = pd.DataFrame({"published": [5.0], "simulated": [6.0]})
    figure = validation_figure(table, calibrated)
    figure.draw_without_rendering()
    left, right = figure.axes
    for axis in (left.xaxis, left.yaxis):
        ticks = {label.get_text() for label in axis.get_ticklabels(which="both")}
        assert {"10", "100"} <= ticks and not any("10^" in text for text in ticks)
    assert [bar.get_width() for bar in right.patches] == [1, 0, 1, 0, 1, 0]
    labels = [label.get_text() for label in right.get_yticklabels()]
    assert labels == ["dish\ncalibration", "dish\nvalidation", "mouse\nvalidation"]
    names = left.get_legend_handles_labels()[1]
    assert any(name.endswith("validation (1)") for name in names)
