"""The values of keys: defaults, and every mistake at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from xenosim.errors import ScenarioError
from xenosim.parameters.load import load_set
from xenosim.scenario.document import read_document
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import starter_text
from xenosim.scenario.values import Unusable, Values

WRONG = """title: x
modle: oci_ly10
tumor: {start_volume: 150}
animals: {per_arm: none}
measure: {days: "0..21 by 3"}
arms:
  vehicle: {regimen: none, control: true}
  late: {regimen: "ixazomib 7 mg/kg IV QW x9"}
  empty:
"""


def values_of(text: str, folder: Path) -> Values:
    path = folder / "my.yaml"
    path.write_text(text)
    return Values(read_document(path))


def test_every_mistake_is_listed_with_line_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    message = caught.value.message
    assert message.startswith("5 mistakes")
    places = [f"wrong.yaml:{line}:" for line in (2, 3, 4, 8, 9)]
    assert [place in message for place in places] == [True] * 5
    assert [message.index(place) for place in places] == sorted(map(message.index, places))
    assert "did you mean 'model'" in message and "'model' is missing" not in message
    done = subprocess.run(
        [sys.executable, "-m", "xenosim", "check", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 2 and "5 mistakes" in done.stderr


def test_defaults_come_from_the_table_or_from_parameters(tmp_path: Path) -> None:
    values = values_of("model: mm1s\nanimals: {strain: BALB/c nude}\n", tmp_path)
    assert values.get("replicates") == 1 and values.get("time_step") == 1.0
    assert values.get("tumor.start_volume") == 150.0 and values.get("drug") is None
    assert values.get("measure.limit") == load_set("balbc_nude").value("caliper_limit")
    assert values.get("tumor.lesions.count") == 1
    with pytest.raises(ScenarioError, match="'measure.days' is missing"):
        values.get("measure.days")


def test_what_is_broken_is_not_complained_of_twice(tmp_path: Path) -> None:
    values = values_of("model: mm1\ntumor: 5\n", tmp_path)
    assert len(values.mistakes) == 2
    for name in ("model", "tumor.start_volume"):
        with pytest.raises(Unusable):
            values.get(name)
    assert len(values.mistakes) == 2


def test_a_single_mistake_is_raised_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text().replace("seed: 1", "seed: x"))
    with pytest.raises(ScenarioError, match="'seed' is x") as caught:
        load_scenario(path)
    assert caught.value.excerpt and "^" in caught.value.excerpt


def test_n11_overrides_may_be_numbers_and_paths_text(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    given = {"animals.per_arm": 2, "seed": 7.0, "measure.days": [0, 3, 21], "measure.error": 0.1}
    found = load_scenario(str(path), given)
    texts = {key: str(value) for key, value in given.items()} | {"seed": "7"}
    assert found == load_scenario(path, texts)
    assert (found.animals.per_arm, found.seed, found.measure.days) == (2, 7, (0.0, 3.0, 21.0))


@pytest.mark.parametrize(("given", "bounds"), [("150 %", "1 and 100 %"), ("1.5", "0.01 and 1")])
def test_n19_a_share_out_of_range_is_said_in_its_unit(
    tmp_path: Path, given: str, bounds: str
) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    with pytest.raises(ScenarioError) as found:
        load_scenario(path, {"measure.humane_endpoint.body_weight_loss": given})
    assert found.value.remedy == f"it must lie between {bounds}"


def test_n15_every_empty_key_is_named_among_the_other_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "model: oci_ly10\ntitle:\nseed: ~\nanimals:\ntumor:\n  growth: {control: , arm: a}\n"
        "  lesions: null\nmeasure: {days: '0..6 by 2', humane_endpoint: {tumor_volume: }}\n"
        "arms:\n  v: {regimen: none, control: true}\n  t: {regimen: 7 mg/kg IV QW x1, drug: }\n"
        "replicates: x\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    message = str(caught.value)
    names = ("title", "seed", "animals", "control", "lesions", "tumor_volume", "drug")
    assert [message.count(f"'{name}' is empty") for name in names] == [1] * len(names)
    assert "'replicates' is x" in message and message.startswith(f"{path}: 8 mistakes")


def test_an_empty_key_is_no_value(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text().replace("per_arm: 8", "per_arm:").replace("seed: 1", "seed: 2"))
    with pytest.raises(ScenarioError, match="'per_arm' is empty") as caught:
        load_scenario(path)
    assert caught.value.excerpt and "remove the key" in str(caught.value.remedy)
