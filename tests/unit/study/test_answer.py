"""The answer in words, from tables alone."""

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from xenosim.scenario.load import load_scenario
from xenosim.study.answer import answer_text
from xenosim.study.notes import notes, start_out_of_sight
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario

FAULTS = Path(__file__).parents[2] / "data" / "faults"


def table(**row: object) -> pd.DataFrame:
    known = {"endpoint": "tc_pct", "arm": "QW", "day": 36.0, "estimate": 40.0, "n_control": 8}
    known |= {"note": "paired on common random numbers; left early: none"}
    return pd.DataFrame([known | {"ci_low": 30.0, "ci_high": 55.0, "n": 8} | row])


@pytest.mark.parametrize(
    ("endpoints", "text"),
    [
        (table(), "QW: T/C 40 % (95 % CI 30 to 55; median RTV, day 36, n = 8 against 8)"),
        (table(ci_low=float("nan")), "QW: T/C 40 % (no interval; median RTV, day 36"),
        (
            table(endpoint="doubling_time_days", arm="vehicle", estimate=5.5),
            "vehicle: doubling time 5.5 d (95 % CI 30 to 55; n = 8; no treated arm)",
        ),
        (table(endpoint="other"), "vehicle: no doubling time"),
    ],
)
def test_the_answer_has_its_interval_and_its_n(endpoints: pd.DataFrame, text: str) -> None:
    assert answer_text(small_scenario(), {"endpoints": endpoints}).startswith(text)


def test_paired_arms_are_compared_with_each_other() -> None:
    comparison = table(arm="QW - BIW", estimate=-7.0, ci_low=-20.0, ci_high=3.0)
    text = answer_text(small_scenario(), {"comparison": comparison, "endpoints": table()})
    assert text.splitlines()[0].startswith("QW: T/C 40 %")  # against the control first
    assert text.splitlines()[1] == (
        "QW - BIW: T/C -7 points (95 % CI -20 to +3; median RTV, day 36, paired on common random"
        " numbers, n = 8)"
    )


def test_n4_a_t_c_without_a_pair_is_said_to_be_none() -> None:
    nothing = table(arm="QW - BIW", n=0, estimate=float("nan"), note="undefined: no animal")
    text = answer_text(small_scenario(), {"comparison": nothing, "endpoints": table()})
    assert text.splitlines()[1] == "QW - BIW: no T/C (undefined: no animal)"


def test_n3_only_animals_that_left_early_are_noted_with_arm_and_day() -> None:
    rows = [
        ("vehicle", 1, 12.0, ""),
        ("vehicle", 2, 12.0, ""),
        ("vehicle", 3, 36.0, ""),  # on the last day: it was there to the end
        ("QW", 1, 6.0, "body weight"),
    ]
    removed = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "note"])
    removed = removed.assign(replicate=0, status="reached_endpoint", n_agents=9, is_censored=False)
    scenario = small_scenario()
    treated = next(arm.name for arm in scenario.arms if not arm.control)
    removed = removed.replace({"vehicle": scenario.control.name, "QW": treated})

    def told(table: pd.DataFrame) -> list[str]:
        found = notes(scenario, {"truth": table, "observations": table})
        return [note for note in found if "removed" in note or "lost" in note]

    assert scenario.measure.days[-1] == 36.0
    first, second = told(removed)
    head = "removed at the humane endpoint before the last day: "
    assert first.startswith(f"{head}3 animals: ") and second.startswith("the control lost")
    assert f"'{scenario.control.name}' day 12 (2)" in first
    assert f"'{treated}' day 6, 1 for body weight" in first
    assert told(removed[removed["day"] == 36.0]) == []
    # An animal that left for its weight was no large tumor.
    assert told(removed.assign(note="body weight"))[1:] == []


def test_n10_replicates_are_said_to_be_studies() -> None:
    columns = ["arm", "replicate", "animal_id", "day", "note", "status", "is_censored"]
    empty = pd.DataFrame(columns=columns)
    tables = {"truth": empty.assign(n_agents=[]), "observations": empty}
    studies = {"studies": pd.DataFrame({"replicate": [0, 1, 2]})}
    scenario = small_scenario(overrides={**SMALL, "replicates": "3"})
    said = notes(scenario, tables | studies)
    assert any(note.startswith("3 studies of 2 animals per arm") for note in said)
    assert any("n counts them all" in note for note in notes(scenario, tables))
    assert not any("studies" in note for note in notes(small_scenario(), tables))
    assert answer_text(scenario, {"endpoints": table(), **studies}) == (
        "QW: T/C 40 % (95 % of studies 30 to 55; median RTV, day 36, n = 8 against 8 in 3 studies)"
    )


def test_what_the_scenario_states_of_parameters_is_noted() -> None:
    columns = ["arm", "replicate", "animal_id", "day", "note", "status", "is_censored"]
    empty = pd.DataFrame(columns=columns)
    tables = {"truth": empty.assign(n_agents=[]), "observations": empty}
    stated = small_scenario(overrides=SMALL | {"parameters.cell.chaperone_gain": "4"})
    said = notes(stated, tables)
    assert said[1] == "set by the scenario, and assumed: cell.chaperone_gain 4 (8 by default)"
    assert not any("set by the scenario" in note for note in notes(small_scenario(), tables))


def test_n21_a_day_before_the_last_is_said_in_the_answer() -> None:
    early = "day 2 of 36, the last with half of every arm left"
    endpoints = table(day=2.0, estimate=2.0)
    assert early in answer_text(small_scenario(), {"endpoints": endpoints})
    assert early in answer_text(small_scenario(), {"comparison": endpoints, "endpoints": table()})
    assert " of 36" not in answer_text(small_scenario(), {"endpoints": table()})


def test_n21_removed_animals_enter_by_a_method_that_is_named() -> None:
    carried = table(endpoint="tc_pct_locf", estimate=52.0)
    left = pd.concat([table(n=6), carried], ignore_index=True)
    assert answer_text(small_scenario(), {"endpoints": left}).endswith(
        "n = 6 against 8); with the last volumes of animals removed 52 % (n = 8 against 8)"
    )
    everyone = pd.concat([table(), carried], ignore_index=True)
    assert "removed" not in answer_text(small_scenario(), {"endpoints": everyone})
    unknown = pd.concat([table(n=6), carried.assign(n=0, n_control=0)], ignore_index=True)
    assert "removed" not in answer_text(small_scenario(), {"endpoints": unknown})


def test_n17_many_arms_are_each_against_the_control() -> None:
    arms = [f"arm {k}" for k in range(6)]
    comparison = pd.concat([table(arm=f"{a} - {b}") for a, b in combinations(arms, 2)])
    endpoints = pd.concat([table(arm=arm) for arm in arms])
    lines = answer_text(
        small_scenario(), {"comparison": comparison, "endpoints": endpoints}
    ).splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == arms
    assert lines[-1] == "arm against arm: 15 differences in comparison.csv"
    assert max(map(len, lines)) <= 100


def test_b12_a_baseline_that_calipers_cannot_read_is_said() -> None:
    scenario = load_scenario(FAULTS / "ext.yaml")
    assert "calipers quantify from 2 mm on" in start_out_of_sight(scenario)
    visible = load_scenario(FAULTS / "ext.yaml", {"measure.limit": "1 mm"})
    assert start_out_of_sight(visible) == ""
    scenario = load_scenario(FAULTS / "ext.yaml", {"population": 0})
    result = run_study(scenario, jobs=1)
    assert "massive: T/C " in result.answer
    assert "4 of 4 baselines are the method's limit, not the tumors' volume" in result.answer
    assert any("4 of 4 readings of day 0 are the limit" in note for note in result.notes)
    rates = result.tables["endpoints"].query("endpoint == 'growth_rate_per_day'").set_index("arm")
    assert rates.loc["massive", "estimate"] == 0.0
