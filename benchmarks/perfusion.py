"""Response against perfusion: T/C of one tumor over the mean vessel exchange g, the same cells
throughout, and what oxygen does to the control.

Prints a table and writes ``perfusion.png`` beside the working directory, or the file named by
``--figure``.

Run: python benchmarks/perfusion.py [--volume 20] [--seeds 2] [--figure FILE]
"""

from __future__ import annotations

import argparse

from xenosim.scenario.load import load_scenario
from xenosim.validation.perfusion import DAYS, SEEDS, VOLUME_MM3, Point, perfusion_rows, sweep


def main() -> None:
    """The table and the figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", default="scenarios/osteosarcoma_primary.yaml")
    parser.add_argument("--volume", type=float, default=VOLUME_MM3)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--figure", default="perfusion.png")
    options = parser.parse_args()
    points = sweep(load_scenario(options.scenario), None, options.volume, options.seeds)
    print(
        "| mean g (1/h) | hypoxic on day 0 (%) | control, relative volume | necrotic, control (%) |"
        " mean occupancy (%) | highest (%) | T/C (%) | sd between seeds |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for p in points:
        shares = (
            f"{100 * p.hypoxic:.0f} | {p.growth:.2f} | {100 * p.necrotic:.1f} |"
            f" {100 * p.occupancy:.0f} | {100 * p.peak:.0f}"
        )
        print(f"| {p.exchange:g} | {shares} | {100 * p.tc:.0f} | {100 * p.sd:.1f} |")
    for row in perfusion_rows(points):
        print(f"{row['row']}: {row['what']}: {row['simulated']:+.2f}, {row['verdict']}")
    _draw(points, options.figure)


def _draw(points: list[Point], path: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.semilogx([p.exchange for p in points], [100 * p.tc for p in points], "o-", color="#0072B2")
    axes.axhline(100, color="0.6", lw=0.8)
    axes.set(
        xlabel="mean vessel exchange g (1/h)",
        ylabel=f"T/C of relative volume, day {DAYS} (%)",
        ylim=(0, 120),
    )
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
