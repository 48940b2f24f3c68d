"""Fits of whole-tumor models: what made the curve is found again; what cannot be fitted says so."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.data import StudyData
from xenosim.pkpd.baselines import COLUMNS, fit_baselines
from xenosim.pkpd.curves import MODELS, gompertz, simeoni

DAYS = np.arange(0.0, 37.0, 3.0)


def study(**arms: np.ndarray) -> StudyData:
    """Three animals of each arm about its ln volumes."""
    rows = [
        (arm, f"{arm}{i}", day, float(np.exp(log + shift)))
        for arm, logs in arms.items()
        for i, shift in enumerate((-0.1, 0.0, 0.1))
        for day, log in zip(DAYS, logs, strict=True)
    ]
    names = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    return StudyData(pd.DataFrame(rows, columns=names), "vehicle")


def test_what_made_the_curve_fits_best_and_foretells_it() -> None:
    noise = 0.01 * np.random.default_rng(1).standard_normal(DAYS.size)
    made = gompertz(DAYS, np.log([100.0, 0.2, 0.05])) + noise
    found = fit_baselines(study(vehicle=made, drug=made - 0.01 * DAYS))
    assert tuple(found.table) == COLUMNS and len(found.table) == 2 * len(MODELS)
    own = found.table[found.table["arm"] == "vehicle"].set_index("model")
    assert own["aic"].idxmin() == "gompertz" and own["bic"].idxmin() == "gompertz"
    assert own.loc["gompertz", "held_out_rms"] < own.loc["exponential", "held_out_rms"]
    assert own.loc["gompertz", "rms"] == pytest.approx(0.01, abs=0.005)
    assert own.loc["gompertz", "parameters"].startswith("V0 1")
    days, volumes = found.curves["vehicle", "gompertz"]
    assert np.interp(18.0, days, np.log(volumes)) == pytest.approx(made[6], abs=0.03)


def test_simeoni_treats_an_arm_by_its_plasma_with_the_controls_growth() -> None:
    def level(t: np.ndarray) -> np.ndarray:
        return 50.0 * np.exp(-0.02 * np.asarray(t))

    logs = np.log([100.0, 0.15, 80.0])
    treated = simeoni(DAYS, logs, (np.log(0.002), np.log(0.5)), level)
    hours = np.arange(0.0, 24.0 * DAYS[-1] + 1.0)
    plasma = pd.DataFrame(
        {"arm": "drug", "drug": "x", "day": hours / 24.0, "concentration_nM": level(hours / 24.0)}
    )
    table = fit_baselines(study(vehicle=simeoni(DAYS, logs), drug=treated), plasma).table
    row = table[(table["arm"] == "drug") & (table["model"] == "simeoni")].iloc[0]
    assert row["rms"] < 0.01 and row["n_parameters"] == 3
    assert "k2 0.00" in row["parameters"] and "lambda0" not in row["parameters"]
    free = fit_baselines(study(vehicle=simeoni(DAYS, logs), drug=treated)).table
    assert "lambda0" in free[free["model"] == "simeoni"]["parameters"].iloc[1]


def test_too_few_days_are_no_fit() -> None:
    rows = [
        (arm, i, day, 100.0 + day) for arm in ("vehicle", "drug") for i in (1, 2) for day in (0, 3)
    ]
    names = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    found = fit_baselines(StudyData(pd.DataFrame(rows, columns=names), "vehicle"))
    assert found.table["note"].str.startswith("undefined: 2 days for").all()
    assert not found.curves and (found.table["parameters"] == "").all()


def test_a_tumor_that_shrinks_or_stays_is_fitted() -> None:
    found = fit_baselines(study(vehicle=4.6 + 0.0 * DAYS, drug=4.6 - 0.05 * DAYS))
    assert np.isfinite(found.table[["rms", "aic", "bic", "held_out_rms"]].to_numpy()).all()
