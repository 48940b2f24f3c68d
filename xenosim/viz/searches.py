"""Which figures a search over points has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from xenosim.viz.sweep import dose_response_figure, heatmap_figure

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


_OF = {"sweep": _sweep}
