"""Models of whole tumors beside the curves of a study."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from xenosim.analysis.animals import KEYS
from xenosim.analysis.curves import geometric_means
from xenosim.analysis.data import StudyData
from xenosim.io.runs import read_kept, read_manifest, write_table
from xenosim.pkpd.animal_baselines import (
    AnimalBaselines,
    baselines_text,
    fit_animals,
    with_animals,
)
from xenosim.pkpd.baselines import Baselines, fit_baselines
from xenosim.pkpd.curves import MODELS
from xenosim.viz.style import MEASURED, PALETTE, SIMULATED, finish, plain_log, save, short

#: Panels in a row.
ACROSS = 3


class Drawn(NamedTuple):
    """The ``paths`` of tables and figures, and what they say in ``text``."""

    paths: list[Path]
    text: str


def draw_baselines(run: str | Path) -> Drawn:
    """Fit the models to the arms and the animals of the study kept in ``run``, and leave
    ``baselines.csv``, ``baselines_animals.csv`` and the figure below ``run/figures``.

    Raises
    ------
    RunError, TableError
        No such directory, or a damaged one.
    """
    run = Path(run)
    manifest, data = read_manifest(run), StudyData.from_run(run)
    plasma = None if "measured" in manifest else read_kept(run, "plasma", manifest)
    found = fit_baselines(data, plasma)
    folder = run / "figures"
    folder.mkdir(exist_ok=True)
    animals = fit_animals(data, plasma, found.growth)
    table = with_animals(found, animals.table)
    paths = [folder / "baselines.csv", folder / "baselines_animals.csv"]
    for each, path in zip((table, animals.table), paths, strict=True):
        write_table(each, path)
    mark = SIMULATED if manifest.get("simulated", True) else MEASURED
    figure = baseline_figure(data, found, animals)
    return Drawn([*paths, *save(figure, folder, "baselines", mark)], baselines_text(table))


def baseline_figure(data: StudyData, found: Baselines, animals: AnimalBaselines) -> Figure:
    """A panel per arm: geometric mean volumes, the curve of each model with its AIC and of how many
    animals it is the best, and pale the best curve of every animal [mm3, day].
    """
    arms = list(dict.fromkeys(found.table["arm"]))
    down = -(-len(arms) // ACROSS)
    across = min(len(arms), ACROSS)
    figure = Figure(figsize=(4.2 * across, 3.8 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    for axes, arm in zip(panels, arms, strict=False):
        rows = data.followed[(data.followed["arm"] == arm) & (data.followed["day"] >= 0)]
        if len(rows):
            means = geometric_means(rows)["mean"]
            axes.plot(means.index, means, "o", color="black", ms=4, label="geometric mean")
        best = animals.table[animals.table["best"] & (animals.table["arm"] == arm)]
        for row in best.to_dict("records"):
            color = PALETTE[list(MODELS).index(row["model"])]
            axes.plot(
                *animals.curves[tuple(row[key] for key in KEYS)], color=color, lw=0.6, alpha=0.4
            )
        wins = best["model"].value_counts()
        aic = found.table[found.table["arm"] == arm].set_index("model")["aic"]
        for color, model in zip(PALETTE, MODELS, strict=False):
            if (arm, model) in found.curves:
                days, volumes = found.curves[arm, model]
                shown = np.maximum(volumes, 1e-3)
                label = (
                    f"{model}, AIC {aic[model]:.0f}, best of {wins.get(model, 0)} of {len(best)}"
                )
                axes.plot(days, shown, color=color, lw=1.4, label=label)
        axes.set_yscale("log")
        plain_log(axes.yaxis)
        axes.set(xlabel="day", ylabel="volume (mm³)")
        axes.set_title(short(str(arm)), fontsize=10)
        axes.legend(frameon=False, fontsize=8)
        finish(axes)
    for axes in panels[len(arms) :]:
        axes.set_visible(False)
    return figure
