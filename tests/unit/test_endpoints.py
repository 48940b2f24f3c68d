"""Endpoints on hand-computed numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from xenosim.analysis.growth import doubling_time_days, growth_rate_per_day, km_median, time_to_multiple
from xenosim.analysis.summary import compare_arms, default_day, endpoint_table
from xenosim.analysis.volume import TWO_ARM, caliper_volume, rtv
from xenosim.errors import ParameterError, TableError


def one(value: float) -> np.ndarray:
    return np.array([value])


def test_the_two_tgi_differ_as_the_definitions_say() -> None:
    args = one(144.0), one(1200.0), one(150.0), one(150.0)
    assert TWO_ARM["tgi_ratio_pct"][0](*args) == pytest.approx(88.0)
    assert TWO_ARM["tgi_delta_pct"][0](*args) == pytest.approx(100.571, abs=1e-3)
    assert TWO_ARM["tc_volume_mean"][0](*args) == pytest.approx(0.12)
    assert TWO_ARM["minus_ln_tc"][0](*args) == pytest.approx(2.1203, abs=1e-4)


def test_calipers() -> None:
    assert caliper_volume(10, 8) == 320
    assert caliper_volume(10, 8, "pi/6LW2") / caliper_volume(10, 8) == pytest.approx(1.0472, abs=1e-4)


def test_growth_of_an_exponential() -> None:
    days = np.arange(0.0, 22.0, 3.0)
    volumes = 100 * np.exp(0.1 * days)
    assert growth_rate_per_day(days, volumes) == pytest.approx(0.1)
    assert time_to_multiple(days, volumes, 4.0) == pytest.approx(np.log(4) / 0.1)
    assert time_to_multiple(days[:3], volumes[:3], 4.0) == np.inf


def study() -> pd.DataFrame:
    rows = []
    for arm, rate in (("vehicle", 0.12), ("drug", 0.05)):
        for animal in range(1, 7):
            for day in range(0, 22, 3):
                if arm == "vehicle" and animal > 2 and day > 15:
                    continue
                volume = (90 + 5 * animal) * np.exp(rate * day)
                rows.append({"arm": arm, "replicate": 0, "animal_id": animal, "day": float(day), "tumor_volume_mm3": volume})
    return pd.DataFrame(rows)


def test_table_uses_the_last_day_with_half_of_each_arm() -> None:
    observations = study()
    assert default_day(observations) == 15.0
    table = endpoint_table(observations, "vehicle", n_boot=200)
    row = table[(table["endpoint"] == "tc_pct") & (table["arm"] == "drug")].iloc[0]
    assert row["estimate"] == pytest.approx(100 * np.exp(-0.07 * 15))
    assert row["ci_low"] <= row["estimate"] <= row["ci_high"]
    delay = table[table["endpoint"] == "tgd_days"].iloc[0]
    assert delay["estimate"] == np.inf and "> " in delay["note"]


def test_paired_difference_of_an_arm_with_itself_is_zero() -> None:
    observations = study()
    twin = observations[observations["arm"] == "drug"].assign(arm="twin")
    table = compare_arms(pd.concat([observations, twin]), "drug", "twin", "vehicle", n_boot=100)
    assert (table.query("endpoint == 'tc_pct'")[["estimate", "ci_low", "ci_high"]] == 0).all(axis=None)


def test_each_definition_is_its_own_number() -> None:
    """T 100 200 600 from 100 each, C 400 1000 1600 from 100, 200, 400: RTV T 1 2 6, RTV C 4 5 4."""
    t, t0 = np.array([100.0, 200.0, 600.0]), np.full(3, 100.0)
    c, c0 = np.array([400.0, 1000.0, 1600.0]), np.array([100.0, 200.0, 400.0])
    by_hand = {
        "tc_pct": 100 * 2 / 4, "tc_rtv_mean": 100 * 9 / 13, "tc_volume_mean": 900 / 3000, "tc_volume_median": 200 / 1000,
        "minus_ln_tc": -np.log(0.3), "tgi_ratio_pct": 70.0, "tgi_delta_pct": 100 * (1 - 600 / 2300), "tgi_rtv_pct": 100 * 4 / 13,
    }  # fmt: skip
    assert {name: float(entry[0](t, c, t0, c0)) for name, entry in TWO_ARM.items()} == pytest.approx(by_hand)
    assert rtv(t, t0).tolist() == [1, 2, 6]


def test_delta_tgi_is_undefined_where_the_control_does_not_grow() -> None:
    assert np.isnan(TWO_ARM["tgi_delta_pct"][0](one(100.0), one(150.0), one(150.0), one(150.0)))


def test_caliper_formulas_by_hand_and_a_misspelt_one() -> None:
    assert caliper_volume(10, 8, "pi/6LW(L+W)/2") == pytest.approx(np.pi / 6 * 720)
    with pytest.raises(ParameterError, match="did you mean 'pi/6LW2'"):
        caliper_volume(10, 8, "pi/6lw2")


def test_median_times_are_those_of_kaplan_and_meier() -> None:
    last = np.full(3, 42.0)
    assert float(km_median(np.array([10.0, 12.0, 20.0]), last)) == 12.0
    assert float(km_median(np.array([20.0, np.inf, np.inf]), last)) == np.inf
    assert float(km_median(np.array([10.0, 12.0, 20.0, 30.0]), np.full(4, 42.0))) == 16.0
    assert (doubling_time_days(np.log(2) / 5), doubling_time_days(-0.1)) == (pytest.approx(5.0), np.inf)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=15))
def test_median_agrees_with_scipy(animals: list[tuple[int, bool]]) -> None:
    days, censored = (np.array(x) for x in zip(*animals, strict=True))
    sf = ecdf(CensoredData.right_censored(days.astype(float), censored)).sf
    below = sf.quantiles[sf.probabilities < 0.5 - 1e-9]
    at = sf.quantiles[np.isclose(sf.probabilities, 0.5)]
    expected = np.mean([*at[:1], *below[:1]] or [np.inf])  # on a flat step at one half the middle, as in R's survival
    assert float(km_median(np.where(censored, np.inf, days.astype(float)), days.astype(float))) == expected


def test_delay_does_not_call_an_animal_that_left_early_slow() -> None:
    observations = study()
    early = observations[~((observations["arm"] == "drug") & (observations["animal_id"] > 2) & (observations["day"] > 6))]
    row = endpoint_table(early, "vehicle", day=6.0, n_boot=50).query("endpoint == 'tgd_days'").iloc[0]
    least = 21.0 - np.log(4) / 0.12  # two animals were followed to day 21
    assert row["estimate"] == np.inf
    assert row["note"] == f"treated median not reached: the delay is > {least:g} d; 6 treated and 0 control animals censored, not having reached it"


def test_a_delay_is_bounded_by_the_last_treated_animal_not_by_the_end_of_the_study() -> None:
    observations = study()
    early = observations[(observations["arm"] != "drug") | (observations["day"] <= 6)]
    row = endpoint_table(early, "vehicle", day=6.0, n_boot=50).query("endpoint == 'tgd_days'").iloc[0]
    assert row["estimate"] == np.inf and f"the delay is > {6.0 - np.log(4) / 0.12:g} d" in row["note"]


def test_a_delay_is_undefined_where_the_control_does_not_get_there() -> None:
    observations = study().query("arm == 'drug' or day <= 6")
    row = endpoint_table(observations, "vehicle", day=6.0, n_boot=50).query("endpoint == 'tgd_days'").iloc[0]
    assert row[["estimate", "ci_low", "ci_high"]].isna().all() and "control does not reach" in row["note"]


def test_early_removal_of_fast_animals_does_not_shorten_the_median() -> None:
    """Times by hand: T 10, 20, (5), (5), 30 with two censored on day 5: at risk 3 from day 10 on, S = 2/3, 1/3, median 20; C 10."""
    days = np.array([0.0, 5.0, 10.0, 20.0, 30.0, 40.0])
    rows = []
    for arm, times in (("control", [10, 10, 10]), ("drug", [10, 20, None, None, 30])):
        for animal, time in enumerate(times):
            for day in days[:2] if time is None else days:
                volume = 100.0 if time is None else 100.0 * 4 ** (day / time)
                rows.append({"arm": arm, "replicate": 0, "animal_id": animal, "day": day, "tumor_volume_mm3": volume})
    row = endpoint_table(pd.DataFrame(rows), "control", day=5.0, n_boot=50).set_index("endpoint").loc[["tgd_days", "tgd_pct"]]
    assert row["estimate"].tolist() == pytest.approx([10.0, 100.0])
    assert row["note"].str.contains("2 treated and 0 control animals censored").all()


def test_few_animals_left_on_the_day_are_named() -> None:
    observations = study()
    twin = observations[observations["arm"] == "drug"].assign(arm="twin")
    note = endpoint_table(observations, "vehicle", day=21.0, n_boot=50).query("endpoint == 'tc_pct'").iloc[0]["note"]
    assert note.endswith("fewer than half are left: 2 of 6 animals of 'vehicle'")
    both = compare_arms(pd.concat([observations, twin]), "drug", "twin", "vehicle", day=21.0, n_boot=50)["note"]
    assert both.str.contains("2 of 6 animals of 'vehicle'").all()
    assert not endpoint_table(observations, "vehicle", n_boot=50)["note"].str.contains("fewer than half are").any()


def test_baseline_is_the_last_measurement_at_or_before_day_0() -> None:
    observations = study()
    earlier = observations[observations["day"] == 0].assign(day=-4.0, tumor_volume_mm3=1.0)
    pd.testing.assert_frame_equal(
        endpoint_table(pd.concat([earlier, observations]), "vehicle", n_boot=50), endpoint_table(observations, "vehicle", n_boot=50)
    )
    shifted = observations.assign(day=observations["day"].replace(0.0, -1.0))
    tc = endpoint_table(shifted, "vehicle", n_boot=50).query("endpoint == 'tc_pct'").iloc[0]
    assert (tc["day"], tc["estimate"]) == (15.0, pytest.approx(100 * np.exp(-0.07 * 15)))


def test_pairing_removes_what_animals_share() -> None:
    observations = study()
    observations["tumor_volume_mm3"] *= np.exp(0.02 * observations["day"] * (observations["animal_id"] - 3))
    tables = [endpoint_table(observations, "vehicle", day=15.0, paired=p).set_index("endpoint").loc["tc_volume_mean"] for p in (False, True)]
    widths = [table["ci_high"] - table["ci_low"] for table in tables]
    assert tables[0]["estimate"] == tables[1]["estimate"] and widths[1] < 0.1 * widths[0]
    assert "paired" in tables[1]["note"] and "day as asked" in tables[0]["note"]


def test_pairs_follow_the_animal_not_the_order_of_rows() -> None:
    observations = pd.concat([study(), study().query("arm == 'drug'").assign(arm="twin")])
    observations["animal_id"] = "m" + observations["animal_id"].astype(str)
    table = compare_arms(observations.sample(frac=1, random_state=3), "drug", "twin", "vehicle", n_boot=50)
    pd.testing.assert_frame_equal(table, compare_arms(observations, "drug", "twin", "vehicle", n_boot=50))
    ratio = table.query("endpoint == 'volume_ratio_geometric'").iloc[0]
    assert (ratio["estimate"], ratio["ci_low"], ratio["ci_high"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda o: o, {"control": "vehicel"}, "no arm 'vehicel'; did you mean 'vehicle'"),
        (lambda o: o, {"day": 4.0}, "no animal of arm 'drug' was measured on day 4"),
        (lambda o: o.rename(columns={"arm": "arms"}), {}, "missing column arm; did you mean 'arms'"),
        (lambda o: o.assign(tumor_volume_mm3=0.0), {}, "enter the caliper limit"),
        (lambda o: pd.concat([o, o.head(1)]), {}, "two rows on day 0"),
        (lambda o: o[(o["arm"] != "drug") | (o["day"] > 0)], {}, "arm 'drug' has no measurement at or before day 0"),
    ],
)
def test_tables_that_cannot_be_summarized_are_refused(change, arguments, message) -> None:
    with pytest.raises(TableError, match=message):
        endpoint_table(change(study()), **{"control": "vehicle", "n_boot": 10, **arguments})
