"""A full-size tumor at one agent per cell: wall time, memory, updates per second, and where the
time goes.

    python benchmarks/full_size.py [--start 200] [--days 30] [--doubling 7.8] [--resolution 1e5]
    [--regimen "1 mg/kg PO QW x5"]

Grows a tumor to the start volume, then simulates it hourly. With a regimen, even a small one, every
cell is updated by the whole kernel; without, cells at rest only age. Each phase is set against the
time that its memory traffic would take at the bandwidth of a triad over arrays far larger than the
caches, measured in the same process: streams by their bytes, scattered accesses by whole cache
lines. ``--cells N ...`` instead prints the cost per agent-step of tumors of several sizes.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.cell_kernel import READ, WRITTEN, best_seconds, triad  # noqa: E402
from xenosim.cell import population  # noqa: E402
from xenosim.cell.state import bytes_per_cell  # noqa: E402
from xenosim.parameters.load import load_set  # noqa: E402
from xenosim.scenario.load import load_scenario  # noqa: E402
from xenosim.study.tissues import exposures, tumor_spec  # noqa: E402
from xenosim.tumor import division, domain, gaps, order, phased  # noqa: E402
from xenosim.tumor import tumor as tumor_module  # noqa: E402
from xenosim.tumor.growth import calibrate  # noqa: E402
from xenosim.tumor.spec import TumorSpec  # noqa: E402
from xenosim.tumor.tumor import Tumor  # noqa: E402

SCENARIO = Path(__file__).parent.parent / "scenarios" / "full_size.yaml"
#: Functions of a step and the phase they belong to.
PHASES = {
    "cells": [(phased, "step_cells"), (phased, "age_cells")],
    "lists": [(population, "list_marked")],
    "deaths, clearance": [
        (population, "begin_deaths"),
        (gaps, "leave_gaps"),
        (gaps, "fill_holes"),
    ],
    "distance": [(tumor_module, "update_distance")],
    "gaps": [(domain, "count_gaps"), (domain, "list_gaps"), (gaps, "close_gaps")],
    "turns, directions": [(order, "division_keys"), (division, "aim")],
    "divisions": [(division, "divide"), (division, "divide_by_regions")],
    "daughters": [(population, "bear_daughters")],
    "sorting by place": [
        (order, "order_by_block"),
        (order, "rearrange"),
        (order, "point_back"),
    ],
    "center, bounds": [(domain, "extent"), (domain, "farthest")],
}
LINE = 64


def time_phases() -> dict[str, float]:
    """Let every function of :data:`PHASES` add its wall time [s] to the returned mapping."""
    spent = dict.fromkeys(PHASES, 0.0)

    def timed(function: Any, phase: str) -> Any:
        def call(*arguments: Any) -> Any:
            start = time.perf_counter()
            result = function(*arguments)
            spent[phase] += time.perf_counter() - start
            return result

        return call

    for phase, functions in PHASES.items():
        for module, name in functions:
            setattr(module, name, timed(getattr(module, name), phase))
    return spent


def bandwidth() -> float:
    """Bytes per second of a triad on all threads [byte/s]."""
    a, b, c = (np.ones(60_000_000, np.float32) for _ in range(3))
    return 3 * a.nbytes / best_seconds(lambda: triad(a, b, c, np.float32(2)), 5)


def traffic(
    tumor: Tumor, updates: float, births: float, attempts: float, sorted_rows: float
) -> dict[str, float]:
    """Least memory traffic of each phase [byte]."""
    row = bytes_per_cell(tumor.cells, tumor.held)
    box = float(np.prod(np.diff(tumor.lattice.bounds[:6].reshape(3, 2))[:, 0] + 1.0)) / max(
        tumor.n, 1
    )
    moves = 0.5 * tumor.spec.depth_sites
    return {
        "cells": updates * (READ + WRITTEN if tumor.exposed else 4 * 4 + 1),
        "lists": updates,
        "distance": updates / tumor.spec.space_steps * 4 * box,
        "gaps": updates / tumor.spec.space_steps * 4 * box,
        "turns, directions": attempts * 6 * LINE,
        "divisions": (births * moves * 2 + attempts * 3) * LINE,
        "daughters": births * len(tumor.held) * 3 * LINE,
        "sorting by place": sorted_rows * (4 * row + 12),
        "center, bounds": updates / tumor_module.RECENTER_STEPS * 4,
    }


def spec_of(options: argparse.Namespace) -> tuple[TumorSpec, Any]:
    """What the tumor is made of, its growth calibrated, and its exposure to the regimen."""
    overrides = {
        "tumor.resolution": f"{options.resolution:g} /mm^3",
        "tumor.growth.doubling_time": f"{options.doubling:g} day",
    }
    if options.regimen:
        overrides["arms.vehicle.regimen"] = options.regimen
    scenario = load_scenario(SCENARIO, overrides)
    growth = calibrate(
        tumor_spec(scenario, None),
        options.start,
        options.doubling,
        load_set(scenario.model).value("cell_loss_factor"),
    )
    exposure = exposures(scenario, scenario.arms[0].doses).tumor if options.regimen else None
    return tumor_spec(scenario, growth), exposure


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in (
        ("start", 200.0),
        ("days", 30.0),
        ("doubling", 7.8),
        ("resolution", 1e5),
        ("reserve", 1700.0),
    ):
        parser.add_argument(f"--{name}", type=float, default=default)
    parser.add_argument("--regimen", default="")
    parser.add_argument("--cells", type=float, nargs="*", default=[])
    options = parser.parse_args()
    spec, exposure = spec_of(options)
    Tumor(spec, 0.05, 1).step(np.full((1, 1), 0.2))  # compiles
    if options.cells:
        cost_by_size(spec, options.cells)
        return
    started = time.perf_counter()
    tumor = Tumor(spec, 0.25 * options.start, 1, options.reserve)
    while tumor.volume_mm3 < options.start:
        tumor.step()
    print(
        f"grown to {tumor.volume_mm3:.0f} mm3 in {time.perf_counter() - started:.0f} s", flush=True
    )
    spent, updates, sorted_rows = time_phases(), 0.0, 0.0
    born, attempts = tumor.born, tumor.born + tumor.failed_pushes
    begun = time.perf_counter()
    for hour in range(round(24 * options.days)):
        before = tumor._births
        inhibition = exposure.advance(float(hour), hour + 1.0) if exposure else None
        updates += tumor.n
        tumor.step(inhibition)
        sorted_rows += tumor.n if tumor._births < before else 0
        if (hour + 1) % 72 == 0:
            seconds = time.perf_counter() - begun
            print(
                f"day {(hour + 1) / 24:3.0f}: {tumor.n:.3e} agents, {seconds:5.0f} s,"
                f" {1e9 * seconds / updates:.1f} ns per agent-step",
                flush=True,
            )
    total = time.perf_counter() - begun
    counts = tumor.counts()
    living = tumor.n - sum(
        number
        for state, number in counts.items()
        if state.name not in ("PROLIFERATING", "QUIESCENT")
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"\n{living:.3e} living cells at the end; {total:.0f} s for {options.days:g} days,"
        f" {time.perf_counter() - started:.0f} s with growing up"
    )
    print(
        f"{updates:.3e} agent-steps, {updates / total / 1e6:.1f} million per second on"
        f" {numba.get_num_threads()} threads; peak {peak:.2f} GiB,"
    )
    print(
        f"{bytes_per_cell(tumor.cells, tumor.held)} bytes per cell in columns,"
        f" {peak * 2**30 / tumor.n:.0f} in all\n"
    )
    bounds, rate = (
        traffic(
            tumor,
            updates,
            tumor.born - born,
            tumor.born + tumor.failed_pushes - attempts,
            sorted_rows,
        ),
        bandwidth(),
    )
    print(
        f"bandwidth of a triad: {rate / 1e9:.1f}"
        f" GB/s\n{'phase':20}{'share':>8}{'ns/agent-step':>16}{'bound / time':>14}"
    )
    for phase, seconds in sorted(
        (spent | {"rest": total - sum(spent.values())}).items(), key=lambda item: -item[1]
    ):
        ratio = (
            f"{bounds[phase] / rate / seconds:14.2f}"
            if phase in bounds and seconds > 0
            else f"{'-':>14}"
        )
        print(f"{phase:20}{100 * seconds / total:7.1f}%{1e9 * seconds / updates:16.2f}{ratio}")


def cost_by_size(spec: TumorSpec, sizes: list[float]) -> None:
    """Cost per agent-step of tumors of several sizes, drug in every cell, over a day after a day of
    settling.
    """
    print(f"{'agents':>12}{'ns per agent-step':>20}")
    for size in sizes:
        tumor = Tumor(spec, size / spec.resolution, 1, 1.2 * size / spec.resolution)
        inhibition = np.full((1, 1), 0.2)
        for _ in range(24):
            tumor.step(inhibition)
        updates, start = 0, time.perf_counter()
        for _ in range(24):
            updates += tumor.n
            tumor.step(inhibition)
        print(f"{tumor.n:12.2e}{1e9 * (time.perf_counter() - start) / updates:20.1f}", flush=True)


if __name__ == "__main__":
    main()
