"""Verb tolerability: body weight of the arms of a scenario, a run or an analyzed study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from xenosim.errors import printable
from xenosim.io.plain import records
from xenosim.io.runs import check_writable


def tolerability(
    file: str, overrides: dict[str, str], animals: int, figure: str | None, as_json: bool
) -> None:
    """Print what the arms of a scenario do to body weight and their highest tolerated doses, or
    what those of a directory showed; ``figure``: folder for efficacy against weight.
    """
    if figure is not None:
        check_writable(Path(figure))
    if Path(file).is_dir():
        from xenosim.analysis.data import StudyData
        from xenosim.analysis.tolerability import tolerability_table

        rows = records(tolerability_table(StudyData.from_run(file)))
    else:
        from xenosim.scenario.load import load_scenario
        from xenosim.study.tolerability import tolerability as search

        rows = records(search(load_scenario(file, overrides), animals))
    paths = _draw(file, overrides, animals, Path(figure)) if figure is not None else []
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        told = [f"  {name.replace('_', ' '):45}{_said(value)}" for name, value in row.items()
                if name not in ("arm", "definition")]  # fmt: skip
        typer.echo(printable("\n".join([str(row["arm"]), *told])))
    typer.echo(printable(f"\n{rows[0]['definition']}"))
    for path in paths:
        typer.echo(printable(f"  {path}"))


def _draw(file: str, overrides: dict[str, str], animals: int, folder: Path) -> list[Path]:
    """CSV and figures of efficacy against weight of a scenario's twins or a directory's animals."""
    from xenosim.io.runs import write_table
    from xenosim.viz.gallery import read_study
    from xenosim.viz.style import SIMULATED, arm_colors, save
    from xenosim.viz.tradeoff import tradeoff

    if Path(file).is_dir():
        from xenosim.analysis.tradeoff import tradeoff_table

        study = read_study(file)
        table, mark = tradeoff_table(study.data, study.endpoints), study.mark
        colors = study.colors
    else:
        from xenosim.scenario.load import load_scenario
        from xenosim.study.tolerability import efficacy_table

        scenario = load_scenario(file, overrides)
        table, mark = efficacy_table(scenario, animals), SIMULATED
        colors = arm_colors([arm.name for arm in scenario.arms], scenario.control.name)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(table, folder / "tradeoff.csv")
    drawn = tradeoff(table, colors)
    return [folder / "tradeoff.csv", *save(drawn, folder, "tradeoff", mark)]


def _said(value: Any) -> str:
    """A value of :func:`~xenosim.io.plain.records` in words."""
    if value is None:
        return "-"
    if value == "inf":
        return "not reached"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
