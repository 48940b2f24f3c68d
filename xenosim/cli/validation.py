"""The verb validate."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xenosim.cli.simulate import parse_overrides
from xenosim.errors import ParameterError, printable, suggest
from xenosim.execution.processes import Workers
from xenosim.io.runs import check_writable, new_run_directory, write_table
from xenosim.parameters.ensemble import load_ensemble
from xenosim.scenario.load import load_scenario
from xenosim.validation.checks import KINDS
from xenosim.validation.perfusion import perfusion_rows, sweep
from xenosim.validation.table import (
    as_markdown,
    as_text,
    build,
    calibration_points,
    checks_of,
    counts,
    embed,
    run_check,
)
from xenosim.validation.twin import twin_rows
from xenosim.validation.xenograft import studies, validate_xenografts
from xenosim.viz.style import save
from xenosim.viz.validation import validation_figure

if TYPE_CHECKING:
    import pandas as pd

#: Cells and doses of the perfusion sweep.
PERFUSED = "osteosarcoma_primary.yaml"


def run_validation(
    only: str | None,
    into: str | None,
    scenarios: str,
    ensemble: int | None,
    pairs: list[str],
    jobs: int | None,
    out: str,
    as_json: bool,
) -> None:
    """Run the checks, print the table, leave it as CSV with the figure, and embed it where asked;
    ``ensemble``: so many draws of the shipped ensemble, for xenograft studies.
    """
    wanted = _studies_of(only)
    if ensemble is not None and not wanted:
        raise ParameterError(
            "an ensemble belongs to the xenograft studies",
            where="--ensemble",
            remedy="add --only xenograft, or the name of one of them",
        )
    if into and only != "xenograft" and (wanted or only in ("perfusion", "twin")):
        raise ParameterError(
            "only the tables about cells and about all xenografts are embedded",
            where="--embed",
            remedy="leave --only out, or write --only xenograft",
        )
    check_writable(Path(out))
    if wanted:
        rows = validate_xenografts(
            Path(scenarios),
            parse_overrides(pairs, None),
            jobs,
            lambda title: typer.echo(printable(f"{title} ..."), err=True),
            wanted,
            load_ensemble().first(ensemble) if ensemble is not None else None,
        )
    elif only == "perfusion":
        scenario = load_scenario(str(Path(scenarios) / PERFUSED), parse_overrides(pairs, None))
        rows = perfusion_rows(sweep(scenario, jobs))
    elif only == "twin":
        show = sys.stderr.isatty() and not as_json
        rows = twin_rows(Path(scenarios), jobs, _progress if show else None)
    else:
        rows = _cells_in_a_dish(only, pairs, jobs, show=sys.stderr.isatty() and not as_json)
    table = build(rows, only)
    if into:
        embed(as_markdown(table), Path(into))
    _leave(table, only, into, Path(out), as_json)


def _studies_of(only: str | None) -> tuple[str, ...]:
    """The published xenograft studies that ``only`` asks for; ParameterError for an unknown
    part.
    """
    parts = (*KINDS, "xenograft", *studies(), "perfusion", "twin")
    if only is not None and only not in parts:
        raise ParameterError(
            f"there is no part '{only}'{suggest(only, parts)}",
            where="--only",
            remedy=f"one of {', '.join(parts)}",
        )
    return studies() if only == "xenograft" else tuple(name for name in studies() if name == only)


def _cells_in_a_dish(
    only: str | None, pairs: list[str], jobs: int | None, show: bool
) -> list[dict[str, Any]]:
    """Every check about cells, or those of one part; ``show``: with progress."""
    if pairs:
        raise ParameterError(
            "--set belongs to the xenograft studies", where="--set", remedy="add --only xenograft"
        )
    tasks = checks_of(only)
    with Workers(jobs, len(tasks)) as workers:
        return workers.map(run_check, tasks, _progress if show else None)


def _progress(done: float, total: float) -> None:
    typer.echo(f"\r{done:g} of {total:g} checks", err=True, nl=done == total)


def _leave(
    table: pd.DataFrame, only: str | None, into: str | None, out: Path, as_json: bool
) -> None:
    """Write the table and its figure below ``out``, and print."""
    with new_run_directory(out, f"validation_{only or 'cells'}") as (work, final):
        write_table(table, work / "validation.csv")
        save(validation_figure(table, calibration_points()), work, "validation")
    if as_json:
        rows = json.loads(table.to_json(orient="records"))
        typer.echo(json.dumps({"summary": counts(table), "rows": rows, "directory": str(final)}))
        return
    typer.echo(
        f"{as_text(table)}\nSIMULATED. Directory: {final}"
        + (f"; table embedded in {into}" if into else "")
    )
