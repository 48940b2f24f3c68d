"""What it does to repeated doses that traits mix: T/C of a typical tumor over the time in which
load and threshold are forgotten.

``python benchmarks/heredity.py [SEEDS]`` prints a table, from radial twins on the last day of each
shipped study; the untreated tumor does not depend on it, because its cells are at rest.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve
from xenosim.study.animal import Animal
from xenosim.study.growth import CALIBRATION_AGENTS
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.growth import calibrate
from xenosim.tumor.spaces import found_tumor

STUDIES = ("oci_ly10_weekly", "wsu_dlcl2_daily_sc", "mm1s_biw", "escc_q2d")
#: Times in which traits are forgotten [h], agents of a tumor at its start volume [-].
TIMES_H, AGENTS = (np.inf, 300.0, 100.0, 48.0), 4000
FOLDER = Path(__file__).parents[1] / "scenarios"


def relative_volume(scenario, spec, doses, seed: int) -> float:
    """Volume on the last day over that on day 0 [-]."""
    start = scenario.tumor.start_volume_mm3
    tissues = {"tumor": exposures(scenario, doses, perfusion=spec.perfusion).tumor} if doses else {}
    animal = Animal([found_tumor(spec, 0.25 * start, seed)], tissues)
    while animal.volume_mm3 < start:
        animal.advance()
    animal.begin_study()
    at_start = animal.volume_mm3
    animal.live_until(scenario.measure.days[-1])
    return animal.volume_mm3 / at_start


def study(name: str, seeds: int) -> None:
    """The rows of one study."""
    scenario = load_scenario(str(FOLDER / f"{name}.yaml"))
    tumor = scenario.tumor.model_copy(update={"twin_agents": AGENTS})
    scenario = scenario.model_copy(update={"engine": "twin", "tumor": tumor})
    start = tumor.start_volume_mm3
    spec = tumor_spec(scenario, None)._replace(resolution=AGENTS / start)
    loss = resolve(scenario).model.value("cell_loss_factor")
    growth = calibrate(
        spec, start, tumor.doubling_time_days, loss, resolution=CALIBRATION_AGENTS / start
    )
    traits = spec.traits._replace(cycle_h=growth.cycle_h, loss_per_h=growth.loss_per_h)
    control = np.mean(
        [relative_volume(scenario, spec._replace(traits=traits), (), s) for s in range(1, seeds)]
    )
    for arm in scenario.arms:
        if not arm.doses:
            continue
        found = []
        for hours in TIMES_H:
            mixing = spec._replace(traits=traits._replace(mixing_rate=1.0 / hours))
            volumes = [relative_volume(scenario, mixing, arm.doses, s) for s in range(1, seeds)]
            found.append(f"{np.mean(volumes) / control:.2f}")
        print(f"| {name}, {arm.name} | " + " | ".join(found) + " |", flush=True)


if __name__ == "__main__":
    count = 1 + int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print("| T/C | " + " | ".join("never" if h == np.inf else f"{h:g} h" for h in TIMES_H) + " |")
    print("| --- " * (1 + len(TIMES_H)) + "|")
    for each in STUDIES:
        study(each, count)
