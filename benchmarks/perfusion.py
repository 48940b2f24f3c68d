"""Response against perfusion: T/C of one tumor over the mean vessel exchange g, the same cells throughout, and what oxygen does to the control.

Prints a table and writes ``perfusion.png`` beside the working directory, or the file named by ``--figure``.

Run: python benchmarks/perfusion.py [--volume 20] [--seeds 2] [--figure FILE]
"""

from __future__ import annotations

import argparse
import math
from typing import Any

import numpy as np

from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.load import load_scenario
from xenosim.study.animal import exposures, tumor_spec
from xenosim.study.run import calibrate_growth
from xenosim.tumor.abm import XenograftModel

EXCHANGE = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
DAYS = 21


def follow(scenario: Any, spec: Any, doses: Any, volume: float, seed: int) -> tuple[float, ...]:
    """Relative volume after DAYS, hypoxic share of living cells on day 0, necrotic share of all cells on the last day, mean and highest occupancy [-]."""
    exposure = exposures(scenario, doses, perfusion=spec.perfusion).tumor if doses else None
    model = XenograftModel(spec, 0.5 * volume, exposure=exposure, rng=seed, start_h=-2400.0, collect_every_h=math.inf)
    while model.volume_mm3 < volume and model.tumor.step_number < 2400:
        model.advance()
    model.time_h = 0.0
    start, hypoxic = model.volume_mm3, model.tumor.hypoxic() / max(model.n_agents, 1)
    occupancies = [0.0]
    while model.time_h < 24 * DAYS - 1e-9:
        model.advance()
        occupancies.append(0.0 if model.inhibition is None else float(model.inhibition.mean()))
    necrotic = model.tumor.counts()[3] / max(model.n_agents, 1)  # type: ignore[index]
    return model.volume_mm3 / start, hypoxic, necrotic, sum(occupancies) * spec.dt_h / (24 * DAYS), max(occupancies)


def main() -> None:
    """The table and the figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="scenarios/osteosarcoma_primary.yaml")
    parser.add_argument("--volume", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--figure", default="perfusion.png")
    options = parser.parse_args()
    scenario = load_scenario(options.scenario)
    treated = next(arm.doses for arm in scenario.arms if not arm.control) or parse_regimen("11 mg/kg IV BIW x3wk", default_drug="ixazomib")
    # One cell for all: the growth of a well perfused tumor; poor perfusion then slows the control too.
    well = scenario.model_copy(update={"site": "subcutaneous"})
    growth = calibrate_growth(well)
    print(f"{scenario.model}, {options.volume:g} mm3 on day 0, {treated[0].amount_mg_per_kg:g} mg/kg; cell cycle {growth.cycle_h:.0f} h at every g")
    print("| mean g (1/h) | hypoxic on day 0 (%) | control, relative volume | necrotic, control (%) | mean occupancy (%) | highest (%) | T/C (%) | sd between seeds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    means, shares = [], []
    for g in EXCHANGE:
        base = tumor_spec(well, growth)
        spec = base._replace(perfusion=base.perfusion._replace(mean=g, voxel_um=100.0))
        ratios, controls, occupancies = [], [], []
        for seed in range(1, options.seeds + 1):
            control = follow(well, spec, (), options.volume, seed)
            under = follow(well, spec, treated, options.volume, seed)
            ratios.append(100.0 * under[0] / control[0])
            occupancies.append(under[3:])
            controls.append(control)
        growth_x, hypoxic, necrotic = np.mean(controls, axis=0)[:3]
        means.append(float(np.mean(ratios)))
        shares.append(np.mean(occupancies, axis=0).tolist())
        print(f"| {g:g} | {100 * hypoxic:.0f} | {growth_x:.2f} | {100 * necrotic:.1f} | {100 * shares[-1][0]:.0f} | {100 * shares[-1][1]:.0f} | {means[-1]:.0f} | {np.std(ratios, ddof=min(1, options.seeds - 1)):.1f} |", flush=True)
    effects = [-math.log(mean) for mean in means]
    for name, column in zip(("mean", "highest"), zip(*shares, strict=True), strict=True):
        print(f"rank correlation of -ln T/C with the {name} occupancy: {_rank_correlation(list(column), effects):+.2f}, n = {len(means)}")
    _draw(means, options.figure)


def _rank_correlation(a: list[float], b: list[float]) -> float:
    """Spearman's, without ties [-]."""
    return float(np.corrcoef(np.argsort(np.argsort(a)), np.argsort(np.argsort(b)))[0, 1])


def _draw(means: list[float], path: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(EXCHANGE, means, "o-", color="#0072B2")
    axes.axhline(100, color="0.6", lw=0.8)
    axes.set(xlabel="mean vessel exchange g (1/h)", ylabel=f"T/C of relative volume, day {DAYS} (%)", ylim=(0, 120))
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
