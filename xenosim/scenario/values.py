"""The values of a scenario's keys: each read once, by its entry in the table of keys. Mistakes are
collected, so that one look at a file finds all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from typing import Any, TypeVar

from xenosim.errors import ParameterError, ScenarioError, XenosimError, suggest
from xenosim.parameters.lines import find_line
from xenosim.parameters.load import ParameterSet, available, find_strain, load_set
from xenosim.scenario.document import Document, refuse
from xenosim.scenario.keys import BY_NAME, Key, Kind, Path_, children, is_section
from xenosim.scenario.schema import Override
from xenosim.scenario.sets import TUMOR, layered_values, overridden, place_of, set_called, tumor_set
from xenosim.units import DIMENSIONS, quantity

T = TypeVar("T")
#: Longest study [day].
LAST_DAY = 365


class Unusable(Exception):
    """A value was asked for in which a mistake was found already."""


class Values:
    """What a file says, key by key, with defaults filled in.

    Parameters
    ----------
    document : Document
        The file.

    ``mistakes``: errors found so far.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.mistakes: list[XenosimError] = []
        self._values: dict[Path_, Any] = {}
        self._broken: set[Path_] = set()
        self._parts: dict[Callable[[Values], Any], Any] = {}
        self._read_section((), ())

    def _read_section(self, path: Path_, pattern: Path_) -> None:
        """Read every key below ``path``, which the table calls ``pattern``."""
        allowed = children(pattern)
        section = self.document.get(path) if path else self.document.data
        if not isinstance(section, dict):
            self._refuse(
                path, f"'{path[-1]}' must be a mapping", f"its keys are {', '.join(allowed)}"
            )
            return
        for name in section:
            if "*" in allowed:
                # What is empty is named by the rule for arms, with the remedy for arms.
                if section[name]:
                    self._read_section((*path, name), (*pattern, "*"))
            elif name in allowed:
                self._read_key((*path, name), (*pattern, name))
            else:
                self._refuse_name(path, name, allowed)

    def _refuse_name(self, path: Path_, name: str, allowed: tuple[str, ...]) -> None:
        hint = suggest(str(name), allowed)
        self._refuse(
            (*path, name), f"unknown key '{name}'{hint}", f"allowed here: {', '.join(allowed)}"
        )
        # What was meant is not missing.
        self._broken |= {(*path, meant) for meant in allowed if f"'{meant}'" in hint}

    def _read_key(self, path: Path_, pattern: Path_) -> None:
        given = self.document.get(path)
        key = BY_NAME.get(".".join(pattern))
        if given is None and pattern != ("arms",):
            self._refuse(path, f"'{path[-1]}' is empty", "write a value, or remove the key")
        elif is_section(pattern) and (key is None or isinstance(given, dict)):
            if pattern != ("arms",) or (isinstance(given, dict) and given):
                self._read_section(path, pattern)
        elif key is not None:
            value = self._attempt_at(path, lambda: (read_value(key, given),))
            if value is None:
                self._broken.add(path)
            else:
                self._values[path] = value[0]

    def _refuse(self, path: Path_, message: str, remedy: str) -> None:
        self._broken.add(path)
        self.mistakes.append(self.document.fail(path, message, remedy))

    def path(self, name: str, arm: str = "") -> Path_:
        """Sections and key of a name; ``*`` is the arm."""
        return tuple(arm if part == "*" else part for part in name.split("."))

    def stated(self, name: str, arm: str = "") -> bool:
        """Whether the file says something behind a key or a section."""
        return self.document.get(self.path(name, arm)) is not None

    def fail(self, name: str, message: str, remedy: str, arm: str = "") -> ScenarioError:
        """An error that points at a key."""
        return self.document.fail(self.path(name, arm), message, remedy)

    def get(self, name: str, arm: str = "") -> Any:
        """The value of a key, or its default; None where it has none.

        Raises
        ------
        Unusable
            A mistake was found there.
        ScenarioError
            A key that a scenario must state is missing.
        """
        path, key = self.path(name, arm), BY_NAME[name]
        if any(path[:depth] in self._broken for depth in range(1, len(path) + 1)):
            raise Unusable
        if path in self._values:
            return self._values[path]
        if key.default_of:
            source, parameter = key.default_of.split(".")
            known = self.parameters(source).values
            if parameter in known:
                number = known[parameter].value
                return round(number) if key.kind is Kind.WHOLE else number
        if key.default and all(map(self._any_stated, key.default_with)):
            return read_value(key, key.default)
        if key.required or key.default:
            # It is one mistake, however many ask for it.
            self._broken.add(path)
            raise self.missing(name)
        return None

    def _any_stated(self, names: str) -> bool:
        return any(map(self.stated, names.split()))

    def missing(self, name: str) -> ScenarioError:
        """The error of a key that must be stated."""
        path, key = self.path(name), BY_NAME[name]
        known = f"one of {', '.join(available(key.known))}" if key.known else ""
        if key.default_with:
            known += "; or state 'line' and 'tumor.growth'"
        return self.document.fail(
            path[:-1] or path, f"'{name}' is missing", known or f"write e.g. {key.example}"
        )

    def parameters(self, source: str) -> ParameterSet:
        """The parameters that give defaults: of model, site or strain, as the file states them."""
        found = load_set(self.get({"strain": "animals.strain"}.get(source, source)))
        return overridden(found, self.overrides.values(), *TUMOR, found.name)

    def tumor_parameters(self) -> ParameterSet:
        """The parameters of the tumors, as the file states them."""
        return overridden(self._tumor_set(), self.overrides.values(), *TUMOR)

    def _tumor_set(self) -> ParameterSet:
        line = self.get("line")
        try:
            name = find_line(line).name if line else ""
        except ParameterError as error:
            # The rule for lines names it.
            raise Unusable from error
        return tumor_set(self.get("model"), self.get("site"), name)

    @cached_property
    def overrides(self) -> dict[Path_, Override]:
        """What the file states of parameters, by place; mistakes are left out."""
        section = self.document.get(("parameters",))
        found: dict[Path_, Override] = {}
        for name, entries in section.items() if isinstance(section, dict) else ():
            shipped = self._attempt_at(("parameters", name), partial(_stated_set, name, entries))
            if shipped is None:
                continue
            for key, given in entries.items():
                place = ("parameters", name, key)
                override = self._attempt_at(place, partial(self._override, shipped, key, given))
                if override is not None:
                    found[place] = override
        return found

    def _override(self, shipped: ParameterSet, name: str, given: Any) -> Override:
        """One parameter of a shipped set, within the limits that it has in this scenario."""
        if given is None:
            raise ScenarioError(f"'{name}' is empty", remedy="write a value, or remove the key")
        base = shipped
        with suppress(Unusable):
            base = layered_values(shipped, self._tumor_set())
        value = base.with_overrides({name: given}).values[name].stated
        place = place_of(shipped, name)
        return Override(self.get("animals.strain") if place == "mouse" else place, name, value)

    def part(self, build: Callable[[Values], T]) -> T:
        """What a rule makes of the values, made once.

        Raises
        ------
        Unusable
            The rule found a mistake, now or before, or met one.
        """
        if build not in self._parts:
            self._parts[build] = self.attempt(lambda: (build(self),))
        found = self._parts[build]
        if found is None:
            raise Unusable
        return found[0]

    def attempt(self, build: Callable[[], T]) -> T | None:
        """What ``build`` gives, or None: its mistake is among the mistakes then."""
        with suppress(Unusable):
            try:
                return build()
            except XenosimError as error:
                self.mistakes.append(error)
        return None

    def _attempt_at(self, path: Path_, build: Callable[[], T]) -> T | None:
        """What :meth:`attempt` gives; the mistake is one at ``path``."""
        with suppress(Unusable):
            try:
                return build()
            except XenosimError as error:
                self.mistakes.append(self.document.placed(path, error))
        return None

    def refuse_mistakes(self) -> None:
        """Raise what was found."""
        refuse(self.mistakes, self.document.file)


def _stated_set(name: str, entries: Any) -> ParameterSet:
    """The shipped set of a name below ``parameters``, whose values are ``entries``."""
    shipped = set_called(name)
    if not isinstance(entries, dict):
        raise ScenarioError(
            f"'{name}' must be a mapping",
            remedy=f"write its parameters and their values; see 'xenosim params {name}'",
        )
    return shipped


def read_value(key: Key, given: Any) -> Any:
    """The value of one key in internal units.

    Raises
    ------
    XenosimError
        Without a place, which the caller knows.

    Examples
    --------
    >>> read_value(BY_NAME["time_step"], "30 min")
    0.5
    """
    return _READERS[key.kind](key, given)


def _text(key: Key, given: Any) -> str:
    return str(given)


def _texts(key: Key, given: Any) -> list[str]:
    return [str(text) for text in given] if isinstance(given, list) else [str(given)]


def _name(key: Key, given: Any) -> str:
    name, known = str(given), available(key.known)
    if key.known == "mouse":
        return find_strain(name)
    if name not in known:
        raise ScenarioError(
            f"there is no {key.known} '{name}'{suggest(name, known)}",
            remedy=f"known: {', '.join(known)}",
        )
    return name


def _choice(key: Key, given: Any) -> str:
    if str(given) not in key.choices:
        raise ScenarioError(
            f"unknown {key.path[-1]} '{given}'{suggest(str(given), key.choices)}",
            remedy=f"one of {', '.join(key.choices)}",
        )
    return str(given)


def _quantity(key: Key, given: Any) -> float | str:
    if given in key.choices:
        return str(given)
    number = quantity(given, key.unit)
    low, high = key.range or (-math.inf, None)
    if low <= number <= (math.inf if high is None else high):
        return number
    percent = not DIMENSIONS[key.unit] and str(given).rstrip().endswith("%")
    unit = " %" if percent else f" {DIMENSIONS[key.unit]}".rstrip()
    scale = 100.0 if percent else 1.0
    raise ScenarioError(
        f"{given} is out of range",
        remedy=f"it must lie between {scale * low:g} and {scale * high:g}{unit}"
        if high is not None
        else f"it must be at least {scale * low:g}{unit}",
    )


def _whole(key: Key, given: Any) -> int:
    low, high = key.range or (0, None)
    if not re.fullmatch(r"-?\d{1,12}", str(given)) or not low <= int(given) <= (high or low):
        raise ScenarioError(
            f"'{key.path[-1]}' is {given}", remedy=f"write a whole number from {low} to {high}"
        )
    return int(given)


def _switch(key: Key, given: Any) -> bool:
    word = str(given).lower()
    if word not in ("true", "false"):
        raise ScenarioError(f"'{key.path[-1]}' is {word}", remedy="write true or false")
    return word == "true"


def _days(key: Key, given: Any) -> tuple[float, ...]:
    remedy = 'write "0..30 by 3" or a list such as [0, 3, 7]'
    try:
        days = _listed_days(given)
    except (ValueError, TypeError) as error:
        raise ScenarioError(f"'{given}' is not a list of days", remedy=remedy) from error
    rising = days == sorted(set(days)) and all(map(math.isfinite, days))
    if not days or not rising or days[0] != 0 or days[-1] > LAST_DAY:
        raise ScenarioError(
            f"'{given}': days must rise from 0 to at most {LAST_DAY}",
            remedy="day 0, the baseline before the first dose, comes first",
        )
    if len(days) < 2:
        raise ScenarioError("a study needs a day after day 0", remedy=remedy)
    return tuple(days)


def _listed_days(given: Any) -> list[float]:
    """Days of a list, of "0..30 by 3" or of "0, 3, 7"."""
    if isinstance(given, list):
        return [float(day) for day in given]
    span = re.fullmatch(r"\s*(\d{1,4})\s*\.\.\s*(\d{1,4})(?:\s+by\s+(\d{1,4}))?\s*", str(given))
    if span:
        return [float(day) for day in range(int(span[1]), int(span[2]) + 1, int(span[3] or 1))]
    return [float(day) for day in str(given).split(",")]


def _as_is(key: Key, given: Any) -> Any:
    return given


def _sets(key: Key, given: Any) -> Any:
    if not isinstance(given, dict):
        raise ScenarioError(
            f"'{key.path[-1]}' must be a mapping", remedy=f"write e.g. {key.name}: {key.example}"
        )
    return given


_READERS: dict[Kind, Callable[[Key, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.TEXTS: _texts,
    Kind.NAME: _name,
    Kind.CHOICE: _choice,
    Kind.QUANTITY: _quantity,
    Kind.WHOLE: _whole,
    Kind.SWITCH: _switch,
    Kind.DAYS: _days,
    Kind.FILE: _text,
    Kind.MAP: _as_is,
    Kind.SETS: _sets,
    Kind.MODELS: _as_is,
    Kind.RULES: _as_is,
}
