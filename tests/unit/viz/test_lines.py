"""One thin line per animal, whatever their number."""

import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from xenosim.viz.lines import MOST_PATHS, animal_lines, shown_animals


@pytest.mark.parametrize("count", [0, 1, 3, MOST_PATHS + 1])
def test_every_animal_has_its_own_line(count: int) -> None:
    rows = [(0, f"m{k}", day, 100.0 + k + day) for day in (7, 0, 14) for k in range(count)]
    table = pd.DataFrame(rows, columns=["replicate", "animal_id", "day", "volume"])
    axes = Figure().subplots()
    animal_lines(axes, table.sort_values("day"), "volume", "k", width=1.0, alpha=0.5)
    (drawn,) = axes.collections
    assert isinstance(drawn, LineCollection) and len(drawn.get_segments()) == count
    assert drawn.get_rasterized() is (count > MOST_PATHS)
    if count:
        assert drawn.get_segments()[0].tolist() == [[0.0, 100.0], [7.0, 107.0], [14.0, 114.0]]
        assert axes.get_ylim()[1] > 113.0 + count


def test_of_too_many_animals_some_of_every_arm_are_drawn_and_said() -> None:
    table = pd.DataFrame({"arm": ["v"] * 700 + ["d"] * 5, "best_pct": range(705)})
    kept, said = shown_animals(table)
    assert kept["arm"].value_counts().to_dict() == {"v": 234, "d": 2}
    assert said == "236 of 705 animals drawn, one in 3 of each arm"
    few, nothing = shown_animals(table.head(5))
    assert len(few) == 5 and not nothing
