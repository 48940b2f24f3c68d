"""Rows of the endpoint table on hand-computed numbers."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.data import StudyData
from xenosim.analysis.summary import compare_arms, endpoint_table
from xenosim.errors import TableError


def study() -> pd.DataFrame:
    rows = []
    for arm, rate in (("vehicle", 0.12), ("drug", 0.05)):
        for animal in range(1, 7):
            for day in range(0, 22, 3):
                if arm == "vehicle" and animal > 2 and day > 15:
                    continue
                volume = (90 + 5 * animal) * np.exp(rate * day)
                rows.append(
                    {
                        "arm": arm,
                        "replicate": 0,
                        "animal_id": animal,
                        "day": float(day),
                        "tumor_volume_mm3": volume,
                    }
                )
    return pd.DataFrame(rows)


def test_table_uses_the_last_day_with_half_of_each_arm() -> None:
    observations = study()
    assert StudyData(observations).evaluation_day == 15.0
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
    assert (table.query("endpoint == 'tc_pct'")[["estimate", "ci_low", "ci_high"]] == 0).all(
        axis=None
    )


def test_delay_does_not_call_an_animal_that_left_early_slow() -> None:
    observations = study()
    early = observations[
        ~(
            (observations["arm"] == "drug")
            & (observations["animal_id"] > 2)
            & (observations["day"] > 6)
        )
    ]
    row = (
        endpoint_table(early, "vehicle", day=6.0, n_boot=50).query("endpoint == 'tgd_days'").iloc[0]
    )
    least = 21.0 - np.log(4) / 0.12  # two animals were followed to day 21
    assert row["estimate"] == np.inf
    assert (
        row["note"]
        == f"treated median not reached: the delay is > {least:g} d; 6 treated and 0 control"
        " animals censored, not having reached it"
    )


def test_a_delay_is_bounded_by_the_last_treated_animal_not_by_the_end_of_the_study() -> None:
    observations = study()
    early = observations[(observations["arm"] != "drug") | (observations["day"] <= 6)]
    row = (
        endpoint_table(early, "vehicle", day=6.0, n_boot=50).query("endpoint == 'tgd_days'").iloc[0]
    )
    assert (
        row["estimate"] == np.inf and f"the delay is > {6.0 - np.log(4) / 0.12:g} d" in row["note"]
    )


def test_a_delay_is_undefined_where_the_control_does_not_get_there() -> None:
    observations = study().query("arm == 'drug' or day <= 6")
    row = (
        endpoint_table(observations, "vehicle", day=6.0, n_boot=50)
        .query("endpoint == 'tgd_days'")
        .iloc[0]
    )
    assert (
        row[["estimate", "ci_low", "ci_high"]].isna().all()
        and "control does not reach" in row["note"]
    )


def test_early_removal_of_fast_animals_does_not_shorten_the_median() -> None:
    """Times by hand: T 10, 20, (5), (5), 30 with two censored on day 5: at risk 3 from day 10 on, S
    = 2/3, 1/3, median 20; C 10.
    """
    days = np.array([0.0, 5.0, 10.0, 20.0, 30.0, 40.0])
    rows = []
    for arm, times in (("control", [10, 10, 10]), ("drug", [10, 20, None, None, 30])):
        for animal, time in enumerate(times):
            for day in days[:2] if time is None else days:
                volume = 100.0 if time is None else 100.0 * 4 ** (day / time)
                rows.append(
                    {
                        "arm": arm,
                        "replicate": 0,
                        "animal_id": animal,
                        "day": day,
                        "tumor_volume_mm3": volume,
                    }
                )
    row = (
        endpoint_table(pd.DataFrame(rows), "control", day=5.0, n_boot=50)
        .set_index("endpoint")
        .loc[["tgd_days", "tgd_pct"]]
    )
    assert row["estimate"].tolist() == pytest.approx([10.0, 100.0])
    assert row["note"].str.contains("2 treated and 0 control animals censored").all()


def test_few_animals_left_on_the_day_are_named() -> None:
    observations = study()
    twin = observations[observations["arm"] == "drug"].assign(arm="twin")
    note = (
        endpoint_table(observations, "vehicle", day=21.0, n_boot=50)
        .query("endpoint == 'tc_pct'")
        .iloc[0]["note"]
    )
    assert "fewer than half are left: 2 of 6 animals of 'vehicle'" in note
    both = compare_arms(
        pd.concat([observations, twin]), "drug", "twin", "vehicle", day=21.0, n_boot=50
    )["note"]
    assert both.str.contains("2 of 6 animals of 'vehicle'").all()
    assert (
        not endpoint_table(observations, "vehicle", n_boot=50)["note"]
        .str.contains("fewer than half are")
        .any()
    )


def test_baseline_is_the_last_measurement_at_or_before_day_0() -> None:
    observations = study()
    earlier = observations[observations["day"] == 0].assign(day=-4.0, tumor_volume_mm3=1.0)
    pd.testing.assert_frame_equal(
        endpoint_table(pd.concat([earlier, observations]), "vehicle", n_boot=50),
        endpoint_table(observations, "vehicle", n_boot=50),
    )
    shifted = observations.assign(day=observations["day"].replace(0.0, -1.0))
    tc = endpoint_table(shifted, "vehicle", n_boot=50).query("endpoint == 'tc_pct'").iloc[0]
    assert (tc["day"], tc["estimate"]) == (15.0, pytest.approx(100 * np.exp(-0.07 * 15)))


def test_pairing_removes_what_animals_share() -> None:
    observations = study()
    observations["tumor_volume_mm3"] *= np.exp(
        0.02 * observations["day"] * (observations["animal_id"] - 3)
    )
    tables = [
        endpoint_table(observations, "vehicle", day=15.0, paired=p)
        .set_index("endpoint")
        .loc["tc_volume_mean"]
        for p in (False, True)
    ]
    widths = [table["ci_high"] - table["ci_low"] for table in tables]
    assert tables[0]["estimate"] == tables[1]["estimate"] and widths[1] < 0.1 * widths[0]
    assert "paired" in tables[1]["note"] and "day as asked" in tables[0]["note"]


def test_n17_independent_arms_are_compared_with_each_other() -> None:
    """By hand: RTV of A 2, B 4, C 8: T/C 25 and 50 %, volumes of one baseline in the ratio 1/2; a
    third animal more in B is no partner of anyone.
    """
    grown = {"vehicle": 800, "a": 200, "b": 400}
    table = mice(
        **{
            arm: {
                10 * k + i: {0: 90 + 10 * i, 9: (0.9 + 0.1 * i) * volume}
                for i in range(3 + (arm == "b"))
            }
            for k, (arm, volume) in enumerate(grown.items())
        }
    )
    found = compare_arms(table, "a", "b", "vehicle", n_boot=200, paired=False)
    found = found.set_index("endpoint")
    tc = found.loc["tc_pct"]
    assert tc["estimate"] == pytest.approx(-25.0) and (tc["n"], tc["n_control"]) == (3, 3)
    assert tc[["ci_low", "ci_high"]].tolist() == pytest.approx([-25.0, -25.0])
    assert found["note"].str.startswith("independent animals").all()
    raw = (0.9 * 1.0 * 1.1) ** (1 / 3) / (0.9 * 1.0 * 1.1 * 1.2) ** 0.25 / 2
    ratio = found.loc["volume_ratio_geometric"]
    assert ratio["estimate"] == pytest.approx(raw) and ratio["ci_low"] < raw < ratio["ci_high"]
    with pytest.raises(TableError, match="share no animal"):
        compare_arms(table, "a", "b", "vehicle", n_boot=5)


def test_pairs_follow_the_animal_not_the_order_of_rows() -> None:
    observations = pd.concat([study(), study().query("arm == 'drug'").assign(arm="twin")])
    observations["animal_id"] = "m" + observations["animal_id"].astype(str)
    table = compare_arms(
        observations.sample(frac=1, random_state=3), "drug", "twin", "vehicle", n_boot=50
    )
    pd.testing.assert_frame_equal(
        table, compare_arms(observations, "drug", "twin", "vehicle", n_boot=50)
    )
    ratio = table.query("endpoint == 'volume_ratio_geometric'").iloc[0]
    assert (ratio["estimate"], ratio["ci_low"], ratio["ci_high"]) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (lambda o: o, {"control": "vehicel"}, "no arm 'vehicel'; did you mean 'vehicle'"),
        (lambda o: o, {"day": 4.0}, "no animal of arm 'drug' was measured on day 4"),
        (
            lambda o: o.rename(columns={"arm": "arms"}),
            {},
            "missing column arm; did you mean 'arms'",
        ),
        (lambda o: o.assign(tumor_volume_mm3=0.0), {}, "enter the caliper limit"),
        (lambda o: pd.concat([o, o.head(1)]), {}, "two rows on day 0"),
        (
            lambda o: o[(o["arm"] != "drug") | (o["day"] > 0)],
            {},
            "arm 'drug' has no measurement at or before day 0",
        ),
    ],
)
def test_tables_that_cannot_be_summarized_are_refused(change, arguments, message) -> None:
    with pytest.raises(TableError, match=message):
        endpoint_table(change(study()), **{"control": "vehicle", "n_boot": 10, **arguments})


def mice(**arms: dict[int, dict[float, float]]) -> pd.DataFrame:
    """Observations from volumes by arm, animal and day."""
    return pd.DataFrame(
        [
            {
                "arm": arm,
                "replicate": 0,
                "animal_id": animal,
                "day": float(day),
                "tumor_volume_mm3": float(volume),
            }
            for arm, animals in arms.items()
            for animal, volumes in animals.items()
            for day, volume in volumes.items()
        ]
    )


def endpoint(
    observations: pd.DataFrame, name: str, arm: str = "drug", **arguments: object
) -> pd.Series:
    table = endpoint_table(observations, "vehicle", **{"n_boot": 200, **arguments})
    return table.query("endpoint == @name and arm == @arm").iloc[0]


def test_every_row_says_what_it_is() -> None:
    table = endpoint_table(study().assign(status="on_study", note=""), "vehicle", n_boot=50)
    assert not table.duplicated(["endpoint", "arm"]).any()
    assert (table[["unit", "definition", "note"]] != "").all(axis=None) and table[
        ["unit", "definition", "note"]
    ].notna().all(axis=None)
    of_study_md = {
        "tc_pct",
        "tc_pct_optimal",
        "tc_volume_mean",
        "minus_ln_tc",
        "tgi_ratio_pct",
        "tgi_delta_pct",
        "tgi_rtv_pct",
        "tgd_days",
        "tgd_pct",
        "growth_rate_per_day",
        "doubling_time_days",
        "growth_auc_per_day",
        "rate_tc",
        "log10_cell_kill",
        "pfs_doubling",
        "efs_4x",
        "tc_pct_locf",
        *(
            f"mrecist_gao2015_{x}_pct"
            for x in ("cr", "pr", "sd", "pd", "best_response", "best_avg_response")
        ),
        *(f"pptp_houghton2007_{x}_pct" for x in ("mcr", "cr", "pr", "sd", "pd1", "pd2")),
    }
    assert of_study_md <= set(table[table["arm"] == "drug"]["endpoint"])


def test_the_optimal_tc_is_the_smallest_on_a_day_with_half_of_each_arm() -> None:
    """RTV of C 2, 4, 8 and 16 on days 3 to 12; of T 1, 1, 4 and, one animal of four left, 1: T/C
    50, 25, 50 (6.25 on day 12).
    """
    control = {0: 100, 3: 200, 6: 400, 9: 800, 12: 1600}
    treated = {0: 50, 3: 50, 6: 50, 9: 200}
    observations = mice(
        vehicle=dict.fromkeys(range(4), control),
        drug={0: treated | {12: 50}, **dict.fromkeys((1, 2, 3), treated)},
    )
    for paired in (False, True):
        row = endpoint(observations, "tc_pct_optimal", paired=paired)
        assert row[["estimate", "ci_low", "ci_high", "day", "n", "n_control"]].tolist() == [
            25.0,
            25.0,
            25.0,
            6.0,
            4,
            4,
        ]
        assert row["note"].startswith("day 6, the smallest of 3 days")


def test_the_optimal_tc_of_pairs_uses_animals_measured_in_both() -> None:
    """On day 3 animal 1 of T (RTV 1) has no partner: of all T/C = median(1, 3)/4 = 50 %, of the
    pairs 3/4 (and 4/4 in C).
    """
    observations = mice(
        vehicle={0: {0: 100, 3: 400}, 1: {0: 100}, 2: {0: 100, 3: 400}},
        drug={0: {0: 100, 3: 300}, 1: {0: 100, 3: 100}, 2: {0: 100}},
    )
    assert endpoint(observations, "tc_pct_optimal")["estimate"] == 50.0
    row = endpoint(observations, "tc_pct_optimal", paired=True)
    assert row[["estimate", "n", "n_control"]].tolist() == [75.0, 1, 1]


def test_growth_from_the_area_under_ln_v() -> None:
    """ln(V + 1) of 1, 2, 4 on days 0, 2, 4: AUC of the gain 1 + 4 = 5, 2 x 5 / 16."""
    days, volumes = np.array([0.0, 2.0, 4.0]), np.expm1([1.0, 2.0, 4.0])
    observations = mice(
        vehicle={1: {0: 100, 2: 100}},
        drug={1: dict(zip(days, volumes, strict=True)), 2: {0: 100, 2: 100}},
    )
    row = endpoint(observations, "growth_auc_per_day")
    assert row["estimate"] == pytest.approx(0.3125) and np.isnan(row["ci_low"])  # two animals


def test_tc_of_rates_uses_every_animal() -> None:
    """Rates 0.05 and 0.12 a day, day 15: exp(-0.07 x 15); with the mean of 0.05 and 0.01 in T
    exp(-0.09 x 15).
    """
    row = endpoint(study(), "rate_tc")
    assert row[["estimate", "ci_low", "ci_high", "day"]].tolist() == pytest.approx(
        [0.349938, 0.349938, 0.349938, 15], abs=1e-6
    )
    slow = study().query("arm == 'vehicle' or animal_id < 3").copy()
    second = (slow["arm"] == "drug") & (slow["animal_id"] == 2)
    slow.loc[second, "tumor_volume_mm3"] *= np.exp(-0.04 * slow.loc[second, "day"])
    for paired, controls in ((False, 6), (True, 2)):
        row = endpoint(slow[~second | (slow["day"] <= 15)], "rate_tc", paired=paired)
        assert (row["estimate"], row["n"], row["n_control"]) == (
            pytest.approx(np.exp(-0.09 * 15)),
            2,
            controls,
        )
        assert row[["ci_low", "ci_high"]].isna().all()  # two animals


def test_cell_kill_from_the_delay() -> None:
    """C doubles every 5 d, so 4 x after 10 d; T after 20 d: (20 - 10) / (3.32 x 5)."""
    days = np.arange(0, 31, 5)
    observations = mice(
        vehicle={i: {d: 100 * 2 ** (d / 5) for d in days} for i in range(3)},
        drug={i: {d: 100 * 2 ** (d / 10) for d in days} for i in range(3)},
    )
    for paired in (False, True):
        row = endpoint(observations, "log10_cell_kill", paired=paired)
        assert row[["estimate", "ci_low", "ci_high"]].tolist() == pytest.approx([10 / 16.6] * 3)
    assert "Td 5 d" in row["note"] and "not checked" in row["note"]
    shrinking = observations.assign(
        tumor_volume_mm3=lambda o: np.where(
            o["arm"] == "vehicle", 100 - o["day"], o["tumor_volume_mm3"]
        )
    )
    assert np.isnan(endpoint(shrinking, "log10_cell_kill")["estimate"])


def test_times_to_twice_and_four_times_baseline() -> None:
    """Doubling times 5, 10 and 20 d, followed 30 d: 2 x at 5, 10, 20; 4 x at 10, 20 and (30); an
    arm that stays has none.
    """
    days = (0, 10, 20, 30)
    observations = mice(
        vehicle={i: {d: 100 * 2 ** (d / t) for d in days} for i, t in enumerate((5, 10, 20))},
        drug={i: dict.fromkeys(days, 100) for i in range(3)},
    )
    assert endpoint(observations, "pfs_doubling", "vehicle")["estimate"] == pytest.approx(10)
    row = endpoint(observations, "efs_4x", "vehicle")
    assert row["estimate"] == pytest.approx(20) and row["note"].endswith(
        "1 of 3 animals censored on their last day, not having reached it"
    )
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(10), np.inf)
    row = endpoint(observations, "efs_4x")
    assert row["estimate"] == np.inf and row["note"].startswith("median not reached: > 30 d")


def test_response_rates_are_shares_of_the_animals_that_can_be_judged() -> None:
    """T by mRECIST: PR, SD, PD, and one that left on day 5. By PPTP: CR, SD, PD1 (4 x at 10 d, as
    the control), PD.
    """
    days = (0, 5, 10, 15)
    grows = {d: 200 * 2 ** (d / 5) for d in days}
    observations = mice(
        vehicle=dict.fromkeys(range(4), grows),
        drug={
            0: {0: 200, 5: 100, 10: 80, 15: 90},
            1: dict.fromkeys(days, 200),
            2: grows,
            3: {0: 200, 5: 300},
        },
    )
    table = (
        endpoint_table(observations, "vehicle", day=5.0, n_boot=300)
        .query("arm == 'drug'")
        .set_index("endpoint")
    )
    rates = table["estimate"].filter(regex="^mrecist.*_(cr|pr|sd|pd)_pct")
    assert rates.tolist() == pytest.approx([0, 100 / 3, 100 / 3, 100 / 3])
    one_in_three = table.loc["mrecist_gao2015_pr_pct"]
    # Exact binomial, of 1 of 3.
    assert one_in_three[["ci_low", "ci_high"]].tolist() == pytest.approx([0.840, 90.570], abs=1e-3)
    assert one_in_three["n"] == 3
    assert (
        one_in_three["note"]
        == "1 of 4 animals not evaluable (fewer than two measurements from day 10 on)"
    )
    none = table.loc["mrecist_gao2015_cr_pct"]
    assert none[["ci_low", "ci_high"]].tolist() == pytest.approx([0.0, 70.760], abs=1e-3)
    assert table.loc["mrecist_gao2015_best_response_pct", "estimate"] == 0
    pptp = table["estimate"].filter(regex="^pptp")
    assert pptp.tolist() == [25, 0, 0, 25, 0, 25]
    assert (
        "1 of 4 animals PD, with no way to tell PD1 from PD2"
        in table.loc["pptp_houghton2007_pd1_pct", "note"]
    )
    early = endpoint(observations[observations["day"] < 10], "mrecist_gao2015_pd_pct")
    assert np.isnan(early["estimate"]) and early["n"] == 0


def removed() -> pd.DataFrame:
    """RTV on day 6: T 2, 2, 2, 2; C 3, 5, and 10 and 12 on day 3, when those two left."""
    observations = mice(
        vehicle={
            0: {0: 100, 3: 150, 6: 300},
            1: {0: 100, 3: 150, 6: 500},
            2: {0: 100, 3: 1000},
            3: {0: 100, 3: 1200},
        },
        drug=dict.fromkeys(range(4), {0: 50, 3: 50, 6: 100}),
    ).assign(status="on_study", note=np.nan)
    observations["note"] = observations["note"].astype(object)
    observations.loc[observations["tumor_volume_mm3"] >= 1000, "status"] = "reached_endpoint"
    return observations


def test_animals_removed_at_the_volume_endpoint_are_counted_and_carried_forward() -> None:
    """T/C of those left 2/4; with C 3, 5, 10, 12 it is 2/7.5."""
    observations = removed()
    for paired in (False, True):
        table = (
            endpoint_table(observations, "vehicle", n_boot=200, paired=paired)
            .query("arm == 'drug'")
            .set_index("endpoint")
        )
        assert table.loc["tc_pct", ["day", "estimate"]].tolist() == [6, 50]
        assert (
            "left at the volume endpoint before day 6: 0 of 4 animals of 'drug', 2 of 4 animals of"
            " 'vehicle'"
        ) in table.loc["tc_pct", "note"]
        carried = table.loc["tc_pct_locf"]
        assert carried[["day", "estimate", "n", "n_control"]].tolist() == pytest.approx(
            [6, 100 * 2 / 7.5, 4, 4]
        )
        assert carried["ci_low"] <= carried["estimate"] <= carried["ci_high"]
        assert "0 treated and 2 control animals carried forward" in carried["note"]
    twin = observations[observations["arm"] == "drug"].assign(arm="twin")
    note = compare_arms(pd.concat([observations, twin]), "drug", "twin", "vehicle", n_boot=50)[
        "note"
    ]
    assert note.str.endswith(
        "0 of 4 animals of 'drug', 0 of 4 animals of 'twin', 2 of 4 animals of 'vehicle'"
    ).all()


def test_an_animal_removed_for_its_weight_is_not_carried_forward() -> None:
    """The one at RTV 10 left for its weight: C 3, 5, 12, so T/C is 2/5."""
    observations = removed()
    observations.loc[observations["tumor_volume_mm3"] == 1000, "note"] = "body weight"
    row = endpoint(observations, "tc_pct_locf")
    assert row[["estimate", "n_control"]].tolist() == [40, 3]
    assert "1 of 4 animals of 'vehicle'" in endpoint(observations, "tc_pct")["note"]
    assert (
        endpoint(observations, "tc_pct_locf", day=3.0)["estimate"]
        == endpoint(observations, "tc_pct", day=3.0)["estimate"]
    )


def test_carrying_forward_needs_the_status() -> None:
    left = study().query("day < 1 or animal_id != 1")
    row = endpoint(left, "tc_pct_locf")
    assert np.isnan(row["estimate"]) and "no column 'status'" in row["note"]
    assert "volume endpoint" not in endpoint(left, "tc_pct")["note"]
    everybody = [endpoint(study(), name)["estimate"] for name in ("tc_pct_locf", "tc_pct")]
    assert everybody[0] == everybody[1]


def test_n10_a_study_of_two_animals_has_estimates_and_no_interval() -> None:
    pair = study().query("animal_id < 3")
    table = endpoint_table(pair, "vehicle", n_boot=50)
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)
    assert table.query("endpoint == 'tc_pct'")["estimate"].notna().all()
    assert not table["note"].str.contains("exact binomial").any()
