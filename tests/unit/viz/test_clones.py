"""The Muller plot."""

import pytest

from tests.unit.analysis.test_clones import small_table
from xenosim.analysis.clones import WILD_TYPE
from xenosim.viz.clones import has_clones, muller_layers, muller_plot


def test_subclones_lie_inside_their_parents() -> None:
    assert muller_layers({"a": "", "b": "a", "c": "b", "d": "a"}) == [
        ("a", 0.5),
        ("b", 0.5),
        ("c", 1.0),
        ("b", 0.5),
        ("d", 1.0),
        ("a", 0.5),
    ]


def test_muller_plot() -> None:
    table = small_table()
    assert has_clones(table) and not has_clones(table[table["clone"] == WILD_TYPE])
    figure = muller_plot(table, {"vehicle": "#7F7F7F", "drug": "#0072B2"})
    upper, middle, lower = figure.axes[1::2]  # the treated arm
    tops = [area.get_paths()[0].vertices[:, 1].max() for area in upper.collections]
    assert tops[-1] == pytest.approx(0.1) and len(tops) == 3
    # Day 3 of the one animal left: 40 of 50 cells, between the halves of the wild type.
    heights = [area.get_paths()[0].vertices for area in middle.collections]
    last = [path[path[:, 0] == 3.0][:, 1] for path in heights]
    assert [y for path in last for y in (path.min(), path.max())] == pytest.approx(
        [0, 10, 10, 90, 90, 100]
    )
    assert [line.get_ydata()[-1] for line in lower.lines] == pytest.approx(
        [80.0, 1.0, 80.0]
    )  # two animals, and their mean
    assert upper.get_legend_handles_labels()[1] == [WILD_TYPE, "PSMB5 A49T"]
