"""The models of a panel: ``models:`` of a scenario, named one by one or drawn from a class."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from statistics import NormalDist
from typing import Any

from xenosim.errors import ParameterError, ScenarioError, XenosimError, suggest
from xenosim.parameters.lines import find_line, lines
from xenosim.parameters.load import available, load_set
from xenosim.scenario.keys import BY_NAME
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Override, PanelModel, Scenario
from xenosim.scenario.values import Values, read_value

#: Keys of an entry.
KEYS = ("name", "model", "line", "class", "count", "load_spread", "load_ratio", "doubling_time")
#: Most models of a panel [-], and limits of a spread and a ratio of loads [-].
MOST, SPREAD, RATIO = 200, (0.0, 1.5), (0.1, 10.0)
#: Steps through the doubling times of a class, so that they do not follow its loads [-].
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
#: Between the seeds of two models [-].
STRIDE = 7919


def panel(values: Values) -> tuple[PanelModel, ...]:
    """The models of a scenario, none where it has no key ``models``."""
    entries = values.document.get(("models",))
    if entries is None:
        return ()
    if not isinstance(entries, list) or not entries:
        raise values.document.fail(
            ("models",),
            "'models' must be a list",
            f"write e.g. models: {BY_NAME['models'].example}",
        )
    if values.stated("line"):
        raise values.fail("line", "a panel has the lines of its models", "name them below 'models'")
    found: list[PanelModel] = []
    for k, entry in enumerate(entries):
        read = values.attempt(partial(_placed, values, k, entry))
        found += read or ()
    names = [model.name for model in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise values.document.fail(
            ("models",), f"two models are called '{name}'", "give each a 'name' of its own"
        )
    if len(found) > MOST:
        raise values.document.fail(
            ("models",), f"a panel of {len(found)} models", f"give at most {MOST}"
        )
    return tuple(found)


def _placed(values: Values, k: int, entry: Any) -> tuple[PanelModel, ...]:
    """The models of entry ``k``; its mistakes are at its place in the file."""
    try:
        stated = {"name": entry} if isinstance(entry, str) else entry
        if not isinstance(stated, dict):
            raise ScenarioError("a model is a name or a mapping", remedy=f"keys: {', '.join(KEYS)}")
        for key in stated:
            if key not in KEYS:
                raise ScenarioError(
                    f"unknown key '{key}'{suggest(str(key), KEYS)}",
                    remedy=f"allowed here: {', '.join(KEYS)}",
                )
        return tuple(_models(values, stated))
    except XenosimError as error:
        raise values.document.placed(("models", str(k)), error) from error


def _models(values: Values, stated: dict[str, Any]) -> Iterator[PanelModel]:
    """The models of one entry: one, or ``count`` that spread evenly over their class."""
    model, line = _cells(values, stated)
    count = _number(stated, "count", "1", (1, MOST))
    if count != int(count):
        raise ScenarioError(f"a count of {count:g}", remedy=f"write a whole number to {MOST}")
    spread, ratio = (
        _number(stated, "load_spread", "0", SPREAD),
        _number(stated, "load_ratio", "1", RATIO),
    )
    fastest, slowest = _doubling(values, stated, model)
    group = str(stated.get("class", ""))
    kept = (stated.get("name"), *((group, line) if count > 1 else (line, group)), model)
    name = str(next(filter(None, kept)))
    for k in range(int(count)):
        share = (k + 0.5) / count
        between = (0.5 + k * GOLDEN) % 1.0
        yield PanelModel(
            name=name if count == 1 else f"{name} {k + 1}",
            group=group,
            model=model,
            line=line,
            load_factor=ratio * math.exp(spread * NormalDist().inv_cdf(share)),
            doubling_time_days=fastest + between * (slowest - fastest),
        )


def _cells(values: Values, stated: dict[str, Any]) -> tuple[str, str]:
    """Model and line of an entry; a bare name is that of one or the other."""
    model, line = stated.get("model"), stated.get("line")
    if model is None and line is None and "name" in stated and "class" not in stated:
        name = str(stated["name"])
        model, line = (name, None) if name in available("model") else (None, name)
        if model is None and not _is_line(name):
            known = (*available("model"), *lines())
            raise ScenarioError(
                f"there is no model or line '{name}'{suggest(name, known)}",
                remedy="'xenosim params' lists models, 'xenosim lines' lines; with 'model' or"
                " 'line' a name may be any",
            )
    found = str(read_value(BY_NAME["model"], model)) if model else str(values.get("model"))
    return found, find_line(str(line)).name if line else ""


def _is_line(name: str) -> bool:
    try:
        find_line(name)
    except ParameterError:
        return False
    return True


def _number(stated: dict[str, Any], key: str, default: str, limits: tuple[float, float]) -> float:
    """A number of an entry within its limits [-]."""
    text = str(stated.get(key, default))
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not limits[0] <= value <= limits[1]:
        raise ScenarioError(
            f"'{key}' is {text}", remedy=f"write a number from {limits[0]:g} to {limits[1]:g}"
        )
    return value


def _doubling(values: Values, stated: dict[str, Any], model: str) -> tuple[float, float]:
    """Shortest and longest doubling time of an entry [day]: its own, that of the study where it
    states one, or the model's.
    """
    text = stated.get("doubling_time")
    if text is None:
        own = values.stated("tumor.growth.doubling_time")
        time = (
            values.get("tumor.growth.doubling_time")
            if own
            else load_set(model).value("doubling_time")
        )
        return float(time), float(time)
    for other in ("control", "potential_doubling_time"):
        if values.stated(f"tumor.growth.{other}"):
            raise ScenarioError(
                f"growth has both a doubling time of the model and {other}",
                remedy="keep one of them",
            )
    key = BY_NAME["tumor.growth.doubling_time"]
    span = re.fullmatch(r"\s*([\d.]+)\s*\.\.\s*([\d.]+)\s*(\S+)\s*", str(text))
    if not span:
        time = float(read_value(key, text))
        return time, time
    low, high = (float(read_value(key, f"{end} {span[3]}")) for end in span.group(1, 2))
    if low > high:
        raise ScenarioError(f"'{text}' falls", remedy="write the shorter time first")
    return low, high


def model_scenario(scenario: Scenario, k: int) -> Scenario:
    """The study of model ``k`` of a panel: its cells, at their own load, its growth, and animals of
    its own. :func:`with_load` gives it the load of its class.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> one = PanelModel(
    ...     name="A", group="", model="generic", line="A549", load_factor=2, doubling_time_days=5
    ... )
    >>> model_scenario(small_scenario().model_copy(update={"panel": (one,)}), 0).line
    'A549'
    """
    member = scenario.panel[k]
    tumor = scenario.tumor.model_copy(update={"doubling_time_days": member.doubling_time_days})
    return scenario.model_copy(
        update={
            "title": f"{scenario.title}: {member.name}",
            "model": member.model,
            "line": member.line,
            "tumor": tumor if scenario.tumor.potential_doubling_days is None else scenario.tumor,
            "panel": (),
            "seed": (scenario.seed + STRIDE * k) % 2**31,
        }
    )


def with_load(scenario: Scenario, factor: float) -> Scenario:
    """A scenario whose cells have ``factor`` times their mean load [-], within its limits."""
    if factor == 1.0:
        return scenario
    load = resolve(scenario).model.values["load_mean"]
    low, high = load.limits
    scaled = replace(load, value=min(max(factor * load.value, low), high))
    others = [o for o in scenario.overrides if (o.set, o.name) != ("cell", "load_mean")]
    others.append(Override("cell", "load_mean", f"{scaled.value!r} {load.unit}".rstrip()))
    ordered = tuple(sorted(others, key=lambda o: (o.set, o.name)))
    return scenario.model_copy(update={"overrides": ordered})


def panel_studies(scenario: Scenario) -> list[Scenario]:
    """The study of every model of a panel, with the load of its class."""
    return [
        with_load(model_scenario(scenario, k), member.load_factor)
        for k, member in enumerate(scenario.panel)
    ]
