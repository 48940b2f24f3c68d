"""One row per animal: response, times."""

import math

import pandas as pd

from xenosim.analysis.data import StudyData


def test_every_animal_has_its_row() -> None:
    rows = [
        (arm, animal, day, volume)
        for arm, animal, volumes in (
            ("v", "a", (100, 250, 500, 900)),
            ("v", "late", (None, 100, 200, 300)),
            ("d", "b", (200, 100, 4, 4)),
        )
        for day, volume in zip((0, 7, 14, 21), volumes, strict=True)
        if volume
    ]
    table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    found = StudyData(table, "v").responses().set_index("animal_id")
    assert list(found.index) == ["a", "b"]  # without a baseline there is no response
    assert found.loc["a", ["mrecist_gao2015", "pptp_houghton2007"]].tolist() == ["PD", "PD1"]
    assert found.loc["b", ["mrecist_gao2015", "pptp_houghton2007"]].tolist() == ["CR", "MCR"]
    assert found.loc["b", "best_pct"] == -98.0
    assert found.loc["b", "best_avg_pct"] == (0 - 50 - 98 - 98) / 4
    assert math.isnan(found.loc["b", "time_to_4x_days"])
    assert 7 < found.loc["a", "time_to_4x_days"] < 14
