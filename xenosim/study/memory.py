"""How large tumors may become, what that takes, and how many animals fit this machine at a time."""

from __future__ import annotations

import math
import os
from itertools import pairwise
from typing import TYPE_CHECKING

from xenosim.cell.state import allocate, bytes_per_cell
from xenosim.errors import ResourceError
from xenosim.study.execute import worker_count

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Beside the columns of a cell: lattice, distance field and the lists of one step [byte per agent] (benchmarks/full_size.py); of a process [byte].
SPACE_BYTES, PROCESS_BYTES = 18.0, 0.4 * 2**30
#: Share of the machine's memory that a study may take [-].
USABLE = 0.9
#: Growth of a fast animal relative to the typical one [standard deviations].
FAST = 2.0


def largest_volume(scenario: Scenario) -> float:
    """Volume that no tumor of a study is expected to pass [mm3].

    The smaller of what a fast animal grows to by the last day, and of what it grows to between the humane endpoint and the next
    measurement, if it kept the doubling time of the start volume, which growth does not. Animals are randomized within a day of the
    start volume, together.
    """
    rate = math.log(2.0) / scenario.tumor.doubling_time_days * math.exp(FAST * scenario.animals.cv_growth)
    days = scenario.measure.days
    longest = max(later - earlier for earlier, later in pairwise(days))
    seen_late = scenario.measure.end_volume_mm3 * math.exp(FAST * scenario.measure.caliper_error_sd + rate * longest)
    animals = scenario.animals.per_arm * len(scenario.arms)
    start = scenario.tumor.start_volume_mm3 * math.exp(rate) * (1.5 if animals > 1 else 1.0)
    return min(seen_late, start * math.exp(rate * days[-1]))


def bytes_needed(scenario: Scenario) -> float:
    """Memory of one animal at its largest [byte]."""
    return PROCESS_BYTES + largest_volume(scenario) * scenario.tumor.resolution_per_mm3 * (bytes_per_cell(allocate(1)) + SPACE_BYTES)


def workers_that_fit(scenario: Scenario, jobs: int | None) -> int:
    """Workers for the animals of a study: as asked, or as many as processors and memory allow.

    Raises
    ------
    ResourceError
        If one animal, or as many at once as were asked for, do not fit this machine; before anything is allocated.
    """
    memory, each = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), bytes_needed(scenario)
    fit = int(USABLE * memory / each)
    workers = worker_count(jobs, scenario.animals.per_arm * len(scenario.arms) * scenario.replicates)
    if fit < 1 or (jobs is not None and workers > fit):
        raise ResourceError(
            f"tumors up to {largest_volume(scenario):.0f} mm^3 at {scenario.tumor.resolution_per_mm3:g} agents per mm^3 need about "
            f"{workers * each / 2**30:.1f} GiB ({workers} at a time); this machine has {memory / 2**30:.1f} GiB",
            remedy="lower tumor.resolution, the humane endpoint or the days" if fit < 1 else f"use --jobs {fit}, or lower tumor.resolution",
        )
    return min(workers, fit)
