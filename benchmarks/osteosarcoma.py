"""The osteosarcoma pair: one cell line at two sites under one regimen. Prints a table and draws the
growth of all arms.

Every animal is in both arms, on common random numbers: the intervals are those of the drug's effect
in the model, not of the scatter of growth between independent animals (``xenosim run`` gives
those).

Run: python benchmarks/osteosarcoma.py [--set animals.per_arm=2] [--figure FILE] [--tables FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from xenosim.scenario.load import load_scenario
from xenosim.study.run import run_study
from xenosim.viz.growth import draw_arm
from xenosim.viz.style import finish

if TYPE_CHECKING:
    import pandas as pd

SITES = {
    "osteosarcoma_primary": "intramuscular, g 0.2 /h",
    "osteosarcoma_metastases": "40 nodules of the lung, g 2 /h",
}
COLORS = {"vehicle": "0.45", "ixazomib": "#0072B2"}


def row(tables: dict[str, pd.DataFrame], site: str, arm: str) -> str:
    """One arm: growth rate and doubling time with intervals, T/C and its logarithm, hypoxic and
    necrotic cells on the last day, mean occupancy.
    """
    table, cells = (
        tables["endpoints"].query("arm == @arm").set_index("endpoint"),
        tables["cells"].query("arm == @arm"),
    )

    def text(name: str, style: str, unit: float = 1.0) -> str:
        if name not in table.index:
            return "-"
        e = table.loc[name]
        return (
            f"{unit * e['estimate']:{style}} ({unit * e['ci_low']:{style}} to"
            f" {unit * e['ci_high']:{style}})"
        )

    last = cells.sort_values("day").groupby("animal_id").tail(1)
    living = (last["n_proliferating"] + last["n_quiescent"]).clip(lower=1)
    hypoxic, necrotic = (
        100 * (last["n_hypoxic"] / living).mean(),
        100 * (last["n_necrotic"] / last["n_cells"].clip(lower=1)).mean(),
    )
    plasma = tables["plasma"].query("arm == @arm")
    occupancy = f"{100 * plasma['tumor_occupancy'].mean():.0f}" if len(plasma) else "-"
    return (
        f"| {site} | {arm} | {text('growth_rate_per_day', '.3f')} |"
        f" {text('doubling_time_days', '.1f')} | {text('tc_pct', '.0f')} |"
        f" {text('tc_volume_mean', '.0f', 100.0)} | {hypoxic:.1f} | {necrotic:.1f} | {occupancy} |"
    )


def draw(studies: dict[str, dict[str, pd.DataFrame]], path: str) -> None:
    """Geometric mean and 95 % band of the relative volume of both arms, a panel per site, animals
    as thin lines.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 3.6), layout="constrained")
    panels = figure.subplots(1, len(studies), sharey=True)
    for axes, (stem, tables) in zip(panels, studies.items(), strict=True):
        for arm, color in COLORS.items():
            rows = tables["observations"].query("arm == @arm")
            draw_arm(axes, rows, "rtv", color, arm)
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set(xlabel="day")
        axes.set_title(SITES[stem], fontsize=10, loc="left")
        finish(axes)
    panels[0].set(ylabel="volume relative to day 0")
    panels[0].legend(frameon=False, loc="upper left")
    figure.savefig(path, dpi=120)


def main() -> None:
    """The table and the figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", action="append", default=[], help="key=value of both scenarios")
    parser.add_argument("--figure", default="osteosarcoma.png")
    parser.add_argument("--tables", help="folder to leave every table in")
    options = parser.parse_args()
    overrides = dict(pair.split("=", 1) for pair in options.set)
    studies: dict[str, dict[str, pd.DataFrame]] = {}
    print(
        "| site | arm | growth rate (1/day) | doubling (d) | T/C, median RTV (%) | T/C, mean volume"
        " (%) | hypoxic at the end (%) | necrotic (%) | mean occupancy (%) |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for stem, site in SITES.items():
        result = run_study(load_scenario(f"scenarios/{stem}.yaml", overrides), paired=True)
        studies[stem] = result.tables
        for arm in COLORS:
            print(row(result.tables, site, arm), flush=True)
        for name, table in result.tables.items() if options.tables else ():
            table.to_csv(Path(options.tables) / f"{stem}_{name}.csv", index=False)
    draw(studies, options.figure)


if __name__ == "__main__":
    main()
