"""Models of whole tumors beside the curves of a study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from xenosim.analysis.curves import geometric_means
from xenosim.analysis.data import StudyData
from xenosim.io.runs import read_kept, read_manifest, write_table
from xenosim.pkpd.baselines import Baselines, fit_baselines
from xenosim.pkpd.curves import MODELS
from xenosim.viz.style import MEASURED, PALETTE, SIMULATED, finish, plain_log, save, short

#: Panels in a row.
ACROSS = 3


def draw_baselines(run: str | Path) -> list[Path]:
    """Fit the models to the study kept in ``run``, and leave ``baselines.csv`` and the figure below
    ``run/figures``; their paths.

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
    write_table(found.table, folder / "baselines.csv")
    mark = SIMULATED if manifest.get("simulated", True) else MEASURED
    figure = baseline_figure(data, found)
    return [folder / "baselines.csv", *save(figure, folder, "baselines", mark)]


def baseline_figure(data: StudyData, found: Baselines) -> Figure:
    """A panel per arm: geometric mean volumes, and the curve of each model with its AIC [mm3,
    day].
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
        aic = found.table[found.table["arm"] == arm].set_index("model")["aic"]
        for color, model in zip(PALETTE, MODELS, strict=False):
            if (arm, model) in found.curves:
                days, volumes = found.curves[arm, model]
                shown = np.maximum(volumes, 1e-3)
                label = f"{model}, AIC {aic[model]:.0f}"
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
