"""The table of single animals, by hand."""

import pandas as pd
import pytest

from xenosim.analysis.animals import per_animal, responses
from xenosim.analysis.data import StudyData

DAYS = (0.0, 5.0, 10.0, 15.0)


def test_rates_times_and_responses_of_each_animal() -> None:
    """One doubles every 5 d from 200 mm3: 4 x on day 10; one halves by day 10 and stays."""
    volumes = {1: (200, 400, 800, 1600), 2: (200, 150, 100, 90)}
    table = pd.DataFrame(
        [
            ("drug", animal, *pair)
            for animal in volumes
            for pair in zip(DAYS, volumes[animal], strict=True)
        ],
        columns=["arm", "animal_id", "day", "tumor_volume_mm3"],
    )
    data = StudyData(table)
    animals = per_animal(data.followed, data.arms)["drug"]
    assert animals.index.tolist() == [(0, 1), (0, 2)]
    assert animals["growth_rate_per_day"].iloc[0] == pytest.approx(0.1386294)
    assert animals["time_to_4x_days"].tolist() == pytest.approx([10.0, float("inf")])
    assert animals["last_day"].tolist() == [15.0, 15.0]
    judged = responses(data.followed, animals, control_median=10.0)
    assert judged["best_pct"].tolist() == [300.0, -55.0]
    assert judged["mrecist_gao2015"].tolist() == ["PD", "PR"]
    assert judged["pptp_houghton2007"].tolist() == ["PD1", "MCR"]
