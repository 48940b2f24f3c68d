"""Verbs run, compare and plot."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import typer

from xenosim.errors import ScenarioError
from xenosim.io.runs import check_writable


def parse_overrides(pairs: list[str], seed: int | None) -> dict[str, str]:
    """``key=value`` options as a mapping; ``--seed`` is one of them."""
    overrides = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(f"'{pair}' is not key=value", where="--set", remedy="write --set animals.per_arm=4")
        overrides[key.strip()] = value.strip()
    return overrides | ({"seed": str(seed)} if seed is not None else {})


def simulate(
    file: str, pairs: list[str], seed: int | None, jobs: int | None, out: str, as_json: bool, *, paired: bool
) -> None:
    """Load, run, write, print."""
    from xenosim.scenario.load import load_scenario

    scenario = load_scenario(file, parse_overrides(pairs, seed))
    if paired and len(scenario.arms) < 3:
        raise ScenarioError("comparing needs two treated arms and a control", where=file, remedy="add an arm, or use 'xenosim run'")
    base = Path(out)
    check_writable(base)

    from xenosim.jit import IS_COMPILED
    from xenosim.study.run import run_study
    from xenosim.viz.figures import draw_all

    show = sys.stderr.isatty() and not as_json
    if show and not IS_COMPILED:
        typer.echo("Compiling the cell kernel (first run on this machine) ...", err=True)
    try:
        with Progress(show) as progress:
            result = run_study(scenario, jobs=jobs, progress=progress, paired=paired)
        directory = result.write(base, shlex.join(["xenosim", *sys.argv[1:]]), draw_all)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(result.summary() | {"run_directory": str(directory)}, indent=1))
    else:
        typer.echo(result.summary_text())
        typer.echo(f"Run directory: {directory}")


def redraw(run: str, as_json: bool) -> None:
    """Draw the figures of a run again."""
    from xenosim.viz.figures import draw_all

    paths = [str(path) for path in draw_all(Path(run))]
    typer.echo(json.dumps({"figures": paths}) if as_json else "\n".join(paths))


class Progress:
    """A progress bar with the time left, on a terminal; silent elsewhere."""

    def __init__(self, show: bool, unit: str = "animals") -> None:
        self.show, self.unit = show, unit
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Progress:
        if self.show:
            from rich import progress
            from rich.console import Console

            self.bar = progress.Progress(
                progress.TextColumn(self.unit), progress.BarColumn(), progress.MofNCompleteColumn(), progress.TimeElapsedColumn(), progress.TimeRemainingColumn(),
                console=Console(stderr=True), transient=True,
            )  # fmt: skip
            self.bar.start()
            self.task = self.bar.add_task(self.unit, total=None)
        return self

    def __call__(self, done: int, total: int) -> None:
        if self.bar:
            self.bar.update(self.task, completed=done, total=total)

    def __exit__(self, *exc: object) -> None:
        if self.bar:
            self.bar.stop()
