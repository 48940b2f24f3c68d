"""Bootstrap samples: one generator per endpoint, by its name."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.comparison import Comparison
from xenosim.analysis.data import StudyData
from xenosim.analysis.registry import Endpoint, find_endpoint
from xenosim.analysis.resampling import bca, bootstrap, generator, interval, resample, tail
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


SKEWED = np.exp(np.random.default_rng(3).normal(0.0, 0.8, (2, 12)))


@pytest.mark.parametrize("arms", [1, 2])
def test_bca_is_that_of_scipy(arms: int) -> None:
    """On scipy's own samples, of one arm and of two."""
    stats = pytest.importorskip("scipy.stats")
    data = tuple(SKEWED[:arms])

    def ratio(*values: np.ndarray, axis: int = -1) -> np.ndarray:
        means = [value.mean(axis=axis) for value in values]
        return means[0] / means[1] if arms == 2 else means[0]

    theirs = stats.bootstrap(
        data, ratio, method="BCa", n_resamples=4000, rng=np.random.default_rng(1), vectorized=True
    )
    left_out = [
        np.array(
            [float(ratio(*data[:k], np.delete(arm, i), *data[k + 1 :])) for i in range(arm.size)]
        )
        for k, arm in enumerate(data)
    ]
    ours = bca(theirs.bootstrap_distribution, float(ratio(*data)), left_out)
    spread = float(np.std(theirs.bootstrap_distribution))
    expected = (theirs.confidence_interval.low, theirs.confidence_interval.high)
    assert ours == pytest.approx(expected, abs=0.05 * spread)


def test_few_animals_widen_the_interval_as_t_does() -> None:
    """Of a normal mean: half of the width is close to t s/sqrt(n)."""
    values = np.random.default_rng(5).normal(10.0, 1.0, 8)
    limits, _ = bootstrap(lambda i: values[i].mean(axis=-1), [8], 20_000, generator(1, "x"))
    expected = 2.365 * values.std(ddof=1) / np.sqrt(8)
    assert (limits[1] - limits[0]) / 2 == pytest.approx(expected, rel=0.1)
    assert tail([8]) < tail([30]) < 0.025


def test_samples_of_one_kind_have_plain_percentiles() -> None:
    assert bca(np.full(50, 2.0), 1.0, [np.ones(5)]) == (2.0, 2.0)
    same = np.full(8, 3.0)
    assert bootstrap(lambda i: same[i].mean(axis=-1), [8], 50, generator(1, "x"))[0] == (3.0, 3.0)
    infinite = np.append(np.full(5, 3.0), np.full(3, np.inf))
    limits, _ = bootstrap(lambda i: infinite[i].max(axis=-1), [8], 500, generator(1, "x"))
    assert limits == (3.0, np.inf)


def test_an_arm_of_two_has_no_interval() -> None:
    limits, samples = bootstrap(lambda i, j: i.sum(-1) + j.sum(-1), [8, 2], 9, generator(1, "x"))
    assert np.isnan(limits).all() and not samples.size


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("growth_rate_per_day", 93.0, 97.0),
        ("tc_pct", 94.0, 98.5),  # of medians: a sample of eight has few, and it covers more
        ("tgi_ratio_pct", 92.0, 97.0),
        ("rate_tc", 93.0, 97.0),
        ("aauc_ratio", 92.0, 97.0),
    ],
)
def test_intervals_of_eight_animals_cover(name: str, low: float, high: float) -> None:
    """Of 1000 studies of 8 animals per arm, growing at rates of their own under 15 % of caliper
    error, the share whose 95 % interval holds the value of 20,000 animals [%].
    """
    rng, endpoint = np.random.default_rng(11), find_endpoint(name)
    truth = estimate_of(endpoint, grown(rng, 20_000), n_boot=1)[0]
    hits = 0
    for seed in range(1000):
        _, (below, above) = estimate_of(endpoint, grown(rng, 8), seed=seed)
        hits += below <= truth <= above
    assert low <= hits / 10.0 <= high, hits / 10.0


def grown(rng: np.random.Generator, n: int) -> StudyData:
    """``n`` animals per arm, on days 0, 7 and 14."""
    days = np.array([0.0, 7.0, 14.0])
    parts = []
    for arm, rate in (("vehicle", 0.12), ("drug", 0.07)):
        growth = rng.normal(rate, 0.025, (n, 1))
        start = np.exp(rng.normal(np.log(120.0), 0.2, (n, 1)))
        volumes = start * np.exp(growth * days + rng.normal(0.0, 0.15, (n, 3)))
        parts.append(
            pd.DataFrame(
                {
                    "arm": arm,
                    "animal_id": np.repeat(np.arange(n), 3),
                    "day": np.tile(days, n),
                    "tumor_volume_mm3": volumes.ravel(),
                }
            )
        )
    return StudyData(pd.concat(parts, ignore_index=True), "vehicle")


def estimate_of(
    endpoint: Endpoint, data: StudyData, *, n_boot: int = 999, seed: int = 1
) -> tuple[float, tuple[float, float]]:
    found = endpoint.estimate(Comparison(data, "drug", "vehicle", 14.0, "", n_boot, seed, False))
    assert found is not None
    return found.value, found.limits


def test_thousands_of_animals_take_fewer_samples_and_the_same_interval() -> None:
    values = np.random.default_rng(1).normal(10.0, 2.0, 4000)
    limits, samples = bootstrap(
        lambda i: values[i].mean(axis=-1), [values.size], 2000, generator(1, "mean")
    )
    assert samples.size == 400
    half = 1.96 * values.std() / np.sqrt(values.size)
    assert limits == pytest.approx((values.mean() - half, values.mean() + half), abs=0.25 * half)
