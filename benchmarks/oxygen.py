"""What oxygen costs and what its numbers are worth: voxel size, resolution and tolerance in a tumor
short of oxygen, time of an update.

Cells of ``scenarios/osteosarcoma_primary.yaml``. For the voxel size the vessels are even (no
spread), because their random field is drawn per voxel: what is compared is the numerical error
alone.

Run: python benchmarks/oxygen.py [--seeds 4]
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from xenosim.scenario.load import load_scenario
from xenosim.study.growth import calibrate_growth
from xenosim.study.tissues import tumor_spec
from xenosim.tumor import oxygen
from xenosim.tumor.diffusion import solve
from xenosim.tumor.tumor import Tumor

#: Sites of 20 um, of which all voxels of the frozen tumor are multiples [1/mm3], [um].
FINE, FROZEN_UM = 1.25e5, (160.0, 80.0, 40.0, 20.0)
#: Vessel exchange [1/h] and its spread [-], resolution [1/mm3] and voxel [um] of the tumors that
#: grow.
GROWN = (
    (0.1, 0.0, 8e3, 200.0),
    (0.1, 0.0, 8e3, 100.0),
    (0.1, 0.0, 8e3, 50.0),
    (0.1, 0.0, 1e3, 100.0),
    (0.1, 0.0, 6.4e4, 100.0),
    (0.2, 0.5, 1e3, 100.0),
    (0.2, 0.5, 8e3, 100.0),
    (0.2, 0.5, 6.4e4, 100.0),
)
TOLERANCES = (1e-2, 1e-3, 1e-4)
DAYS = 10


def with_vessels(spec: Any, mean: float, cv: float, voxel_um: float) -> Any:
    """``spec`` with vessels of exchange ``mean`` [1/h] and spread ``cv`` [-] on voxels of
    ``voxel_um`` [um].
    """
    return spec._replace(perfusion=spec.perfusion._replace(mean=mean, cv=cv, voxel_um=voxel_um))


def grow(spec: Any, volume: float, days: float, seed: int = 1) -> Tumor:
    """A tumor founded at ``volume`` [mm3], after ``days`` [day]."""
    tumor = Tumor(spec, volume, seed)
    while tumor.step_number * spec.dt_h < 24.0 * days:
        tumor.step()
    return tumor


def shares(tumor: Tumor) -> tuple[float, float]:
    """Hypoxic cells of the living and necrotic ones of all [%]."""
    counts = tumor.counts()
    living = tumor.n - counts[2] - counts[3]  # type: ignore[index]
    return 100.0 * tumor.hypoxic() / max(living, 1), 100.0 * counts[3] / tumor.n  # type: ignore[index]


def frozen(spec: Any) -> None:
    """The same cells on finer and finer voxels."""
    tumor = grow(with_vessels(spec._replace(resolution=FINE), 0.05, 0.0, 80.0), 4.0, 3.0)
    state, pressures = tumor.state(), {}
    for voxel in FROZEN_UM:
        copy = Tumor.from_state(with_vessels(tumor.spec, 0.05, 0.0, voxel), state)
        copy._update_oxygen(copy.oxygen)  # type: ignore[arg-type]
        pressures[voxel] = copy.pressures()
    living, best = tumor.live.state < 2, pressures[FROZEN_UM[-1]]
    print(
        f"\nOne tumor of {tumor.n} cells of {tumor.volume_mm3:.1f} mm3, g 0.05 /h, its cells'"
        " oxygen on finer voxels"
    )
    print(
        "| voxel (um) | rms error (mmHg) | mean error (mmHg) | below 5 mmHg (%) | below 2.5 mmHg"
        " (%) |"
    )
    print("| --- | --- | --- | --- | --- |")
    for voxel, p in pressures.items():
        error = (p - best)[living]
        text = (
            "| - | - "
            if voxel == FROZEN_UM[-1]
            else f"| {np.sqrt(np.mean(error**2)):.2f} | {error.mean():+.2f} "
        )
        print(
            f"| {voxel:g} {text}| {100 * (p[living] < 5.0).mean():.1f} |"
            f" {100 * (p[living] < 2.5).mean():.1f} |"
        )


def growing(spec: Any, seeds: int) -> None:
    """Tumors that grow on voxels and sites of several sizes."""
    print(f"\n10 mm3, {DAYS} days; mean and sd of {seeds} seeds, one at 6.4e4")
    print(
        "| g (1/h) | its cv | agents per mm3 | voxel (um) | volume (mm3) | hypoxic (%) | necrotic"
        " (%) | s |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for g, cv, resolution, voxel in GROWN:
        started, rows = time.process_time(), []
        for seed in range(1, (seeds if resolution < 5e4 else 1) + 1):
            tumor = grow(
                with_vessels(spec._replace(resolution=resolution), g, cv, voxel), 10.0, DAYS, seed
            )
            rows.append((tumor.volume_mm3, *shares(tumor)))
        mean, sd = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=min(len(rows) - 1, 1))
        cells = " | ".join(f"{m:.4g} ± {s:.2g}" for m, s in zip(mean, sd, strict=True))
        print(
            f"| {g:g} | {cv:g} | {resolution:.3g} | {voxel:g} | {cells} |"
            f" {time.process_time() - started:.0f} |",
            flush=True,
        )


def tolerances(spec: Any) -> None:
    """From the last field of a growing tumor to the next, to several tolerances."""
    tumor = grow(spec, 150.0, 3.0)
    field = tumor.oxygen
    assert field is not None
    kept: list[Any] = []

    def record(p: Any, rate: Any, source: Any, coupling: float) -> int:
        kept.append((p.copy(), rate, source, coupling))
        return solve(p, rate, source, coupling)

    oxygen.solve = record
    try:
        for _ in range(2 * spec.space_steps):
            tumor.step()
    finally:
        oxygen.solve = solve
    before, rate, source, coupling = kept[-1]
    exact = before.astype(np.float64)
    solve(exact, rate.astype(np.float64), source.astype(np.float64), coupling, 1e-10)
    limits = [limit - field.params.host for limit in (field.params.hypoxia, field.params.necrosis)]
    print(f"\nAn update at {tumor.volume_mm3:.0f} mm3, float32, against 1e-10 mmHg in float64")
    print(
        "| tolerance (mmHg) | iterations | largest error (mmHg) | voxels on the other side of a"
        " threshold, of 1e6 |"
    )
    print("| --- | --- | --- | --- |")
    for tolerance in TOLERANCES:
        p = before.copy()
        iterations = solve(p, rate, source, coupling, tolerance)
        flips = sum(np.mean((p < limit) != (exact < limit)) for limit in limits)
        print(
            f"| {tolerance:g} | {iterations} | {np.abs(p - exact).max():.1g} | {1e6 * flips:.0f} |"
        )


def costs(spec: Any) -> None:
    """CPU time of an update and of the steps between two."""
    print(f"\nCPU time, one update every {spec.space_steps} steps")
    print("| volume (mm3) | voxels of the box | update (ms) | all steps between two (ms) |")
    print("| --- | --- | --- | --- |")
    for volume in (100.0, 400.0, 1600.0):
        tumor = grow(spec, volume, 1.0)
        spent, started = 0.0, time.process_time()
        for _ in range(2 * spec.space_steps):
            tumor.step()
        spent = (time.process_time() - started) / 2
        started = time.process_time()
        for _ in range(2):
            tumor._update_oxygen(tumor.oxygen)  # type: ignore[arg-type]
        update = (time.process_time() - started) / 2
        print(
            f"| {tumor.volume_mm3:.0f} | {tumor.oxygen.pressure.size} | {1e3 * update:.0f} |"
            f" {1e3 * (spent - update):.0f} |",
            flush=True,
        )  # type: ignore[union-attr]


def main() -> None:
    """All tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--only", choices=("frozen", "growing", "tolerances", "costs"))
    options = parser.parse_args()
    scenario = load_scenario("scenarios/osteosarcoma_primary.yaml")
    spec = tumor_spec(scenario, calibrate_growth(scenario))
    tables = {
        "frozen": lambda: frozen(spec),
        "growing": lambda: growing(spec, options.seeds),
        "tolerances": lambda: tolerances(spec),
        "costs": lambda: costs(spec),
    }
    for name in [options.only] if options.only else tables:
        tables[name]()


if __name__ == "__main__":
    main()
