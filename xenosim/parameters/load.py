"""Read parameter sets: overlay, check, look up."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from xenosim.errors import ParameterError, UnitError, suggest
from xenosim.parameters.lines import find_line, letters, line_entries, lines
from xenosim.parameters.schema import FOLDERS, PARAMETERS, STATUSES
from xenosim.parameters.shelf import own_names, own_set
from xenosim.units import DIMENSIONS, convert, quantity

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Source:
    """Where a number comes from: a key ``bib`` of references.bib and the place ``where`` in that
    work.
    """

    bib: str
    where: str


@dataclass(frozen=True)
class Parameter:
    """One number: ``value`` and ``range`` in the internal ``unit``, its ``status``, ``source`` and
    ``note``.
    """

    name: str
    value: float
    unit: str
    status: str
    source: Source
    range: tuple[float, float] | None
    note: str

    @property
    def bib(self) -> str:
        """Key of the source in references.bib."""
        return self.source.bib

    @property
    def where(self) -> str:
        """Place in the source."""
        return self.source.where

    @property
    def stated(self) -> str:
        """The value as a quantity that reads back to the last digit."""
        return f"{self.value!r} {self.unit}".rstrip()

    @property
    def limits(self) -> tuple[float, float]:
        """Within which another value may take its place: its range, or of a number known exactly a
        tenth of it to ten times of it, shares at most 1.
        """
        if self.range:
            return self.range
        return 0.1 * self.value, 10.0 * self.value if self.unit else 1.0


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
            raise ParameterError(
                f"parameter set '{self.name}' has no '{name}'{suggest(name, self.values)}",
                remedy=f"see 'xenosim params {self.name}'",
            )
        return self.values[name].value

    def hash(self) -> str:
        """Hash of all names and values."""
        text = json.dumps({name: p.value for name, p in sorted(self.values.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """The set as plain data, ready for JSON."""
        parameters = {
            name: {
                "value": p.value,
                "unit": p.unit,
                "status": p.status,
                "source": {"bib": p.bib, "where": p.where},
                "range": list(p.range) if p.range else None,
                "note": p.note,
            }
            for name, p in self.values.items()
        }
        return {
            "name": self.name,
            "kind": self.kind,
            "mechanism": self.mechanism,
            "description": self.description,
            "parameters": parameters,
        }

    def with_overrides(
        self, overrides: Mapping[str, str], *, where: str | None = None
    ) -> ParameterSet:
        """The set with some values replaced by quantities; a replaced value is ``assumed``.

        Raises
        ------
        XenosimError
            An unknown name, a quantity of another dimension, or one outside the limits.
        """
        values = dict(self.values)
        for name, text in overrides.items():
            if name not in values:
                known = f"see 'xenosim params {self.name}'"
                raise ParameterError(
                    f"'{name}' is not a parameter of '{self.name}'{suggest(name, values)}",
                    where=where,
                    remedy=known,
                )
            number = quantity(text, PARAMETERS[self.kind][name][0], where=where)
            _check_limits(values[name], number, text, where)
            note = f"set by the scenario; {values[name].value:g} by default"
            values[name] = replace(
                values[name],
                value=number,
                status="assumed",
                source=Source("xenosim2026", "scenario"),
                note=note,
            )
        return replace(self, values=values)


def _check_limits(p: Parameter, number: float, text: str, where: str | None) -> None:
    """Refuse a value outside the limits of its parameter; ends in other units may be rounded."""
    low, high = p.limits
    slack = 1e-9 * max(abs(low), abs(high))
    if not low - slack <= number <= high + slack:
        raise ParameterError(
            f"{text} is out of range of '{p.name}'",
            where=where,
            remedy=f"it must lie between {low:g} and {high:g} {p.unit}".rstrip(),
        )


def count_statuses(parameters: Iterable[Parameter]) -> dict[str, int]:
    """Number of parameters of each status."""
    found = [parameter.status for parameter in parameters]
    return {status: found.count(status) for status in STATUSES}


def available(kind: str) -> list[str]:
    """Names of the sets of a kind: drug, mouse, model, line, cell or tumor; those of the user that
    are on the shelf among them.
    """
    found = shipped_names(kind)
    return sorted({*found, *own_names(kind)}) if own_names(kind) else found


def shipped_names(kind: str) -> list[str]:
    """Names of the shipped sets of a kind."""
    if kind not in PARAMETERS:
        raise ParameterError(
            f"there is no kind '{kind}'{suggest(kind, PARAMETERS)}",
            remedy=f"one of {', '.join(PARAMETERS)}",
        )
    if kind == "line":
        return list(lines())
    if kind not in FOLDERS:
        return [kind]
    return sorted(path.stem for path in (ROOT / FOLDERS[kind]).glob("*.yaml"))


def load_set(name: str) -> ParameterSet:
    """A parameter set with everything it extends, the user's before the shipped one of that name.

    Raises
    ------
    ParameterError
        There is none: it names the nearest one. The user's file holds mistakes: all of them.
    """
    for kind in FOLDERS:
        if (found := own_set(kind, name)) is not None:
            return found
    return shipped_set(name)


@cache
def shipped_set(name: str) -> ParameterSet:
    """A shipped parameter set with everything it extends; ParameterError names the nearest one if
    there is none.
    """
    import yaml

    path = _find(name)
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        kind, own, parents = document["kind"], document["parameters"], document.get("extends", [])
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ParameterError(
            f"not a parameter file ({error})",
            where=path.name,
            remedy="give 'kind' and 'parameters'",
        ) from error
    if kind not in PARAMETERS:
        raise ParameterError(
            f"unknown kind '{kind}'", where=path.name, remedy=f"one of {', '.join(PARAMETERS)}"
        )
    values: dict[str, Parameter] = {}
    for parent in [parents] if isinstance(parents, str) else parents:
        values |= shipped_set(parent).values
    for key, entry in own.items():
        values[key] = parse_parameter(key, entry, kind, where=f"{path.name}: {key}")
    return ParameterSet(
        name, kind, values, document.get("mechanism", ""), document.get("description", "")
    )


@cache
def _strains() -> dict[str, str]:
    """Parameter sets of strains by the letters and digits of their usual spellings."""
    import yaml

    found: dict[str, str] = {}
    for name in shipped_names("mouse"):
        document = yaml.safe_load(_find(name).read_text(encoding="utf-8"))
        for spelling in (name, *document["aliases"]):
            found[letters(spelling)] = name
    return found


def find_strain(text: str) -> str:
    """The parameter set of a strain of mouse in any usual spelling.

    Raises
    ------
    ParameterError
        There is none.

    Examples
    --------
    >>> [find_strain(text) for text in ("NSG", "female NOD/SCID mice", "Athymic nude")]
    ['nsg', 'nod_scid', 'nude']
    """
    known = _strains() | {letters(name): name for name in own_names("mouse")}
    plain = re.sub(r"(?i)\b(fe)?males?\b|\bmice\b|\bmouse$", "", text)
    for spelling in (text, plain):
        if letters(spelling) in known:
            return known[letters(spelling)]
    names = available("mouse")
    raise ParameterError(
        f"there is no mouse '{text}'{suggest(text, names)}",
        remedy=f"known, in any usual spelling: {', '.join(load_set(n).description for n in names)}",
    )


def _find(name: str) -> Path:
    every = {path.stem: path for path in [*ROOT.glob("*.yaml"), *ROOT.glob("*/*.yaml")]}
    if name not in every:
        raise ParameterError(
            f"there is no parameter set '{name}'{suggest(name, every)}",
            remedy="see 'xenosim params'",
        )
    return every[name]


def parse_parameter(name: str, entry: Mapping[str, Any], kind: str, *, where: str) -> Parameter:
    """Check one entry of a parameter file and convert it to internal units.

    Parameters
    ----------
    name : str
        A name of the schema.
    entry : Mapping
        Keys ``value``, ``unit``, ``status``, ``source`` {bib, where}; optionally ``range`` and
        ``note``.
    kind : str
        Section of the schema.
    where : str
        Place named in the error.

    Raises
    ------
    ParameterError
        Unknown name, status or source, no finite value, a value outside its range, or an assumed
        value without a note.
    """
    known = PARAMETERS[kind]
    if name not in known:
        raise ParameterError(
            f"'{name}' is not a parameter of a {kind}{suggest(name, known)}",
            where=where,
            remedy="correct the name",
        )
    _check(entry, where)
    unit = DIMENSIONS[known[name][0]]
    if bool(unit) != bool(entry["unit"]):
        raise UnitError(
            f"'{entry['unit']}' is not the unit of '{name}'", where=where, remedy=f"use '{unit}'"
        )
    scale = convert(1.0, entry["unit"], known[name][0], where=where) if unit else 1.0
    bounds = entry.get("range")
    limits = (bounds[0] * scale, bounds[1] * scale) if bounds else None
    source = Source(entry["source"]["bib"], entry["source"]["where"])
    return Parameter(
        name, entry["value"] * scale, unit, entry["status"], source, limits, entry.get("note", "")
    )


def _check(entry: Mapping[str, Any], where: str) -> None:
    """Everything about an entry that needs no unit."""
    missing = {"value", "unit", "status", "source"} - set(entry)
    if missing or not {"bib", "where"} <= set(entry["source"]):
        raise ParameterError(
            "value, unit, status or source {bib, where} is missing", where=where, remedy="add it"
        )
    value, bounds = entry["value"], entry.get("range")
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ParameterError(
            f"{value!r} is not a finite number", where=where, remedy="write e.g. 0.28 or 1.0e+3"
        )
    if entry["status"] not in STATUSES:
        raise ParameterError(
            f"unknown status '{entry['status']}'",
            where=where,
            remedy=f"one of {', '.join(STATUSES)}",
        )
    if entry["source"]["bib"] not in references():
        raise ParameterError(
            f"source '{entry['source']['bib']}' is unknown",
            where=where,
            remedy="add it to references.bib",
        )
    if entry["status"] == "assumed" and not entry.get("note"):
        raise ParameterError(
            "an assumed value needs a note", where=where, remedy="say why it was chosen"
        )
    if bounds and not bounds[0] <= value <= bounds[1]:
        raise ParameterError(
            f"{value} lies outside its range {bounds}",
            where=where,
            remedy="correct the value or the range",
        )


def load_line(name: str, with_calibration: bool = True) -> ParameterSet:
    """The cells of a line: the default cell, its doubling time in culture, and what was measured or
    (unless left out) calibrated for it; of a line of the user, what its file says.
    """
    found = own_set("line", find_line(name).name)
    return shipped_line(name, with_calibration) if found is None else found


@cache
def shipped_line(name: str, with_calibration: bool = True) -> ParameterSet:
    """The cells of a shipped line, as :func:`load_line` gives them."""
    record = find_line(name)
    values = dict(shipped_set("cell").values)
    for key, entry in line_entries(record, with_calibration).items():
        values[key] = parse_parameter(key, entry, "line", where=f"lines.csv: {record.name}: {key}")
    return ParameterSet(
        record.name, "line", values, "", ", ".join(filter(None, (record.cancer, record.genotype)))
    )


@cache
def references() -> dict[str, str]:
    """BibTeX entries by key."""
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    return {
        match[1]: match[0].strip()
        for match in re.finditer(r"@\w+\{(\w+),.*?\n\}\n", text, re.DOTALL)
    }
