"""Bands over parameter sets."""

import pandas as pd

from xenosim.viz.ensemble import ensemble_bands

SPREAD = {"p05": 0.5, "p25": 0.8, "p50": 1.0, "p75": 1.3, "p95": 2.0}


def test_every_arm_has_a_median_and_two_bands() -> None:
    rows = [
        {"arm": arm, "day": day, "quantity": quantity} | SPREAD
        for arm, quantity in (("vehicle", "rtv"), ("QW", "rtv"), ("QW", "tc_pct"))
        for day in (0.0, 7.0)
    ]
    figure = ensemble_bands(pd.DataFrame(rows), {"vehicle": "grey", "QW": "blue"}, "5 sets")
    volumes, effects = figure.axes
    assert len(volumes.collections) == 4 and len(effects.collections) == 2
    assert [text.get_text() for text in volumes.get_legend().get_texts()] == ["vehicle", "QW"]
    many = {"vehicle": "grey", "QW": "blue", "BIW": "red", "QD": "green"}
    crowded = ensemble_bands(pd.DataFrame(rows), many, "5 sets")
    assert len(crowded.axes[1].collections) == 1 and len(crowded.axes[1].lines) == 4
