"""The waterfall sorts models by best response and colors them by class."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.colors import to_hex

from xenosim.viz.style import CONTROL, PALETTE
from xenosim.viz.waterfall import HIGHEST, waterfall


def test_bars_are_sorted_colored_and_cut() -> None:
    table = pd.DataFrame(
        {
            "model": ["a", "b", "c", "d"],
            "class": ["x", "", "x", "y"],
            "arm": ["drug"] * 4,
            "best_response_pct": [-50.0, 900.0, math.nan, 20.0],
            "tc_pct": [20.0, 100.0, math.nan, 60.0],
        }
    )
    axes = waterfall(table).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["b", "d", "a", "c"]
    assert [bar.get_height() for bar in axes.patches] == [HIGHEST, 20.0, -50.0, 0.0]
    assert [text.get_text() for text in axes.texts[:4]] == ["↑\n100", "60", "20", "-"]
    colors = [to_hex(bar.get_facecolor()).upper() for bar in axes.patches]
    assert colors == [CONTROL, PALETTE[1].upper(), PALETTE[0].upper(), PALETTE[0].upper()]
