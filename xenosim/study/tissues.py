"""What an animal is made of: its tumor's cells and vessels, its plasma, and what each tissue sees
of it (MODEL.md P1, P2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.cell.params import cell_params, trait_params
from xenosim.parameters.load import ParameterSet
from xenosim.parameters.perturb import kd_folds
from xenosim.pharmacology.dose import Route, routes_of
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.pharmacology.pk import DrugPK, plasma_profile
from xenosim.pharmacology.target import binding, clone_folds
from xenosim.scenario.resolve import resolve
from xenosim.study.variation import TYPICAL, Variation
from xenosim.tumor.growth import Growth
from xenosim.tumor.oxygen import OxygenParams
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, Perfusion, exchange_nodes, zone_exchange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario

#: Vessel classes whose occupancy is solved; that of the others is interpolated between them.
EXCHANGE_NODES = {"lattice": N_ZONES, "twin": 9}
#: What the names of parameters that a scenario states begin with.
STATED = "parameters."


def perfusion_of(model: ParameterSet, factor: float = 1.0) -> Perfusion:
    """Vessel density of a xenograft model; ``factor`` of its mean [-]."""
    return Perfusion(
        factor * model.value("vessel_exchange"),
        *map(model.value, ("vessel_exchange_cv", "vessel_correlation_length", "voxel_edge")),
    )


def oxygen_of(model: ParameterSet) -> OxygenParams:
    """Oxygen of a xenograft model."""
    names = (
        "oxygen_diffusion",
        "oxygen_uptake",
        "oxygen_supply",
        "oxygen_blood",
        "oxygen_host",
        "oxygen_host_exchange",
        "hypoxia_pressure",
        "necrosis_pressure",
        "necrosis_rate",
        "necrotic_clearance_time",
    )
    return OxygenParams(*map(model.value, names))


def tumor_spec(
    scenario: Scenario, growth: Growth | None, variation: Variation = TYPICAL
) -> TumorSpec:
    """What the tumor of an animal is made of; its factor of growth speeds cycle and loss alike."""
    model, resistant = resolve(scenario).model, scenario.tumor.resistant
    cycle = (growth.cycle_h if growth else 24.0) / variation.growth
    loss = (growth.loss_per_h if growth else 0.0) * variation.growth
    traits = trait_params(model.value, cycle, loss)
    return TumorSpec(
        params=cell_params(model.value),
        traits=traits._replace(
            load_median=traits.load_median * variation.load,
            threshold_median=traits.threshold_median * variation.threshold,
            resistant_fraction=resistant.fraction,
            mutation_rate=resistant.mutation_rate,
            reversion_rate=resistant.reversion_rate,
            cycle_cost=resistant.cycle_cost,
        ),
        depth_um=growth.depth_um if growth else model.value("mechanical_depth"),
        closure_h=model.value("vacancy_closure_time"),
        perfusion=perfusion_of(model, variation.exchange),
        resolution=scenario.agents_per_mm3,
        cell_density=model.value("cell_density"),
        dt_h=scenario.dt_h,
        oxygen=oxygen_of(model),
        engine=scenario.engine,
        lattice_resolution=0.0
        if scenario.engine == "lattice"
        else scenario.tumor.resolution_per_mm3,
    )


def made_of(scenario: Scenario, spec: TumorSpec) -> dict[str, Any]:
    """Name and value of everything that a living animal cannot change: model, cells, resolution,
    time step, strain, parameters.
    """
    parts: dict[str, Any] = {
        "model": scenario.model,
        "site": scenario.site,
        "line": scenario.line,
        "perturb": list(map(str, scenario.perturb)),
        "strain": scenario.animals.strain,
    } | {f"{STATED}{o.set}.{o.name}": o.value for o in scenario.overrides}
    for name, value in spec._asdict().items():
        parts |= (
            {f"{name}.{key}": float(number) for key, number in value._asdict().items()}
            if hasattr(value, "_asdict")
            else {name: value}
        )
    return parts


def drug_pk(drug: ParameterSet, variation: Variation = TYPICAL) -> DrugPK:
    """PK of one drug in one animal: CL, V (all volumes) and F scaled by the animal's factors; F
    never above 1.
    """

    def get(parameter: str) -> float:
        return drug.value(parameter) if parameter in drug.values else 0.0

    absorbed = [route for route in routes_of(drug) if route is not Route.IV]
    return DrugPK(
        cl=get("cl") * variation.clearance,
        v1=get("v1") * variation.volume,
        q2=get("q2"),
        v2=get("v2") * variation.volume,
        q3=get("q3"),
        v3=get("v3") * variation.volume,
        ka={route: get(f"ka_{route.lower()}") for route in absorbed},
        f={
            route: min(get(f"f_{route.lower()}") * variation.bioavailability, 1.0)
            for route in absorbed
        },
        molar_mass=get("molar_mass"),
        salt_factor=get("salt_factor"),
    )


class Exposures(NamedTuple):
    """Target occupancy in the ``tumor`` (per zone and clone), in ``blood`` and in ``normal`` tissue
    of one animal.
    """

    tumor: TargetExposure
    blood: TargetExposure
    normal: TargetExposure


def exposures(
    scenario: Scenario,
    doses: Sequence[Dose],
    variation: Variation = TYPICAL,
    perfusion: Perfusion | None = None,
) -> Exposures:
    """What the three tissues of an animal see of its doses; independent states of the same plasma.
    ``perfusion``: other than the animal's.
    """
    study = resolve(scenario)
    model, mouse = study.model, study.strain
    drugs = {name: study.drug(name) for name in sorted({dose.drug for dose in doses})}
    profiles = {
        name: plasma_profile(drug_pk(drug, variation), [d for d in doses if d.drug == name])
        for name, drug in drugs.items()
    }
    turnover = np.log(2.0) / model.value("beta5_turnover_half_life")
    zones = zone_exchange(perfusion or perfusion_of(model, variation.exchange))
    solved, weights = exchange_nodes(zones, EXCHANGE_NODES[scenario.engine])

    def tissue(
        sites: float,
        kdeg: float,
        exchange: np.ndarray,
        folds: Mapping[str, float] | None = None,
        weights: np.ndarray | None = None,
    ) -> TargetExposure:
        target = binding(drugs, sites, kdeg)
        folded = clone_folds(folds or {}, target.inhibitors)
        return TargetExposure(profiles, target, exchange, folded, weights)

    recovery = np.log(2.0) / mouse.value("recovery_half_life_blood")
    return Exposures(
        tumor=tissue(
            model.value("beta5_sites"),
            float(turnover),
            solved,
            kd_folds(scenario.perturb, study.mutations),
            weights if solved.size < zones.size else None,
        ),
        blood=tissue(
            mouse.value("beta5_blood"), float(recovery), np.array([mouse.value("exchange_blood")])
        ),
        normal=tissue(
            mouse.value("beta5_normal"), float(turnover), np.array([mouse.value("exchange_normal")])
        ),
    )
