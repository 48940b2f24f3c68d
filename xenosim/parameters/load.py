"""Read parameter sets: overlay, check, look up."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.schema import FOLDERS, PARAMETERS, STATUSES
from xenosim.units import DIMENSIONS, convert, quantity

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Parameter:
    """One number: ``value`` in the internal ``unit``, its ``status``, ``bib`` key and place, ``range``, ``note``."""

    name: str
    value: float
    unit: str
    status: str
    bib: str
    where: str
    range: tuple[float, float] | None
    note: str


@dataclass(frozen=True)
class ParameterSet:
    """A named set of parameters; look up numbers with :meth:`value`."""

    name: str
    kind: str
    values: Mapping[str, Parameter]
    mechanism: str = ""
    description: str = ""

    def value(self, name: str) -> float:
        """The number of a parameter in internal units."""
        if name not in self.values:
            raise ParameterError(f"parameter set '{self.name}' has no '{name}'{suggest(name, self.values)}")
        return self.values[name].value

    def hash(self) -> str:
        """Hash of all names and values."""
        text = json.dumps({name: p.value for name, p in sorted(self.values.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def with_overrides(self, overrides: Mapping[str, str], *, where: str | None = None) -> ParameterSet:
        """The set with some values replaced by quantities; a replaced value is ``assumed``."""
        values = dict(self.values)
        for name, text in overrides.items():
            if name not in values:
                raise ParameterError(f"'{name}' is not a parameter of '{self.name}'{suggest(name, values)}", where=where)
            number = quantity(text, PARAMETERS[self.kind][name], where=where)
            note = f"set by the scenario; {values[name].value:g} by default"
            values[name] = replace(values[name], value=number, status="assumed", bib="xenosim2026", where="scenario", note=note)
        return replace(self, values=values)


def available(kind: str) -> list[str]:
    """Names of the shipped sets of a kind: drug, mouse or model."""
    return sorted(path.stem for path in (ROOT / FOLDERS[kind]).glob("*.yaml"))


@cache
def load_set(name: str) -> ParameterSet:
    """Read a shipped parameter set with everything it extends; ParameterError names the nearest one if there is none."""
    import yaml

    path = _find(name)
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    kind = document["kind"]
    parents = document.get("extends", [])
    values: dict[str, Parameter] = {}
    for parent in [parents] if isinstance(parents, str) else parents:
        values |= load_set(parent).values
    for key, entry in document["parameters"].items():
        values[key] = _parameter(key, entry, kind, path)
    return ParameterSet(name, kind, values, document.get("mechanism", ""), document.get("description", ""))


def _find(name: str) -> Path:
    every = {path.stem: path for path in [*ROOT.glob("*.yaml"), *ROOT.glob("*/*.yaml")]}
    if name not in every:
        raise ParameterError(f"there is no parameter set '{name}'{suggest(name, every)}", remedy="see 'xenosim params'")
    return every[name]


def _parameter(name: str, entry: dict[str, Any], kind: str, path: Path) -> Parameter:
    where = f"{path.name}: {name}"
    known = PARAMETERS[kind]
    if name not in known:
        raise ParameterError(f"'{name}' is not a parameter of a {kind}{suggest(name, known)}", where=where)
    if entry["status"] not in STATUSES or entry["source"]["bib"] not in references():
        raise ParameterError("unknown status or source", where=where)
    if entry["status"] == "assumed" and not entry.get("note"):
        raise ParameterError("an assumed value needs a note", where=where)
    dimension = known[name]
    scale = convert(1.0, entry["unit"], dimension, where=where) if DIMENSIONS[dimension] else 1.0
    bounds = entry.get("range")
    if bounds and not bounds[0] <= entry["value"] <= bounds[1]:
        raise ParameterError(f"{entry['value']} lies outside its range {bounds}", where=where)
    limits = (bounds[0] * scale, bounds[1] * scale) if bounds else None
    return Parameter(
        name, entry["value"] * scale, DIMENSIONS[dimension], entry["status"], entry["source"]["bib"], entry["source"]["where"],
        limits, entry.get("note", ""),
    )  # fmt: skip


@cache
def references() -> dict[str, str]:
    """BibTeX entries by key."""
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return {match[1]: match[0].strip() for match in re.finditer(r"@\w+\{(\w+),.*?\n\}\n", text, re.DOTALL)}
