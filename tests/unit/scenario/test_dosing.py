"""The protocol of each arm of a file: rules of the study or its own, and all mistakes at once."""

from pathlib import Path

import pytest

from xenosim.errors import XenosimError
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve, resolved_dict, scenario_from_resolved, scenario_hash
from xenosim.scenario.schema import Scenario

TEXT = """\
model: oci_ly10
drug: ixazomib
engine: twin
tumor: {growth: {doubling_time: 5 day}}
measure: {days: "0..9 by 3"}
MORE
arms:
  vehicle: {regimen: none, control: true}
  a: {regimen: "4 mg/kg IV Q3Dx3"}
  b: {regimen: "8 mg/kg IV QW x1"OWN}
"""
RULES = 'rules: [{when: "body_weight_loss > 15 %", then: hold}]'


def load(folder: Path, more: str, own: str = "") -> Scenario:
    path = folder / "my.yaml"
    path.write_text(TEXT.replace("MORE", more).replace("OWN", own))
    return load_scenario(path)


def test_rules_are_those_of_the_study_or_of_the_arm(tmp_path: Path) -> None:
    own = ', rules: [{when: "day > 3", then: switch to bortezomib 1 mg/kg IV QDx1}]'
    vehicle, a, b = load(tmp_path, RULES, own).arms
    assert vehicle.protocol is None and a.protocol is not None and b.protocol is not None
    assert a.protocol.in_words() == ["1. when body_weight_loss > 15 %: hold"]
    assert b.protocol.rules[0].action.kind == "switch" and b.drugs == {"bortezomib", "ixazomib"}
    assert load(tmp_path, RULES, ", rules: none").arms[2].protocol is None


def test_words_of_levels_and_times(tmp_path: Path) -> None:
    more = (
        'rules: [{when: "tumor_volume > 200 mm3 for 2 measurements", then: start}]\n'
        "dose_levels: [50 %, 100 %]\ntime_between_changes: 7 day"
    )
    protocol = load(tmp_path, more).arms[1].protocol
    assert protocol is not None and protocol.levels == (1.0, 0.5) and protocol.waits
    words = "\n".join(protocol.in_words())
    assert "waits" in words and "at 2 measurements in a row: start" in words
    assert "100 %, 50 %" in words and "at least 7 d between two changes" in words


def test_a_resolved_scenario_with_rules_comes_back(tmp_path: Path) -> None:
    own = ', rules: [{when: "day > 3", then: switch to bortezomib 1 mg/kg IV QDx1}]'
    ruled, plain = load(tmp_path, RULES, own), load(tmp_path, "")
    assert scenario_from_resolved(resolved_dict(ruled)) == ruled
    assert "bortezomib" in resolve(ruled).drugs and "bortezomib" not in resolve(plain).drugs
    assert scenario_hash(ruled) != scenario_hash(plain)
    assert all("protocol" not in arm for arm in resolved_dict(plain)["arms"])


@pytest.mark.parametrize(
    ("more", "own", "messages"),
    [
        ("rules: hold", "", ["rules are a list"]),
        ("rules: [hold]", "", ["rule 'hold' is no mapping"]),
        ("rules: [{wen: day > 3, then: hold}]", "", ["did you mean 'when'"]),
        ("rules: [{when: day > 3}]", "", ["the rule has no 'then'"]),
        (
            'rules: [{when: "day > 30", then: hold}, {when: "tumor_volume < 5", then: stpo}]',
            "",
            ["'5' has no unit", "'stpo' is nothing"],
        ),
        (
            'rules: [{when: "day > 30", then: hold}, {when: "day > 3", then: reduce to 400 %}]',
            ', rules: [{when: "rtv > 4", then: resume}]',
            ["'reduce to 400 %' is out of range", "no rule holds"],
        ),
        ("dose_levels: [100 %, 50 %]", "", ["no rule changes a dose"]),
        ("time_between_changes: 3 day", "", ["no rule changes a dose"]),
        (f"{RULES}\ndose_levels: [75 %, 50 %]", "", ["one of them is the planned dose"]),
        (f"{RULES}\ndose_levels: [100 %, 50]", "", ["'50' has no unit"]),
        (f"{RULES}\ntime_step: 0.35 h", "", ["lies between two time steps"]),
        (
            'rules: [{when: "rtv > 2", then: escalate to 300 %}]',
            ', rules: [{when: "rtv > 2", then: switch to 900 mg/kg IV QDx1},'
            ' {when: "day > 3", then: escalate to 200 %}]',
            ["200 % of 900 mg/kg, which is absurd"],
        ),
    ],
)
def test_mistakes_are_refused_all_at_once(
    tmp_path: Path, more: str, own: str, messages: list[str]
) -> None:
    with pytest.raises(XenosimError) as error:
        load(tmp_path, more, own)
    assert all(message in str(error.value) for message in messages), str(error.value)
    assert "my.yaml:" in str(error.value)


def test_a_control_without_doses_has_nothing_to_change(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    rules = 'rules: [{when: "day > 3", then: hold}]'
    path.write_text(
        TEXT.replace("MORE", "")
        .replace("OWN", "")
        .replace("control: true", f"control: true, {rules}")
    )
    with pytest.raises(XenosimError, match="the arm has no doses to change"):
        load_scenario(path)
