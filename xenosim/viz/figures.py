"""All figures of a run directory."""

from __future__ import annotations

from pathlib import Path

from xenosim.analysis.data import StudyData
from xenosim.io.runs import read_manifest, read_run, read_snapshot
from xenosim.viz.clones import has_clones, muller_plot
from xenosim.viz.growth import growth_curves, tc_over_time
from xenosim.viz.states import cell_states, plasma_and_occupancy, tumor_slices
from xenosim.viz.style import arm_colors, save


def draw_all(run: Path) -> list[Path]:
    """Draw every figure of ``run`` from its tables into ``run/figures``, as SVG and PNG; their
    paths.
    """
    tables, manifest = read_run(run), read_manifest(run)
    folder = run / "figures"
    folder.mkdir(exist_ok=True)
    arms = [arm for arm in manifest["arms"] if arm in set(tables["observations"]["arm"])]
    control = manifest["control"]
    colors = {arm: arm_colors(arms, control)[arm] for arm in arms}
    data = StudyData(tables["observations"], control, bool(manifest["paired"]))
    paths = save(growth_curves(data, tables["events"], colors), folder, "growth_curves")
    if len(arms) > 1:
        seed = int(manifest["seed"])
        paths += save(tc_over_time(data, colors, control, seed), folder, "tc_over_time")
    if len(tables["plasma"]):
        paths += save(plasma_and_occupancy(tables["plasma"], colors), folder, "plasma_occupancy")
    paths += save(cell_states(tables["cells"], colors), folder, "cell_states")
    if has_clones(tables["clones"]):
        paths += save(muller_plot(tables["clones"], colors), folder, "clones")
    snapshots = {
        arm: read_snapshot(path)
        for arm in arms
        if (path := run / "snapshots" / f"slice_{arm}.npz").is_file()
    }
    if snapshots:
        paths += save(tumor_slices(snapshots, colors), folder, "tumor_slices")
    return paths
