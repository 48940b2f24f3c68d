"""Realised doses as events, and their intensity, in a study of twins under rules."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.study.test_adaptive import HELD, NEVER, STARTED, job
from xenosim.errors import ScenarioError
from xenosim.inference.evaluate import Asked
from xenosim.io.runs import read_run
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Scenario
from xenosim.study.dosing_tables import Dosed, dosing_table, events_table
from xenosim.study.follow import run_animal
from xenosim.study.population import simulate_pool
from xenosim.study.recorded_animal import tables_of
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study
from xenosim.study.why import explain, ledger
from xenosim.viz.growth import dose_days, dose_shares

TEXT = """\
title: Ruled twins
engine: twin
model: oci_ly10
drug: ixazomib
population: 0
tumor: {start_volume: 30 mm^3, growth: {doubling_time: 5 day}, twin_agents: 100}
animals: {per_arm: 3, enroll: {grown: 1}}
measure: {days: "0..12 by 3"}
rules: RULES
arms:
  vehicle: {regimen: none, control: true}
  planned: {regimen: "7 mg/kg IV Q3Dx4", rules: none}
  guided: {regimen: "7 mg/kg IV Q3Dx4"}
seed: 3
"""
#: Half of the animals are held by it.
SOME = """
  - {when: "relative_tumor_volume > 1.1 and day <= 6", then: hold}
  - {when: "time_on_hold >= 3 day and day > 6", then: resume at 75 %}
"""


def scenario(folder: Path, rules: str) -> Scenario:
    path = folder / "twins.yaml"
    path.write_text(TEXT.replace("RULES", rules))
    return load_scenario(path)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StudyResult, Path]]:
    """A study in which a rule acts on some animals, and its directory."""
    folder = tmp_path_factory.mktemp("ruled")
    result = run_study(scenario(folder, SOME), jobs=1)
    yield result, result.save(folder / "runs", figures=False)


def without_id(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="study_id", errors="ignore")


def test_rules_that_never_act_leave_every_table_as_it_is(tmp_path: Path) -> None:
    ruled, plain = (
        run_study(scenario(tmp_path, rules), jobs=1, paired=True) for rules in (NEVER, "none")
    )
    assert set(ruled.tables) - set(plain.tables) == {"dosing"}
    for name, table in plain.tables.items():
        pd.testing.assert_frame_equal(ruled.tables[name], table)
    assert (ruled.tables["dosing"]["rdi_pct"] == 100.0).all()
    assert any("none acted on its 3 animals" in note for note in ruled.notes)
    assert ruled.manifest["scenario_hash"] != plain.manifest["scenario_hash"]


def test_decisions_are_events_with_the_reading_that_caused_them(
    study: tuple[StudyResult, Path],
) -> None:
    result, run = study
    events = read_run(run)["events"]
    planned = events[events["arm"] == "planned"]
    assert len(planned) == 1 and planned["animal_id"].isna().all()
    guided = events[events["arm"] == "guided"]
    assert guided["id"].nunique() == guided["animal_id"].nunique() == 3
    assert not set(guided["id"]) & set(planned["id"])
    made = guided[guided["evid"] == 2]
    assert len(made) and (made["amt"] == 0).all()
    measured = result.tables["observations"].set_index(["arm", "animal_id", "day"])
    for row in made[made["decision"] == "hold"].itertuples():
        rtv = measured.loc[("guided", row.animal_id, row.time / 24.0), "rtv"]
        assert rtv > 1.1 and f"relative_tumor_volume {rtv:.4g}" in row.reading


def test_dose_intensity_and_what_is_said_of_it(study: tuple[StudyResult, Path]) -> None:
    result, _ = study
    table = result.tables["dosing"]
    assert set(table["arm"]) == {"guided"} and len(table) == 3
    events = result.tables["events"]
    for row in table.itertuples():
        own = events[(events["animal_id"] == row.animal_id) & (events["evid"] == 1)]
        given = (own["amt"] * (own["addl"] + 1)).sum()
        assert row.given_mg_per_kg == given and row.planned_mg_per_kg == 28.0
        assert row.rdi_pct == pytest.approx(100.0 * given / 28.0)
    held = int((table["holds"] > 0).sum())
    assert held and any(
        f"{held} of 3 held" in note and f"(RDI) {table['rdi_pct'].mean():.0f} %" in note
        for note in result.notes
    )


def test_dosed_days_of_figures_are_those_of_the_animals(study: tuple[StudyResult, Path]) -> None:
    result, _ = study
    events, table = result.tables["events"], result.tables["dosing"]
    assert dose_shares(events, "planned") == dict.fromkeys((0.0, 3.0, 6.0, 9.0), 1.0)
    shares = dose_shares(events, "guided")
    assert sum(shares.values()) == pytest.approx(table["doses_given"].sum() / 3)
    key = {"arm": "guided", "animal_id": int(table["animal_id"].iloc[0]), "replicate": 0}
    own = tables_of(result.tables, key)["events"]
    assert len(dose_days(own, "guided")) == table["doses_given"].iloc[0]


def test_why_tells_the_rule_the_reading_and_what_would_have_been(
    study: tuple[StudyResult, Path],
) -> None:
    result, run = study
    made = ledger(run)
    assert len(made) == result.tables["dosing"]["decisions"].sum()
    first = next(row for row in made if row["decision"] == "hold")
    found = explain(run, first["day"], animal=int(first["animal_id"]))
    assert found.decision is not None and found.decision.reading == first["reading"]
    assert found.rules[0].true and not found.rules[1].true and found.state == "held"
    truth = result.tables["truth"].query(f"animal_id == {first['animal_id']}").set_index("day")
    after = [day for day in truth.index if day > first["day"]]
    assert [row["day"] for row in found.without] == after
    for row in found.without:
        assert row["volume_mm3"] == pytest.approx(truth.loc[row["day"], "tumor_volume_mm3"])
        assert row["volume_without_mm3"] <= row["volume_mm3"]
    quiet = explain(run, 0.0, animal=int(first["animal_id"]))
    assert quiet.decision is None and not quiet.without


def test_animals_of_the_pool_are_dosed_by_the_rules_too(tmp_path: Path) -> None:
    held = 'rules: [{when: "relative_tumor_volume > 0", then: stop}]'.removeprefix("rules: ")
    pool = simulate_pool(scenario(tmp_path, held), 2, agents=50)
    assert (pool.of("guided") == pool.of("vehicle")).all()
    assert (pool.of("planned")[:, -1] < pool.of("vehicle")[:, -1]).all()


def test_a_search_over_schedules_refuses_an_arm_under_rules(tmp_path: Path) -> None:
    ruled = scenario(tmp_path, SOME)
    assert Asked(ruled, "planned").alone().arms[0].doses
    with pytest.raises(ScenarioError, match="answer to readings"):
        Asked(ruled, "guided").alone()


def test_an_animal_that_starts_late_is_planned_from_its_start(tmp_path: Path) -> None:
    ruled = job(tmp_path, STARTED)
    (outcome,) = run_animal((ruled,))
    table = dosing_table([Dosed(ruled, outcome)], "s")
    assert table is not None
    rows = table.set_index("drug")
    # Four doses planned from day 2 to 8; the switch on day 6 takes the last two.
    assert rows.loc["ixazomib", "doses_planned"] == 3 and rows.loc["ixazomib", "doses_given"] == 2
    assert rows.loc["bortezomib", "doses_planned"] == 0
    assert pd.isna(rows.loc["bortezomib", "rdi_pct"])
    events = events_table(ruled.scenario, [Dosed(ruled, outcome)])
    assert events["decision"].dropna().tolist() == ["wait", "start", "switch"]


def test_days_held_end_with_the_animal(tmp_path: Path) -> None:
    ruled = job(tmp_path, HELD)
    (outcome,) = run_animal((ruled,))
    table = dosing_table([Dosed(ruled, outcome)], "s")
    assert table is not None and table["days_held"].tolist() == [2.0]
