"""The workload of the comparison, in plain Python: what every framework here is asked to do.

A ball of cells on a cubic lattice, one cell per site, hourly steps for 30 days. Each hour a cell
updates its load and stress under an inhibition that rises and falls daily, may die, and advances
its cycle; at the end of the cycle it divides into a free one of its 26 neighbors, or pushes the
cells on a straight line one site outward, if a free site lies within ten. Dead cells leave at once.
"""

from __future__ import annotations

import itertools
import json
import math
import platform
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version

START_CELLS, DAYS, HALF_SIDE, REACH = 1000, 30, 30, 10
CYCLE_H, CYCLE_SD, LOSS_PER_H = 72.0, 0.15, 0.0055
LOAD_RATIO, LOAD_SD = 0.4, 0.3
STEPS = 24 * DAYS
OFFSETS = tuple(offset for offset in itertools.product((-1, 0, 1), repeat=3) if any(offset))


def inhibition(step: int) -> float:
    """Occupancy of the target in this hour [-]."""
    return 0.2 + 0.2 * math.sin(2.0 * math.pi * step / 24.0)


def next_load(load: float, ratio: float, occupancy: float) -> float:
    """Load after an hour [-]: synthesis against saturable removal."""
    return max(load + 0.5 * (ratio - (1.0 - occupancy) * load / (1.0 + load)), 0.0)


def next_stress(stress: float, load: float) -> float:
    """Stress after an hour [-]: relaxes to a Hill function of the load."""
    return stress + 0.24 * (load * load / (9.0 + load * load) - stress)


def speed(stress: float) -> float:
    """Speed of the cycle [-]."""
    return max(1.0 - 1.5 * stress, 0.0)


def ball(n: int) -> list[tuple[int, int, int]]:
    """The ``n`` sites nearest to the center of a cube of 2 HALF_SIDE + 1 sites a side."""
    radius = math.ceil((3.0 * n / (4.0 * math.pi)) ** (1.0 / 3.0)) + 1
    near = sorted(
        itertools.product(range(-radius, radius + 1), repeat=3),
        key=lambda s: s[0] ** 2 + s[1] ** 2 + s[2] ** 2,
    )[:n]
    return [(z + HALF_SIDE, y + HALF_SIDE, x + HALF_SIDE) for z, y, x in near]


def line(
    site: tuple[int, int, int], direction: tuple[float, float, float]
) -> list[tuple[int, int, int]]:
    """The sites of a push from ``site``, nearest first."""
    longest = max(map(abs, direction)) or 1.0
    steps = [d / longest for d in direction]
    z, y, x = site
    return [
        (round(z + k * steps[0]), round(y + k * steps[1]), round(x + k * steps[2]))
        for k in range(1, REACH + 1)
    ]


def measure(
    name: str,
    packages: list[str],
    build: Callable[[], object],
    step: Callable[[object, int], int],
    cells: Callable[[object], int],
) -> None:
    """Build the model, run the 30 days, and print one line of JSON: cell-steps, seconds, memory.
    ``step`` returns the cells it advanced.
    """
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    model = build()
    built = time.process_time() - start
    empty = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu, updates, most = time.perf_counter(), time.process_time(), 0, cells(model)
    for k in range(STEPS):
        updates += step(model, k)
        most = max(most, cells(model))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = {
        "name": name,
        "versions": (
            {package: version(package) for package in packages}
            | {"python": platform.python_version()}
        ),
        "cells_start": START_CELLS,
        "cells_end": cells(model),
        "cell_steps": updates,
        "build_cpu_s": round(built, 2),
        "cpu_s": round(cpu, 2),
        "wall_s": round(wall, 2),
        "cell_steps_per_cpu_s": round(updates / cpu),
        "build_MiB": round((empty - before) / 1024, 1),
        "bytes_per_cell": round(1024 * (peak - before) / most),
    }
    json.dump(result, sys.stdout)
    print()
