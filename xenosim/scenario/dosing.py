"""The protocol of each arm of a scenario: its rules, or those of the study, checked together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from xenosim.errors import ScenarioError, UnitError
from xenosim.parameters.calipers import CALIPER_FORMULAS
from xenosim.pharmacology.dose import Dose
from xenosim.scenario.document import Path_
from xenosim.scenario.protocol import LARGEST_LEVEL, LEAST_LEVEL, DosingRule, Protocol
from xenosim.scenario.rule_checks import Limits, mistakes_of, too_much
from xenosim.scenario.rules import read_rules
from xenosim.scenario.values import Unusable, Values
from xenosim.units import quantity

#: Most dose levels of a study.
MOST_LEVELS = 20


def shared_rules(values: Values) -> tuple[DosingRule, ...]:
    """The rules of the study, checked.

    Raises
    ------
    XenosimError
        A mistake in them, or in what else is stated of changes of the dose.
    """
    rules = read_rules(values, ("rules",))
    _check(values, ("rules",), rules)
    return rules


def dose_levels(values: Values) -> tuple[float, ...]:
    """The dose levels of the study, the highest first [-]; empty: any."""
    given = values.get("dose_levels")
    if given is None:
        return ()
    try:
        levels = [_level(text) for text in given]
    except UnitError as error:
        raise values.document.placed(("dose_levels",), error) from error
    if len(set(levels)) < len(levels) or 1.0 not in levels or not 2 <= len(levels) <= MOST_LEVELS:
        raise values.fail(
            "dose_levels",
            "dose levels differ, and one of them is the planned dose, 100 %",
            "write e.g. [100 %, 75 %, 50 %]",
        )
    return tuple(sorted(levels, reverse=True))


def _level(text: str) -> float:
    if not text.rstrip().endswith("%"):
        raise UnitError(f"'{text}' has no unit", remedy="write per cent of the dose, e.g. 75 %")
    level = quantity(text, "fraction")
    if not LEAST_LEVEL <= level <= LARGEST_LEVEL:
        remedy = f"levels lie between {100 * LEAST_LEVEL:g} and {100 * LARGEST_LEVEL:g} %"
        raise UnitError(f"{text} is out of range", remedy=remedy)
    return level


def protocol(values: Values, arm: str, doses: Sequence[Dose]) -> Protocol | None:
    """The rules of an arm with ``doses``; None where it has none.

    Raises
    ------
    ScenarioError
        Rules of an arm without doses, a time step that does not meet the measurements, a dose that
        is absurd.
    Unusable
        Mistakes that were named already.
    """
    own: Path_ = ("arms", arm, "rules")
    is_own = values.stated("arms.*.rules", arm)
    if is_own:
        rules = read_rules(values, own, arm)
        if rules and not doses:
            raise values.document.fail(own, "the arm has no doses to change", "remove its rules")
        _check(values, own, rules)
    else:
        rules = values.part(shared_rules) if doses else ()
    if not rules:
        return None
    path: Path_ = own if is_own else ("rules",)
    levels = values.part(dose_levels)
    if absurd := too_much(rules, levels, doses):
        raise values.document.fail(path, f"arm '{arm}': {absurd}", "lower the levels")
    _check_clock(values, path)
    between = values.get("time_between_changes")
    return Protocol(rules=rules, levels=levels, between_changes_h=between)


def unused(values: Values) -> None:
    """Refuse what is stated of changes of the dose where no arm has a rule."""
    section = values.document.get(("arms",))
    named = section if isinstance(section, dict) else {}
    if values.stated("rules") or any(values.stated("arms.*.rules", arm) for arm in named):
        return
    for key in ("dose_levels", "time_between_changes"):
        if values.stated(key):
            raise values.fail(key, "no rule changes a dose", f"add rules, or remove {key}")


def _check(values: Values, path: Path_, rules: Sequence[DosingRule]) -> None:
    """Note every mistake of the rules at ``path`` (Unusable if there is one)."""
    levels, limits = values.part(dose_levels), values.part(_limits)
    found = list(mistakes_of(rules, levels, limits))

    def refuse(number: int, key: str, message: str, remedy: str) -> ScenarioError:
        raise values.document.fail((*path, str(number), key), message, remedy)

    for mistake in found:
        values.attempt(partial(refuse, *mistake))
    if found:
        raise Unusable


def _limits(values: Values) -> Limits:
    end = "measure.humane_endpoint"
    limit, formula = values.get("measure.limit"), values.get("measure.formula")
    least = CALIPER_FORMULAS[formula](limit, limit)
    if values.get("measure.method") == "imaging" or values.get("tumor.lesions.count") > 1:
        least = values.parameters("strain").value("imaging_limit")
    return Limits(
        values.get("measure.days"),
        float(least),
        values.get(f"{end}.tumor_volume"),
        values.get(f"{end}.body_weight_loss"),
    )


def _check_clock(values: Values, path: Path_) -> None:
    """Refuse measurements between two steps: a dose of that hour would be given before them."""
    step = values.get("time_step")
    for day in values.get("measure.days"):
        if round(24.0 * day / step) * step != 24.0 * day:
            raise values.document.fail(
                path,
                f"the measurement of day {day:g} lies between two time steps of {step:g} h",
                "rules need measurements on a time step: write time_step: 1 h and whole days",
            )
