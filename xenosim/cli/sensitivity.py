"""Verb sensitivity: which parameters decide an answer."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.cluster import Place
from xenosim.cli.options import File, Jobs, Json, Scheduler, Seed
from xenosim.cli.searching import Arms, Day, Out, Set, loader
from xenosim.cli.searching import search_and_show as work


def sensitivity(
    file: File,
    output: Annotated[
        str, typer.Option("--output", help="Output: tc, delay, weight_loss, survival, ...")
    ] = "tc",
    params: Annotated[
        str,
        typer.Option(
            "--params", help="Statuses, sets or SET.NAME, joined by commas: assumed,ixazomib; all."
        ),
    ] = "assumed",
    method: Annotated[
        str, typer.Option("--method", help="'morris' for many parameters, 'sobol' for few.")
    ] = "morris",
    size: Annotated[
        int,
        typer.Option(
            "--size", min=0, help="Trajectories (10) of Morris, base points (64) of Sobol."
        ),
    ] = 0,
    animals: Annotated[
        int, typer.Option("--animals", min=2, max=1000, help="Radial twins in every arm.")
    ] = 6,
    arm: Arms = None,
    day: Day = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Which parameters decide an output, and which experiment would help most."""
    from xenosim.inference.evaluate_outputs import find_output
    from xenosim.inference.sensitivity import Question, run_sensitivity

    question = Question(find_output(output), params, method, size, animals, tuple(arm or ()), day)
    load = loader(file, set_ or [], seed)
    place = Place(jobs, scheduler)
    work(load, lambda *given: run_sensitivity(given[0], question, *given[1:]), place, out, json)
