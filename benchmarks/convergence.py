"""Convergence: day-21 volume and T/C of a small tumor against resolution, time step, voxel size and
precision.

    python benchmarks/convergence.py [WORD ...]

Words choose the rows whose name holds one of them; the first row, the reference, is always there.

One tumor, grown from 5 mm3 to 12 mm3 and then followed for 21 days: vehicle, ixazomib 10 mg/kg PO
every other day, and 18 mg/kg IV weekly. The cell cycle is the same everywhere, so that nothing is
hidden by a new calibration. Seeds are means of that many tumors; their standard deviation is the
yardstick.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from xenosim.cell.params import cell_params  # noqa: E402
from xenosim.parameters.load import load_set  # noqa: E402
from xenosim.pharmacology.regimen import parse_regimen  # noqa: E402
from xenosim.scenario.load import load_scenario  # noqa: E402
from xenosim.study.tissues import exposures, tumor_spec  # noqa: E402
from xenosim.tumor.growth import Growth  # noqa: E402
from xenosim.tumor.spec import TumorSpec  # noqa: E402
from xenosim.tumor.tumor import Tumor  # noqa: E402

SCENARIO = load_scenario(Path(__file__).parent.parent / "scenarios" / "escc_q2d.yaml")
CYCLE_H, LOSS = 60.0, 0.5
GROW_MM3, START_MM3, DAYS = 5.0, 12.0, 21
ARMS = {
    "vehicle": "",
    "10 mg/kg PO Q2D": "ixazomib 10 mg/kg PO Q2Dx11",
    "18 mg/kg IV QW": "ixazomib 18 mg/kg IV QWx3",
}


def base_spec() -> TumorSpec:
    """The tumor of the ESCC scenario with a fixed cycle."""
    growth = Growth(
        CYCLE_H,
        LOSS * np.log(2.0) / CYCLE_H,
        load_set(SCENARIO.model).value("mechanical_depth"),
        2.5,
        6.0,
        6.0,
    )
    return tumor_spec(SCENARIO, growth)


def day_21(spec: TumorSpec, seed: int) -> list[float]:
    """Volume on day 21 per arm [mm3], each arm grown from the same seed."""
    volumes = []
    for regimen in ARMS.values():
        tumor = Tumor(spec, GROW_MM3, seed)
        while tumor.volume_mm3 < START_MM3:
            tumor.step()
        drug = (
            exposures(SCENARIO, parse_regimen(regimen, default_drug=None)).tumor
            if regimen
            else None
        )
        for step in range(round(24 * DAYS / spec.dt_h)):
            at = step * spec.dt_h
            tumor.step(drug.advance(at, at + spec.dt_h) if drug else None)
        volumes.append(tumor.volume_mm3)
    return volumes


def variants() -> list[tuple[str, TumorSpec, int]]:
    """Name, tumor and number of seeds of every row."""
    base = base_spec()
    rows: list[tuple[str, TumorSpec, int]] = [("resolution 1e3, step 1 h", base, 16)]
    for resolution, seeds in ((3e3, 8), (1e4, 4), (1e5, 1)):
        rows.append((f"resolution {resolution:.0e}", base._replace(resolution=resolution), seeds))
    rows.append(("step 0.5 h", base._replace(dt_h=0.5), 16))
    rows.append(
        ("voxels 100 um", base._replace(perfusion=base.perfusion._replace(voxel_um=100.0)), 16)
    )
    params: Any = cell_params(load_set(SCENARIO.model).value, np.float64)
    rows.append(("float64 columns", base._replace(params=params), 16))
    return rows


def main() -> None:
    """Print the table as Markdown."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    names = list(ARMS)
    print(
        f"| variant | seeds | {names[0]} (mm3) | change | "
        + " | ".join(f"T/C {n} (%) | change" for n in names[1:])
        + " | s |"
    )
    print("|" + " --- |" * (5 + 2 * len(names[1:])))
    reference: list[float] = []
    rows, words = variants(), sys.argv[1:]
    for name, spec, seeds in rows[:1] + [
        row for row in rows[1:] if not words or any(word in row[0] for word in words)
    ]:
        start = time.perf_counter()
        volumes = np.array([day_21(spec, seed) for seed in range(1, seeds + 1)])
        mean, sd = volumes.mean(axis=0), volumes[:, 0].std(ddof=1) if seeds > 1 else float("nan")
        values = [mean[0], *(100.0 * mean[1:] / mean[0])]
        reference = reference or values
        cells = [f"{mean[0]:.1f} ± {sd:.1f}", f"{100 * (mean[0] / reference[0] - 1):+.1f} %"]
        for value, known in zip(values[1:], reference[1:], strict=True):
            cells += [f"{value:.1f}", f"{value - known:+.1f}"]
        print(
            f"| {name} | {seeds} | "
            + " | ".join(cells)
            + f" | {time.perf_counter() - start:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
