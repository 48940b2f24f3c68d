"""All figures of a run directory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.analysis import curves
from xenosim.analysis.data import StudyData
from xenosim.errors import RunError
from xenosim.io.runs import (
    read_kept,
    read_manifest,
    read_run,
    read_snapshot,
    replace_figures,
    slice_path,
)
from xenosim.viz.clones import has_clones, muller_plot
from xenosim.viz.ensemble import ensemble_bands
from xenosim.viz.growth import growth_curves, no_doses, tc_over_time
from xenosim.viz.states import cell_states, plasma_and_occupancy, tumor_slices
from xenosim.viz.style import MEASURED, SIMULATED, arm_colors, save

if TYPE_CHECKING:
    import pandas as pd


def draw_all(run: str | Path) -> list[Path]:
    """Draw every figure of ``run`` from its tables into ``run/figures``, as SVG and PNG; their
    paths. The figures there are replaced when all are drawn.

    Raises
    ------
    RunError
        Tables that do not fit together, or a folder that cannot be written.
    """
    run = Path(run)
    manifest = read_manifest(run)
    measured = "measured" in manifest
    tables = (
        {"observations": read_kept(run, "observations", manifest)} if measured else read_run(run)
    )
    _check_arms(tables, manifest, run)
    try:
        draw = _draw_measured if measured else _draw
        return replace_figures(run, lambda work: draw(run, tables, manifest, work))
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise RunError(
            f"the tables do not fit together: {' '.join(str(error).split())}",
            where=str(run),
            remedy="they were changed or cut short: run the scenario again",
        ) from error


def _check_arms(tables: dict[str, pd.DataFrame], manifest: dict[str, Any], run: Path) -> None:
    """Refuse tables with arms that the run does not have, or measurements without its control."""
    known = manifest.get("arms")
    if not isinstance(known, list) or manifest.get("control") not in known:
        raise RunError("manifest.json names no arms", where=str(run), remedy="run it again")
    for name, table in tables.items():
        present = set(table.get("arm", ()))
        foreign = sorted(str(arm) for arm in present if arm and arm not in known)
        control = manifest["control"]
        if foreign or (name == "observations" and control not in present):
            what = f"has the arm '{foreign[0]}'" if foreign else f"lacks the arm '{control}'"
            raise RunError(
                f"{name}.csv {what}; the arms of this run are {', '.join(map(str, known))}",
                where=str(run),
                remedy="mend the table, or run the scenario again",
            )


def _draw_measured(
    run: Path, tables: dict[str, pd.DataFrame], manifest: dict[str, Any], folder: Path
) -> list[Path]:
    """Figures of measured animals; of simulated ones that were analyzed again, marked so."""
    control, arms = manifest["control"], list(manifest["arms"])
    colors = {arm: arm_colors(arms, control)[arm] for arm in arms}
    data = StudyData(tables["observations"], control, bool(manifest["paired"]))
    mark = SIMULATED if manifest.get("simulated") else MEASURED
    paths = save(growth_curves(data, no_doses(), colors), folder, "growth_curves", mark)
    if len(ratios := _ratios(run, data, manifest)):
        paths += save(tc_over_time(ratios, colors), folder, "tc_over_time", mark)
    return paths


def _ratios(run: Path, data: StudyData, manifest: dict[str, Any]) -> pd.DataFrame:
    """T/C over time as the directory keeps it; computed where an earlier version wrote it."""
    if (run / "tc_over_time.csv").is_file():
        return read_kept(run, "tc_over_time", manifest)
    return curves.tc_over_time(data, int(manifest["seed"]))


def _draw(
    run: Path, tables: dict[str, pd.DataFrame], manifest: dict[str, Any], folder: Path
) -> list[Path]:
    arms = [arm for arm in manifest["arms"] if arm in set(tables["observations"]["arm"])]
    control = manifest["control"]
    colors = {arm: arm_colors(arms, control)[arm] for arm in arms}
    data = StudyData(tables["observations"], control, bool(manifest["paired"]))
    paths = save(growth_curves(data, tables["events"], colors), folder, "growth_curves", SIMULATED)
    if len(ratios := _ratios(run, data, manifest)):
        paths += save(tc_over_time(ratios, colors), folder, "tc_over_time", SIMULATED)
    if len(tables["plasma"]):
        paths += save(
            plasma_and_occupancy(tables["plasma"], colors), folder, "plasma_occupancy", SIMULATED
        )
    paths += save(cell_states(tables["cells"], colors), folder, "cell_states", SIMULATED)
    if has_clones(tables["clones"]):
        paths += save(muller_plot(tables["clones"], colors), folder, "clones", SIMULATED)
    kept = run / "ensemble_curves.csv"
    if manifest.get("ensemble") and kept.is_file():
        bands = read_kept(run, kept.stem, manifest)
        shown = f"{manifest['ensemble']['sets']} parameter sets"
        paths += save(ensemble_bands(bands, colors, shown), folder, "ensemble", SIMULATED)
    snapshots = {
        arm: read_snapshot(path) for arm in arms if (path := slice_path(run, arm)).is_file()
    }
    if snapshots:
        paths += save(tumor_slices(snapshots, colors), folder, "tumor_slices", SIMULATED)
    return paths
