"""What a draw says of blood: how much drug its proteasomes hold, and for how long."""

from __future__ import annotations

import math

import numpy as np

from xenosim.inference.drawn import Draw, drawn
from xenosim.inference.targets import Target
from xenosim.parameters.load import load_set
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.pharmacology.pk import plasma_profile
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.pharmacology.target import binding, clone_folds
from xenosim.study.tissues import drug_pk


def blood_output(target: Target, draw: Draw) -> float:
    """The number of a target, on the scale that is fitted."""
    drug, mouse = drawn(load_set(target.how["drug"]), draw), load_set("mouse")
    sites = mouse.value("beta5_blood")
    if target.measure == "blood_ratio":
        # Far from saturation each free molecule has sites/Kd bound ones beside it.
        return math.log1p(sites * drug.value("fu") / drug.value("kd"))
    turnover = math.log(2.0) / mouse.value("recovery_half_life_blood")
    doses = parse_regimen(f"{drug.name} {target.how['regimen']}")
    bound = binding({drug.name: drug}, sites, turnover)
    exposure = TargetExposure(
        {drug.name: plasma_profile(drug_pk(drug), doses)},
        bound,
        np.array([mouse.value("exchange_blood")]),
        clone_folds({}, bound.inhibitors),
    )
    for hour in range(int(target.how["hours"])):
        occupancy = exposure.advance(float(hour), hour + 1.0)
    return float(occupancy[0, 0])
