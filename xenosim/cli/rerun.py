"""Verb rerun: a run once more from its directory."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import typer

from xenosim.cli.output import emit
from xenosim.cli.simulate import Progress


def rerun(run: str, check: bool, jobs: int | None, out: str, as_json: bool) -> None:
    """Simulate a run again; with ``check`` compare it and say where it differs (exit code 1), else
    leave a new run directory below ``out``.
    """
    from xenosim.study import rerun as again

    with Progress(sys.stderr.isatty() and not as_json, "days of all animals") as progress:
        if not check:
            result = again.rerun(run, jobs=jobs, progress=progress)
        else:
            verdict = again.check_again(run, jobs=jobs, progress=progress)
    if not check:
        folder = result.save(Path(out), command=shlex.join(["xenosim", *sys.argv[1:]]))
        emit(result, folder, as_json)
        return
    plain = verdict._asdict() | {"identical": verdict.identical}
    first = verdict.difference
    plain["difference"] = first._asdict() if first else None
    typer.echo(json.dumps(plain) if as_json else str(verdict))
    if not verdict.identical:
        raise typer.Exit(1)
