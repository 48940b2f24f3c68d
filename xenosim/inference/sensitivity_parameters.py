"""Which parameters a sensitivity moves, over what, and what experiment would fix each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ScenarioError, suggest
from xenosim.parameters.priors import Prior, prior_of, priors
from xenosim.parameters.schema import ORDERED, STATUSES
from xenosim.scenario.keys import KEYS
from xenosim.scenario.library import with_its_sets
from xenosim.scenario.resolve import resolve
from xenosim.scenario.sets import TUMOR, place_of
from xenosim.study.ensemble import with_draw

if TYPE_CHECKING:
    from xenosim.parameters.load import Parameter, ParameterSet
    from xenosim.scenario.schema import Scenario

Array = NDArray[np.float64]
#: Parameters that keys of a scenario have taken the place of once it is read.
_OF_KEYS = {key.default_of.split(".")[1] for key in KEYS if key.default_of} | {"doubling_time"}
#: What only reads animals, or is a matter of numbers: no answer in true volumes depends on it.
_READS_ONLY = {
    "balance_error_sd",
    "body_weight",
    "body_weight_cv",
    "body_weight_growth_per_day",
    "caliper_error_sd",
    "caliper_reading_sd",
    "imaging_limit",
    "tumor_mass_density",
    "voxel_edge",
}
#: What acts through lenalidomide alone; shares that perturbations alone use.
_LENALIDOMIDE = {
    "nfkb_ikzf_gain",
    "ikzf_threshold_gain",
    "ikzf_rate",
    "ikzf_degradation",
    "ikzf_activity_half",
    "lenalidomide_load_gain",
    "ikzf_cycle_gain",
}
_SHARES = {"mcl1_share", "bcl2_share", "ciap_share"}
#: The experiment that fixes a parameter, by how its name begins and the kind of its set; the first
#: that fits.
_EXPERIMENTS = (
    ("drug", ("cl", "v1", "v2", "v3", "q2", "q3", "ka_", "f_"), "plasma concentrations of {set}"),
    ("drug", ("fu",), "protein binding of {set} in plasma and medium"),
    ("drug", ("",), "binding of {set} to its target (Kd, off-rate, wash-out)"),
    ("mouse", ("",), "body weights, and proteasome activity of blood, under {drugs}"),
    (
        "cell",
        ("load", "synthesis"),
        "viability of the line under {drugs} (IC50, 'assay viability')",
    ),
    (
        "cell",
        ("capacity", "bounce", "beta5"),
        "proteasome activity of the cells over time under {drugs}",
    ),
    ("cell", ("cycle",), "cell cycle under {drugs} (EdU, Ki-67)"),
    (
        "cell",
        ("clearance", "killed"),
        "dead cells of treated tumors over time (histology, cleaved caspase-3)",
    ),
    ("cell", ("trait",), "regrowth and second response of the line after a first treatment"),
    ("cell", ("",), "stress and death markers of the line under {drugs} (blots, Annexin V)"),
    ("tumor", ("vessel",), "{drugs} in tumor beside plasma, or perfusion imaging"),
    ("tumor", ("oxygen", "hypoxia", "necro"), "hypoxia and necrosis of the tumor (pimonidazole)"),
    ("tumor", ("",), "growth and histology of untreated tumors (Ki-67, cell density)"),
    ("", ("",), "{set}"),
)


class Input(NamedTuple):
    """A parameter that is moved: ``set`` and ``name``, its ``status``, the ``value`` that the study
    has, and its ``prior``.
    """

    set: str
    name: str
    status: str
    value: float
    prior: Prior
    experiment: str

    @property
    def column(self) -> str:
        """Its name in tables, e.g. "cell.load_mean"."""
        return f"{self.set}.{self.name}"


@with_its_sets
def inputs_of(scenario: Scenario, select: str) -> tuple[Input, ...]:
    """The parameters that a selection means: statuses, sets and names, joined by commas; "all".
    Those that cannot matter are left out unless they are named: of measurement, of routes that are
    not used, and those that keys of the scenario stand for.

    Raises
    ------
    ScenarioError
        A word that is none of them, or nothing left.
    """
    known = _movable(scenario)
    by_name = {one.column: one for one in known}
    sets = {one.set for one in known}
    chosen: dict[str, Input] = {}
    for word in (part.strip() for part in select.split(",")):
        if word == "all":
            chosen |= by_name
        elif word in STATUSES:
            chosen |= {one.column: one for one in known if one.status == word}
        elif word in sets:
            chosen |= {one.column: one for one in known if one.set == word}
        elif word in by_name:
            chosen[word] = by_name[word]
        else:
            words = ("all", *STATUSES, *sorted(sets), *by_name)
            raise ScenarioError(
                f"'{word}' is no status, set or parameter of the study{suggest(word, words)}",
                where="--params",
                remedy=f"write all, {', '.join(STATUSES)}, {', '.join(sorted(sets))}, or SET.NAME",
            )
    if not chosen:
        raise ScenarioError(
            f"no parameter of the study is {select}", where="--params", remedy="write e.g. all"
        )
    return tuple(one for one in known if one.column in chosen)


def _movable(scenario: Scenario) -> list[Input]:
    """Every parameter that may matter to the study, in the order of its sets."""
    study = resolve(scenario)
    drugs = ", ".join(study.drugs)
    found = []
    for parameters in study.sets.values():
        for p in parameters.values.values():
            if not _matters(scenario, parameters, p):
                continue
            place = place_of(parameters, p.name)
            kind = place if place in TUMOR else parameters.kind
            words = _experiment(kind, p.name).format(set=place, drugs=drugs)
            found.append(Input(place, p.name, p.status, p.value, _range(scenario, place, p), words))
    return found


def _matters(scenario: Scenario, parameters: ParameterSet, p: Parameter) -> bool:
    """Whether a parameter can change what the animals do."""
    if p.range is None or p.name in _OF_KEYS | _READS_ONLY or parameters.kind == "mutation":
        return False
    if p.name in _LENALIDOMIDE and "lenalidomide" not in resolve(scenario).drugs:
        return False
    if p.name in _SHARES and not scenario.perturb:
        return False
    if parameters.kind == "drug" and p.name.startswith(("ka_", "f_")):
        used = {str(d.route).lower() for arm in scenario.arms for d in arm.doses}
        return p.name.rpartition("_")[2] in used
    return not (parameters.kind == "drug" and p.name in ("fu_medium", "medium_half_life"))


def _experiment(kind: str, name: str) -> str:
    return next(
        words
        for of_kind, starts, words in _EXPERIMENTS
        if of_kind in (kind, "") and name.startswith(starts)
    )


def _range(scenario: Scenario, place: str, p: Parameter) -> Prior:
    """What is believed of a parameter: its prior where it has one, else by the same rule."""
    shipped = next((q for q in priors() if (q.set, q.name) == (place, p.name)), None)
    return shipped if shipped is not None else prior_of(place, p)


@with_its_sets
def drawn(scenario: Scenario, inputs: Sequence[Input], shares: Array) -> Scenario:
    """The scenario with parameters at a place (p,) of the unit cube, in place of what it states of
    them; a least value above its greatest one is taken down to it.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> study = small_scenario()
    >>> moved = inputs_of(study, "cell.chaperone_gain")
    >>> at_end = drawn(study, moved, np.array([1.0]))
    >>> round(float(at_end.overrides[0].value), 6) == moved[0].prior.high
    True
    """
    values = {
        (one.set, one.name): float(one.prior.quantile(np.array([share]))[0])
        for one, share in zip(inputs, shares, strict=True)
    }
    tumor = {p.name: p.value for p in resolve(scenario).model.values.values()}
    tumor |= {name: value for (_, name), value in values.items()}
    for low, high in ORDERED:
        if low in tumor and tumor[low] > tumor.get(high, np.inf):
            _lower(values, low, high, tumor)
    kept = tuple(o for o in scenario.overrides if (o.set, o.name) not in values)
    return with_draw(scenario.model_copy(update={"overrides": kept}), values)


def _lower(
    values: dict[tuple[str, str], float], low: str, high: str, tumor: Mapping[str, float]
) -> None:
    """Make two ordered parameters one value, by moving one that is moved."""
    for place in values:
        if place[1] == low:
            values[place] = tumor[high]
            return
    for place in values:
        if place[1] == high:
            values[place] = tumor[low]
