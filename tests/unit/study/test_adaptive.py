"""Rules change the doses of an animal, which is then the animal of those doses, bit for bit."""

import shutil
from pathlib import Path

import pytest

from xenosim.pharmacology.events import read_events
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.protocol import DosingRule, Protocol
from xenosim.scenario.rules import read_then, read_when
from xenosim.study.adaptive import Dosing, as_dosed, dosing_of
from xenosim.study.animal import Animal
from xenosim.study.checkpoint_store import CheckpointStore
from xenosim.study.dosing_tables import Dosed, events_table
from xenosim.study.follow import run_animal
from xenosim.study.job import Job, Outcome
from xenosim.tumor.growth import Growth

EXAMPLE = Path(__file__).parents[3] / "examples" / "my_drug" / "drugs" / "examplinib.yaml"
PLANNED = parse_regimen("4 mg/kg IV Q2Dx6", default_drug="ixazomib")
TEXT = """\
title: Ruled
engine: ENGINE
model: oci_ly10
drug: ixazomib
population: 0
tumor: {start_volume: 1 mm^3, growth: {doubling_time: 3 day}, resolution: 1e3 /mm^3}
animals: {per_arm: 1}
measure: {days: "0..8 by 2", humane_endpoint: {tumor_volume: 200 mm^3}}
rules: RULES
arms:
  vehicle: {regimen: none, control: true}
  treated: {regimen: "10 mg/kg IV Q2Dx4"}
seed: 7
"""
HELD = """
  - {when: "day >= 2 and day < 3", then: hold}
  - {when: "time_on_hold >= 2 day", then: resume at 75 %}
"""
STARTED = """
  - {when: "relative_tumor_volume > 0.01 for 2 measurements", then: start}
  - {when: "day >= 6", then: switch to lenalidomide 5 mg/kg PO QDx2 + bortezomib 1 mg/kg IV QDx1}
"""
NEVER = """
  - {when: "body_weight_loss > 19 %", then: hold}
  - {when: "body_weight_loss < 1 % and time_on_hold > 1 day", then: resume at 50 %}
"""


def job(folder: Path, rules: str, engine: str = "twin") -> Job:
    """The treated animal of a study under rules."""
    path = folder / "ruled.yaml"
    path.write_text(TEXT.replace("ENGINE", engine).replace("RULES", rules))
    growth = Growth(40.0, 0.001, 200.0, None, 3.0, 1.25)
    return Job(load_scenario(path), growth, "treated", 1, 0, 2, to_the_end=True)


def fixed(ruled: Job, outcome: Outcome, folder: Path) -> Job:
    """The same animal under its realised doses, as a user would write them: rows of its events."""
    animal = Dosed(ruled, outcome)
    table = events_table(ruled.scenario, [animal])
    path = folder / "events.csv"
    table[table["arm"] == "treated"].to_csv(path, index=False, float_format="%.10g")
    given = read_events(path)
    arms = tuple(
        arm.model_copy(update={"protocol": None, "doses": given if arm.doses else ()})
        for arm in ruled.scenario.arms
    )
    return ruled._replace(scenario=ruled.scenario.model_copy(update={"arms": arms}))


def rows(outcome: Outcome) -> str:
    """All that is written down, NaN included, to the last bit."""
    return repr((outcome.truth, outcome.cells, outcome.lesions, outcome.end_mm3))


@pytest.mark.parametrize("engine", ["twin", "lattice"])
@pytest.mark.parametrize(
    ("rules", "given"),
    [
        (HELD, [(0.0, 10.0), (96.0, 7.5), (144.0, 7.5)]),
        (STARTED, [(48.0, 10.0), (96.0, 10.0), (144.0, 1.0), (144.0, 5.0), (168.0, 5.0)]),
    ],
)
def test_realised_doses_as_a_fixed_regimen_give_the_same_animal(
    tmp_path: Path, engine: str, rules: str, given: list[tuple[float, float]]
) -> None:
    ruled = job(tmp_path, rules, engine)
    (outcome,) = run_animal((ruled,))
    dosing = dosing_of(ruled, outcome.truth)
    assert dosing is not None
    found = sorted((dose.time_h, dose.amount_mg_per_kg) for dose in dosing.doses)
    assert found == given
    (again,) = run_animal((fixed(ruled, outcome, tmp_path),))
    assert rows(again) == rows(outcome)
    (planned,) = run_animal((job(tmp_path, "none", engine),))
    assert rows(planned) != rows(outcome)


@pytest.mark.parametrize("engine", ["twin", "lattice"])
def test_a_delayed_direct_effect_follows_realised_doses_too(tmp_path: Path, engine: str) -> None:
    """What of its effect is still to come when doses change is that of the doses given."""
    (tmp_path / "drugs").mkdir()
    shutil.copy(EXAMPLE, tmp_path / "drugs")
    path = tmp_path / "direct.yaml"
    text = TEXT.replace("ENGINE", engine).replace("RULES", HELD)
    path.write_text(text.replace("ixazomib", "examplinib"))
    ruled = job(tmp_path, HELD, engine)._replace(scenario=load_scenario(path))
    (outcome,) = run_animal((ruled,))
    dosing = dosing_of(ruled, outcome.truth)
    assert dosing is not None and len(dosing.doses) == 3
    (again,) = run_animal((fixed(ruled, outcome, tmp_path),))
    assert rows(again) == rows(outcome)


@pytest.mark.parametrize("engine", ["twin", "lattice"])
def test_a_rule_that_never_acts_changes_nothing(tmp_path: Path, engine: str) -> None:
    ruled, plain = (job(tmp_path, rules, engine) for rules in (NEVER, "none"))
    (ours,), (theirs,) = run_animal((ruled,)), run_animal((plain,))
    assert rows(ours) == rows(theirs)
    for table in (events_table(ruled.scenario, [Dosed(ruled, ours)]),):
        assert table.equals(events_table(plain.scenario))


class Killed(BaseException):
    """The process died."""


@pytest.mark.parametrize("engine", ["twin", "lattice"])
@pytest.mark.parametrize("rules", [HELD, STARTED])
def test_an_animal_that_goes_on_from_a_checkpoint_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, rules: str
) -> None:
    ruled = job(tmp_path, rules, engine)
    (whole,) = run_animal((ruled,))
    store = CheckpointStore(str(tmp_path), every_steps=1 if engine == "twin" else 7)
    store.make_folders()
    advance = Animal.advance

    def dies(self: Animal, steps: int = 1) -> None:
        if self.day_0 is not None and self.time_h >= 144.0:
            raise Killed
        advance(self, steps)

    monkeypatch.setattr(Animal, "advance", dies)
    with pytest.raises(Killed):
        run_animal((ruled,), store)
    assert store.rolling(ruled.key)
    monkeypatch.setattr(Animal, "advance", advance)
    (resumed,) = run_animal((ruled,), store)
    assert rows(resumed) == rows(whole)


def dosing(*rules: tuple[str, str], levels: tuple[float, ...] = (), gap_h: float = 0.0) -> Dosing:
    """Doses under rules of (when, then)."""
    made = []
    for when, then in rules:
        conditions, n = read_when(when)
        action = read_then(then, "ixazomib")
        made.append(
            DosingRule(when=when, then=then, conditions=conditions, measurements=n, action=action)
        )
    protocol = Protocol(rules=tuple(made), levels=levels, between_changes_h=gap_h)
    return Dosing(protocol, PLANNED)


def amounts(found: Dosing) -> list[tuple[float, float]]:
    return [(dose.time_h / 24.0, dose.amount_mg_per_kg) for dose in found.doses]


def test_a_held_dose_is_skipped_and_not_made_up_for() -> None:
    found = dosing(("body_weight_loss > 10 %", "hold"), ("body_weight_loss < 5 %", "resume"))
    kinds = []
    for day, weight in enumerate((20.0, 20.0, 17.5, 18.5, 19.5)):
        made = found.read(float(day), 100.0, weight)
        kinds.append(made.kind if made else "")
    assert kinds == ["", "", "hold", "", "resume"]
    assert amounts(found) == [(0.0, 4.0), (4.0, 4.0), (6.0, 4.0), (8.0, 4.0), (10.0, 4.0)]


def test_for_n_measurements_counts_those_in_a_row() -> None:
    found = dosing(("tumor_volume < 50 mm3 for 2 measurements", "stop"))
    readings = (100.0, 40.0, 60.0, 40.0, 40.0)
    days = [d for d, v in enumerate(readings) if found.read(float(d), v, 20.0)]
    assert days == [4] and amounts(found) == [(0.0, 4.0), (2.0, 4.0)]
    assert found.state == "stopped" and found.read(5.0, 10.0, 20.0) is None


def test_what_keeps_an_animal_safe_goes_first() -> None:
    found = dosing(
        ("tumor_volume > 50 mm3", "escalate to 150 %"),
        ("body_weight_loss > 5 %", "reduce to 75 %"),
        ("body_weight_loss > 8 %", "reduce to 50 %"),
        ("body_weight_loss > 15 %", "hold"),
        ("relative_tumor_volume > 3", "switch to 9 mg/kg IV QDx1"),
    )
    found.read(0.0, 100.0, 20.0)
    assert found.level == 1.5
    found.read(1.0, 100.0, 18.0)
    assert found.level == 0.5
    made = found.read(2.0, 400.0, 16.0)
    assert made is not None and made.kind == "hold"
    # Held already: what would dose again waits until the rule that holds is no longer true.
    assert found.read(3.0, 400.0, 16.0) is None
    made = found.read(4.0, 400.0, 20.0)
    assert made is not None and made.kind == "switch" and amounts(found)[-1] == (4.0, 9.0)
    # What was switched to is not begun anew, though its rule stays true.
    assert found.read(5.0, 400.0, 20.0) is None and found.idle[4] == "switched already"


def test_levels_are_followed_one_by_one_and_not_too_soon() -> None:
    rule = ("body_weight_loss > 5 %", "reduce"), ("body_weight_loss < 2 %", "escalate")
    found = dosing(*rule, levels=(1.0, 0.75, 0.5), gap_h=48.0)
    levels = []
    for day, weight in enumerate((20.0, 18.0, 18.0, 18.0, 18.0, 20.0, 20.0, 20.0, 20.0)):
        found.read(float(day), 100.0, weight)
        levels.append(found.level)
    assert levels == [1.0, 0.75, 0.75, 0.5, 0.5, 0.75, 0.75, 1.0, 1.0]


def test_resume_reduced_and_factors() -> None:
    found = dosing(
        ("body_weight_loss > 5 %", "hold"), ("body_weight_loss < 2 %", "resume reduced"),
        levels=(1.0, 0.6),
    )  # fmt: skip
    for day, weight in enumerate((20.0, 18.0, 20.0)):
        found.read(float(day), 100.0, weight)
    assert found.level == 0.6 and amounts(found)[1] == (2.0, 2.4)
    found = dosing(("body_weight_loss > 5 %", "reduce by 25 %"))
    for day, weight in enumerate((20.0, 18.0, 18.0)):
        found.read(float(day), 100.0, weight)
    assert found.level == 0.5625


def test_nothing_is_decided_where_no_dose_is_left() -> None:
    found = dosing(("day >= 11", "hold"))
    assert found.read(10.0, 100.0, 20.0) is None and found.read(11.0, 100.0, 20.0) is None


def test_an_arm_without_rules_is_as_it_was(tmp_path: Path) -> None:
    plain = job(tmp_path, "none")
    assert as_dosed(plain) is plain and dosing_of(plain) is None
