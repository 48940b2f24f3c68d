"""The first screen of a panel: the answer, and a line for each model and treated arm."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from xenosim.io.plain import records
from xenosim.io.results import Result


def panel_screen(result: Result, folder: str | Path | None) -> str:
    """What a verb prints of a panel; ``folder``: where it is kept, if it is."""
    table = records(result.tables["panel"])
    width = max(24, *(len(str(row["model"])) + 2 for row in table))
    head = (
        f"{'':{width}}{'arm':16}{'n':>8}{'T/C (%)':>24}{'best response (%)':>20}{'EFS ratio':>12}"
    )
    rows = [
        f"{row['model']:{width}}{row['arm']:16.15}{row['n']:>4} / {row['n_control']:<2}"
        f"{_tc_text(row):>23}{_shown(row['best_response_pct'], '.0f'):>20}"
        f"{_shown(row['event_free_ratio'], '.2f'):>12}"
        for row in table
    ]
    manifest = result.manifest
    lines = [str(result), "", head, *rows, ""]
    lines += [f"Published: {manifest['published']}"] if manifest["published"] else []
    lines += [f"Note: {note}" for note in manifest["warnings"]]
    return "\n".join(lines + ([f"Run directory: {folder}"] if folder else []))


def panel_json(result: Result, folder: str | Path | None) -> dict[str, Any]:
    """The same as plain data."""
    kept = {"run_directory": str(folder)} if folder else {}
    return result.manifest | {"panel": records(result.tables["panel"])} | kept


def _tc_text(row: dict[str, Any]) -> str:
    """T/C of one model with its interval."""
    limits = "" if row["tc_low"] is None else f" ({row['tc_low']:.0f} to {row['tc_high']:.0f})"
    return "-" if row["tc_pct"] is None else f"{row['tc_pct']:.0f}{limits}"


def _shown(value: Any, style: str) -> str:
    """A number of plain data, or what stands for none."""
    if value is None:
        return "-"
    return f"{value:{style}}" if math.isfinite(float(value)) else "not reached"
