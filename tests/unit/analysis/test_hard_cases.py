"""What real tables do to an analysis: no events, one animal, removals, regression, odd names."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.data import StudyData
from xenosim.errors import TableError
from xenosim.io.plain import records
from xenosim.report.measured import measured_study
from xenosim.report.text import first_screen

Volume = Callable[[str, int, float], float]


def rows(
    arms: Sequence[str], days: Sequence[float], volume: Volume, animals: int = 4
) -> pd.DataFrame:
    found = [
        (arm, f"{arm[:3]}{k}", float(day), volume(arm, k, day))
        for arm in arms
        for k in range(animals)
        for day in days
    ]
    return pd.DataFrame(found, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])


def grows(arm: str, k: int, day: float) -> float:
    return float((100 + 10 * k) * np.exp((0.1 if arm == "v" else 0.05) * day))


WEEKS = (0, 7, 14)
CASES = {
    "no events": rows("vd", WEEKS, lambda arm, k, day: 100.0 + k),
    "all events": rows("vd", WEEKS, lambda arm, k, day: 100.0 * np.exp((0.3 + 0.01 * k) * day)),
    "identical": rows("vd", WEEKS, lambda arm, k, day: 100.0 * np.exp(0.1 * day)),
    "ties": rows("vd", WEEKS, lambda arm, k, day: 100.0 * 2.0 ** (day // 7)),
    "one animal": rows("vd", WEEKS, grows, animals=1),
    "one measurement": rows("vd", (0,), grows),
    "control regresses": rows("vd", WEEKS, lambda arm, k, day: grows(arm, k, -day)),
    "all removed early": pd.concat([rows("v", (0, 3), grows), rows("d", (0, 3, 7, 14), grows)]),
    "unequal": pd.concat([rows("v", (0, 3, 7, 14), grows), rows("d", (0, 4, 7, 15), grows)]),
    "names": rows(["v", "=cmd|x", "<b>$a$</b>", "🐭", "n" * 200], WEEKS, grows),
    "control only": rows("v", WEEKS, grows),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_every_number_is_a_number_or_said_to_be_undefined(name: str) -> None:
    result = measured_study(StudyData(CASES[name], "v"), title=name)
    screen = first_screen(result)
    assert "nan" not in screen.lower().split() and "inf" not in screen.split()
    for row in records(result.tables["endpoints"]):
        # A number, "inf" for what is not reached, or a note that says why there is none.
        assert row["estimate"] is not None or row["note"], row
    assert set(result.tables["responses"]["arm"]) == set(CASES[name]["arm"])


def test_a_control_that_regresses_has_no_delta_tgi_and_says_so() -> None:
    table = StudyData(CASES["control regresses"], "v").endpoints(n_boot=50)
    row = table.set_index(["arm", "endpoint"]).loc[("d", "tgi_delta_pct")]
    assert np.isnan(row[["estimate", "ci_low", "ci_high"]].astype(float)).all()
    assert row["note"].endswith("undefined: the control does not grow")


def test_duplicated_rows_and_volumes_that_are_none_are_listed_at_once() -> None:
    table = rows("vd", WEEKS, grows)
    table = pd.concat([table, table.iloc[[3]]], ignore_index=True)
    table.loc[5, "tumor_volume_mm3"] = 0.0
    table.loc[7, "tumor_volume_mm3"] = -2.0
    table.loc[9, "tumor_volume_mm3"] = np.nan
    with pytest.raises(TableError) as refused:
        StudyData(table, "v")
    said = str(refused.value)
    assert "4 bad values" in said and "has two rows on day 0" in said
    assert "row 6, column" in said and "row 8, column" in said and "row 10, column" in said


def test_a_hundred_thousand_rows_are_read(tmp_path: object) -> None:
    path = f"{tmp_path}/big.csv"
    table = rows("vd", range(0, 100, 2), grows, animals=1000)
    table.to_csv(path, index=False)
    data = StudyData.read(path, control="v")
    assert len(data.table) == 100_000 and data.started == {"v": 1000, "d": 1000}


def test_it_plots_and_survives_from_python() -> None:
    data = StudyData(CASES["all events"], "v")
    assert len(data.plot().axes) == 2
    assert (data.survival().groupby("arm")["survival"].last() == 0).all()


@pytest.mark.parametrize("shared", [False, True])
def test_arms_without_a_day_in_common_are_told_what_can_be_told(shared: bool) -> None:
    """Two treated arms, one measured a day later than the control; the other perhaps with it."""
    table = rows(["vehicle", "drug", "other"], range(0, 31, 3), grows)
    later = (table["arm"] == "drug") & (table["day"] > 0)
    table.loc[later, "day"] += 1
    if not shared:
        table = table[(table["arm"] != "other")]
    # Nobody shares day 0 either: the baseline is of the day before.
    table.loc[(table["arm"] == "drug") & (table["day"] == 0), "day"] = -1
    data = StudyData(table, "vehicle")
    result = measured_study(data, title="calendars")
    found = result.tables["endpoints"].set_index(["arm", "endpoint"])
    of_drug = found.loc["drug"]
    for name in ("tc_pct", "tgi_delta_pct", "rate_tc", "tc_pct_locf"):
        assert np.isnan(of_drug.loc[name, "estimate"]) and of_drug.loc[name, "n"] == 0
    assert "half of 'drug' and half of 'vehicle'" in of_drug.loc["tc_pct", "note"]
    assert np.isfinite(of_drug.loc["growth_rate_per_day", "estimate"])
    assert np.isfinite(of_drug.loc["tgd_days", "estimate"])
    assert "drug: no T/C (undefined: on no day" in result.answer
    if shared:
        assert found.loc[("other", "tc_pct"), "day"] == 30.0
    assert set(result.tables["survival"]["arm"]) == set(data.arms)
    assert "nan" not in first_screen(result).lower()
