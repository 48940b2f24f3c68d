"""The verb validate."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from xenosim.cli.simulate import parse_overrides
from xenosim.errors import ParameterError, suggest
from xenosim.execution.processes import Workers
from xenosim.io.runs import check_writable, new_run_directory, write_table
from xenosim.scenario.load import load_scenario
from xenosim.validation.perfusion import perfusion_rows, sweep
from xenosim.validation.table import (
    KINDS,
    as_markdown,
    as_text,
    build,
    calibration_points,
    checks_of,
    counts,
    embed,
    run_check,
)
from xenosim.validation.xenograft import studies, validate_xenografts
from xenosim.viz.style import save
from xenosim.viz.validation import validation_figure

#: Cells and doses of the perfusion sweep.
PERFUSED = "osteosarcoma_primary.yaml"


def run_validation(
    only: str | None,
    into: str | None,
    scenarios: str,
    pairs: list[str],
    jobs: int | None,
    out: str,
    as_json: bool,
) -> None:
    """Run the checks, print the table, leave it as CSV with the figure, and embed it where
    asked.
    """
    parts = (*KINDS, "xenograft", *studies(), "perfusion")
    if only is not None and only not in parts:
        raise ParameterError(
            f"there is no part '{only}'{suggest(only, parts)}",
            where="--only",
            remedy=f"one of {', '.join(parts)}",
        )
    wanted = studies() if only == "xenograft" else tuple(name for name in studies() if name == only)
    if into and (wanted or only == "perfusion"):
        raise ParameterError(
            "only the table about cells is embedded", where="--embed", remedy="leave --only out"
        )
    check_writable(Path(out))
    if wanted:
        rows = validate_xenografts(
            Path(scenarios),
            parse_overrides(pairs, None),
            jobs,
            lambda title: typer.echo(f"{title} ...", err=True),
            wanted,
        )
        table = build(rows, only)
    elif only == "perfusion":
        table = build(
            perfusion_rows(
                sweep(
                    load_scenario(str(Path(scenarios) / PERFUSED), parse_overrides(pairs, None)),
                    jobs,
                )
            ),
            only,
        )
    else:
        if pairs:
            raise ParameterError(
                "--set belongs to the xenograft studies",
                where="--set",
                remedy="add --only xenograft",
            )
        tasks = checks_of(only)
        show = sys.stderr.isatty() and not as_json
        with Workers(jobs, len(tasks)) as workers:
            rows = workers.map(
                run_check,
                tasks,
                (
                    (
                        lambda done, total: typer.echo(
                            f"\r{done} of {total} checks", err=True, nl=done == total
                        )
                    )
                    if show
                    else None
                ),
            )
        table = build(rows, only)
    if into:
        embed(as_markdown(table), Path(into))
    with new_run_directory(Path(out), f"validation_{only or 'cells'}") as (work, final):
        write_table(table, work / "validation.csv")
        save(validation_figure(table, calibration_points()), work, "validation")
    if as_json:
        rows_ = json.loads(table.to_json(orient="records"))
        typer.echo(json.dumps({"summary": counts(table), "rows": rows_, "directory": str(final)}))
        return
    typer.echo(
        f"{as_text(table)}\nSIMULATED. Directory: {final}"
        + (f"; table embedded in {into}" if into else "")
    )
