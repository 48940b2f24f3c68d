"""Which figures a search over points has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xenosim.viz.schedules import schedules_figure
from xenosim.viz.sweep import dose_response_figure, heatmap_figure
from xenosim.viz.tornado import tornado_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def figures(
    manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Figure]]:
    """Name and figure of each that belongs to a search."""
    return _OF[manifest["search"]](manifest, tables)


def _sweep(
    manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Figure]]:
    """A heatmap for each output over two axes; a curve over an axis with numbers."""
    about, table, title = manifest["sweep"], tables["sweep"], manifest["title"]
    axes, found = about["axes"], []
    for output in about["outputs"]:
        rows = table[table["output"] == output]
        if len(axes) > 1 and about["plot"] in ("", "heatmap", "both"):
            figure = heatmap_figure(rows, axes, title, about["design"] == "lhs")
            found.append((f"heatmap_{output}", figure))
        if any(a["numeric"] for a in axes) and about["plot"] in ("", "dose-response", "both"):
            found.append((f"dose_response_{output}", dose_response_figure(rows, axes, title)))
    return found


def _sensitivity(
    manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Figure]]:
    """The tornado."""
    method = manifest["sensitivity"]["method"]
    return [("tornado", tornado_figure(tables["effects"], manifest["title"], method))]


def _optimize(
    manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Figure]]:
    """Schedules by what they do and what they cost."""
    about = manifest["optimize"]
    figure = schedules_figure(tables["schedules"], tables["finalists"], about, manifest["title"])
    return [("schedules", figure)]


_OF = {"optimize": _optimize, "sweep": _sweep, "sensitivity": _sensitivity}
