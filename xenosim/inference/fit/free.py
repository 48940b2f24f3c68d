"""What is fitted: keys of the scenario that say how tumors grow and how animals differ, and
parameters of its cells, vessels, strain and drugs; each with a prior.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.load import load_set
from xenosim.parameters.priors import Z95, Prior, load_sd, prior_within
from xenosim.scenario.keys import BY_NAME
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Override
from xenosim.scenario.sets import TUMOR, place_of

if TYPE_CHECKING:
    from xenosim.parameters.load import Parameter
    from xenosim.scenario.schema import Scenario

#: Keys of a scenario that are fitted, by the name that says so.
DOUBLING = "doubling_time"
FREE_KEYS = {DOUBLING: "tumor.growth.doubling_time"} | {
    f"cv_{name}": f"animals.between_animal_cv.{name}"
    for name in (
        "growth",
        "clearance",
        "volume",
        "bioavailability",
        "exchange",
        "load",
        "threshold",
    )
}
#: Parameters of a strain that a scenario's way of measuring has taken over when it was read.
MEASURING = frozenset({"caliper_error_sd", "caliper_reading_sd", "imaging_limit"})
#: Of a key, and of a parameter without a range, the prior holds 90 % within this factor [-].
FOLD = 3.0
#: Between-animal variation is never none, and where the scenario has none it is about this [-].
LEAST_CV, USUAL_CV = 0.02, 0.2


class Free(NamedTuple):
    """One fitted parameter: ``name`` in tables; its ``prior``, whose ``set`` is "" for a ``key`` of
    the scenario; ``stated``: what the scenario has [internal unit].
    """

    name: str
    key: str
    prior: Prior
    stated: float


def default_names(scenario: Scenario, arms: Iterable[str]) -> tuple[str, ...]:
    """What the data of these ``arms`` can say at all: growth and its spread; with a treated arm the
    load of the cells too.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> default_names(small_scenario(), ["vehicle"])
    ('doubling_time', 'cv_growth')
    """
    treated = set(arms) - {scenario.control.name}
    return (DOUBLING, "cv_growth", *(("load_mean",) if treated else ()))


def free_of(scenario: Scenario, names: Sequence[str]) -> tuple[Free, ...]:
    """The parameters called ``names``.

    Raises
    ------
    ParameterError
        Of all names at once: unknown, of several sets, without a scale to fit on, or given twice.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> [free.prior.shape for free in free_of(small_scenario(), ["doubling_time", "load_mean"])]
    ['log-normal', 'log-normal']
    """
    known, mistakes, found = _known(scenario), [], list[Free]()
    for name in names:
        places = _places(known, name)
        if len(places) == 1:
            found.append(_free(scenario, known, places[0]))
        elif places:
            mistakes.append(f"'{name}' is a parameter of several sets: {', '.join(places)}")
        else:
            near = suggest(name, [*known, *(key.rpartition(".")[2] for key in known)])
            mistakes.append(f"the study has no parameter '{name}'{near}")
    twice = sorted({f.name for f in found if [g.name for g in found].count(f.name) > 1})
    mistakes += [f"'{name}' is given twice" for name in twice]
    if mistakes or not found:
        raise ParameterError(
            "; ".join(mistakes) or "nothing is to be fitted",
            where="--free",
            remedy=f"growth: {', '.join(FREE_KEYS)}; others as 'xenosim params' lists them, NAME or"
            " SET.NAME, e.g. load_mean, ixazomib.cl",
        )
    return tuple(found)


def _known(scenario: Scenario) -> dict[str, Parameter | None]:
    """Everything that can be fitted: keys, and parameters as SET.NAME."""
    study = resolve(scenario)
    found: dict[str, Parameter | None] = dict.fromkeys(FREE_KEYS)
    taken = {
        *FREE_KEYS,
        *MEASURING,
        *(key.default_of.partition(".")[2] for key in BY_NAME.values()),
    }
    for owner, group in study.sets.items():
        for name, p in group.values.items():
            place = place_of(load_set(owner), name)
            if name not in taken and (owner == place or place in TUMOR):
                found[f"{place}.{name}"] = p
    return found


def _places(known: Iterable[str], name: str) -> list[str]:
    """Full names that ``name`` may mean."""
    named = {key: short for short, key in FREE_KEYS.items()}
    name = named.get(name, name)
    if name in known:
        return [name]
    return [full for full in known if full.partition(".")[2] == name]


def _free(scenario: Scenario, known: dict[str, Parameter | None], name: str) -> Free:
    p = known[name]
    if p is None:
        return _of_key(scenario, name)
    group, _, own = name.partition(".")
    low, high = p.limits
    if own == "load_mean":
        prior = Prior(group, own, p.unit, low, high, p.value, load_sd(scenario.line))
    elif p.range is not None:
        prior = prior_within(group, p, p.range)
    elif p.value > 0.0:
        prior = _about(group, own, p.unit, p.value, (p.value / FOLD**2, p.value * FOLD**2))
    else:
        raise ParameterError(
            f"'{name}' is {p.value:g} and has no range: there is no prior of it",
            where="--free",
            remedy="leave it out, or give bounds and a prior in a problem's parameters.tsv",
        )
    return Free(name, "", prior, p.value)


def _of_key(scenario: Scenario, name: str) -> Free:
    if name == DOUBLING:
        stated = scenario.tumor.doubling_time_days
        low, high = BY_NAME[FREE_KEYS[name]].range or (1.0, None)
        limits = (max(low, stated / FOLD**2), min(high or math.inf, stated * FOLD**2))
        return Free(name, FREE_KEYS[name], _about("", name, "day", stated, limits), stated)
    stated = float(getattr(scenario.animals, name))
    limits = (LEAST_CV, BY_NAME[FREE_KEYS[name]].range[1] or 1.0)  # type: ignore[index]
    prior = _about("", name, "", max(stated, LEAST_CV) if stated else USUAL_CV, limits)
    return Free(name, FREE_KEYS[name], prior, stated)


def _about(group: str, name: str, unit: str, center: float, limits: tuple[float, float]) -> Prior:
    """Log-normal about ``center``, 90 % within :data:`FOLD`, cut at the ``limits``."""
    return Prior(group, name, unit, *limits, center, math.log(FOLD) / Z95)


def with_values(scenario: Scenario, free: Sequence[Free], values: Sequence[float]) -> Scenario:
    """A scenario with ``values`` [internal units] of what is fitted, in place of what it states;
    parameters of sets that it does not use are left out.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> free = free_of(small_scenario(), ["doubling_time", "load_mean"])
    >>> found = with_values(small_scenario(), free, [4.0, 0.5])
    >>> found.tumor.doubling_time_days, found.overrides[0].value
    (4.0, '0.5')
    """
    stated = {(o.set, o.name): o for o in scenario.overrides}
    used = (*TUMOR, *resolve(scenario).sets)
    animals: dict[str, float] = {}
    for one, number in zip(free, values, strict=True):
        if one.name == DOUBLING:
            update = {"doubling_time_days": float(number), "control": ()}
            tumor = scenario.tumor.model_copy(update=update | {"potential_doubling_days": None})
            scenario = scenario.model_copy(update={"tumor": tumor})
        elif one.key:
            animals[one.name] = float(number)
        elif one.prior.set in used:
            text = f"{float(number)!r} {one.prior.unit}".rstrip()
            stated[one.prior.set, one.prior.name] = Override(one.prior.set, one.prior.name, text)
    ordered = tuple(stated[place] for place in sorted(stated))
    update = {"animals": scenario.animals.model_copy(update=animals), "overrides": ordered}
    return scenario.model_copy(update=update)
