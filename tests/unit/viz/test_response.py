"""Dose-response curves, gates, courses and comparisons."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.dose_response import HillFit, hill
from xenosim.viz.response import (
    compare_figure,
    course_figure,
    cytometer,
    dose_response_figure,
    flow_figure,
)

FIT = HillFit(10.0, 8.0, 12.0, 2.0, 0.1, "")


def test_wells_curve_and_interval_of_the_ic50() -> None:
    dose = np.array([0.0, 1.0, 10.0, 100.0])
    viability = np.append(1.0, hill(dose[1:], *FIT[:1], *FIT[3:5]))
    table = pd.DataFrame({"dose_nM": dose, "viability": viability})
    axes = dose_response_figure(table, FIT, "line").axes[0]
    wells, curve = axes.lines[:2]
    assert wells.get_ydata() == pytest.approx(100 * viability[1:])
    assert curve.get_ydata()[[0, -1]] == pytest.approx(100 * viability[[1, 3]])
    assert axes.get_legend_handles_labels()[1][-1].startswith("IC50 10 nM")
    flat = dose_response_figure(table, FIT._replace(ic50=np.inf), "line").axes[0]
    assert flat.get_legend_handles_labels()[1] == ["wells"]


def test_gates_hold_the_shares() -> None:
    annexin, propidium = cytometer(np.array([0.5, 0.3, 0.2]), seed=1, n=4000)
    late = (annexin > 0) & (propidium > 0)
    assert late.mean() == pytest.approx(0.2, abs=0.03)
    doses = [0.0, 10.0, 30.0]
    table = pd.DataFrame({"dose_nM": doses, "viable": 0.7, "early": 0.2, "late": 0.1})
    figure = flow_figure(table, "gates")
    assert len(figure.axes) == 4
    assert [text.get_text() for text in figure.axes[0].texts] == ["70 %", "20 %", "10 %"]
    tops = [bar.get_y() + bar.get_height() for bar in figure.axes[3].patches]
    assert tops[-3:] == pytest.approx([100.0] * 3)


def test_courses_are_means_over_replicates() -> None:
    table = pd.DataFrame({"marker": "CHOP", "time_h": [0, 0, 4, 4], "fold": [1.0, 1.0, 3.0, 5.0]})
    assert course_figure(table, "blot").axes[0].lines[0].get_ydata().tolist() == [1.0, 4.0]


def test_an_ic50_that_is_not_reached_is_a_triangle() -> None:
    table = pd.DataFrame(
        {
            "line": ["a", "b"],
            "drug": "ixazomib",
            "ic50_nM": [10.0, np.inf],
            "ci_low": [8.0, 300.0],
            "ci_high": [12.0, np.inf],
        }
    )
    axes = compare_figure(table, "lines").axes[0]
    assert [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == ">"] == [
        [300.0]
    ]
