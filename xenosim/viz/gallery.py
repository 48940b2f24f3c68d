"""The figures of animals that a reader chooses by name, each with its numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.analysis import shown
from xenosim.analysis.data import StudyData
from xenosim.analysis.tolerability import relative_weights
from xenosim.analysis.tradeoff import tradeoff_table
from xenosim.errors import RunError, suggest
from xenosim.io.results import is_panel
from xenosim.io.runs import (
    read_kept,
    read_manifest,
    replace_figures,
    require_study,
    write_table,
)
from xenosim.viz.best_response import best_response
from xenosim.viz.forest import forest
from xenosim.viz.spider import spider
from xenosim.viz.style import MEASURED, SIMULATED, arm_colors, for_slides, save
from xenosim.viz.survival import event_free
from xenosim.viz.swimmer import swimmer
from xenosim.viz.tradeoff import tradeoff
from xenosim.viz.weight import body_weight

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Sizes of figures: as in a report, or 16:9 with large type as on a slide.
FORMATS = ("page", "pptx-friendly")


class Study(NamedTuple):
    """What figures draw: measurements, endpoint table, color of each arm, whether simulated."""

    data: StudyData
    endpoints: pd.DataFrame
    colors: dict[str, str]
    simulated: bool

    @property
    def mark(self) -> str:
        """What every figure says of its animals."""
        return SIMULATED if self.simulated else MEASURED


class Picture(NamedTuple):
    """A figure: what it shows, the ``table`` of a study and how that is drawn."""

    caption: str
    table: Callable[[Study], pd.DataFrame]
    draw: Callable[[pd.DataFrame, dict[str, str]], Figure]


PICTURES: dict[str, Picture] = {
    "spider": Picture(
        "Change from baseline of every animal, on a log axis of relative volume; a cross where an"
        " animal left.",
        lambda study: shown.change_table(study.data),
        spider,
    ),
    "waterfall": Picture(
        "Best response of every animal (smallest change from baseline from day 10 on), by mRECIST"
        " class (Gao et al. 2015).",
        lambda study: shown.best_response_table(study.data),
        best_response,
    ),
    "km": Picture(
        "Event-free survival (Kaplan-Meier) until 2 x and 4 x baseline, 95 % log-log bands of up to"
        " three arms, ticks where an animal left without the event; animals at risk below.",
        lambda study: shown.survival_table(study.data),
        event_free,
    ),
    "weight": Picture(
        "Body weight without the tumor (1 mg per mm3) relative to day 0: animals, and mean while"
        " half of the arm is weighed; dotted: losses of 10, 15 and 20 %.",
        lambda study: relative_weights(study.data),
        body_weight,
    ),
    "tradeoff": Picture(
        "Efficacy against tolerability: T/C (median RTV) against the largest loss of body weight"
        " without the tumor, mean of the animals; bars: 95 % intervals.",
        lambda study: _if_both(tradeoff_table(study.data, study.endpoints)),
        tradeoff,
    ),
    "forest": Picture(
        "T/C by each definition with its 95 % interval.",
        lambda study: shown.forest_table(study.endpoints),
        forest,
    ),
    "swimmer": Picture(
        "Time on study of every animal, and when it passed half, 2 x and 4 x of its baseline.",
        lambda study: shown.swimmer_table(study.data),
        swimmer,
    ),
}


def _if_both(table: pd.DataFrame) -> pd.DataFrame:
    """The table where a treated arm has T/C and weights, else none of its rows."""
    told = table.dropna(subset=["tc_day", "tc_pct", "worst_loss_pct"])
    return table if len(told) else table.iloc[:0]


def read_study(run: str | Path) -> Study:
    """What figures draw, of a run or of an analyzed study kept in ``run``.

    Raises
    ------
    RunError, TableError
        No such directory, or a damaged one.
    """
    run = Path(run)
    manifest = read_manifest(run)
    require_study(run, manifest)
    if is_panel(run):
        raise RunError(
            "the directory of a panel, not of a study",
            where=str(run),
            remedy="give a directory that 'xenosim run' or 'xenosim analyze' wrote",
        )
    data = StudyData.from_run(run)
    return study_of(data, read_kept(run, "endpoints", manifest), manifest)


def study_of(data: StudyData, endpoints: pd.DataFrame, manifest: dict[str, Any]) -> Study:
    """The same of what is in memory; arms in the order of the manifest."""
    colors = arm_colors(manifest["arms"], manifest["control"])
    present = {arm: colors[arm] for arm in manifest["arms"] if arm in data.arms}
    simulated = bool(manifest.get("simulated", "measured" not in manifest))
    return Study(data, endpoints, present, simulated)


def chosen(text: str) -> list[str]:
    """Names of :data:`PICTURES` out of ``--figure km,weight``; RunError names every other one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    wrong = [name for name in names if name not in PICTURES]
    if wrong or not names:
        what = ", ".join(f"'{name}'{suggest(name, PICTURES)}" for name in wrong) or "of no name"
        raise RunError(
            f"no figure {what}", where="--figure", remedy=f"one of {', '.join(PICTURES)}"
        )
    return list(dict.fromkeys(names))


def draw_chosen(run: str | Path, names: list[str], size: str = "page") -> list[Path]:
    """Draw figures of :data:`PICTURES` into ``run/figures``; paths of CSV, SVG and PNG of each.

    Parameters
    ----------
    run : str or Path
        A run, or an analyzed study.
    names : list of str
        Which.
    size : str
        One of :data:`FORMATS`; figures for slides have their own file names.

    Raises
    ------
    RunError, TableError
        No such directory, a damaged one, or one that cannot be written.
    """
    run, study = Path(run), read_study(run)
    return replace_figures(
        run, lambda work: [path for name in names for path in _draw(study, name, size, work)]
    )


def _draw(study: Study, name: str, size: str, folder: Path) -> list[Path]:
    """CSV, SVG and PNG of one figure."""
    picture = PICTURES[name]
    table = picture.table(study)
    file = name if size == "page" else f"{name}_16x9"
    write_table(table, folder / f"{file}.csv")
    figure = picture.draw(table, study.colors)
    if size != "page":
        for_slides(figure)
    return [folder / f"{file}.csv", *save(figure, folder, file, study.mark)]
