"""Effects over all pairs: no animal is missing, whatever its volume."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.pairs import effects_over_all_pairs

COLUMNS = ["replicate", "arm", "animal_id", "day", "start_volume_mm3", "tumor_volume_mm3"]
FACTORS = {"vehicle": 8.0, "A": 2.0, "B": 4.0}


def pairs(replicates: int = 1, animals: int = 6, **factors: float) -> pd.DataFrame:
    """Animals of equal relative growth in each arm."""
    rows = [
        (r, arm, i, 21.0, 100.0 + i, factor * (100.0 + i))
        for r in range(replicates)
        for arm, factor in (FACTORS | factors).items()
        for i in range(1, animals + 1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_every_arm_against_the_control_and_against_each_other() -> None:
    found = effects_over_all_pairs(pairs(), "vehicle", n_boot=50)
    values = found.set_index(["endpoint", "arm"])["estimate"]
    assert values["tc_pct_all_pairs"].to_dict() == pytest.approx(
        {"A": 25.0, "B": 50.0, "A - B": -25.0}
    )
    assert values["tc_volume_mean_all_pairs"].to_dict() == pytest.approx(
        {"A": 0.25, "B": 0.5, "A - B": -0.25}
    )
    assert (found["n"] == 6).all() and (found["day"] == 21.0).all()
    assert found["note"].str.contains("true volumes on the last day").all()


def test_a_cured_animal_counts() -> None:
    table = pairs()
    table.loc[(table["arm"] == "A"), "tumor_volume_mm3"] = 0.0
    found = effects_over_all_pairs(table, "vehicle", n_boot=50).set_index(["endpoint", "arm"])
    assert found.loc[("tc_pct_all_pairs", "A"), "estimate"] == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(found["estimate"]).all() and (found["n"] == 6).all()


def test_of_a_repeated_study_the_range_over_the_studies() -> None:
    found = effects_over_all_pairs(pairs(replicates=3), "vehicle", n_boot=50)
    assert len(found) == 6 and found["note"].str.contains("3 studies").all()
    one = effects_over_all_pairs(pairs(animals=2), "vehicle", n_boot=50)
    assert one["ci_low"].isna().all()
