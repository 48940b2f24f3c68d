"""A scenario with everything filled in, its hash, and the starter that ``xenosim new`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from xenosim.errors import ScenarioError
from xenosim.parameters.lines import calibrated, find_line
from xenosim.parameters.load import Parameter, ParameterSet, count_statuses, load_line, load_set
from xenosim.parameters.perturb import perturbed
from xenosim.scenario.schema import Scenario

#: File of a run directory that holds its scenario with everything filled in.
RESOLVED = "resolved.yaml"


def starter_text() -> str:
    """The commented scenario that ``xenosim new`` writes."""
    return files("xenosim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class ResolvedStudy:
    """A scenario with the parameters that it uses: ``model``, those of its tumors' cells and
    vessels; ``site``, what its site alone has; ``strain``; ``drugs`` by name.
    """

    scenario: Scenario
    model: ParameterSet
    site: ParameterSet
    strain: ParameterSet
    drugs: Mapping[str, ParameterSet]

    @property
    def sets(self) -> dict[str, ParameterSet]:
        """Every parameter set by name."""
        scenario = self.scenario
        found = {scenario.model: self.model}
        if self.site.values:
            found[scenario.site] = self.site
        mutated = {p.mutation: load_set(p.mutation) for p in scenario.perturb if p.mutation}
        return found | {scenario.animals.strain: self.strain} | dict(self.drugs) | mutated


@lru_cache(maxsize=32)
def resolve(scenario: Scenario) -> ResolvedStudy:
    """The parameters of a scenario. Its tumors have the model's, with the vessels of their site,
    the cells of their line, under their perturbations.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> resolve(small_scenario()).model.kind
    'model'
    """
    model, site = load_set(scenario.model), load_set(scenario.site)
    for other in (site, *([load_line(scenario.line)] if scenario.line else [])):
        shared = {name: p for name, p in other.values.items() if name in model.values}
        model = replace(model, values={**model.values, **shared})
    own = {name: p for name, p in site.values.items() if name not in model.values}
    drugs = sorted({dose.drug for arm in scenario.arms for dose in arm.doses})
    return ResolvedStudy(
        scenario,
        model=perturbed(model, scenario.perturb),
        site=replace(site, values=own),
        strain=load_set(scenario.animals.strain),
        drugs={name: load_set(name) for name in drugs},
    )


def _parameter_entry(p: Parameter) -> dict[str, Any]:
    return {
        "value": p.value,
        "unit": p.unit,
        "status": p.status,
        "source": p.bib,
        "where": p.where,
        "note": p.note,
    }


def calibration_of(scenario: Scenario) -> tuple[bool, str]:
    """Whether the scenario's cells are calibrated on a published IC50 of their line, and what they
    are, in words.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> calibration_of(small_scenario())[0]
    False
    """
    name = scenario.line
    if not name:
        model, cell = load_set(scenario.model), load_set("cell")
        own = [key for key, p in cell.values.items() if model.values.get(key) != p]
        differs = f"the default cell but for {', '.join(own)}" if own else "the default cell"
        return False, f"those of model '{scenario.model}', {differs}, not calibrated on a line"
    record = find_line(name)
    record = find_line(record.parent) if record.parent else record
    target = record.target
    if target is None or record.name not in calibrated():
        reason = "no IC50 of it is used" if target is None else "its calibration has not been run"
        return False, f"{name}, not calibrated: {reason} ('xenosim lines show {name}')"
    return True, (
        f"{name}, calibrated on the published IC50 of {target.drug}, {target.ic50_nM:g} nM in"
        f" {target.hours:g} h"
    )


def resolved_dict(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data: settings in internal units, doses, and every parameter with
    status and source.
    """
    plain: dict[str, Any] = json.loads(scenario.model_dump_json())
    plain["parameters"] = {
        name: {p.name: _parameter_entry(p) for p in parameters.values.values()}
        for name, parameters in resolve(scenario).sets.items()
    }
    return plain


def scenario_from_resolved(plain: Mapping[str, Any], where: str = RESOLVED) -> Scenario:
    """The frozen scenario that :func:`resolved_dict` wrote; its parameters are read again from
    those installed.

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


def scenario_hash(scenario: Scenario) -> str:
    """Hash of everything that decides the result; unknown columns of an event table do not."""
    plain = resolved_dict(scenario)
    for arm in plain["arms"]:
        for dose in arm["doses"]:
            dose["extra"] = []
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
