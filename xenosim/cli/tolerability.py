"""Verb tolerability: body weight of the arms of a scenario, a run or an analyzed study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from xenosim.errors import printable
from xenosim.io.plain import records


def tolerability(file: str, overrides: dict[str, str], animals: int, as_json: bool) -> None:
    """Print what the arms of a scenario do to body weight and their highest tolerated doses, or
    what those of a directory showed.
    """
    if Path(file).is_dir():
        from xenosim.analysis.data import StudyData
        from xenosim.analysis.tolerability import tolerability_table

        rows = records(tolerability_table(StudyData.from_run(file)))
    else:
        from xenosim.scenario.load import load_scenario
        from xenosim.study.tolerability import tolerability as search

        rows = records(search(load_scenario(file, overrides), animals))
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        told = [f"  {name.replace('_', ' '):45}{_said(value)}" for name, value in row.items()
                if name not in ("arm", "definition")]  # fmt: skip
        typer.echo(printable("\n".join([str(row["arm"]), *told])))
    typer.echo(printable(f"\n{rows[0]['definition']}"))


def _said(value: Any) -> str:
    """A value of :func:`~xenosim.io.plain.records` in words."""
    if value is None:
        return "-"
    if value == "inf":
        return "not reached"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
