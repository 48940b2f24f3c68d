"""A parameter file of the user: a drug, line, xenograft model, site or strain, as the shipped ones
are written, with all its mistakes at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from xenosim.errors import ParameterError, XenosimError, suggest
from xenosim.parameters.bounds import possible
from xenosim.parameters.effects import find_misfits
from xenosim.parameters.load import Parameter, ParameterSet, Source, load_set, references
from xenosim.parameters.mechanisms import MECHANISMS, Mechanism, find_mechanism
from xenosim.parameters.priors import USER
from xenosim.parameters.schema import ORDERED, PARAMETERS, STATUSES
from xenosim.scenario.document import Document, Path_, refuse
from xenosim.scenario.schema import USER_FOLDERS
from xenosim.units import DIMENSIONS, convert

#: Sets that a kind begins with.
BASES = {"model": ("cell", "tumor"), "mouse": ("mouse",), "line": ("cell",)}
_KEYS = {
    "drug": ("kind", "mechanism", "description", "extends", "parameters"),
    "line": ("kind", "description", "extends", "cancer", "genotype", "parameters"),
    "model": ("kind", "description", "extends", "parameters"),
    "site": ("kind", "description", "extends", "parameters"),
    "mouse": ("kind", "description", "extends", "aliases", "parameters"),
}
_ENTRY = ("value", "unit", "status", "source", "range", "note")
_EXAMPLE = (
    "write e.g. {value: 1.2, unit: 'L/h/kg', status: measured, source: 'own PK study',"
    " range: [0.8, 1.8]}"
)


@dataclass(frozen=True)
class ParameterFile:
    """What a file holds: the ``set``, and names of the sets that it ``extends``; of a line, its
    ``cancer`` and ``genotype``.
    """

    set: ParameterSet
    extends: tuple[str, ...]
    cancer: str = ""
    genotype: str = ""


def kind_of(document: Document) -> str:
    """The kind of parameter file a document is, "" if it is none."""
    kind = document.get(("kind",))
    return kind if isinstance(kind, str) and "parameters" in document.data else ""


def read_parameter_file(document: Document, name: str, kind: str = "") -> ParameterFile:
    """Check a file and convert it to internal units.

    Parameters
    ----------
    document : Document
        The file.
    name : str
        Name of the set.
    kind : str
        What it must be; "": whatever it says.

    Raises
    ------
    XenosimError
        All its mistakes.
    """
    return _Reading(document, name, kind).result()


class _Reading:
    """One file being read; ``mistakes`` so far."""

    def __init__(self, document: Document, name: str, kind: str) -> None:
        self.document, self.name = document, name
        self.mistakes: list[XenosimError] = []
        self.kind = self._kind(kind)

    def result(self) -> ParameterFile:
        self._check_keys((), _KEYS[self.kind])
        parents = self._extends()
        values, inherited = self._inherited(parents)
        values |= self._stated()
        mechanism = self._mechanism(inherited)
        if self.kind == "drug":
            values = self._drug(values, mechanism)
        elif not self.mistakes:
            self._check_order(values)
        if self.kind == "line" and "culture_doubling_time" not in values:
            self._note((), "'culture_doubling_time' is missing", "add it under parameters, in h")
        refuse(self.mistakes, self.document.file)
        found = ParameterSet(
            self.name,
            self.kind,
            values,
            mechanism.name if mechanism else "",
            self._text("description"),
        )
        return ParameterFile(found, parents, self._text("cancer"), self._text("genotype"))

    def _kind(self, wanted: str) -> str:
        kind = self.document.get(("kind",))
        place: Path_ = ("kind",) if "kind" in self.document.data else ()
        if kind is None and wanted:
            self._note(place, "'kind' is missing", f"add 'kind: {wanted}'")
            return wanted
        if kind not in USER_FOLDERS:
            hint = suggest(str(kind), USER_FOLDERS)
            what = f"there is no kind '{kind}'{hint}" if kind else "'kind' is missing"
            self._note(place, what, f"one of {', '.join(USER_FOLDERS)}")
            refuse(self.mistakes, self.document.file)
        if wanted and kind != wanted:
            self._note(
                place,
                f"a {kind} is not looked for in {USER_FOLDERS[wanted]}/",
                f"move it to {USER_FOLDERS[str(kind)]}/, or write 'kind: {wanted}'",
            )
            return wanted
        return str(kind)

    def _note(self, path: Path_, message: str, remedy: str) -> None:
        self.mistakes.append(self.document.fail(path, message, remedy))

    def _attempt(self, path: Path_, build: Callable[[], Any]) -> Any:
        try:
            return build()
        except XenosimError as error:
            self.mistakes.append(self.document.placed(path, error))
        return None

    def _check_keys(self, path: Path_, allowed: tuple[str, ...]) -> None:
        for key in self.document.get(path) if path else self.document.data:
            if key not in allowed:
                hint = suggest(str(key), allowed)
                self._note(
                    (*path, key), f"unknown key '{key}'{hint}", f"allowed: {', '.join(allowed)}"
                )

    def _text(self, key: str) -> str:
        found = self.document.get((key,))
        return found if isinstance(found, str) else ""

    def _extends(self) -> tuple[str, ...]:
        given = self.document.get(("extends",))
        names = [given] if isinstance(given, str) else given or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            self._note(("extends",), "'extends' is no name", "write the name of a set, or a list")
            names = []
        return tuple(dict.fromkeys([*BASES.get(self.kind, ()), *names]))

    def _inherited(self, parents: tuple[str, ...]) -> tuple[dict[str, Parameter], str]:
        """Values of the sets that are extended, and the mechanism of the last one."""
        values: dict[str, Parameter] = {}
        mechanism = ""
        for parent in parents:
            found = self._attempt(("extends",), partial(load_set, parent))
            if found is None:
                continue
            if found.kind not in (self.kind, *BASES.get(self.kind, ())):
                self._note(
                    ("extends",),
                    f"a {self.kind} cannot extend '{parent}', which is of kind {found.kind}",
                    f"name a {self.kind}; 'xenosim params' lists them",
                )
                continue
            values |= found.values
            mechanism = found.mechanism or mechanism
        return values, mechanism

    def _stated(self) -> dict[str, Parameter]:
        section = self.document.get(("parameters",))
        if section is None and "parameters" in self.document.data:
            return {}
        if not isinstance(section, dict):
            place: Path_ = ("parameters",) if "parameters" in self.document.data else ()
            self._note(place, "'parameters' is no mapping", "write parameters: {NAME: {...}}")
            return {}
        found = {name: self._parameter(name) for name in section}
        return {name: p for name, p in found.items() if p is not None}

    def _parameter(self, name: str) -> Parameter | None:
        """One entry; None if it holds a mistake."""
        path, before = ("parameters", name), len(self.mistakes)
        known = PARAMETERS[self.kind]
        if name not in known:
            others = [kind for kind in PARAMETERS if name in PARAMETERS[kind]]
            of = f", but of a {others[0]}" if others else ""
            self._note(
                path,
                f"'{name}' is not a parameter of a {self.kind}{of}{suggest(name, known)}",
                f"a {self.kind} has {', '.join(known)}" if len(known) < 30 else "correct the name",
            )
            return None
        if not isinstance(self.document.get(path), dict):
            self._note(path, f"'{name}' must say value, unit, status and source", _EXAMPLE)
            return None
        self._check_keys(path, _ENTRY)
        value = self._number((*path, "value"), "value")
        scale = self._attempt((*path, "unit"), lambda: self._scale(name, known[name][0]))
        status, source, note = self._status(path), self._source(path), self._note_of(path)
        if status == "assumed" and not note:
            self._note(path, f"'{name}' is assumed without a note", "add note: why it was chosen")
        limits = self._range(path, value)
        if len(self.mistakes) > before or value is None or source is None:
            return None
        unit = DIMENSIONS[known[name][0]]
        scaled = (limits[0] * scale, limits[1] * scale) if limits else None
        found = Parameter(name, value * scale, unit, status, source, scaled, note)
        return found if self._is_possible(found) else None

    def _number(self, path: Path_, what: str) -> float | None:
        given = self.document.get(path)
        remedy = "write a plain number, e.g. 0.28 or 1.0e+3; its unit stands behind 'unit'"
        if given is None:
            self._note(path, f"'{what}' is missing", remedy)
            return None
        try:
            number = float(given)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            self._note(path, f"'{given}' is not a finite number", remedy)
            return None
        return number

    def _scale(self, name: str, dimension: str) -> float:
        given = self.document.get(("parameters", name, "unit")) or ""
        unit = DIMENSIONS[dimension]
        if not unit:
            if given:
                raise ParameterError(
                    f"'{name}' has no unit", remedy='write unit: "", and 0.4 for 40 %'
                )
            return 1.0
        if not given:
            raise ParameterError(f"'{name}' needs a unit", remedy=f"write e.g. unit: '{unit}'")
        return convert(1.0, str(given), dimension)

    def _status(self, path: Path_) -> str:
        given = self.document.get((*path, "status"))
        if given not in STATUSES:
            what = (
                f"unknown status '{given}'{suggest(str(given), STATUSES)}"
                if given
                else "'status' is missing"
            )
            self._note((*path, "status"), what, f"one of {', '.join(STATUSES)}")
            return ""
        return str(given)

    def _source(self, path: Path_) -> Source | None:
        given, place = self.document.get((*path, "source")), (*path, "source")
        remedy = "write source: 'where it is from', or {bib: a key of references.bib, where: ...}"
        if isinstance(given, str) and given.strip():
            return Source(USER, given)
        if not isinstance(given, dict) or not {"bib", "where"} == set(given):
            self._note(place, "'source' says nothing" if not given else "no source", remedy)
            return None
        if given["bib"] not in references():
            hint = suggest(str(given["bib"]), references())
            self._note(place, f"source '{given['bib']}' is unknown{hint}", remedy)
            return None
        return Source(str(given["bib"]), str(given["where"] or ""))

    def _note_of(self, path: Path_) -> str:
        given = self.document.get((*path, "note"))
        if given is not None and not isinstance(given, str):
            self._note((*path, "note"), "a note is a text", "write it on one line, in quotes")
        return given if isinstance(given, str) else ""

    def _range(self, path: Path_, value: float | None) -> tuple[float, float] | None:
        given, place = self.document.get((*path, "range")), (*path, "range")
        if given is None:
            return None
        ends: list[float] = []
        with suppress(TypeError, ValueError):
            ends = [float(end) for end in given] if isinstance(given, list) else []
        if len(ends) != 2 or not all(map(math.isfinite, ends)) or ends[0] > ends[1]:
            self._note(place, "a range is two numbers, the lower one first", "write [0.5, 2.0]")
            return None
        if value is not None and not ends[0] <= value <= ends[1]:
            self._note(
                place,
                f"{value:g} lies outside its range {ends[0]:g} to {ends[1]:g}",
                "correct the value or the range",
            )
        return ends[0], ends[1]

    def _is_possible(self, p: Parameter) -> bool:
        low, high = possible(self.kind, p.name)
        slack = 1e-9 * max(abs(low), abs(high))
        ends = (p.value, *(p.range or ()))
        if all(low - slack <= end <= high + slack for end in ends):
            return True
        what = "value" if not low - slack <= p.value <= high + slack else "range"
        self._note(
            ("parameters", p.name, what),
            f"the {what} of '{p.name}' cannot be",
            f"it must lie between {low:g} and {high:g} {p.unit}".rstrip(),
        )
        return False

    def _mechanism(self, inherited: str) -> Mechanism | None:
        given = self.document.get(("mechanism",), inherited)
        if self.kind != "drug":
            return None
        found = find_mechanism(str(given))
        if found is None:
            words = [w for m in MECHANISMS.values() for w in (m.name, *m.aliases)]
            self._note(
                ("mechanism",) if "mechanism" in self.document.data else (),
                f"there is no mechanism '{given}'{suggest(str(given), words)}"
                if given
                else "'mechanism' is missing",
                "one of " + "; ".join(f"{m.name}: {m.says}" for m in MECHANISMS.values()),
            )
        return found

    def _drug(
        self, values: dict[str, Parameter], mechanism: Mechanism | None
    ) -> dict[str, Parameter]:
        """Values of a drug with what follows from others; what is missing is a mistake."""
        asked = self.document.get(("parameters",))
        stated = set(values) | set(asked if isinstance(asked, dict) else ())
        for what, why in missing_of_drug(stated):
            self._note((), f"'{what}' is missing", f"add it under parameters: {why}")
        if mechanism is not None:
            self._check_mechanism(stated, values, mechanism)
        return values if self.mistakes else with_defaults(values, self.name)

    def _check_mechanism(
        self, stated: set[str], values: dict[str, Parameter], mechanism: Mechanism
    ) -> None:
        for entry in mechanism.needs:
            if not any(stated.issuperset(names) for names in entry):
                ways = ", or ".join(" and ".join(names) for names in entry)
                self._note(
                    (),
                    f"a drug of mechanism {mechanism.name} needs {ways}",
                    f"add it under parameters; it {mechanism.says}",
                )
        own = set(mechanism.parameters)
        others = {n for m in MECHANISMS.values() for n in m.parameters} - own
        for name in sorted(others & stated):
            if name in (self.document.get(("parameters",)) or {}):
                self._note(
                    ("parameters", name),
                    f"'{name}' is no parameter of mechanism {mechanism.name}",
                    f"remove it, or name another mechanism; this one has {', '.join(sorted(own))}",
                )
            else:
                values.pop(name, None)
        for misfit in find_misfits({name: p.value for name, p in values.items()}):
            in_file = misfit.parameter in (self.document.get(("parameters",)) or {})
            place = ("parameters", misfit.parameter) if in_file else ()
            self._note(place, misfit.message, misfit.remedy)

    def _check_order(self, values: dict[str, Parameter]) -> None:
        for low, high in ORDERED:
            if low in values and high in values and values[low].value > values[high].value:
                self._note(
                    ("parameters", low if low in self.document.data["parameters"] else high),
                    f"'{low}' {values[low].stated} is above '{high}' {values[high].stated}",
                    "lower the one or raise the other",
                )


def missing_of_drug(stated: set[str]) -> list[tuple[str, str]]:
    """Parameters that a drug of which these are ``stated`` lacks, and what they are for.

    Examples
    --------
    >>> missing_of_drug({"molar_mass", "cl", "v1", "fu", "q2"})
    [('v2', 'q2 is exchange with that compartment')]
    """
    found = [
        (name, PARAMETERS["drug"][name][1])
        for name in ("molar_mass", "cl", "v1", "fu")
        if name not in stated
    ]
    for q, v in (("q2", "v2"), ("q3", "v3")):
        if (q in stated) != (v in stated):
            found.append(
                (v, f"{q} is exchange with that compartment")
                if q in stated
                else (q, f"exchange with {v}")
            )
    if "q3" in stated and "q2" not in stated:
        found.append(("q2", "a third compartment comes after a second"))
    for route in ("po", "sc", "ip"):
        ka, f = f"ka_{route}", f"f_{route}"
        if (ka in stated) != (f in stated):
            lacking = f if ka in stated else ka
            found.append((lacking, f"a dose {route.upper()} needs {ka} and {f}"))
    return found


def with_defaults(values: dict[str, Parameter], name: str) -> dict[str, Parameter]:
    """A drug with its salt factor and free fraction in medium, where the file leaves them out."""
    found = dict(values)
    if "salt_factor" not in found:
        source = Source(USER, "no salt is stated")
        found["salt_factor"] = Parameter(
            "salt_factor", 1.0, "", "derived", source, None, f"dosed as {name}"
        )
    if "fu_medium" not in found:
        fu = found["fu"].value
        note = "linear binding diluted tenfold, 1/(1 + 0.1 (1/fu - 1)), with 10 % serum"
        found["fu_medium"] = Parameter(
            "fu_medium",
            1.0 / (1.0 + 0.1 * (1.0 / fu - 1.0)),
            "",
            "derived",
            Source(USER, "from fu"),
            None,
            note,
        )
    return found
