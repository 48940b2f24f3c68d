"""A scenario with everything filled in, its hash, and the starter that ``xenosim new`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from xenosim.errors import ScenarioError
from xenosim.parameters.lines import calibrated, find_line
from xenosim.parameters.load import Parameter, ParameterSet, count_statuses, load_set
from xenosim.parameters.perturb import perturbed
from xenosim.parameters.shelf import on_shelf, own_set
from xenosim.scenario.library import library_of, with_its_sets
from xenosim.scenario.schema import AnswerSettings, Override, Scenario
from xenosim.scenario.sets import TUMOR, overridden, tumor_set

#: File of a run directory that holds its scenario with everything filled in.
RESOLVED = "resolved.yaml"


def starter_text() -> str:
    """The commented scenario that ``xenosim new`` writes."""
    return files("xenosim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class ResolvedStudy:
    """A scenario with the parameters that it uses: ``model``, those of its tumors' cells and
    vessels; ``site``, what its site alone has; ``strain``; ``drugs`` and ``mutations`` by name.
    """

    scenario: Scenario
    model: ParameterSet
    site: ParameterSet
    strain: ParameterSet
    drugs: Mapping[str, ParameterSet]
    mutations: Mapping[str, ParameterSet]

    @property
    def sets(self) -> dict[str, ParameterSet]:
        """Every parameter set by name."""
        scenario = self.scenario
        found = {scenario.model: self.model}
        if self.site.values:
            found[scenario.site] = self.site
        return found | {scenario.animals.strain: self.strain, **self.drugs, **self.mutations}

    def drug(self, name: str) -> ParameterSet:
        """The parameters of a drug of the study, or of one that an animal had before it."""
        with on_shelf(library_of(self.scenario.library)):
            return self.drugs.get(name) or load_set(name)


@lru_cache(maxsize=32)
@with_its_sets
def resolve(scenario: Scenario) -> ResolvedStudy:
    """The parameters of a scenario. Its tumors have the model's, with the vessels of their site,
    the cells of their line, what the scenario states, under their perturbations.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> resolve(small_scenario()).model.kind
    'model'
    """
    stated = scenario.overrides

    def given(name: str) -> ParameterSet:
        return overridden(load_set(name), stated)

    site, tumor = given(scenario.site), tumor_set(scenario.model, scenario.site, scenario.line)
    own = {name: p for name, p in site.values.items() if name not in tumor.values}
    drugs = sorted({drug for arm in scenario.arms for drug in arm.drugs})
    return ResolvedStudy(
        scenario,
        model=perturbed(overridden(tumor, stated, *TUMOR), scenario.perturb),
        site=replace(site, values=own),
        strain=given(scenario.animals.strain),
        drugs={name: given(name) for name in drugs},
        mutations={p.mutation: given(p.mutation) for p in scenario.perturb if p.mutation},
    )


@with_its_sets
def stated_parameters(scenario: Scenario) -> str:
    """What the scenario states of parameters, with what they would be, in words.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> stated_parameters(small_scenario(overrides={"parameters.cell.chaperone_gain": "4"}))
    'cell.chaperone_gain 4 (8 by default)'
    """
    tumor = tumor_set(scenario.model, scenario.site, scenario.line)

    def words(stated: Override) -> str:
        shipped = tumor if stated.set in TUMOR else load_set(stated.set)
        p = overridden(shipped, [stated], stated.set).values[stated.name]
        default = shipped.values[stated.name].value
        amount = f"{p.value:g} {p.unit}".rstrip()
        return f"{stated.set}.{stated.name} {amount} ({default:g} by default)"

    return ", ".join(map(words, scenario.overrides))


def _parameter_entry(p: Parameter) -> dict[str, Any]:
    return {
        "value": p.value,
        "unit": p.unit,
        "status": p.status,
        "source": p.bib,
        "where": p.where,
        "note": p.note,
    }


@with_its_sets
def calibration_of(scenario: Scenario) -> tuple[bool, str]:
    """Whether the scenario's cells are calibrated, on a published IC50 of their line or on the
    xenograft of their model, and what they are, in words.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> calibration_of(small_scenario(overrides={"model": "mm1s"}))[0]
    False
    """
    name = scenario.line
    if not name:
        model, cell = load_set(scenario.model), load_set("cell")
        own = [key for key, p in cell.values.items() if model.values.get(key) != p]
        differs = f"the default cell but for {', '.join(own)}" if own else "the default cell"
        stated = [o.name for o in scenario.overrides if o.set == "cell"]
        differs += _with_stated(stated)
        load = model.values["load_mean"]
        if load.status == "calibrated" and not stated:
            return True, (
                f"those of model '{scenario.model}', {differs}, which is calibrated on its"
                f" xenograft ({load.source.where})"
            )
        return False, f"those of model '{scenario.model}', {differs}, not calibrated on a line"
    own_line = own_set("line", name)
    if own_line is not None:
        return _own_calibration(own_line)
    record = find_line(name)
    record = find_line(record.parent) if record.parent else record
    target = record.target
    if target is None or record.name not in calibrated():
        reason = "no IC50 of it is used" if target is None else "its calibration has not been run"
        return False, f"{name}, not calibrated: {reason} ('xenosim lines show {name}')"
    fitted = {("cell", key) for key in load_set("cell").values}
    fitted |= {(target.drug, key) for key in ("kd", "koff", "kinact_ki", "fu_medium")}
    stated = [o.name for o in scenario.overrides if (o.set, o.name) in fitted]
    return not stated, (
        f"{name}, calibrated on the published IC50 of {target.drug}, {target.ic50_nM:g} nM in"
        f" {target.hours:g} h{_with_stated(stated)}"
    )


def _own_calibration(line: ParameterSet) -> tuple[bool, str]:
    """Whether a line of the user is calibrated, and what it is."""
    load = line.values["load_mean"]
    if load.status in ("calibrated", "measured"):
        return True, f"{line.name}, a line of the user, {load.status} ({load.source.where})"
    return False, f"{line.name}, a line of the user, not calibrated: its load is {load.status}"


def _with_stated(names: Sequence[str]) -> str:
    return f", but with {', '.join(names)} as the scenario states" if names else ""


def resolved_dict(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data: settings in internal units, doses, and every parameter with
    status and source.
    """
    plain: dict[str, Any] = json.loads(scenario.model_dump_json())
    for name in ("overrides", "library", "panel"):
        if not plain[name]:
            del plain[name]
    if scenario.answers == AnswerSettings():
        del plain["answers"]
    for arm in plain["arms"]:
        if arm["protocol"] is None:
            del arm["protocol"]
    plain["parameters"] = {
        name: {p.name: _parameter_entry(p) for p in parameters.values.values()}
        for name, parameters in resolve(scenario).sets.items()
    }
    return plain


def scenario_from_resolved(plain: Mapping[str, Any], where: str = RESOLVED) -> Scenario:
    """The frozen scenario that :func:`resolved_dict` wrote; its parameters are read again from
    the user's files that it carries, and from those installed.

    Parameters
    ----------
    plain : mapping
        A resolved scenario, as :data:`RESOLVED` of a run directory holds it.
    where : str
        Place named in errors.

    Raises
    ------
    ScenarioError
        Something else than a resolved scenario of this version.
    """
    from pydantic import ValidationError

    try:
        return Scenario.model_validate(
            {key: value for key, value in plain.items() if key != "parameters"}
        )
    except (ValidationError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise ScenarioError(
            f"not a resolved scenario of this version: {reason}",
            where=where,
            remedy="run the scenario again",
        ) from error


def status_counts(scenario: Scenario) -> dict[str, int]:
    """Number of parameters per status."""
    return count_statuses(
        p for parameters in resolve(scenario).sets.values() for p in parameters.values.values()
    )


def assumed_text(counts: dict[str, int]) -> str:
    """How many parameters are assumed, of :func:`status_counts`, and how they are listed.

    Examples
    --------
    >>> assumed_text({"assumed": 2, "measured": 1})
    "2 of 3 parameters are assumed ('xenosim params --status assumed')"
    """
    return (
        f"{counts['assumed']} of {sum(counts.values())} parameters are assumed ('xenosim params"
        " --status assumed')"
    )


def scenario_hash(scenario: Scenario) -> str:
    """Hash of everything that decides the study; unknown columns of an event table do not, nor what
    is simulated beside it.
    """
    plain = resolved_dict(scenario)
    plain.pop("answers", None)
    # The numbers of the user's files are among the parameters.
    plain.pop("library", None)
    for arm in plain["arms"]:
        for dose in arm["doses"]:
            dose["extra"] = []
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
