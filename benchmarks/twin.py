"""The radial twin: its agreement with the lattice, its convergence, and what it costs.

``python benchmarks/twin.py [--agreement]`` prints, from one run on one machine:

* cost: a treated tumor of 30 days, studies of 16 and of 50 animals, the lattice's cost beside it;
* convergence: volume and T/C of a typical tumor over the agents at the start volume;
* with ``--agreement``, the table of ``xenosim validate --only twin`` (minutes).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Scenario
from xenosim.study.animal import Animal
from xenosim.study.growth import calibrate_growth
from xenosim.study.run import run_study
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.spaces import found_tumor
from xenosim.validation.table import as_text, build
from xenosim.validation.twin import twin_rows

SCENARIOS = Path(__file__).parents[1] / "scenarios"
REGIMEN = "ixazomib 14 mg/kg IV BIW x4wk"
DAYS = 30.0
AGENTS = (100, 300, 1000, 3000, 10_000)
SEEDS = 24


def escc(engine: str, **overrides: str) -> Scenario:
    """The study of the main job on one engine, from 100 mm3."""
    given = {"engine": engine, "tumor.start_volume": "100 mm^3"} | overrides
    return load_scenario(SCENARIOS / "escc_q2d.yaml", given)


def tumor(scenario: Scenario, treated: bool, seed: int) -> tuple[float, float]:
    """Relative volume of one typical tumor after DAYS [-], and the seconds from day 0."""
    spec = tumor_spec(scenario, calibrate_growth(scenario))
    start = scenario.tumor.start_volume_mm3
    doses = parse_regimen(REGIMEN) if treated else ()
    tissues = exposures(scenario, doses)._asdict() if treated else {}
    animal = Animal([found_tumor(spec, 0.25 * start, seed)], tissues)
    while animal.volume_mm3 < start:
        animal.advance()
    animal.begin_study()
    before, began = animal.volume_mm3, time.perf_counter()
    animal.live_until(DAYS)
    return animal.volume_mm3 / before, time.perf_counter() - began


def cost() -> None:
    """Seconds of tumors and of studies on both engines."""
    print(f"one tumor from 100 mm3, {DAYS:g} days hourly, {REGIMEN}:")
    for engine, seeds in (("twin", 10), ("lattice", 2)):
        for treated in (False, True):
            tumor(escc(engine), treated, 1)
            times = [tumor(escc(engine), treated, seed)[1] for seed in range(1, seeds + 1)]
            arm = "treated" if treated else "untreated"
            print(f"  {engine:8} {arm:10} {1e3 * float(np.median(times)):9.1f} ms")
    print("studies, warm, seconds on all processors:")
    for animals, label in ((8, "2 arms x 8"), (25, "2 arms x 25"), (500, "2 arms x 500")):
        scenario = escc("twin", **{"animals.per_arm": str(animals)})
        run_study(escc("twin", **{"animals.per_arm": "1"}))
        began = time.perf_counter()
        run_study(scenario)
        print(f"  twin     {label:14} {time.perf_counter() - began:7.2f}")
    run_study(escc("lattice", **{"animals.per_arm": "1"}))
    began = time.perf_counter()
    run_study(escc("lattice"))
    print(f"  lattice  2 arms x 8     {time.perf_counter() - began:7.2f}")


def convergence() -> None:
    """Volume and T/C over the agents at the start volume, mean and spread between seeds."""
    print(f"typical tumor, day {DAYS:g}, {SEEDS} seeds: agents at the start volume, untreated")
    print("relative volume (CV between seeds), T/C (SD between seeds)")
    for agents in AGENTS:
        scenario = escc("twin", **{"tumor.twin_agents": str(agents)})
        seeds = range(1, SEEDS + 1)
        control = np.array([tumor(scenario, False, seed)[0] for seed in seeds])
        ratio = np.array([tumor(scenario, True, seed)[0] for seed in seeds]) / control.mean()
        print(
            f"  {agents:6d}  {control.mean():7.3f} ({control.std(ddof=1) / control.mean():.3f})"
            f"   {ratio.mean():.4f} ({ratio.std(ddof=1):.4f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--agreement", action="store_true", help="the table against the lattice too"
    )
    options = parser.parse_args()
    cost()
    convergence()
    if options.agreement:
        print(as_text(build(twin_rows(SCENARIOS, None), "twin")))


if __name__ == "__main__":
    main()
