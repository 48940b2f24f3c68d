"""Verb tolerability: body weight of the arms of a scenario, a run or an analyzed study."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from xenosim.errors import RunError, printable
from xenosim.io.plain import records
from xenosim.io.runs import check_writable

#: Columns side by side, and widths of the first and of the others [-].
ACROSS, FIRST, WIDTH = 3, 40, 20
#: What rows are called.
WORDS = {
    "regimen": "regimen",
    "n": "animals",
    "n_weighed": "animals weighed",
    "nadir_pct": "lowest mean weight (% of day 0)",
    "nadir_day": "on day",
    "median_of_worst_pct": "median of animals' lowest (%)",
    "n_left_for_weight": "removed for body weight",
    "n_left_for_volume": "removed for tumor volume",
    "n_found_dead": "found dead",
    "n_left_for_other": "left, reason not given",
}
#: Those of a limit [%], by how their names begin.
LIMITED = {
    "n_loss_over": "animals that lost over {} %",
    "share_loss_over": "share that lost over {} % (%)",
    "highest_factor_below": "doses borne, times, mean loss < {} %",
    "highest_dose_mg_per_kg_below": "that is, a dose of (mg/kg)",
}


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
        from xenosim.io.results import is_panel

        if is_panel(file):
            raise RunError(
                "the animals of a panel are of several models, which are not pooled",
                where=file,
                remedy="run the scenario of one model, and ask for its run directory",
            )
        rows = records(tolerability_table(StudyData.from_run(file)))
    else:
        from xenosim.scenario.load import load_scenario
        from xenosim.study.tolerability import tolerability as search

        rows = records(search(load_scenario(file, overrides), animals))
    paths = _draw(file, overrides, animals, Path(figure)) if figure is not None else []
    if as_json:
        typer.echo(json.dumps(rows))
        return
    typer.echo(printable("\n".join(_lines(rows))))
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


def _lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A table with a column per arm, in blocks that a terminal holds."""
    for first in range(0, len(rows), ACROSS):
        part = rows[first : first + ACROSS]
        heads = "".join(f"{_cut(str(row['arm'])):>{WIDTH}}" for row in part)
        yield f"{'':{FIRST}}{heads}"
        for name in part[0]:
            if name not in ("arm", "definition"):
                cells = "".join(f"{_cut(_cell(row, name)):>{WIDTH}}" for row in part)
                yield f"  {_label(name):{FIRST - 2}}{cells}".rstrip()


def _cell(row: dict[str, Any], name: str) -> str:
    """What a row says in a column; nobody weighed has lost nothing that is known."""
    is_unknown = name.startswith("n_loss_over") and not row["n_weighed"]
    return "-" if is_unknown else _said(name, row[name])


def _label(name: str) -> str:
    """A column in words.

    Examples
    --------
    >>> _label("n_loss_over_10_pct"), _label("share_loss_over_20_pct")
    ('animals that lost over 10 %', 'share that lost over 20 % (%)')
    >>> _label("highest_factor_below_15_pct")
    'doses borne, times, mean loss < 15 %'
    """
    if name in WORDS:
        return WORDS[name]
    limit = name.removesuffix("_pct").rpartition("_")[2]
    for start, words in LIMITED.items():
        if name.startswith(start):
            return words.format(limit)
    return name.replace("_", " ")


def _cut(text: str) -> str:
    """At most as much of a text as a column holds.

    Examples
    --------
    >>> _cut("ixazomib + bortezomib weekly")
    'ixazomib + bortez…'
    """
    return text if len(text) < WIDTH else text[: WIDTH - 3] + "…"


def _said(name: str, value: Any) -> str:
    """A value of :func:`~xenosim.io.plain.records` in words; shares in percent.

    Examples
    --------
    >>> _said("share_loss_over_10_pct", 0.25), _said("n", 8), _said("nadir_pct", None)
    ('25', '8', '-')
    """
    if value is None:
        return "-"
    if value == "inf":
        return "not reached"
    if name.startswith("share_"):
        return f"{100.0 * value:.0f}"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
