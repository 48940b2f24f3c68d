"""How large tumors may become, what that takes, and how many animals fit this machine at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from xenosim.cell.columns import HELD_AT_REST
from xenosim.cell.state import Cells, allocate, bytes_per_cell
from xenosim.errors import ResourceError
from xenosim.execution.processes import worker_count
from xenosim.machine import memory_bytes
from xenosim.scenario.resolve import resolve
from xenosim.study.tissues import tumor_spec
from xenosim.tumor.domain import growth_share

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Beside the columns of a cell: lattice, distance field and the lists of one step [byte per agent]
#: (benchmarks/full_size.py); of a process [byte].
SPACE_BYTES, PROCESS_BYTES = 18.0, 0.4 * 2**30
#: Of a site of the lattice of a lesion: row, distance, whether it is taken [byte].
SITE_BYTES = 5.2
#: Share of the machine's memory that a study may take [-].
USABLE = 0.9
#: Largest of many animals over the mean at randomization, and room for what the growth law leaves
#: out [-].
SPREAD_AT_START, SAFETY = 1.5, 1.15
#: Growth of a fast animal relative to the typical one [standard deviations].
FAST = 2.0


def largest_volume(scenario: Scenario) -> float:
    """Volume that no tumor of a study is expected to pass [mm3].

    The smaller of what a fast animal grows to by the last day, and of what it grows to between the
    humane endpoint and the next measurement, unless it is followed past it. Growth slows as the
    share of the tumor within the mechanical depth of its surface falls (MODEL.md P7).
    """
    days, start, end = (
        scenario.measure.days,
        scenario.tumor.start_volume_mm3,
        scenario.measure.end_volume_mm3,
    )
    grown = growth_law(scenario, math.exp(FAST * scenario.animals.cv_growth))
    many = scenario.animals.per_arm * len(scenario.arms) > 1
    by_last_day = grown(start * (SPREAD_AT_START if many else 1.0), days[-1] + 1.0)
    if scenario.follows_removed:
        return SAFETY * by_last_day
    read_low = end * math.exp(FAST * scenario.measure.error_sd(end))
    longest = max(later - earlier for earlier, later in pairwise(days))
    return SAFETY * min(by_last_day, grown(read_low, longest))


def growth_law(scenario: Scenario, speed: float = 1.0) -> Callable[[float, float], float]:
    """What an untreated volume [mm3] becomes in a number of days [day], as a function of both;
    ``speed``: of the animal, relative to the typical one [-].
    """
    rate = math.log(2.0) / scenario.tumor.doubling_time_days * speed
    # Of many small lesions every cell is near a surface.
    depth_mm = (
        resolve(scenario).model.value("mechanical_depth") / 1000.0
        if scenario.tumor.lesions.count == 1
        else math.inf
    )
    per_volume = rate / _rim_share(scenario.tumor.start_volume_mm3, depth_mm)
    return lambda volume_mm3, days: _grown(volume_mm3, days, per_volume, depth_mm)


def _rim_share(volume_mm3: float, depth_mm: float) -> float:
    """Share of a sphere within ``depth_mm`` of its surface [-]."""
    radius = (3.0 * volume_mm3 / (4.0 * math.pi)) ** (1.0 / 3.0)
    return float(1.0 - max(1.0 - depth_mm / radius, 0.0) ** 3)


def _grown(volume_mm3: float, days: float, per_volume: float, depth_mm: float) -> float:
    """Volume [mm3] after ``days`` [day] at ``per_volume`` [1/day] of the rim."""
    for _ in range(round(24.0 * days)):
        volume_mm3 *= math.exp(per_volume * _rim_share(volume_mm3, depth_mm) / 24.0)
    return volume_mm3


def bytes_needed(scenario: Scenario) -> float:
    """Memory of one animal at its largest [byte]: a tumor that meets no drug holds fewer
    columns.
    """
    untreated = not any(arm.doses for arm in scenario.arms)
    columns = bytes_per_cell(allocate(1), HELD_AT_REST if untreated else Cells._fields)
    agents = largest_volume(scenario) * scenario.agents_per_mm3
    return PROCESS_BYTES + agents * (columns + SPACE_BYTES) + _margins(scenario, agents)


def _margins(scenario: Scenario, agents: float) -> float:
    """Lattices of several lesions [byte]: each has room around it, however few ``agents`` [-] they
    have; of a single tumor they are among the bytes of an agent.
    """
    count = scenario.tumor.lesions.count
    if count == 1 or scenario.engine != "lattice":
        return 0.0
    spec = tumor_spec(scenario, None)
    radius = (3.0 * agents / count / (4.0 * math.pi)) ** (1.0 / 3.0)
    half = math.ceil((1.0 + 2.0 * growth_share(radius)) * radius) + 2 * spec.margin
    return count * SITE_BYTES * (2.0 * half + 1.0) ** 3


def workers_that_fit(scenario: Scenario, jobs: int | None, where: str | None = None) -> int:
    """Workers for the animals of a study: as asked, or as many as processors and memory allow;
    ``where``: the place named in errors.

    Raises
    ------
    ResourceError
        If one animal, or as many at once as were asked for, do not fit this machine; before
        anything is allocated.
    """
    memory = memory_bytes()
    each = bytes_needed(scenario)
    fit = int(USABLE * memory / each)
    workers = worker_count(
        jobs, scenario.animals.per_arm * len(scenario.arms) * scenario.replicates
    )
    if fit < 1 or (jobs is not None and workers > fit):
        raise ResourceError(
            f"tumors up to {largest_volume(scenario):.0f} mm^3 at"
            f" {scenario.agents_per_mm3:g} agents per mm^3 need about"
            f" {workers * each / 2**30:.1f} GiB ({workers} at a time); this machine has"
            f" {memory / 2**30:.1f} GiB",
            where=where,
            remedy=(
                "lower tumor.resolution, the humane endpoint or the days"
                + "; animals.follow_removed: false ends there" * scenario.follows_removed
                if fit < 1
                else f"use --jobs {fit}, or lower tumor.resolution"
            ),
        )
    return min(workers, fit)
