"""With what was added to the cell switched off, and the former values, a tumor is what it was
before, byte for byte.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from xenosim.cell.params import cell_params, trait_params
from xenosim.parameters.load import load_set
from xenosim.testing import small_spec
from xenosim.tumor.spaces import found_tumor
from xenosim.tumor.tissue import N_ZONES

#: Values before traits mixed, MYC responded, activity braked the cycle and dead mass stayed.
FORMER = {
    "load_mean": 0.4,
    "bounce_back": 1.0,
    "chaperone_gain": 10.0,
    "cycle_stress_gain": 1.5,
    "cycle_inhibition_gain": 0.0,
    "myc_inhibition_gain": 0.0,
    "mcl1_induction": 0.0,
    "trait_mixing_rate": 0.0,
    "killed_clearance_time": 0.0,
}
COLUMNS = ("uid", "load", "stress", "chaperone", "noxa", "commitment", "clock", "threshold")


@pytest.mark.parametrize(
    ("engine", "agents", "digest"),
    [("lattice", 762, "9c1af3db72ce0cdf"), ("twin", 762, "2068cb7eeea1beb6")],
)
def test_switched_off_the_rules_are_the_former_ones(engine: str, agents: int, digest: str) -> None:
    values, spec = load_set("generic").value, small_spec(cycle_h=30.0)

    def former(name: str) -> float:
        return FORMER[name] if name in FORMER else values(name)

    spec = spec._replace(
        engine=engine,
        params=cell_params(former),
        traits=trait_params(former, 30.0, spec.traits.loss_per_h),
    )
    tumor = found_tumor(spec, 1.0, 7)
    for step in range(72):
        occupancy = np.full((N_ZONES, 1), 0.5 + 0.45 * np.sin(step / 6.0))
        tumor.step(None if step < 12 else occupancy)
    found = hashlib.sha256(
        b"".join(np.ascontiguousarray(getattr(tumor.live, name)).tobytes() for name in COLUMNS)
    )
    assert (tumor.n, found.hexdigest()[:16]) == (agents, digest)
