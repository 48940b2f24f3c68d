"""Shared builders: a small tumor and a small scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numba
import pytest

from xenosim.cell.params import cell_params, trait_params
from xenosim.parameters.load import load_set
from xenosim.tumor.tissue import Perfusion
from xenosim.tumor.tumor import TumorSpec

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
#: Small enough that a study takes seconds.
SMALL = {
    "animals.per_arm": "2",
    "tumor.start_volume": "2 mm^3",
    "measure.days": "0..36 by 6",
    "measure.humane_endpoint.tumor_volume": "50 mm^3",
}


def small_spec(
    cycle_h: float = 48.0,
    loss_factor: float = 0.5,
    depth_um: float = 1000.0,
    resolution: float = 1e3,
    cv: float | None = None,
) -> TumorSpec:
    """A tumor of default cells with a stated cycle [h], loss share [-], depth [um] and resolution
    [1/mm3].
    """
    model = load_set("oci_ly10")
    traits = trait_params(model.value, cycle_h, loss_factor * math.log(2.0) / cycle_h)
    if cv is not None:
        traits = traits._replace(cycle_sd=cv)
    return TumorSpec(
        cell_params(model.value),
        traits,
        depth_um,
        24.0,
        Perfusion(2.0, 0.5, 300.0, 200.0),
        resolution,
        1.0,
    )


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tests begin on one thread: their tumors are too small for two, and processes share the
    machine. Those about threads set their own number.
    """
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(1)
