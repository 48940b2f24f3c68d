"""The rules of ``parameters:``, values that a scenario states in place of those of its sets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from xenosim.parameters.load import load_set
from xenosim.parameters.perturb import Perturbation
from xenosim.parameters.schema import ORDERED
from xenosim.scenario.arms import arms
from xenosim.scenario.keys import GROWTHS, KEYS
from xenosim.scenario.schema import Override
from xenosim.scenario.sets import TUMOR, known_sets
from xenosim.scenario.values import Values

#: Keys that take the place of parameters.
_KEYS = {key.default_of.split(".")[1]: (key.name,) for key in KEYS if key.default_of} | {
    "doubling_time": GROWTHS,
    "lesion_median_volume": ("tumor.lesions.median_volume", "tumor.start_volume"),
}


def check_overrides(
    values: Values, perturbations: Sequence[Perturbation] | None
) -> tuple[Override, ...]:
    """What the scenario states of parameters, in alphabetical order. A set that it does not use, a
    parameter stated twice, beside the key that takes its place, or against another parameter is a
    mistake. ``perturbations``: None where they hold a mistake.
    """
    used = _used_sets(values, perturbations)
    for name in _stated_sets(values):
        if name in known_sets() and name not in used:
            values.attempt(partial(_refuse_unused, values, name, used))
    found: dict[tuple[str, str], str] = {}
    for (_, name, parameter), override in values.overrides.items():
        if name in used:
            first = found.setdefault((override.set, override.name), name)
            values.attempt(partial(_check_place, values, name, parameter, first))
    values.attempt(partial(_check_order, values))
    return tuple(sorted(values.overrides.values(), key=lambda o: (o.set, o.name)))


def _stated_sets(values: Values) -> list[str]:
    section = values.document.get(("parameters",))
    return list(section) if isinstance(section, dict) else []


def _used_sets(values: Values, perturbations: Sequence[Perturbation] | None) -> list[str]:
    """Names of the sets that the scenario uses, all of a kind where a mistake hides which."""
    treated = values.attempt(partial(values.part, arms))
    named = [
        values.attempt(partial(values.get, key)) for key in ("model", "site", "animals.strain")
    ]
    if treated is None or perturbations is None or None in named:
        return list(known_sets())
    drugs = sorted({drug for arm in treated for drug in arm.drugs})
    mutations = [p.mutation for p in perturbations if p.mutation]
    names = dict.fromkeys([*TUMOR, *map(str, named), "mouse", *drugs, *mutations])
    return [name for name in names if load_set(name).values]


def _refuse_unused(values: Values, name: str, used: Sequence[str]) -> None:
    raise values.document.fail(
        ("parameters", name),
        f"the scenario does not use '{name}'",
        f"it uses {', '.join(used)}: correct the name, or remove its parameters",
    )


def _check_place(values: Values, name: str, parameter: str, first: str) -> None:
    """Refuse a parameter that has a value already."""
    place = ("parameters", name, parameter)
    if first != name:
        raise values.document.fail(
            place,
            f"'{parameter}' is stated twice, as '{first}.{parameter}' and '{name}.{parameter}'",
            "keep one of them",
        )
    for key in filter(values.stated, _KEYS.get(parameter, ())):
        raise values.document.fail(
            place, f"'{key}' takes the place of '{parameter}'", "keep one of them"
        )


def _check_order(values: Values) -> None:
    """Refuse a least value above its greatest one."""
    tumor = values.tumor_parameters()
    for place, override in values.overrides.items():
        for low, high in ORDERED:
            if override.name in (low, high) and tumor.value(low) > tumor.value(high):
                raise values.document.fail(
                    place,
                    f"'{low}' {tumor.values[low].stated} is above '{high}'"
                    f" {tumor.values[high].stated}",
                    "lower the one or raise the other",
                )
