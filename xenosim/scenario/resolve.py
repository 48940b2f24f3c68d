"""A scenario with everything filled in, its hash, and the starter that ``xenosim new`` writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xenosim.errors import ScenarioError
from xenosim.parameters.load import ParameterSet, count_statuses, load_line, load_set
from xenosim.parameters.perturb import parse_perturbations, perturbed
from xenosim.scenario.schema import Scenario

TEMPLATE = """\
# A xenosim study. Quantities are strings with units; a bare number is an error.
# Check it:  xenosim check FILE      Run it:  xenosim run FILE      Compare schedules:  xenosim compare FILE
title: Ixazomib 14 mg/kg a week, once or twice weekly
model: oci_ly10                      # xenograft model; 'xenosim params' lists them
# site: intramuscular                # subcutaneous (default), intramuscular, orthotopic_disseminated, lung_metastases
# line: KMS-11                       # cells of the line library in place of the model's; 'xenosim lines' lists them
# perturb: ["CHOP=ko"]               # knock-out, knock-down (NOXA=kd:0.8), over-expression (MCL1=oe:3), mutation (PSMB5=A49T)
drug: ixazomib                       # drug of regimens that name none
tumor:
  start_volume: 150 mm^3             # mean volume at randomization, day 0
  growth: {doubling_time: 5.5 day}   # of the untreated tumor at start volume; the cell cycle is calibrated to it; or control: my.csv (columns day, tumor_volume_mm3); or potential_doubling_time
  resolution: 1e3 /mm^3              # agents per mm^3; 1e5 is one agent per cell
  # lesions: {count: 40, median_volume: 0.05 mm^3, sd: 1.0}   # on day 0, for sites with lesions, in place of start_volume
  # resistant: {fraction: 0.1 %, mutation_rate: 1e-6, reversion_rate: 0, cycle_cost: 0}   # of the mutation in 'perturb'
animals:
  per_arm: 8
  strain: CB-17 SCID                 # mouse, BALB/c nude, CB-17 SCID, NOD SCID
  between_animal_cv: {growth: 25 %, clearance: 25 %, volume: 25 %, bioavailability: 25 %}
measure:
  days: "0..21 by 3"                 # days from first dose; day 0 is the baseline
  method: caliper                    # imaging: total burden, for sites with lesions
  error: 12 %                        # of ln V
  humane_endpoint: {tumor_volume: 2000 mm^3, body_weight_loss: 20 %}
arms:
  vehicle: {regimen: none, control: true}
  QW:      {regimen: "14 mg/kg IV QW x3"}
  BIW:     {regimen: "7 mg/kg IV BIW x3wk"}
  # mine:  {events: regimens/mine.csv}      # NONMEM columns
seed: 1
"""


def model_set(scenario: Scenario) -> ParameterSet:
    """The parameters of a scenario's tumor: the model's, with the vessels of its site, the cells of its line and under its perturbations."""
    model = load_set(scenario.model)
    vessels = {name: p for name, p in load_set(scenario.site).values.items() if name in model.values}
    model = replace(model, values={**model.values, **vessels})
    if scenario.line:
        cells = {name: p for name, p in load_line(scenario.line).values.items() if name in model.values}
        model = replace(model, values={**model.values, **cells})
    return perturbed(model, parse_perturbations(scenario.perturb))


def parameter_sets(scenario: Scenario) -> dict[str, ParameterSet]:
    """Every parameter set a scenario uses: model with its site's vessels, the site's lesions, strain, drugs."""
    drugs = sorted({dose.drug.removesuffix(" citrate") for arm in scenario.arms for dose in arm.doses})
    model, site = model_set(scenario), load_set(scenario.site)
    own = replace(site, values={name: p for name, p in site.values.items() if name not in model.values})
    sets = {scenario.model: model} | ({scenario.site: own} if own.values else {})
    return sets | {name: load_set(name) for name in dict.fromkeys([scenario.animals.strain, *drugs])}


def resolved_dict(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain data: settings in internal units, doses, and every parameter with status and source."""
    plain: dict[str, Any] = json.loads(scenario.model_dump_json())
    plain["parameters"] = {
        name: {
            p.name: {"value": p.value, "unit": p.unit, "status": p.status, "source": p.bib, "where": p.where, "note": p.note}
            for p in parameters.values.values()
        }
        for name, parameters in parameter_sets(scenario).items()
    }
    return plain


def scenario_from_resolved(plain: Mapping[str, Any], where: str = "scenario.yaml") -> Scenario:
    """The frozen scenario that :func:`resolved_dict` wrote; its parameters are read again from those installed.

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
        return Scenario.model_validate({key: value for key, value in plain.items() if key != "parameters"})
    except (ValidationError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise ScenarioError(f"not a resolved scenario of this version: {reason}", where=where, remedy="run the scenario again") from error


def status_counts(scenario: Scenario) -> dict[str, int]:
    """Number of parameters per status."""
    return count_statuses(p for parameters in parameter_sets(scenario).values() for p in parameters.values.values())


def scenario_hash(scenario: Scenario) -> str:
    """Hash of everything that decides the result; unknown columns of an event table do not."""
    plain = resolved_dict(scenario)
    for arm in plain["arms"]:
        for dose in arm["doses"]:
            dose["extra"] = []
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
