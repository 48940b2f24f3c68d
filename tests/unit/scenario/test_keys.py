"""The table of keys: whole, and the only place that knows them."""

import re
from pathlib import Path

import pytest
import yaml

from xenosim.parameters.load import available, load_set
from xenosim.scenario.document import read_document
from xenosim.scenario.keys import BY_NAME, KEYS, Kind, children
from xenosim.scenario.resolve import starter_text
from xenosim.scenario.values import Values, read_value
from xenosim.units import DIMENSIONS


def test_every_entry_is_whole() -> None:
    assert len(BY_NAME) == len(KEYS)
    for key in KEYS:
        assert key.says.endswith("."), key.name
        assert (key.kind is Kind.QUANTITY) == (key.unit in DIMENSIONS), key.name
        assert key.kind is not Kind.CHOICE or key.choices, key.name
        assert not key.choices or key.kind in (Kind.CHOICE, Kind.QUANTITY), key.name
        assert (key.kind is Kind.NAME) == bool(key.known), key.name


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_defaults_and_examples_are_values_of_their_key(key) -> None:  # type: ignore[no-untyped-def]
    if key.default:
        read_value(key, key.default)
    if key.example:
        read_value(key, yaml.load(key.example, Loader=yaml.BaseLoader))


def test_parameters_that_give_defaults_exist() -> None:
    kinds = {"model": "model", "site": "site", "strain": "mouse"}
    for key in KEYS:
        if key.default_of:
            source, parameter = key.default_of.split(".")
            sets = [load_set(name) for name in available(kinds[source])]
            assert any(parameter in found.values for found in sets), key.name


def commented_keys() -> list[int]:
    """Lines of the starter on which a key is commented out."""
    lines = starter_text().splitlines()
    return [n for n, line in enumerate(lines) if re.match(r" *# \w+: +[^ ]", line) and n > 1]


def test_the_starter_comments_out_what_a_user_may_want() -> None:
    lines = starter_text().splitlines()
    names = {lines[n].strip(" #").split(":")[0] for n in commented_keys()}
    assert {"site", "line", "perturb", "lesions", "resistant", "mine"} <= names


@pytest.mark.parametrize("number", commented_keys())
def test_what_the_starter_comments_out_reads(number: int, tmp_path: Path) -> None:
    lines = starter_text().splitlines()
    lines[number] = lines[number].replace("# ", "", 1)
    path = tmp_path / "my.yaml"
    path.write_text("\n".join(lines))
    document = read_document(path)
    assert (number + 1) in {line for line, _ in document.places.values()}
    assert Values(document).mistakes == []


def test_sections_are_those_of_the_table() -> None:
    assert children(("tumor", "growth")) == (
        "doubling_time",
        "control",
        "arm",
        "potential_doubling_time",
    )
    assert children(("arms",)) == ("*",) and children(("seed",)) == ()
