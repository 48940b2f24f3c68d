"""A scenario with everything filled in, its hash, and the starter that ``xenosim new`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

from xenosim.errors import ScenarioError
from xenosim.parameters.load import ParameterSet, count_statuses, load_line, load_set
from xenosim.parameters.perturb import parse_perturbations, perturbed
from xenosim.scenario.schema import Scenario


def starter_text() -> str:
    """The commented scenario that ``xenosim new`` writes."""
    return files("xenosim.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")


def model_set(scenario: Scenario) -> ParameterSet:
    """The parameters of a scenario's tumor: the model's, with the vessels of its site, the cells of
    its line and under its perturbations.
    """
    model = load_set(scenario.model)
    vessels = {
        name: p for name, p in load_set(scenario.site).values.items() if name in model.values
    }
    model = replace(model, values={**model.values, **vessels})
    if scenario.line:
        cells = {
            name: p for name, p in load_line(scenario.line).values.items() if name in model.values
        }
        model = replace(model, values={**model.values, **cells})
    return perturbed(model, parse_perturbations(scenario.perturb))


def parameter_sets(scenario: Scenario) -> dict[str, ParameterSet]:
    """Every parameter set a scenario uses: model with its site's vessels, the site's lesions,
    strain, drugs.
    """
    drugs = sorted({dose.drug for arm in scenario.arms for dose in arm.doses})
    model, site = model_set(scenario), load_set(scenario.site)
    own = replace(
        site, values={name: p for name, p in site.values.items() if name not in model.values}
    )
    sets = {scenario.model: model} | ({scenario.site: own} if own.values else {})
    return sets | {
        name: load_set(name) for name in dict.fromkeys([scenario.animals.strain, *drugs])
    }


def resolved_dict(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data: settings in internal units, doses, and every parameter with
    status and source.
    """
    plain: dict[str, Any] = json.loads(scenario.model_dump_json())
    plain["parameters"] = {
        name: {
            p.name: {
                "value": p.value,
                "unit": p.unit,
                "status": p.status,
                "source": p.bib,
                "where": p.where,
                "note": p.note,
            }
            for p in parameters.values.values()
        }
        for name, parameters in parameter_sets(scenario).items()
    }
    return plain


def scenario_from_resolved(plain: Mapping[str, Any], where: str = "scenario.yaml") -> Scenario:
    """The frozen scenario that :func:`resolved_dict` wrote; its parameters are read again from
    those installed.

    Parameters
    ----------
    plain : mapping
        A resolved scenario, as ``scenario.yaml`` of a run directory holds it.
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
        p for parameters in parameter_sets(scenario).values() for p in parameters.values.values()
    )


def scenario_hash(scenario: Scenario) -> str:
    """Hash of everything that decides the result; unknown columns of an event table do not."""
    plain = resolved_dict(scenario)
    for arm in plain["arms"]:
        for dose in arm["doses"]:
            dose["extra"] = []
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
