"""Verb rerun: a run once more from its directory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer

from xenosim.cli.cluster import Place
from xenosim.cli.simulate import Progress, simulate_scenario
from xenosim.errors import printable


def rerun(run: str, check: bool, jobs: int | None, out: str, as_json: bool) -> None:
    """Simulate a run again, of its directory or of an archive of it; with ``check`` compare it and
    say where it differs (exit code 1), else leave a new run directory below ``out``.
    """
    if Path(run).is_file():
        from xenosim.io.crate import unpacked

        with unpacked(Path(run)) as folder:
            _rerun(str(folder), check, jobs, out, as_json)
    else:
        _rerun(run, check, jobs, out, as_json)


def _rerun(run: str, check: bool, jobs: int | None, out: str, as_json: bool) -> None:
    from xenosim.study.rerun import check_again, repeatable

    if not check:
        known = repeatable(Path(run))
        source = str(known.origin) if known.origin else None
        simulate_scenario(
            known.scenario, run, Place(jobs), out, as_json, paired=known.paired, source=source
        )
        return
    # What is counted of a panel are models.
    with Progress(sys.stderr.isatty() and not as_json, "days of all animals, or models") as told:
        verdict = check_again(run, jobs=jobs, progress=told)
    plain = verdict._asdict() | {"identical": verdict.identical}
    first = verdict.difference
    plain["difference"] = first._asdict() if first else None
    typer.echo(json.dumps(plain) if as_json else printable(str(verdict)))
    if not verdict.identical:
        raise typer.Exit(1)
