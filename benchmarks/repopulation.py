"""Regrowth after uniform instant kills of 50, 90 and 99 % of a 500 mm3 tumor, against the untreated
tumor (MODEL.md P7).

    python benchmarks/repopulation.py [FOLDER]

Two tumors: the default growth (all shipped models differ from it by 1 % at most: doubling 5.33 d at
150 mm3, mechanical depth 1000 um) and one with a thinner rim of 700 um and the cycle that gives the
same doubling (none does at 500 um). Prints a table and writes the figure ``regrowth`` into FOLDER
(scenarios/figures by default). Rates are those of five days; the control is one tumor that grows
from below the lowest volume, and its rate is taken at the volume that the regrowing tumor has. A
ratio above 1.5 is marked MISS.
"""

from __future__ import annotations

import copy
import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from xenosim.cell.state import positions  # noqa: E402
from xenosim.parameters.load import load_set  # noqa: E402
from xenosim.scenario.load import load_scenario  # noqa: E402
from xenosim.study.tissues import tumor_spec  # noqa: E402
from xenosim.tumor.growth import Growth, calibrate  # noqa: E402
from xenosim.tumor.spec import TumorSpec  # noqa: E402
from xenosim.tumor.tumor import Tumor  # noqa: E402
from xenosim.viz.style import PALETTE, finish, save  # noqa: E402

FOLDER = Path(__file__).parent.parent / "scenarios"
MODEL, START_MM3, KILLS, SEED = "oci_ly10", 500.0, (0.5, 0.9, 0.99), 7
DEPTHS_UM = (1000.0, 700.0)
WINDOW_DAYS, LONGEST_DAYS, ALLOWED, COMPACT = 5, 70, 1.5, 1.5


class Course(NamedTuple):
    """Day by day: volume [mm3]; share of sites with a cell within 0.7 of the radius of that volume
    [-]; volume of the ball with the cells' radius of gyration over the volume of the cells [-]: 1
    for a solid ball, more for cells that stay spread out.
    """

    volume: np.ndarray
    density: np.ndarray
    spread: np.ndarray


def grown_spec(depth_um: float) -> tuple[TumorSpec, Growth]:
    """The model's tumor with this depth and the cycle that gives its doubling time at 150 mm3."""
    model = load_set(MODEL)
    doubling = model.value("doubling_time")
    scenario = load_scenario(
        FOLDER / "oci_ly10_weekly.yaml", {"tumor.growth.doubling_time": f"{doubling} day"}
    )
    growth = calibrate(
        tumor_spec(scenario, None)._replace(depth_um=depth_um),
        150.0,
        doubling,
        model.value("cell_loss_factor"),
    )
    return tumor_spec(scenario, growth)._replace(depth_um=depth_um), growth


def shape(tumor: Tumor) -> tuple[float, float]:
    """Density inside 0.7 R [-] and spread [-] as in :class:`Course`."""
    sites = positions(tumor.live.site).astype(float)
    squares = ((sites - sites.mean(axis=0)) ** 2).sum(axis=1)
    radius = (3.0 * tumor.n / (4.0 * math.pi)) ** (1.0 / 3.0)
    within = 4.0 / 3.0 * math.pi * (0.7 * radius) ** 3
    return float((squares <= (0.7 * radius) ** 2).sum() / within), float(
        (5.0 / 3.0 * squares.mean()) ** 1.5 / radius**3
    )


def follow(tumor: Tumor, end_mm3: float, killed: bool) -> Course:
    """Daily course until the tumor reaches ``end_mm3`` [mm3], after its lowest volume if it was
    ``killed``.
    """
    rows = [(tumor.volume_mm3, *shape(tumor))]
    while (
        tumor.n
        and len(rows) <= LONGEST_DAYS
        and (rows[-1][0] < end_mm3 or (killed and len(rows) < 5))
    ):
        for _ in range(round(24.0 / tumor.spec.dt_h)):
            tumor.step()
        if tumor.n:
            rows.append((tumor.volume_mm3, *shape(tumor)))
    return Course(*np.array(rows).T)


def kill(tumor: Tumor, share: float) -> Tumor:
    """A copy of the tumor of which ``share`` [-] of all cells, drawn at random, die at the next
    step.
    """
    treated = copy.deepcopy(tumor)
    treated.kill(
        np.random.default_rng(SEED).permutation(treated.n)[: round(share * treated.n)].tolist()
    )
    return treated


def rates(volume: np.ndarray) -> np.ndarray:
    """Growth rate over the window that begins on each day [1/day]."""
    logs = np.log(volume)
    return np.asarray((logs[WINDOW_DAYS:] - logs[:-WINDOW_DAYS]) / WINDOW_DAYS)


def ratios(course: Course, control: Course) -> tuple[int, np.ndarray, np.ndarray]:
    """Day of the lowest volume, and from then on the regrowth rate and the control's rate at the
    same volume [1/day].
    """
    lowest = int(course.volume.argmin())
    regrowth = rates(course.volume[lowest:])
    known = control.volume[:-WINDOW_DAYS]
    return (
        lowest,
        regrowth,
        np.interp(
            np.log(course.volume[lowest : lowest + regrowth.size]),
            np.log(known),
            rates(control.volume),
        ),
    )


def main() -> None:
    """Print the table as Markdown and draw the figure."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    print(
        "| depth (um) | potential doubling (d) | kill (%) | lowest (mm3) | on day | regrowth (/d) |"
        " control there (/d) | ratio | largest ratio later | back at 500 mm3 (d) | least density"
        " inside 0.7 R | density at the end | largest spread | spread at the end | compact from"
        " day | |"
    )
    print("|" + " --- |" * 16)
    drawn = []
    for depth in DEPTHS_UM:
        spec, growth = grown_spec(depth)
        tumor = Tumor(spec, 0.5 * START_MM3, SEED)
        while tumor.volume_mm3 < START_MM3:
            tumor.step()
        control = follow(Tumor(spec, 1.0, SEED), 2.5 * START_MM3, False)
        untreated = follow(copy.deepcopy(tumor), 3.0 * START_MM3, False)
        print(
            f"| {depth:.0f} | {growth.potential_doubling_days:.2f} | 0 |"
            + " - |" * 7
            + f" {' | '.join(compactness(untreated))} | |",
            flush=True,
        )
        courses = {}
        for share in KILLS:
            course = courses[share] = follow(kill(tumor, share), 1.6 * START_MM3, True)
            print(row(depth, growth, share, course, control), flush=True)
        drawn.append((depth, untreated, courses))
    for path in save(
        figure(drawn), Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "figures", "regrowth"
    ):
        print(f"figure: {path.name}")


def row(depth: float, growth: Growth, share: float, course: Course, control: Course) -> str:
    """One row of the table."""
    lowest, regrowth, reference = ratios(course, control)
    ratio = regrowth / reference
    back = np.nonzero(course.volume[lowest:] >= START_MM3)[0]
    miss = "MISS" if ratio.max() > ALLOWED else ""
    cells = (
        f"{depth:.0f}",
        f"{growth.potential_doubling_days:.2f}",
        f"{100 * share:.0f}",
        f"{course.volume[lowest]:.1f}",
        f"{lowest}",
        f"{regrowth[0]:.3f}",
        f"{reference[0]:.3f}",
        f"{ratio[0]:.2f}",
        f"{ratio.max():.2f}",
        f"{lowest + back[0]}" if back.size else f"> {course.volume.size - 1}",
        *compactness(course),
        miss,
    )
    return "| " + " | ".join(cells) + " |"


def compactness(course: Course) -> tuple[str, ...]:
    """Least and last density, largest and last spread, and the day from which the spread stays
    below COMPACT.
    """
    loose = np.nonzero(course.spread >= COMPACT)[0]
    last = (
        "0"
        if not loose.size
        else "never"
        if loose[-1] == course.spread.size - 1
        else f"{loose[-1] + 1}"
    )
    return (
        f"{course.density.min():.2f}",
        f"{course.density[-1]:.2f}",
        f"{course.spread.max():.2f}",
        f"{course.spread[-1]:.2f}",
        last,
    )


def figure(drawn: list[tuple[float, Course, dict[float, Course]]]) -> Any:
    """Volume above; density inside 0.7 R and spread below; one column per depth."""
    from matplotlib.figure import Figure

    page = Figure(figsize=(9.6, 8.0), layout="constrained")
    panels = page.subplots(3, len(drawn), sharex="col", sharey="row", squeeze=False)
    for (top, middle, bottom), (depth, untreated, courses) in zip(panels.T, drawn, strict=True):
        top.plot(untreated.volume, color="#7F7F7F", lw=2, label="untreated")
        for color, (share, course) in zip(PALETTE, courses.items(), strict=False):
            top.plot(course.volume, color=color, lw=2, label=f"{100 * share:.0f} % killed on day 0")
            middle.plot(course.density, color=color, lw=1.6)
            bottom.plot(course.spread, color=color, lw=1.6)
        middle.plot(untreated.density, color="#7F7F7F", lw=1.6)
        bottom.plot(untreated.spread, color="#7F7F7F", lw=1.6)
        top.axhline(START_MM3, color="#7F7F7F", lw=0.7, ls=":")
        top.set_title(f"mechanical depth {depth:.0f} µm", fontsize=10, loc="left")
        top.set(yscale="log")
        middle.set(ylim=(0, 1.05))
        bottom.set(yscale="log", xlabel="day after the kill")
        for axes in (top, middle, bottom):
            finish(axes)
    for axes, label in zip(
        panels[:, 0],
        ("volume (mm³)", "sites with a cell\nwithin 0.7 R", "spread (1: a solid ball)"),
        strict=True,
    ):
        axes.set_ylabel(label)
    panels[0, 0].legend(frameon=False, fontsize=8)
    page.suptitle(
        "Regrowth after uniform instant kills of a 500 mm³ tumor", fontsize=11, x=0.01, ha="left"
    )
    return page


if __name__ == "__main__":
    main()
