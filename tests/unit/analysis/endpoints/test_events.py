"""Times to events, by hand."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.summary import endpoint_table


def table(**arms: list[list[float]]) -> pd.DataFrame:
    """Volumes on days 0, 5, 10, 15 of the animals of each arm; an animal may leave early."""
    rows = [
        (arm, k, 5.0 * j, volume)
        for arm, animals in arms.items()
        for k, volumes in enumerate(animals)
        for j, volume in enumerate(volumes)
    ]
    columns = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    return endpoint_table(
        pd.DataFrame(rows, columns=columns), "vehicle", n_boot=50, day=5.0
    ).set_index(["arm", "endpoint"])


DOUBLES = [100.0, 200.0, 400.0, 800.0]


def test_times_to_a_volume_to_progression_and_their_ratio() -> None:
    """The control is at 4 x on day 10, the treated tumors, halved by day 5, on day 15 and never."""
    regrows = [200.0, 100.0, 400.0, 1600.0]
    found = table(vehicle=[DOUBLES] * 3, drug=[regrows, regrows, [100.0, 50.0, 60.0, 70.0]])
    assert found.loc[("vehicle", "efs_4x"), "estimate"] == pytest.approx(10.0)
    assert found.loc[("drug", "efs_4x"), "estimate"] == pytest.approx(12.5)
    assert found.loc[("drug", "efs_tc"), "estimate"] == pytest.approx(1.25)
    to_volume = 10.0 + 5.0 * np.log(1000 / 400) / np.log(4)
    assert found.loc[("drug", "efs_1000mm3"), "estimate"] == pytest.approx(to_volume)
    assert found.loc[("vehicle", "efs_1000mm3"), "estimate"] == np.inf
    progressed = 5.0 + 5.0 * np.log(1.728) / np.log(4)
    assert found.loc[("drug", "time_to_progression"), "estimate"] == pytest.approx(progressed)


def test_nobody_reaches_and_all_leave_at_once() -> None:
    found = table(vehicle=[[100.0, 110.0]] * 3, drug=[[100.0, 90.0]] * 3)
    assert found.loc[("drug", "efs_4x"), "estimate"] == np.inf
    assert "not reached: > 5 d" in found.loc[("drug", "efs_4x"), "note"]
    assert np.isnan(found.loc[("drug", "efs_tc"), "estimate"])
    assert "median control does not reach" in found.loc[("drug", "efs_tc"), "note"]


def test_a_tumor_that_starts_beyond_the_volume_is_there_on_day_0() -> None:
    found = table(vehicle=[[1500.0, 1600.0, 1700.0, 1800.0]] * 3)
    assert found.loc[("vehicle", "efs_1000mm3"), "estimate"] == 0.0


def test_a_control_without_a_doubling_time_is_told_in_words() -> None:
    found = table(vehicle=[[100.0, 100.0, 100.0, 100.0]] * 3, drug=[DOUBLES] * 3)
    note = found.loc[("drug", "log10_cell_kill"), "note"]
    assert "Td undefined" in note and "nan" not in note and "inf " not in note
