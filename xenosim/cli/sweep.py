"""Verb sweep: any keys of a scenario against each other."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.cluster import Place
from xenosim.cli.options import File, Jobs, Json, Scheduler, Seed
from xenosim.cli.searching import Animals, Arms, Day, Out, Set, loader, search_and_show
from xenosim.errors import ScenarioError

DESIGNS = ("grid", "lhs")


def sweep(
    file: File,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='What is varied: "dose=1..20 mg/kg by log 8", "interval=1,2,3,7 d" (repeatable).',
        ),
    ] = None,
    output: Annotated[
        str, typer.Option("--output", help="Outputs: tc,delay,weight_loss,survival, ...")
    ] = "tc",
    design: Annotated[
        str, typer.Option("--design", help="'grid', or 'lhs', a Latin hypercube.")
    ] = "grid",
    points: Annotated[
        int, typer.Option("--points", min=2, help="Points of a Latin hypercube.")
    ] = 64,
    plot: Annotated[
        str, typer.Option("--plot", help="heatmap, dose-response or both; as fits by default.")
    ] = "",
    arm: Arms = None,
    animals: Animals = 8,
    day: Day = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Outputs over dose, interval, any key or parameter; what was simulated before is kept."""
    from xenosim.inference.evaluate_outputs import find_output
    from xenosim.inference.sweep import Question, check_plot, run_sweep
    from xenosim.inference.sweep_vary import axes_of

    if design not in DESIGNS:
        raise ScenarioError(
            f"there is no design '{design}'", where="--design", remedy=f"one of {DESIGNS}"
        )
    load = loader(file, set_ or [], seed)
    axes = axes_of(load({}), vary or [])
    check_plot(plot, axes)
    outputs = tuple(dict.fromkeys(find_output(name) for name in output.split(",")))
    lhs = points if design == "lhs" else 0
    question = Question(axes, outputs, lhs, animals, tuple(arm or ()), day, plot)
    place = Place(jobs, scheduler)
    search_and_show(
        load, lambda *given: run_sweep(given[0], question, *given[1:]), place, out, json
    )
