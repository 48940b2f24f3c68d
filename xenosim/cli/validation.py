"""The verb validate."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xenosim.cli.simulate import parse_overrides
from xenosim.errors import ParameterError, printable, suggest
from xenosim.execution.processes import Workers
from xenosim.io.runs import check_writable, new_run_directory, write_table
from xenosim.parameters.ensemble import load_ensemble
from xenosim.scenario.load import load_scenario
from xenosim.study.answer import sets_text
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
    values_under,
    with_intervals,
)
from xenosim.validation.twin import twin_rows
from xenosim.validation.xenograft import studies, validate_xenografts
from xenosim.viz.style import save
from xenosim.viz.validation import validation_figure

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.parameters.ensemble import Ensemble

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
    ``ensemble``: under so many draws of the shipped ensemble, too.
    """
    wanted = _studies_of(only)
    if ensemble is not None and only in ("perfusion", "twin"):
        raise ParameterError(
            f"'{only}' has no published values for an ensemble to meet",
            where="--ensemble",
            remedy="leave --only out, or name another part",
        )
    sets = load_ensemble().first(ensemble) if ensemble is not None else None
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
            sets,
        )
    elif only == "perfusion":
        scenario = load_scenario(str(Path(scenarios) / PERFUSED), parse_overrides(pairs, None))
        rows = perfusion_rows(sweep(scenario, jobs))
    elif only == "twin":
        show = sys.stderr.isatty() and not as_json
        rows = twin_rows(Path(scenarios), jobs, _progress if show else None)
    else:
        show = sys.stderr.isatty() and not as_json
        rows = _cells_in_a_dish(only, pairs, jobs, sets, show=show)
    table = build(rows, only)
    if into:
        embed(as_markdown(table), Path(into))
    _leave(table, only, into, Path(out), as_json, _sets_line(sets))


def _sets_line(sets: Ensemble | None) -> str:
    """Which parameter sets the intervals are of; "" without any."""
    if sets is None:
        return ""
    known = {"calibrated": sets.is_calibrated, "stale": sets.is_stale()}
    return f"intervals of {sets_text({'sets': len(sets)} | known)}"


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
    only: str | None, pairs: list[str], jobs: int | None, sets: Ensemble | None, show: bool
) -> list[dict[str, Any]]:
    """Every check about cells, or those of one part, with what ``sets`` of parameters give;
    ``show``: with progress.
    """
    if pairs:
        raise ParameterError(
            "--set belongs to the xenograft studies", where="--set", remedy="add --only xenograft"
        )
    tasks = checks_of(only)
    with Workers(jobs, len(tasks)) as workers:
        rows = workers.map(run_check, tasks, _progress if show else None)
        if sets is None:
            return rows
        each = partial(values_under, ensemble=sets, only=only)
        return with_intervals(rows, workers.map(each, range(len(sets))))


def _progress(done: float, total: float) -> None:
    typer.echo(f"\r{done:g} of {total:g} checks", err=True, nl=done == total)


def _leave(
    table: pd.DataFrame, only: str | None, into: str | None, out: Path, as_json: bool, sets: str
) -> None:
    """Write the table and its figure below ``out``, and print; ``sets``: which parameter sets."""
    with new_run_directory(out, f"validation_{only or 'cells'}") as (work, final):
        write_table(table, work / "validation.csv")
        save(validation_figure(table, calibration_points()), work, "validation")
    if as_json:
        rows = json.loads(table.to_json(orient="records"))
        said = {"summary": counts(table), "parameter_sets": sets, "rows": rows}
        typer.echo(json.dumps(said | {"directory": str(final)}))
        return
    typer.echo(
        f"{as_text(table)}{sets and f'; {sets}'}\nSIMULATED. Directory: {final}"
        + (f"; table embedded in {into}" if into else "")
    )
