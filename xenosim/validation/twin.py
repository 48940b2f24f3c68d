"""The radial twin against the lattice: volume and T/C of a typical tumor in every shipped study,
and over what decides the effect of a drug (MODEL.md P7).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.execution.processes import Workers
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve
from xenosim.study.animal import Animal
from xenosim.study.growth import CALIBRATION_AGENTS
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.growth import CALIBRATION_RESOLUTION, calibrate
from xenosim.tumor.spaces import found_tumor

if TYPE_CHECKING:
    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario

#: Tumors per arm that the lattice's mean is taken over, and the twin's [-].
SEEDS = {"lattice": 2, "twin": 12}
#: Agents of the twin at the start volume: so many that its own noise does not show.
TWIN_AGENTS = 4000
#: Limits of agreement: of T/C, of ln V treated and untreated [-].
TC_LIMIT, TREATED_LIMIT, UNTREATED_LIMIT = 0.02, 0.05, 0.03
#: Of the grid: its base, and the day of its T/C [day].
GRID_BASE, GRID_DAYS = "escc_q2d.yaml", 21.0
REGIMENS = {
    "ixazomib 10 mg/kg PO Q2D": "ixazomib 10 mg/kg PO Q2D x11",
    "ixazomib 14 mg/kg IV BIW": "ixazomib 14 mg/kg IV BIW x3wk",
    "ixazomib 18 mg/kg IV QW": "ixazomib 18 mg/kg IV QW x3",
    "ixazomib 4 mg/kg SC QD": "ixazomib 4 mg/kg SC QDx21",
    "bortezomib 1 mg/kg IV BIW": "bortezomib 1 mg/kg IV BIW x3wk",
    "carfilzomib 5 mg/kg IV BIW": "carfilzomib 5 mg/kg IV BIW x3wk",
}
BASE_REGIMEN = "ixazomib 14 mg/kg IV BIW"
#: Studies of the shipped ones that are left out, with the reason.
LEFT_OUT = {
    "full_size": "a study of resolution: its lattice takes ten minutes",
    "osteosarcoma_metastases": "forty lesions of a few agents each, compared one by one in tests",
}


class Case(NamedTuple):
    """One comparison: its ``name``; the ``scenario`` whose cells it has, started at ``start_mm3``
    [mm3], doubling there in ``doubling_days`` [day]; its treated ``arms`` with their doses, T/C on
    ``day`` [day]; what differs from the scenario: median ``load`` [-], ``depth_um`` [um], vessel
    ``exchange`` [1/h], None: nothing.
    """

    name: str
    scenario: Scenario
    start_mm3: float
    doubling_days: float
    arms: tuple[tuple[str, tuple[Dose, ...]], ...]
    day: float
    load: float | None = None
    depth_um: float | None = None
    exchange: float | None = None


class Found(NamedTuple):
    """Of one engine in one case: relative volume on the day in the control and in each treated arm,
    means over seeds [-].
    """

    control: float
    treated: tuple[float, ...]


def shipped_cases(folder: Path) -> list[Case]:
    """One case for every shipped study of one model with a treated arm."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        if path.stem in LEFT_OUT:
            continue
        scenario = load_scenario(str(path))
        if scenario.panel:
            continue
        arms = tuple((arm.name, arm.doses) for arm in scenario.arms if arm.doses)
        tumor = scenario.tumor
        found.append(
            Case(
                path.stem,
                scenario,
                tumor.start_volume_mm3,
                tumor.doubling_time_days,
                arms,
                scenario.measure.days[-1],
            )
        )
    return found


def grid_cases(folder: Path) -> list[Case]:
    """Drug, dose, interval and route; vessels, load, depth and start volume, one at a time."""
    scenario = load_scenario(str(folder / GRID_BASE))
    arms = {name: parse_regimen(text) for name, text in REGIMENS.items()}
    one = ((BASE_REGIMEN, arms[BASE_REGIMEN]),)
    base = Case("regimens", scenario, 100.0, 6.0, tuple(arms.items()), GRID_DAYS)
    return [
        base,
        *(
            base._replace(name=f"vessels {g:g} /h", arms=one, exchange=g)
            for g in (0.2, 0.5, 1.0, 2.0)
        ),
        *(base._replace(name=f"load {load:g}", arms=one, load=load) for load in (0.2, 0.6, 0.8)),
        *(
            base._replace(name=f"depth {depth:g} um", arms=one, depth_um=depth)
            for depth in (500.0, 700.0, 1400.0, 2000.0)
        ),
        *(
            base._replace(name=f"start {volume:g} mm3", arms=one, start_mm3=volume)
            for volume in (30.0, 200.0, 500.0)
        ),
    ]


def measure(task: tuple[Case, str]) -> Found:
    """What one engine gives in one case, its growth calibrated on that engine."""
    case, engine = task
    tumor = case.scenario.tumor.model_copy(update={"twin_agents": TWIN_AGENTS})
    scenario = case.scenario.model_copy(update={"engine": engine, "tumor": tumor})
    spec = tumor_spec(scenario, None)
    if engine == "twin":
        spec = spec._replace(resolution=TWIN_AGENTS / case.start_mm3)
    if case.load is not None:
        spec = spec._replace(traits=spec.traits._replace(load_median=case.load))
    if case.depth_um is not None:
        spec = spec._replace(depth_um=case.depth_um)
    if case.exchange is not None:
        spec = spec._replace(perfusion=spec.perfusion._replace(mean=case.exchange))
    growth = calibrate(
        spec,
        case.start_mm3,
        case.doubling_days,
        resolve(scenario).model.value("cell_loss_factor"),
        resolution=CALIBRATION_AGENTS / case.start_mm3
        if engine == "twin"
        else CALIBRATION_RESOLUTION,
    )
    spec = spec._replace(
        traits=spec.traits._replace(cycle_h=growth.cycle_h, loss_per_h=growth.loss_per_h)
    )
    arms = ((), *(doses for _, doses in case.arms))
    volumes = np.array(
        [
            [_relative_volume(scenario, spec, case, doses, seed) for doses in arms]
            for seed in range(1, SEEDS[engine] + 1)
        ]
    ).mean(axis=0)
    return Found(float(volumes[0]), tuple(volumes[1:].tolist()))


def _relative_volume(
    scenario: Scenario, spec: Any, case: Case, doses: tuple[Dose, ...], seed: int
) -> float:
    """Volume of one typical tumor on the day over that on day 0 [-]."""
    tissues = {"tumor": exposures(scenario, doses, perfusion=spec.perfusion).tumor} if doses else {}
    animal = Animal([found_tumor(spec, 0.25 * case.start_mm3, seed)], tissues)
    while animal.volume_mm3 < case.start_mm3:
        animal.advance()
    animal.begin_study()
    start = animal.volume_mm3
    animal.live_until(case.day)
    return animal.volume_mm3 / start


def twin_rows(
    folder: Path, jobs: int | None, progress: Callable[[float, float], None] | None = None
) -> list[dict[str, Any]]:
    """Rows of the table: per case the untreated volume, per arm the treated volume and T/C, the
    lattice's as what is asked.
    """
    cases = [*shipped_cases(folder), *grid_cases(folder)]
    tasks = [(case, engine) for case in cases for engine in SEEDS]
    with Workers(jobs, len(tasks)) as workers:
        found = workers.map(measure, tasks, progress, cost=lambda task: _cost(*task))
    rows = []
    for k, case in enumerate(cases):
        rows += _rows(case, found[2 * k], found[2 * k + 1])
    return rows


def _cost(case: Case, engine: str) -> float:
    """How long a task takes, relative to the others: the longest begin first."""
    tumors = SEEDS[engine] * (1 + len(case.arms)) * case.start_mm3 * case.day
    return tumors * (1.0 if engine == "lattice" else 0.02)


def _rows(case: Case, lattice: Found, twin: Found) -> list[dict[str, Any]]:
    """The rows of one case."""
    what = f"{case.name}: untreated volume on day {case.day:g}, relative"
    rows = [_row(what, lattice.control, twin.control, math.exp(UNTREATED_LIMIT) - 1.0, relative=1)]
    for (arm, _), asked, got in zip(case.arms, lattice.treated, twin.treated, strict=True):
        where = f"{case.name}, {arm}"
        rows.append(
            _row(f"{where}: treated volume, relative", asked, got, TREATED_LIMIT, relative=1)
        )
        tc = asked / lattice.control, got / twin.control
        rows.append(_row(f"{where}: T/C", *tc, TC_LIMIT, relative=0))
    return rows


def _row(what: str, lattice: float, twin: float, limit: float, relative: int) -> dict[str, Any]:
    """One row: met where the twin lies within ``limit`` of the lattice, a share of it if
    ``relative``.
    """
    width = limit * (lattice if relative else 1.0)
    return {
        "part": "twin",
        "row": "TWIN",
        "what": what,
        "unit": "",
        "published": lattice,
        "low": lattice - width,
        "high": lattice + width,
        "simulated": twin,
        "sim_low": math.nan,
        "sim_high": math.nan,
        "verdict": "met" if abs(twin - lattice) <= width else "MISS",
        "used": "construction",
        "note": f"lattice {lattice:.4g}, twin {twin:.4g}",
    }
