"""Response against perfusion: one tumor under one regimen over the mean exchange g of its vessels,
the same cells throughout (MODEL.md P2, P6).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.analysis.growth import correlation
from xenosim.cell.state import CellState
from xenosim.execution.processes import Workers
from xenosim.study.animal import Animal
from xenosim.study.growth import calibrate_growth
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.tumor import Tumor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.spec import TumorSpec

#: Mean vessel exchange g [1/h], from poorly to well perfused.
EXCHANGE = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
DAYS = 21
VOLUME_MM3, SEEDS = 20.0, 2
#: Steps after which a tumor that does not grow is taken as it is [-].
MOST_STEPS = 2400
#: Rank correlation of as many points as EXCHANGE above which chance alone comes in one case in
#: twenty (one-sided).
SIGNIFICANT = 0.714


class Point(NamedTuple):
    """Means over seeds: ``exchange`` [1/h]; of the control its relative volume ``growth`` after
    DAYS, the ``hypoxic`` share of living cells on day 0, the ``necrotic`` share on the last day
    [-]; ``occupancy`` of the treated, its mean and its ``peak`` [-]; ``tc``, with its ``sd``
    between seeds [-].
    """

    exchange: float
    growth: float
    hypoxic: float
    necrotic: float
    occupancy: float
    peak: float
    tc: float
    sd: float


class _Task(NamedTuple):
    """One exchange value: ``spec`` with it, the ``doses``, and the start volume [mm3] and number of
    ``seeds``.
    """

    scenario: Scenario
    spec: TumorSpec
    doses: tuple[Dose, ...]
    volume_mm3: float
    seeds: int


def _follow(task: _Task, doses: tuple[Dose, ...], seed: int) -> tuple[float, ...]:
    """Relative volume after DAYS, hypoxic share on day 0, necrotic share on the last day, mean and
    highest occupancy [-].
    """
    spec = task.spec
    tissues = (
        {"tumor": exposures(task.scenario, doses, perfusion=spec.perfusion).tumor} if doses else {}
    )
    animal = Animal([Tumor(spec, 0.5 * task.volume_mm3, seed)], tissues)
    while animal.volume_mm3 < task.volume_mm3 and animal.step_number < MOST_STEPS:
        animal.advance()
    animal.begin_study()
    start, hypoxic = animal.volume_mm3, animal.tumor.hypoxic() / max(animal.n_agents, 1)
    occupancies = [0.0]

    def note(animal: Animal) -> None:
        seen = animal.inhibition
        occupancies.append(0.0 if seen is None else float(seen.mean()))

    animal.live_until(DAYS, note)
    necrotic = animal.counts()[CellState.NECROTIC] / max(animal.n_agents, 1)
    return (
        animal.volume_mm3 / start,
        hypoxic,
        necrotic,
        sum(occupancies) * spec.dt_h / (24 * DAYS),
        max(occupancies),
    )


def _point(task: _Task) -> Point:
    """Control and treated tumors of one exchange value, on common random numbers."""
    pairs = [
        (_follow(task, (), seed), _follow(task, task.doses, seed))
        for seed in range(1, task.seeds + 1)
    ]
    ratios = [treated[0] / control[0] for control, treated in pairs]
    growth, hypoxic, necrotic = np.mean([control[:3] for control, _ in pairs], axis=0).tolist()
    occupancy, peak = np.mean([treated[3:] for _, treated in pairs], axis=0).tolist()
    spread = float(np.std(ratios, ddof=1)) if len(ratios) > 1 else math.nan
    return Point(
        task.spec.perfusion.mean,
        growth,
        hypoxic,
        necrotic,
        occupancy,
        peak,
        float(np.mean(ratios)),
        spread,
    )


def sweep(
    scenario: Scenario, jobs: int | None = None, volume_mm3: float = VOLUME_MM3, seeds: int = SEEDS
) -> list[Point]:
    """Every exchange value; cells and doses are those of ``scenario``, their growth that of the
    subcutaneous site.

    Poor perfusion then slows the control too. ``volume_mm3``: on day 0 [mm3].
    """
    well = scenario.model_copy(update={"site": "subcutaneous"})
    base = tumor_spec(well, calibrate_growth(well))
    specs = [
        base._replace(perfusion=base.perfusion._replace(mean=g, voxel_um=100.0)) for g in EXCHANGE
    ]
    doses = next(arm.doses for arm in scenario.arms if arm.doses)
    with Workers(jobs, len(specs)) as workers:
        return workers.map(_point, [_Task(well, spec, doses, volume_mm3, seeds) for spec in specs])


def rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Spearman's, without ties [-]."""
    return correlation(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))


def perfusion_rows(points: Sequence[Point]) -> list[dict[str, Any]]:
    """VIV-06, efficacy follows size and duration of inhibition in the tumor: by the peak and by the
    mean of occupancy. A direction: no number is published.
    """
    effects = [-math.log(point.tc) for point in points]
    rows = []
    for name, values in (
        ("highest", [point.peak for point in points]),
        ("mean", [point.occupancy for point in points]),
    ):
        found = rank_correlation(values, effects)
        rows.append(
            {
                "part": "perfusion",
                "row": "VIV-06",
                "what": (
                    f"rank correlation of -ln T/C with the {name} occupancy over {len(points)}"
                    " vessel exchanges"
                ),
                "unit": "",
                "published": math.nan,
                "low": SIGNIFICANT,
                "high": math.inf,
                "simulated": found,
                "sim_low": math.nan,
                "sim_high": math.nan,
                "verdict": "met" if found > SIGNIFICANT else "MISS",
                "used": "validation",
                "note": (
                    "direction only; a poorly perfused tumor takes up and loses the drug more"
                    " slowly"
                ),
            }
        )
    return rows
