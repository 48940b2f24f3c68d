"""Fits to single animals: the model that made them wins, and what cannot be fitted says so."""

import numpy as np
import pandas as pd

from tests.unit.pkpd.test_baselines import DAYS, study
from xenosim.analysis.data import StudyData
from xenosim.pkpd.animal_baselines import ADDED, COLUMNS, baselines_text, fit_animals, with_animals
from xenosim.pkpd.baselines import fit_baselines
from xenosim.pkpd.curves import MODELS, gompertz


def test_the_model_that_made_the_animals_is_the_best_of_each() -> None:
    # What no smooth curve follows.
    noise = 0.01 * (-1.0) ** np.arange(DAYS.size)
    made = gompertz(DAYS, np.log([100.0, 0.2, 0.05])) + noise
    data = study(vehicle=made, drug=4.6 + 0.1 * DAYS + noise)
    found = fit_animals(data)
    assert tuple(found.table) == COLUMNS and len(found.table) == 6 * len(MODELS)
    best = found.table[found.table["best"]]
    assert best["arm"].tolist() == ["vehicle"] * 3 + ["drug"] * 3
    assert best["model"].tolist() == ["gompertz"] * 3 + ["exponential"] * 3
    assert len(found.curves) == 6
    table = with_animals(fit_baselines(data), found.table)
    assert tuple(table)[-len(ADDED) :] == ADDED
    text = baselines_text(table)
    assert "gompertz" in text and "3 of 3" in text and "nan" not in text


def test_a_lone_day_and_a_tumor_that_is_gone_are_said() -> None:
    rows = [("vehicle", "a", day, 100.0 + 10.0 * day) for day in DAYS]
    rows += [("vehicle", "b", 0.0, 100.0), ("drug", "c", 0.0, 90.0), ("drug", "c", 3.0, 95.0)]
    names = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    data = StudyData(pd.DataFrame(rows, columns=names), "vehicle")
    found = fit_animals(data)
    short = found.table[found.table["animal_id"] != "a"]
    assert short["note"].str.startswith("undefined:").all() and not short["best"].any()
    text = baselines_text(with_animals(fit_baselines(data), found.table))
    assert "1 of 2 not fitted" in text and "nan" not in text
