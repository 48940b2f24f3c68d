"""Bootstrap samples: one generator per endpoint, by its name."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.resampling import generator, interval, resample
from xenosim.analysis.summary import endpoint_table


def study(*arms: str) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        [
            {
                "arm": arm,
                "replicate": 0,
                "animal_id": animal,
                "day": float(day),
                "tumor_volume_mm3": 100.0 * np.exp(rng.normal(0.1, 0.02) * day),
            }
            for arm in arms
            for animal in range(6)
            for day in range(0, 31, 3)
        ]
    )


def test_samples_belong_to_a_name_and_a_seed() -> None:
    first, again, other, reseeded = (
        resample(8, 50, generator(seed, name))
        for seed, name in ((1, "tc_pct"), (1, "tc_pct"), (1, "tgd_days"), (2, "tc_pct"))
    )
    assert (first == again).all()
    assert (first != other).any() and (first != reseeded).any()


def test_an_arm_more_moves_no_interval() -> None:
    observations = study("vehicle", "drug", "other")
    both = endpoint_table(observations, "vehicle", n_boot=100)
    one = endpoint_table(observations.query("arm != 'other'"), "vehicle", n_boot=100)
    pd.testing.assert_frame_equal(both.query("arm != 'other'").reset_index(drop=True), one)


def test_intervals_of_one_number_said_in_two_ways_agree() -> None:
    table = endpoint_table(study("vehicle", "drug"), "vehicle", n_boot=100)
    rows = table.query("arm == 'drug'").set_index("endpoint")
    limits = rows[["ci_low", "ci_high"]].to_numpy()
    ratio, inhibition, log, rate, doubling = (
        limits[rows.index.get_loc(name)]
        for name in (
            "tc_volume_mean",
            "tgi_ratio_pct",
            "minus_ln_tc",
            "growth_rate_per_day",
            "doubling_time_days",
        )
    )
    assert inhibition == pytest.approx(100.0 * (1.0 - ratio[::-1]))
    assert log == pytest.approx(-np.log(ratio[::-1]))
    assert doubling == pytest.approx(np.log(2.0) / rate[::-1])


def test_the_interval_leaves_out_what_is_undefined() -> None:
    samples = np.append(np.arange(101.0), [np.nan] * 20)
    assert interval(samples) == (2.0, 98.0)
    assert np.isnan(interval(np.full(3, np.nan))).all()
