"""Make the pictures of the concept pages and the numbers in them, from simulations made here:
``python docs/concepts/figures.py [NAME ...]``, about two minutes each.

A page has its numbers between two marks; its picture has the page's name.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from xenosim.execution.processes import Workers
from xenosim.parameters.ensemble import Ensemble, load_ensemble
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import status_counts
from xenosim.study.population import Pool, simulate_pool
from xenosim.viz.style import CONTROL, MODEL, PALETTE, SIMULATED, finish, page, plain_log, stamp

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"
#: Studies that are drawn from a pool of animals.
STUDIES = 2000


class Made(NamedTuple):
    """A picture, and its numbers as a Markdown table."""

    figure: Figure
    numbers: str


def pool(name: str, pairs: int, agents: int | None = 500, **keys: str) -> Pool:
    """``pairs`` animals in every arm of a shipped scenario with other ``keys`` ('__' for '.')."""
    asked = {key.replace("__", "."): value for key, value in keys.items()}
    scenario = load_scenario(SCENARIOS / f"{name}.yaml", asked)
    with Workers(2, pairs) as workers:
        return simulate_pool(scenario, pairs, agents=agents, workers=workers)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def ratios(
    first: NDArray[np.float64], second: NDArray[np.float64], n: int, paired: bool
) -> NDArray[np.float64]:
    """Ratios (studies,) of geometric means of ``n`` animals [-]: of the same ones in both arms, or
    of others in each.
    """
    rng = np.random.default_rng(1)
    a = rng.integers(0, first.size, (STUDIES, n))
    b = a if paired else rng.integers(0, second.size, (STUDIES, n))
    return np.exp(np.log(first)[a].mean(1) - np.log(second)[b].mean(1))


def common_random_numbers() -> Made:
    """The same animals in two arms against other animals in each."""
    found = pool("escc_q2d", 60)
    first, second = found.at("ixazomib", 30.0), found.at("vehicle", 30.0)
    figure = page(9.0, 3.8)
    left, right = figure.subplots(1, 2)
    left.loglog(second, first, "o", color=PALETTE[0], markersize=4)
    ends = np.array([min(first.min(), second.min()), max(first.max(), second.max())])
    left.loglog(ends, ends, color=CONTROL, linewidth=1)
    left.set_xlabel("vehicle, volume on day 30 (mm³)")
    left.set_ylabel("ixazomib, the same animal (mm³)")
    left.set_title("One point per animal", fontsize=10)
    plain_log(left.xaxis)
    plain_log(left.yaxis)
    sizes, rows = (4, 8, 16, 32), []
    ways = ((False, PALETTE[1], "other animals"), (True, PALETTE[0], "the same animals"))
    for paired, color, label in ways:
        spans = [
            100.0 * np.quantile(ratios(first, second, n, paired), [0.025, 0.5, 0.975])
            for n in sizes
        ]
        low, middle, high = np.transpose(spans)
        right.fill_between(sizes, low, high, color=color, alpha=0.6, label=label, linewidth=0)
        rows.append([label, *(f"{a:.0f} to {b:.0f} %" for a, b in zip(low, high, strict=True))])
    right.axhline(100.0, color=CONTROL, linewidth=1)
    right.set_xscale("log", base=2)
    right.set_xticks(sizes, [str(n) for n in sizes])
    right.set_xlabel("animals per arm")
    right.set_ylabel("T/C, volume on day 30 (%)")
    right.set_title("95 % of studies lie in the band", fontsize=10)
    right.legend(frameon=False, fontsize=8)
    r = float(np.corrcoef(np.log(first), np.log(second))[0, 1])
    rows.append(["correlation of ln volume in the two arms", f"{r:.3f}", "", "", ""])
    return Made(figure, table(["T/C in 95 % of studies", *(f"n = {n}" for n in sizes)], rows))


#: Animals of each engine in the comparison of sizes.
ANIMALS = {"lattice": 3, "twin": 24}


def resolution_and_twin() -> Made:
    """An untreated tumor and T/C by the number of agents, on lattice and twin."""
    figure = page(9.0, 3.8)
    left, right = figure.subplots(1, 2)
    rows = []
    common = {"tumor__start_volume": "10 mm^3", "measure__days": "0..30 by 15"}
    for engine, color, mark in (("lattice", PALETTE[0], "o"), ("twin", PALETTE[1], "s")):
        found = []
        for agents in (10000, 30000) if engine == "lattice" else (250, 1000, 4000):
            size = {"resolution": f"{agents / 10} /mm^3"}
            size = {"twin_agents": str(agents)} if engine == "twin" else size
            keys = common | {f"tumor__{key}": value for key, value in size.items()}
            many = pool("escc_q2d", ANIMALS[engine], None, engine=engine, **keys)
            control, treated = many.at("vehicle", 30.0), many.at("ixazomib", 30.0)
            grown = control / many.at("vehicle", 0.0)
            tc = 100.0 * treated / control
            found.append((agents, _mean(grown), _mean(tc)))
            grew, left_over = (f"{value:.3g} ({se:.1g})" for value, se in found[-1][1:])
            rows.append([engine, str(agents), grew, left_over])
        for axes, which in ((left, 1), (right, 2)):
            x, y = [one[0] for one in found], [one[which][0] for one in found]
            axes.errorbar(
                x, y, [one[which][1] for one in found], fmt=f"{mark}-", color=color, label=engine
            )
    for axes, label in ((left, "untreated, day 30 over day 0"), (right, "T/C on day 30 (%)")):
        axes.set_xscale("log")
        plain_log(axes.xaxis)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel("agents at the start volume (10 mm³)")
        axes.set_ylabel(label)
    left.legend(frameon=False, fontsize=8, loc="lower left")
    head = ["engine", "agents at 10 mm³", "untreated, day 30 over day 0 (se)", "T/C, % (se)"]
    return Made(figure, table(head, rows))


def _mean(values: NDArray[np.float64]) -> tuple[float, float]:
    """Geometric mean and its standard error over animals."""
    logs = np.log(values)
    mean = float(np.exp(logs.mean()))
    return mean, mean * float(logs.std(ddof=1)) / logs.size**0.5


def calibration() -> Made:
    """How much of each drawn parameter's prior the data left; statuses of a study's parameters."""
    ensemble = load_ensemble()
    figure = page(9.0, 5.6)
    left, right = figure.subplots(1, 2, width_ratios=(2.2, 1.0))
    left_over = sorted(_left_over(ensemble), key=lambda one: one[2] - one[1])
    names = [one[0].replace("_", " ") for one in left_over]
    heights = np.arange(len(names))
    left.barh(heights, 1.0, 0.75, color="#DDDDDD", label="before data")
    left.barh(
        heights,
        [high - low for _, low, high in left_over],
        0.4,
        [low for _, low, _ in left_over],
        color=PALETTE[0],
        label="after",
    )
    left.set_yticks(heights, names, fontsize=6.5)
    left.set_ylim(len(names), -1)
    left.set_xticks([0.0, 1.0], ["5 %", "95 %"])
    left.set_xlabel("90 % interval before data")
    left.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    counts = status_counts(load_scenario(SCENARIOS / "escc_q2d.yaml"))
    right.bar(list(counts), list(counts.values()), color=PALETTE[0])
    right.bar_label(right.containers[0], fontsize=8)
    right.set_ylabel("parameters of the main job")
    right.tick_params(axis="x", labelsize=8, rotation=30)
    halved = [name for name, low, high in left_over if high - low < 0.5]
    rows = [
        ["parameters of the main job", str(sum(counts.values()))],
        *([f"of them {status}", str(number)] for status, number in counts.items()),
        ["drawn in the ensemble", str(len(left_over))],
        ["of them left with less than half of the interval before data", ", ".join(halved)],
    ]
    return Made(figure, table(["what", "how many"], rows))


def _left_over(ensemble: Ensemble) -> list[tuple[str, float, float]]:
    """Ends of each parameter's interval after data, on a scale where the prior's is 0 to 1."""
    found = []
    for name, one in ensemble.meta["parameters"].items():
        scale = np.log if one["shape"] == "log-normal" else np.asarray
        (low, _, high), after = scale(one["prior"]), scale(one["posterior"])
        found.append((name, *(float((end - low) / (high - low)) for end in after[[0, 2]])))
    return found


#: Volume from which an animal is taken off [mm3].
LIMIT_MM3 = 800.0


def dropout() -> Made:
    """T/C of animals left, of last volumes, and of all, where large tumors leave."""
    found = pool("escc_q2d", 60, measure__days="0..36 by 3")
    arms = {arm: found.of(arm) for arm in found.arms}
    figure = page(9.0, 3.8)
    left, right = figure.subplots(1, 2)
    colors = {"vehicle": CONTROL, "ixazomib": PALETTE[0]}
    means = {}
    for arm, volumes in arms.items():
        means[arm] = all_of(volumes), _of_those_left(volumes), _carried(volumes)
        for curve, style in zip(means[arm], ("-", ":", "--"), strict=True):
            left.plot(found.days, curve, style, color=colors[arm])
    labels = ("all animals (truth)", "animals left", "last volumes carried on")
    rows = []
    for i, (label, style) in enumerate(zip(labels, ("-", ":", "--"), strict=True)):
        tc = 100.0 * means["ixazomib"][i] / means["vehicle"][i]
        right.plot(found.days, tc, style, color=PALETTE[1], label=label)
        left.plot([], [], style, color="black", label=label)
        rows.append([label, *(f"{tc[found.days.index(d)]:.0f} %" for d in (15.0, 24.0, 36.0))])
    stayed = [
        f"{(arms['vehicle'] <= LIMIT_MM3)[:, : found.days.index(d) + 1].all(1).sum()} and"
        f" {(arms['ixazomib'] <= LIMIT_MM3)[:, : found.days.index(d) + 1].all(1).sum()}"
        for d in (15.0, 24.0, 36.0)
    ]
    rows.append(["vehicle and treated animals left, of 60 each", *stayed])
    left.axhline(LIMIT_MM3, color="#AAAAAA", linewidth=0.8)
    left.set_ylabel("mean volume (mm³)")
    left.set_title("Grey: vehicle; blue: ixazomib", fontsize=10)
    right.set_ylabel("T/C of mean volumes (%)")
    for axes in (left, right):
        axes.set_xlabel("day")
        axes.set_ylim(bottom=0.0)
    left.legend(frameon=False, fontsize=8)
    return Made(figure, table(["T/C of mean volumes", "day 15", "day 24", "day 36"], rows))


def all_of(volumes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean (days,) of all animals (animals, days) [mm3]."""
    return volumes.mean(0)


def _here(volumes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether an animal is still measured: one above the limit is measured for the last time."""
    over = np.cumsum(volumes > LIMIT_MM3, axis=1)
    return np.pad(over, ((0, 0), (1, 0)))[:, :-1] == 0


def _of_those_left(volumes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean (days,) of the animals that are still measured [mm3]."""
    return np.ma.masked_array(volumes, ~_here(volumes)).mean(0).filled(np.nan)


def _carried(volumes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean (days,) with the last measured volume of those that left [mm3]."""
    last = np.maximum(_here(volumes).sum(1) - 1, 0)
    days = np.minimum(np.arange(volumes.shape[1])[None, :], last[:, None])
    return np.take_along_axis(volumes, days, 1).mean(0)


CONCEPTS = {
    "common_random_numbers": common_random_numbers,
    "resolution_and_twin": resolution_and_twin,
    "calibration": calibration,
    "dropout": dropout,
}


def with_numbers(text: str, numbers: str) -> str:
    """A page with its ``numbers`` between their marks."""
    marks = r"(<!-- numbers: [^\n]*-->\n).*?(<!-- end of numbers -->)"
    return re.sub(marks, lambda m: f"{m[1]}{numbers}\n{m[2]}", text, flags=re.DOTALL)


if __name__ == "__main__":
    for name in sys.argv[1:] or CONCEPTS:
        made = CONCEPTS[name]()
        for axes in made.figure.axes:
            finish(axes)
        stamp(made.figure, MODEL if name == "calibration" else SIMULATED)
        made.figure.savefig(HERE / f"{name}.png", dpi=110, metadata={"Software": None})
        document = HERE / f"{name}.md"
        text = document.read_text(encoding="utf-8") if document.exists() else ""
        document.write_text(with_numbers(text, made.numbers), encoding="utf-8")
        print(made.numbers)
