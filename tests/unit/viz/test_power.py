"""The power figure: a panel per arm, curves, bands and closed forms."""

from pathlib import Path

import pandas as pd

from tests.unit.analysis.growing import pool
from xenosim.analysis.power import power_table
from xenosim.analysis.sequential import Interim, sequential_table
from xenosim.viz.power import power_figure
from xenosim.viz.style import save


def test_curves_bands_and_looks_are_drawn(tmp_path: Path) -> None:

    animals = pool(40, 1)
    table = power_table(animals, (4, 8), ("lmm", "tc"), studies=40)
    looked = sequential_table(animals, (4, 8), ("lmm",), Interim(0.5), studies=40)
    figure = power_figure(pd.concat([table, looked]), "A title with $ and <", (0.8, 0.9))
    (axes,) = figure.axes
    assert len(axes.collections) == 2 and len(axes.lines) == 2 + 2 + 1 + 2
    assert [path.suffix for path in save(figure, tmp_path, "power")] == [".svg", ".png"]
