"""The table of tests: what it has, what it says of studies that are hard to test."""

import numpy as np
import pandas as pd
import pytest

from tests.unit.analysis.growing import readings, study
from xenosim.analysis.data import StudyData
from xenosim.analysis.significance import COLUMNS, significance_tests
from xenosim.errors import TableError

NUMBERS = ["statistic", "p", "estimate"]


def apart(n: int = 8, seed: int = 1, effect: float = 0.04) -> StudyData:
    """Two arms with animals of their own."""
    volumes = readings(2 * n, seed, effect)
    table = study({"vehicle": volumes["vehicle"][:n], "drug": volumes["drug"][n:]}, False).table
    return StudyData(table, "vehicle")


def of_rows(*rows: tuple[str, int, float, float]) -> StudyData:
    names = ["arm", "animal_id", "day", "tumor_volume_mm3"]
    return StudyData(pd.DataFrame(list(rows), columns=names), "vehicle")


def test_a_row_per_test_with_definition_and_source() -> None:
    tests = significance_tests(apart())
    assert tuple(tests) == COLUMNS and tests["test"].is_unique and len(tests) == 8
    assert tests["citation"].ne("").all() and tests["definition"].ne("").all()
    assert (tests["p"].dropna() < 0.05).all()
    assert (tests["p_holm"].dropna() <= 1.0).all()
    gone = tests.set_index("test").loc["mann_whitney_volume", "note"]
    assert (
        "those left are a selection of slow tumors; left at the volume endpoint" in gone or not gone
    )


def test_p_is_adjusted_over_the_arms_and_log_rank_over_all_pairs() -> None:
    volumes = readings(24, 2)
    parts = {"vehicle": volumes["vehicle"][:8], "low": volumes["drug"][8:16]}
    tests = significance_tests(study(parts | {"high": volumes["drug"][16:]}, False))
    ranked = tests[tests["test"] == "log_rank_4x"]
    assert ranked[["arm", "control"]].to_numpy().tolist() == [
        ["low", "vehicle"],
        ["high", "vehicle"],
        ["high", "low"],
    ]
    mixed = tests[tests["test"] == "growth_rate_mixed_model"].sort_values("p")
    assert mixed["p_holm"].iloc[0] == pytest.approx(2.0 * mixed["p"].iloc[0])


def test_animals_in_every_arm_have_the_paired_test_alone() -> None:
    tests = significance_tests(study(readings(8, 3)))
    assert tests["test"].tolist() == ["growth_rate_paired_t"]
    assert "common random numbers" in tests["note"][0] and tests["p"][0] < 0.001


def test_cages_are_permuted_whole_if_they_have_one_arm_alone() -> None:
    table = apart().table
    own = table["arm"].str[0] + (table["animal_id"] // 2).astype(str)
    tests = significance_tests(StudyData(table.assign(cage=own), "vehicle")).set_index("test")
    assert tests.loc["growth_rate_permutation", "note"] == "all 70 assignments, by cage"
    assert tests.loc["growth_rate_mixed_model", "df"] <= 6.0
    mixed = StudyData(table.assign(cage=table["animal_id"] % 4), "vehicle")
    tests = significance_tests(mixed).set_index("test")
    assert "within cages" in tests.loc["growth_rate_permutation", "note"]


def test_a_repeated_study_is_tested_study_by_study() -> None:
    parts = [apart(4, seed).table.assign(replicate=seed) for seed in (1, 2)]
    tests = significance_tests(StudyData(pd.concat(parts), "vehicle"))
    assert tests["replicate"].unique().tolist() == [1, 2]


def exact(
    arm: str, animals: int, rate: float, first: int = 0
) -> list[tuple[str, int, float, float]]:
    """Identical animals."""
    days = (0.0, 3.0, 6.0, 9.0, 12.0)
    return [
        (arm, first + i, day, 100.0 * float(np.exp(rate * day)))
        for i in range(animals)
        for day in days
    ]


HARD = {
    "no events": of_rows(*exact("vehicle", 4, 0.02), *exact("drug", 4, 0.01, 9)),
    "identical animals": of_rows(*exact("vehicle", 4, 0.2), *exact("drug", 4, 0.1, 9)),
    "arms alike": of_rows(*exact("vehicle", 4, 0.2), *exact("drug", 4, 0.2, 9)),
    "one animal": of_rows(*exact("vehicle", 1, 0.2), *exact("drug", 1, 0.1, 9)),
    "one treated animal": of_rows(
        *apart()
        .table[(apart().table["arm"] == "vehicle") | (apart().table["animal_id"] == 0)][
            ["arm", "animal_id", "day", "tumor_volume_mm3"]
        ]
        .itertuples(index=False)
    ),
    "one measurement": of_rows(
        *(
            (arm, i, 0.0, 90.0 + i)
            for arm, first in (("vehicle", 0), ("drug", 9))
            for i in range(first, first + 4)
        )
    ),
    "other days": of_rows(
        *(
            (arm, i, day + shift, 90.0 + i + 9.0 * day)
            for arm, first, shift in (("vehicle", 0, 0.0), ("drug", 9, 1.0))
            for i in range(first, first + 4)
            for day in (-1.0, 3.0, 6.0, 9.0 + i)
        )
    ),
    "two points each": of_rows(
        *(
            (arm, i, day, 90.0 + i + (9.0 + i % 3) * day)
            for arm, first in (("vehicle", 0), ("drug", 9))
            for i in range(first, first + 4)
            for day in (0.0, 7.0)
        )
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_what_is_hard_to_test_has_rows_that_say_so(name: str) -> None:
    tests = significance_tests(HARD[name])
    assert len(tests) == 8
    without = tests[tests["p"].isna()]
    assert without["note"].str.startswith("undefined: ").all()
    assert not tests["note"].str.contains("nan").any()
    assert np.isfinite(tests["p"].dropna()).all() and tests["p"].dropna().between(0.0, 1.0).all()
    assert not np.isinf(tests[NUMBERS].to_numpy(float)).any()


def test_an_arm_that_the_study_does_not_have_is_refused() -> None:
    with pytest.raises(TableError, match="no arm 'placebo'"):
        significance_tests(apart(), "placebo")
