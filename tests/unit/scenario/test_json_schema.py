"""JSON Schema of scenarios: what loads is valid, what is misspelt is not."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from tests.conftest import SCENARIOS
from xenosim.cli.main import app
from xenosim.scenario.json_schema import json_schema
from xenosim.scenario.resolve import starter_text

VALIDATOR = Draft202012Validator(json_schema())


def errors(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_are_valid(path: Path) -> None:
    assert errors(yaml.safe_load(path.read_text())) == []


def test_the_starter_is_valid_and_mistakes_are_not() -> None:
    text = starter_text()
    assert errors(yaml.safe_load(text)) == []
    for old, new in (
        ("animals:", "anmals:"),
        ("150 mm^3", "150"),
        ("model: oci_ly10", "model: oci"),
        ("seed: 1", "seed: -1"),
        ("control: true", "control: maybe"),
        ("method: caliper", "error: 12 mm"),
        ("model: oci_ly10", ""),
    ):
        assert old in text and errors(yaml.safe_load(text.replace(old, new))), new


def test_parameters_are_known_by_set_and_name() -> None:
    plain = yaml.safe_load(starter_text())
    block = {"ixazomib": {"cl": "1.25 L/h/kg"}, "cell": {"chaperone_gain": 3}}
    assert errors(plain | {"parameters": block}) == []
    for wrong in ({"ixazomb": {}}, {"cell": {"cl": "1 L/h/kg"}}, {"dish": {}}, {"cell": 3}):
        assert errors(plain | {"parameters": wrong}), wrong


def test_check_prints_it_without_a_file() -> None:
    result = CliRunner().invoke(app, ["check", "--schema"])
    assert result.exit_code == 0 and json.loads(result.stdout) == json_schema()
