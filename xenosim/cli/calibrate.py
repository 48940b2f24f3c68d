"""The verb calibrate."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import typer

from xenosim.errors import ParameterError, printable
from xenosim.inference.calibration import Settings, calibrate
from xenosim.inference.figures import marginals_figure, rows_figure
from xenosim.inference.summary import as_ensemble, screen
from xenosim.inference.targets import STAGES
from xenosim.io.runs import check_writable
from xenosim.parameters.ensemble import DRAWS, META, SHIPPED, write_ensemble
from xenosim.viz.style import save

#: Fewest points of a design that say anything of so many parameters, and fewest draws.
LEAST_DESIGN, LEAST_DRAWS = 20, 10
#: Candidates for each draw that is kept, by default [-].
CANDIDATES = 1.5


def run_calibration(
    out: str,
    draws: int,
    waves: int,
    design: int,
    candidates: int | None,
    seed: int,
    only: str | None,
    scenarios: str,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Calibrate in ``out``, or go on there; leave draws, what is known of them, and figures."""
    stages = tuple(word.strip() for word in only.split(",")) if only else STAGES
    if waves < 1 or design < LEAST_DESIGN or min(draws, candidates or draws) < LEAST_DRAWS:
        raise ParameterError(
            f"{draws} draws, {waves} waves, a design of {design}",
            where="--draws, --waves, --design",
            remedy=f"at least {LEAST_DRAWS} draws, 1 wave, a design of {LEAST_DESIGN}",
        )
    folder = Path(out)
    check_writable(folder)
    show = sys.stderr.isatty() and not as_json
    tried = round(CANDIDATES * draws) if candidates is None else candidates
    settings = Settings(draws, waves, design, seed, stages, scenarios, tried)
    found = calibrate(folder, settings, jobs, _told if show else None)
    if show:
        typer.echo(err=True)
    ensemble = as_ensemble(found, date.today())
    write_ensemble(folder, ensemble)
    save(marginals_figure(found), folder, "marginals")
    save(rows_figure(found), folder, "rows")
    if as_json:
        typer.echo(json.dumps({"directory": str(folder), **ensemble.meta}))
        return
    typer.echo(printable(screen(found)))
    typer.echo(
        f"{folder}: {DRAWS}, {META}, marginals.png, rows.png; load_ensemble('{folder}') reads"
        f" them, and '--ensemble' does once {DRAWS} and {META} are copied to {SHIPPED}"
    )


def _told(what: str, done: int, of: int, left_s: float) -> None:
    """A line that is written over."""
    count = f" {done} of {of} points, {left_s / 60.0:.0f} min left" if of else ""
    typer.echo(f"\r{what}{count:<50}", nl=False, err=True)
