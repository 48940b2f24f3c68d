"""Tables of a report as text."""

import pandas as pd

from xenosim.report.grids import ensemble_grid


def test_what_the_parameters_leave_open_is_told_by_arm() -> None:
    sets = {"arm": ["v", "a", "v", "a"], "draw": [0, 0, 1, 1], "rtv": [4.0, 2.0, 8.0, 1.0]}
    table = pd.DataFrame(sets | {"tc_pct": [float("nan"), 50.0, float("nan"), 12.5]})
    grid = ensemble_grid(table)
    assert grid.head[:3] == ["arm", "parameter sets", "T/C (%)"]
    assert [row[:3] for row in grid.rows] == [["v", "2", ""], ["a", "2", "31.2 (14.4 to 48.1)"]]
