"""The workload in xenosim, with its own, larger model: nine states per cell, 23 parameters of
stress and death, pushes along the surface normal, gaps, a distance field. Cycle, loss, start, reach
and steps are those of the workload.

    python benchmarks/peers/xenosim_run.py [START_CELLS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numba
import numpy as np
import workload as w

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from xenosim.cell.params import cell_params, trait_params  # noqa: E402
from xenosim.parameters.load import load_set  # noqa: E402
from xenosim.tumor.spec import TumorSpec  # noqa: E402
from xenosim.tumor.tissue import Perfusion  # noqa: E402
from xenosim.tumor.tumor import Tumor  # noqa: E402

RESOLUTION = 1e5


def spec() -> TumorSpec:
    """One agent per cell, ten sites of mechanical depth."""
    model = load_set("generic")
    traits = trait_params(model.value, w.CYCLE_H, w.LOSS_PER_H)
    tissue = Perfusion(2.0, 0.5, 300.0, 200.0)
    return TumorSpec(
        cell_params(model.value),
        traits,
        w.REACH * 1000.0 / RESOLUTION ** (1 / 3),
        24.0,
        tissue,
        RESOLUTION,
        model.value("cell_density"),
        1.0,
    )


def hour(tumor: Tumor, k: int) -> int:
    """One step under the workload's inhibition; how many cells took part."""
    n = tumor.n
    tumor.step(np.full((1, 1), w.inhibition(k)))
    return n


def main() -> None:
    """Compile on a small tumor, then measure on one thread."""
    numba.set_num_threads(1)
    if len(sys.argv) > 1:
        w.START_CELLS = int(float(sys.argv[1]))
    warm = Tumor(spec(), 200 / RESOLUTION, 2)
    for k in range(48):
        hour(warm, k)
    w.measure(
        "xenosim",
        ["xenosim", "numba", "numpy"],
        lambda: Tumor(spec(), w.START_CELLS / RESOLUTION, 1),
        hour,
        lambda tumor: tumor.n,
    )


if __name__ == "__main__":
    main()
