"""Dosing rules of a scenario, from text: ``when`` and ``then`` of each, every mistake named."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import partial
from typing import Any

from xenosim.errors import RegimenError, ScenarioError, UnitError, suggest
from xenosim.pharmacology.dose import Dose, check_route, check_substance
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.document import Path_
from xenosim.scenario.protocol import (
    ESCALATE,
    HOLD,
    LARGEST_LEVEL,
    LEAST_LEVEL,
    QUANTITIES,
    REDUCE,
    RESUME,
    START,
    STOP,
    SWITCH,
    Action,
    Condition,
    DosingRule,
)
from xenosim.scenario.values import Unusable, Values
from xenosim.units import quantity

#: Most rules of an arm, and measurements in a row that one may ask for.
MOST_RULES, MOST_MEASUREMENTS = 50, 100
#: Longest text of a condition [letters].
LONGEST = 1000
#: What the simulator knows and nobody in the animal room measures.
NOT_MEASURED = (
    "plasma_concentration",
    "concentration",
    "occupancy",
    "tumor_occupancy",
    "blood_occupancy",
    "load",
    "stress",
    "n_cells",
    "n_agents",
    "n_resistant",
    "resistant_fraction",
    "oxygen",
    "true_volume",
    "platelets",
    "neutrophils",
)
_WHEN = 'write e.g. when: "body_weight_loss > 15 %", or with "for 2 measurements"'
_THEN = (
    "write hold, resume, resume at 75 %, reduce to 50 %, reduce by 25 %, escalate to 125 %, start,"
    " stop or 'switch to' and a regimen; with dose_levels also reduce, escalate, resume reduced"
)
_SPELLED = {"rtv": "relative_tumor_volume", "weight_loss": "body_weight_loss"}
_SIGNS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">="}
_FOR = re.compile(r"\s+for\s+(\d{1,4})\s+(?:consecutive\s+)?measurements?\s*$", re.IGNORECASE)
_COMPARISON = re.compile(r"^\s*([A-Za-z][\w ]*?)\s*(<=|>=|=<|=>|≤|≥|<|>|==?|!=)\s*(.*?)\s*$")
_LEVEL = re.compile(r"^(resume|reduce|escalate)\s+(at|to|by)\s+(.+)$", re.IGNORECASE)
_SWITCH = re.compile(r"^switch\s+to\s+(.+)$", re.IGNORECASE | re.DOTALL)
#: Actions of one or two words: their kind and steps along the dose levels.
_PLAIN = {
    "hold": (HOLD, 0),
    "resume": (RESUME, 0),
    "resume reduced": (RESUME, -1),
    "reduce": (REDUCE, -1),
    "escalate": (ESCALATE, 1),
    "start": (START, 0),
    "stop": (STOP, 0),
}


def read_rules(values: Values, path: Path_, arm: str = "") -> tuple[DosingRule, ...]:
    """The rules that stand at ``path`` of a file; of an ``arm``, or of the study.

    Raises
    ------
    Unusable
        Mistakes were found; each is among those of ``values``.
    """
    given = values.document.get(path)
    if given is None or given == "none":
        return ()
    fail = values.document.fail
    if not isinstance(given, list) or len(given) > MOST_RULES:
        remedy = f"write at most {MOST_RULES}: - {{when: ..., then: ...}}; or none"
        raise fail(path, "rules are a list", remedy)
    found = [
        values.attempt(partial(_rule, values, (*path, str(k)), rule, arm))
        for k, rule in enumerate(given)
    ]
    if None in found:
        raise Unusable
    return tuple(rule for rule in found if rule is not None)


def _rule(values: Values, path: Path_, given: Any, arm: str) -> DosingRule:
    fail = values.document.fail
    if not isinstance(given, dict):
        raise fail(path, f"rule '{given}' is no mapping", "write {when: ..., then: ...}")
    for key in given:
        if key not in ("when", "then"):
            hint = suggest(str(key), ("when", "then"))
            raise fail(path, f"unknown key '{key}' of a rule{hint}", "a rule has when and then")
    for key in ("when", "then"):
        if not isinstance(given.get(key), str) or not given[key].strip():
            raise fail(path, f"the rule has no '{key}'", _WHEN if key == "when" else _THEN)
    when, then = (" ".join(given[key].split()) for key in ("when", "then"))
    whens = values.attempt(partial(_placed, values, (*path, "when"), partial(read_when, when)))
    drug = (values.get("arms.*.drug", arm) if arm else None) or values.get("drug")
    do = partial(read_then, then, drug)
    action = values.attempt(partial(_placed, values, (*path, "then"), do))
    if whens is None or action is None:
        raise Unusable
    return DosingRule(
        when=when, then=then, conditions=whens[0], measurements=whens[1], action=action
    )


def _placed(values: Values, path: Path_, read: Any) -> Any:
    try:
        return read()
    except (ScenarioError, RegimenError, UnitError) as error:
        raise values.document.placed(path, error) from error


def read_when(text: str) -> tuple[tuple[Condition, ...], int]:
    """The conditions of a text, and at how many measurements in a row they must hold.

    Raises
    ------
    ScenarioError, UnitError
        Not understood, not measured, or a number without its unit.

    Examples
    --------
    >>> conditions, measurements = read_when("body weight loss < 10 % for 2 measurements")
    >>> str(conditions[0]), measurements
    ('body_weight_loss < 10 %', 2)
    """
    if len(text) > LONGEST:
        raise ScenarioError(f"a condition of {len(text)} letters", remedy=_WHEN)
    measurements, found = 1, _FOR.search(text)
    if found:
        measurements, text = int(found[1]), text[: found.start()]
        if not 1 <= measurements <= MOST_MEASUREMENTS:
            raise ScenarioError(
                f"'for {measurements} measurements'",
                remedy=f"write 1 to {MOST_MEASUREMENTS} measurements",
            )
    parts = re.split(r"\s+and\s+", text, flags=re.IGNORECASE)
    return tuple(map(_condition, parts)), measurements


def _condition(text: str) -> Condition:
    match = _COMPARISON.match(text)
    if _FOR.search(text):
        raise ScenarioError(
            f"'{text.strip()}': measurements in a row are those of the whole rule",
            remedy="write 'for N measurements' once, at the end",
        )
    if not match:
        raise ScenarioError(f"'{text.strip()}' is no comparison", remedy=_WHEN)
    name, sign = match[1].strip().lower().replace(" ", "_"), _SIGNS.get(match[2], match[2])
    name = _SPELLED.get(name, name)
    if name not in QUANTITIES:
        known = f"rules are about what is measured: {', '.join(QUANTITIES)}"
        if name in NOT_MEASURED:
            raise ScenarioError(f"'{name}' is not measured in a study", remedy=known)
        hint = suggest(name, (*QUANTITIES, *_SPELLED))
        raise ScenarioError(f"unknown quantity '{match[1].strip()}'{hint}", remedy=known)
    if sign not in ("<", "<=", ">", ">="):
        raise ScenarioError(
            f"'{text.strip()}': readings are never exactly equal", remedy="write <, <=, > or >="
        )
    return Condition(quantity=name, sign=sign, value=_value(name, match[3]))


def _value(name: str, text: str) -> float:
    """A value of a quantity in its internal unit; a share needs its sign, a day no unit."""
    known = QUANTITIES[name]
    if known.dimension == "fraction" and not text.endswith("%"):
        raise UnitError(f"'{text}' has no unit", remedy=f"write e.g. '{name} > {known.example}'")
    if name == "day" and re.fullmatch(r"[\d.]+", text):
        text = f"{text} day"
    remedy = f"write e.g. '{name} > {known.example}'"
    try:
        value = quantity(text, known.dimension)
    except UnitError as error:
        raise UnitError(error.message, remedy=remedy) from error
    if not math.isfinite(value):
        raise UnitError(f"'{text}' is not a finite number", remedy=remedy)
    return value


def read_then(text: str, drug: str | None = None) -> Action:
    """What a text says that is done; ``drug`` of a regimen that names none.

    Raises
    ------
    ScenarioError, RegimenError, UnitError
        Not understood, or a level without its unit.

    Examples
    --------
    >>> read_then("resume at 75 %").level, read_then("reduce by 25 %").factor
    (0.75, 0.75)
    """
    words = text.strip().lower()
    if words in _PLAIN:
        kind, steps = _PLAIN[words]
        return Action(kind=kind, steps=steps)
    if match := _SWITCH.match(text.strip()):
        return Action(kind=SWITCH, doses=_regimen(match[1], drug))
    match = _LEVEL.match(text.strip())
    first = words.split()[0]
    kinds = ("hold", "resume", "reduce", "escalate", "start", "stop", "switch")
    if not match:
        hint = "" if first in kinds else suggest(first, kinds)
        raise ScenarioError(f"'{text}' is nothing that a rule can do{hint}", remedy=_THEN)
    kind, how, share = match[1].lower(), match[2].lower(), _share(match[3])
    if (how == "at") != (kind == RESUME):
        raise ScenarioError(f"'{text}' is nothing that a rule can do", remedy=_THEN)
    if how == "by":
        factor = 1.0 - share if kind == REDUCE else 1.0 + share
        if not 0.0 < factor <= LARGEST_LEVEL or share <= 0.0:
            raise ScenarioError(f"'{text}' is out of range", remedy="write e.g. reduce by 25 %")
        return Action(kind=kind, factor=factor)
    if not LEAST_LEVEL <= share <= LARGEST_LEVEL:
        raise ScenarioError(
            f"'{text}' is out of range",
            remedy=f"levels lie between {100 * LEAST_LEVEL:g} and {100 * LARGEST_LEVEL:g} % of the"
            " planned dose; write stop to give no more",
        )
    return Action(kind=kind, level=share)


def _share(text: str) -> float:
    if not text.rstrip().endswith("%"):
        raise UnitError(f"'{text}' has no unit", remedy="write per cent of the dose, e.g. 75 %")
    return quantity(text, "fraction")


def _regimen(text: str, drug: str | None) -> tuple[Dose, ...]:
    """A regimen that begins on the day of the decision."""
    doses = parse_regimen(text.strip().strip("'\""), default_drug=drug, day_of_first_dose=0)
    for dose in doses:
        check_substance(dose)
        check_route(dose)
    if not doses:
        raise RegimenError("a switch to no regimen", remedy="write stop")
    return tuple(replace(dose, extra=()) for dose in doses)
