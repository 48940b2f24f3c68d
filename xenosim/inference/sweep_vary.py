"""What a sweep varies: ``--vary "dose=1..20 mg/kg by log 8"`` as values, each checked.

An axis is a word for the regimen of the treated arms (dose, interval, route, delay;
``dose.DRUG`` of one of several drugs), a key of the scenario, or a parameter, ``SET.NAME``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xenosim.errors import ScenarioError, UnitError, XenosimError, suggest
from xenosim.parameters.schema import PARAMETERS
from xenosim.pharmacology.dose import Route
from xenosim.scenario.keys import BY_NAME, Key, Kind
from xenosim.scenario.library import with_its_sets
from xenosim.scenario.schema import Scenario
from xenosim.scenario.sets import known_sets, set_called
from xenosim.units import DIMENSIONS, quantity

#: Words for regimens and their dimension; "" of what is named.
WORDS = {"dose": "dose", "interval": "duration_days", "delay": "duration_days", "route": ""}
#: Keys that say nothing of what a drug does to a tumor, and why.
WITHOUT_EFFECT = {
    "title": "it is a name",
    "published": "it is a text",
    "engine": "points are radial twins",
    "replicates": "a point has animals of its own: --animals",
    "animals.per_arm": "a point has animals of its own: --animals",
    "population": "nothing is simulated beside a point",
    "ensemble": "nothing is simulated beside a point",
    "ensemble_from": "nothing is simulated beside a point",
    "models": "a panel has no points",
    "measure.error": "volumes of a point are true ones",
    "measure.formula": "volumes of a point are true ones",
    "tumor.resolution": "points are radial twins",
}
_DIGITS = r"[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?"
_SPAN = re.compile(
    rf"^(?P<low>{_DIGITS})\s*(?P<unit_low>[^\d.\s][^\s.]*)?\s*\.\.\s*(?P<high>{_DIGITS})\s*"
    r"(?P<unit>(?!by\b)[^\d\s]\S*)?\s*(?:by\s+(?P<log>log\s+)?(?P<count>\d{1,4}))?$"
)
_NUMBER = re.compile(rf"^({_DIGITS})\s*(\S.*)?$")
_REMEDY = 'write e.g. --vary "dose=1..20 mg/kg by log 8" or --vary "interval=1,2,3,7 d"'
#: Points of a range that does not say how many.
COUNT = 5


@dataclass(frozen=True)
class Axis:
    """One thing that is varied: its ``name``; ``kind``, "word", "key" or "parameter"; the texts of
    its ``values`` and their ``numbers``, none where they are names, in ``unit``; ``log`` spacing;
    ``span``: whether it was given by its ends.
    """

    name: str
    kind: str
    values: tuple[str, ...]
    numbers: tuple[float, ...]
    unit: str
    log: bool
    span: bool

    @property
    def column(self) -> str:
        """Heading of its column in a table."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def key(self) -> str:
        """The key of a scenario that states it."""
        name = self.name.removeprefix("parameters.")
        return f"parameters.{name}" if self.kind == "parameter" else name

    def at(self, share: float) -> tuple[str, float | None]:
        """Text and number at a ``share`` between its ends [-]; of listed values the one there."""
        if not self.span:
            k = min(int(share * len(self.values)), len(self.values) - 1)
            return self.values[k], self.numbers[k] if self.numbers else None
        low, high = self.numbers[0], self.numbers[-1]
        number = low * (high / low) ** share if self.log else low + share * (high - low)
        return _written(number, self.unit), float(f"{number:.6g}")


def parse_axes(texts: Sequence[str]) -> tuple[Axis, ...]:
    """The axes of all ``--vary``; every mistake is in the error.

    Raises
    ------
    ScenarioError
        Nothing is varied, twice the same, or what an axis cannot be.

    Examples
    --------
    >>> [axis.values for axis in parse_axes(["interval=1,7 d", "dose=1..4 mg/kg by log 3"])]
    [('1 d', '7 d'), ('1 mg/kg', '2 mg/kg', '4 mg/kg')]
    """
    if not texts:
        raise ScenarioError("nothing is varied", where="--vary", remedy=_REMEDY)
    found: list[Axis] = []
    mistakes: list[XenosimError] = []
    for text in texts:
        try:
            axis = parse_axis(text)
            if axis.name in [other.name for other in found]:
                raise ScenarioError(
                    f"'{axis.name}' is varied twice", where="--vary", remedy="keep one of them"
                )
            found.append(axis)
        except XenosimError as error:
            mistakes.append(error)
    refuse(mistakes)
    return tuple(found)


@with_its_sets
def axes_of(scenario: Scenario, texts: Sequence[str]) -> tuple[Axis, ...]:
    """As :func:`parse_axes`, where the sets of a scenario's parameter files are known too."""
    return parse_axes(texts)


def refuse(mistakes: Sequence[XenosimError]) -> None:
    """Raise what was found: one mistake as it is, several in one error that lists all."""
    listed = list(dict.fromkeys(map(str, mistakes)))
    if len(listed) == 1:
        raise mistakes[0]
    if listed:
        raise ScenarioError(
            f"{len(listed)} mistakes\n\n" + "\n".join(f"  {line}" for line in listed) + "\n",
            remedy="mend them all",
        )


def parse_axis(text: str) -> Axis:
    """One axis, "NAME=VALUES".

    Raises
    ------
    XenosimError
        An unknown name, another dimension, or values that cannot be.
    """
    name, equals, given = (part.strip() for part in text.partition("="))
    where = f"--vary {text}"
    if not equals or not given:
        raise ScenarioError(f"'{text}' is not NAME=VALUES", where="--vary", remedy=_REMEDY)
    kind, dimension = _named(name, where)
    span = _SPAN.match(given)
    if span and dimension is not None:
        return _spanned(name, kind, span, dimension, where)
    if ".." in given:
        raise ScenarioError(
            f"'{given}' is not a range",
            where=where,
            remedy=f"{name} has no numbers: list its values"
            if dimension is None
            else "write e.g. 1..20 mg/kg by log 8, with numbers and one unit",
        )
    return _listed(name, kind, given, dimension, where)


def _named(name: str, where: str) -> tuple[str, str | None]:
    """What kind of thing is varied, and its dimension; None where it is named, not measured."""
    word = name.partition(".")[0]
    if word in WORDS:
        return "word", WORDS[word] or None
    if name in WITHOUT_EFFECT:
        raise ScenarioError(
            f"'{name}' makes no difference between points: {WITHOUT_EFFECT[name]}",
            where=where,
            remedy="vary something else",
        )
    if name in BY_NAME and "*" not in name and not name.startswith("parameters"):
        return "key", _dimension_of(BY_NAME[name])
    name = name.removeprefix("parameters.")
    of_set, dot, parameter = name.partition(".")
    if dot and of_set in known_sets():
        shipped = set_called(of_set)
        if parameter in shipped.values:
            return "parameter", PARAMETERS[shipped.kind][parameter][0]
        raise ScenarioError(
            f"'{parameter}' is not a parameter of '{of_set}'{suggest(parameter, shipped.values)}",
            where=where,
            remedy=f"see 'xenosim params {of_set}'",
        )
    raise ScenarioError(
        f"'{name}' cannot be varied{suggest(name, (*WORDS, *BY_NAME))}",
        where=where,
        remedy=f"name {', '.join(WORDS)}, a key such as tumor.start_volume, or a parameter such as"
        " cell.load_mean",
    )


def _dimension_of(key: Key) -> str | None:
    if key.kind is Kind.QUANTITY:
        return key.unit
    return "dimensionless" if key.kind is Kind.WHOLE else None


def _spanned(name: str, kind: str, span: re.Match[str], dimension: str, where: str) -> Axis:
    """The values of a range."""
    unit = span["unit"] or span["unit_low"] or ""
    if span["unit_low"] and span["unit"] and span["unit_low"] != span["unit"]:
        raise ScenarioError(
            f"two units, {span['unit_low']} and {span['unit']}", where=where, remedy="write one"
        )
    ends = []
    for end in (span["low"], span["high"]):
        _check_quantity(f"{end} {unit}", dimension, where)
        ends.append(float(end))
    low, high = ends
    count, log = int(span["count"] or COUNT), bool(span["log"])
    if not low < high:
        raise ScenarioError(
            f"a range from {low:g} to {high:g}", where=where, remedy="write the lower end first"
        )
    if log and low <= 0:
        raise ScenarioError(
            f"a logarithmic range from {low:g}", where=where, remedy="begin above 0, or leave 'log'"
        )
    if count < 2:
        raise ScenarioError("a range of one value", where=where, remedy="write e.g. 'by 5'")
    numbers = np.geomspace(low, high, count) if log else np.linspace(low, high, count)
    if name in BY_NAME and BY_NAME[name].kind is Kind.WHOLE:
        numbers = np.unique(np.round(numbers))
    told = tuple(float(f"{number:.6g}") for number in numbers)
    return Axis(name, kind, tuple(_written(n, unit) for n in told), told, unit, log, True)


def _listed(name: str, kind: str, given: str, dimension: str | None, where: str) -> Axis:
    """The values of a list; one unit may stand behind the last."""
    items = [item.strip() for item in given.split(",")]
    if not all(items):
        raise ScenarioError(f"'{given}' has an empty value", where=where, remedy=_REMEDY)
    if dimension is None:
        if len(set(items)) < len(items):
            raise ScenarioError(
                f"'{given}' names a value twice", where=where, remedy="name it once"
            )
        if name.partition(".")[0] == "route":
            items = [item.upper() for item in items]
            for item in items:
                if item not in tuple(Route):
                    raise ScenarioError(
                        f"'{item}' is not a route", where=where, remedy=f"use {', '.join(Route)}"
                    )
        return Axis(name, kind, tuple(items), (), "", False, False)
    last = _NUMBER.match(items[-1])
    unit = (last[2] or "") if last else ""
    numbers, texts = [], []
    for item in items:
        match = _NUMBER.match(item)
        if match is None:
            raise ScenarioError(f"'{item}' is not a number", where=where, remedy=_REMEDY)
        own = match[2] or unit
        if own != unit:
            raise ScenarioError(
                f"two units, {own} and {unit}", where=where, remedy="write one unit, at the end"
            )
        _check_quantity(f"{match[1]} {unit}", dimension, where)
        numbers.append(float(match[1]))
        texts.append(_written(float(match[1]), unit))
    if len(set(numbers)) < len(numbers):
        raise ScenarioError(f"'{given}' names a value twice", where=where, remedy="name it once")
    return Axis(name, kind, tuple(texts), tuple(numbers), unit, False, False)


def _check_quantity(text: str, dimension: str, where: str) -> None:
    """Refuse what has another dimension, or no unit where one is needed."""
    try:
        number = quantity(text.strip(), dimension)
    except UnitError as error:
        unit = DIMENSIONS[dimension]
        raise ScenarioError(
            error.message, where=where, remedy=error.remedy or f"write it in {unit}"
        ) from error
    if not math.isfinite(number):
        raise ScenarioError(f"{text} is no number", where=where, remedy=_REMEDY)


def _written(number: float, unit: str) -> str:
    """A value as a scenario states it."""
    return f"{number:.6g} {unit}".rstrip()
