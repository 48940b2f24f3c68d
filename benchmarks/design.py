"""Time of a power curve: nine sizes, 500 studies of each, three tests.

    python benchmarks/design.py [JOBS]

Prints wall time and the processors' time, that of the animals and that of the studies apart; once
everything is compiled, so run it twice on a fresh machine. On a loaded machine the processors' time
is what tells: half of it is the wall time of two free cores.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from xenosim.analysis.power import TESTS, power_table
from xenosim.scenario.load import load_scenario
from xenosim.study.design import Question, design_study
from xenosim.study.population import simulate_pool
from xenosim.study.reading import read_pool

SCENARIO = Path(__file__).parent.parent / "scenarios" / "escc_q2d.yaml"
QUESTION = Question(tuple(range(4, 13)), tuple(TESTS), studies=500)


def processor_s() -> float:
    """Time of all processors that this process and its ended workers took [s]."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(jobs: int) -> None:
    """Print the times."""
    scenario = load_scenario(SCENARIO)
    wall, busy = time.perf_counter(), processor_s()
    design_study(scenario, QUESTION, jobs=jobs)
    print(
        f"whole design, {jobs} workers: {time.perf_counter() - wall:.1f} s wall,"
        f" {processor_s() - busy:.1f} s of processors",
        flush=True,
    )
    animals = read_pool(simulate_pool(scenario, 60), scenario)
    busy = processor_s()
    power_table(animals, QUESTION.sizes, QUESTION.tests, studies=QUESTION.studies)
    print(f"of it the studies and tests alone: {processor_s() - busy:.1f} s of processors")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
