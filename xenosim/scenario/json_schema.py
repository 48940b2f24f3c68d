"""The table of scenario keys as JSON Schema, by which editors complete and check files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xenosim.parameters.load import available
from xenosim.scenario.keys import BY_NAME, KEYS, Key, Kind, Path_, children, is_section
from xenosim.scenario.sets import known_sets, set_called
from xenosim.units import DIMENSIONS

Schema = dict[str, Any]
_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_TEXT: Schema = {"type": ["string", "number", "boolean"]}


def json_schema() -> Schema:
    """JSON Schema (2020-12) of a scenario file. It holds what a single key can be; rules between
    keys are left to ``xenosim check``.

    Examples
    --------
    >>> json_schema()["properties"]["replicates"]["minimum"]
    1
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A xenosim scenario",
        **_section(()),
    }


def _section(path: Path_) -> Schema:
    names = children(path)
    if "*" in names:
        return {"type": "object", "minProperties": 1, "additionalProperties": _entry((*path, "*"))}
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _entry((*path, name)) for name in names},
    }
    needed = [name for name in names if _is_required((*path, name))]
    # What may be left out beside others alone.
    either: list[Schema] = [
        {"anyOf": [{"required": [name]}, {"required": _first_of(key.default_with)}]}
        for name in names
        if (key := BY_NAME.get(".".join((*path, name)))) and key.default_with
    ]
    schema |= {"allOf": either} if either else {}
    return schema | ({"required": needed} if needed else {})


def _first_of(names: tuple[str, ...]) -> list[str]:
    """The sections of the first level in which keys stand."""
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _entry(path: Path_) -> Schema:
    """A section, a value, or either."""
    key = BY_NAME.get(".".join(path))
    if key is None:
        return _section(path)
    value = _VALUES[key.kind](key)
    schema = {"anyOf": [value, _section(path)]} if is_section(path) else value
    return {"description": described(key)} | schema


def _is_required(path: Path_) -> bool:
    return path == ("arms",) or any(key.required and key.path[: len(path)] == path for key in KEYS)


def described(key: Key) -> str:
    """What a key means, its range and its default, in one text."""
    parts = [key.says, allowed(key), f"Default: {default_of(key)}." if default_of(key) else ""]
    return " ".join(part for part in parts if part)


def allowed(key: Key) -> str:
    """The range of a key in words, or ""."""
    if key.range is None:
        return ""
    low, high = (None if end is None else f"{end:.10g}" for end in key.range)
    unit = f" {DIMENSIONS[key.unit]}".rstrip() if key.unit else ""
    return f"At least {low}{unit}." if high is None else f"From {low} to {high}{unit}."


def default_of(key: Key) -> str:
    """The default of a key in words, or ""."""
    if key.default_of:
        source, parameter = key.default_of.split(".")
        other = f", else {key.default}" if key.default else ""
        return f"{parameter} of the {source}{other}"
    return key.otherwise or key.default


def _quantity(key: Key) -> Schema:
    number = _number(key)
    return {"anyOf": [number, {"enum": list(key.choices)}]} if key.choices else number


def _number(key: Key) -> Schema:
    if DIMENSIONS[key.unit]:
        return {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*[^\s\d.].*$"}
    low, high = key.range or (None, None)
    ends = {"minimum": low} | ({} if high is None else {"maximum": high})
    text = {"type": "string", "pattern": rf"^\s*{_NUMBER}\s*%?\s*$"}
    return {"anyOf": [{"type": "number", **ends}, text]}


def _whole(key: Key) -> Schema:
    low, high = key.range or (None, None)
    return {"type": "integer", "minimum": low, "maximum": high}


def _days(key: Key) -> Schema:
    day = {"type": "number", "minimum": 0, "maximum": 365}
    text = {"type": "string", "pattern": r"^\s*\d+\s*(\.\.|,)"}
    return {"anyOf": [text, {"type": "array", "items": day, "minItems": 2}]}


def _name(key: Key) -> Schema:
    # Strains may be spelled freely.
    return _TEXT if key.known == "mouse" else {"enum": available(key.known)}


def _sets(key: Key) -> Schema:
    """Every set by name, with its parameters."""
    properties = {
        name: {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                parameter: {"type": ["string", "number"]} for parameter in set_called(name).values
            },
        }
        for name in known_sets()
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _rules(key: Key) -> Schema:
    text = {"type": "string"}
    rule = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"when": text, "then": text},
        "required": ["when", "then"],
    }
    return {"anyOf": [{"type": "array", "items": rule}, {"enum": ["none"]}]}


_VALUES: dict[Kind, Callable[[Key], Schema]] = {
    Kind.TEXT: lambda key: _TEXT,
    Kind.TEXTS: lambda key: {"anyOf": [{"type": "array", "items": _TEXT}, _TEXT]},
    Kind.NAME: _name,
    Kind.CHOICE: lambda key: {"enum": list(key.choices)},
    Kind.QUANTITY: _quantity,
    Kind.WHOLE: _whole,
    Kind.SWITCH: lambda key: {"type": "boolean"},
    Kind.DAYS: _days,
    Kind.FILE: lambda key: {"type": "string"},
    Kind.MAP: lambda key: {"type": "object"},
    Kind.RULES: _rules,
    Kind.SETS: _sets,
    Kind.MODELS: lambda key: {
        "type": "array",
        "items": {"anyOf": [_TEXT, {"type": "object"}]},
        "minItems": 1,
    },
}
