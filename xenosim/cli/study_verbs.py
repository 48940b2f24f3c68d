"""Verbs that simulate studies, and go on with them."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import (
    Engine,
    Ensemble,
    EnsembleFrom,
    File,
    Jobs,
    Json,
    Layout,
    Maps,
    Out,
    Report,
    Scheduler,
    Seed,
    Set,
)

Population = Annotated[
    int | None,
    typer.Option(
        "--population",
        help="Twin animals for what the drug does in the model; 0: none; a few seconds' by"
        " default.",
    ),
]
Every = Annotated[
    str,
    typer.Option(
        "--checkpoint-every",
        help="Time between checkpoints of a running animal: '10 min', or '48 steps'.",
    ),
]
CheckpointDays = Annotated[
    str | None,
    typer.Option(
        "--checkpoint-days", help="Days whose checkpoints stay in the run directory: '0,14'."
    ),
]
Shard = Annotated[
    str | None,
    typer.Option("--shard", help="Simulate a share of the animals, 3/100; then 'xenosim merge'."),
]
PrintJobs = Annotated[
    int | None,
    typer.Option("--print-jobs", min=1, help="Print the commands of so many shards, and merge."),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep-checkpoints", help="Keep the last checkpoints of every animal in the run directory."
    ),
]
Sizes = Annotated[str, typer.Option("--n", help="Animals per arm: 4:16, 4:16:2 or 4,8,12.")]
Tests = Annotated[
    str, typer.Option("--test", help="Tests: lmm (growth rates), tc (T/C on a day), logrank.")
]
Studies = Annotated[
    int, typer.Option("--studies", min=10, max=100_000, help="Studies drawn for each size.")
]
Targets = Annotated[str, typer.Option("--power", help="Powers to reach.")]
Animals = Annotated[
    int,
    typer.Option("--animals", min=0, help="Animals that are simulated; 0: as many as it takes."),
]
FromData = Annotated[
    str | None,
    typer.Option(
        "--from-data",
        help="A laboratory's table: growth, scatter and losses of its control animals.",
    ),
]
Control = Annotated[str | None, typer.Option("--control", help="Control arm of that table.")]
Paired = Annotated[
    bool, typer.Option("--paired", help="Test within pairs matched by starting volume.")
]
Look = Annotated[
    str | None,
    typer.Option("--interim", help="One look at that share of the animals: 0.5, 0.5:pocock."),
]
Unfinished = Annotated[
    str, typer.Argument(help="Directory of an unfinished run (NAME.unfinished).")
]


def run(
    file: File,
    set_: Set = None,
    seed: Seed = None,
    engine: Engine = None,
    jobs: Jobs = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
    every: Every = "10 min",
    days: CheckpointDays = None,
    keep: Keep = False,
    ensemble: Ensemble = None,
    ensemble_from: EnsembleFrom = None,
    population: Population = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Checkpoint: its animal, as it lives there, goes into every arm."
        ),
    ] = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    print_jobs: PrintJobs = None,
) -> None:
    """Simulate a study with independent animals; print the answer and leave a run directory."""
    from xenosim.cli.cluster import Place
    from xenosim.cli.report import add_report
    from xenosim.cli.simulate import parse_overrides, simulate

    asked = {"ensemble": ensemble, "ensemble_from": ensemble_from, "population": population}
    overrides = parse_overrides(set_ or [], seed, engine, **asked)
    place = Place(jobs, scheduler, shard, print_jobs)
    folder = simulate(file, overrides, place, out, json, saving=(every, days, keep), source=from_)
    add_report(folder, report, json)


def compare(
    file: File,
    set_: Set = None,
    seed: Seed = None,
    engine: Engine = None,
    jobs: Jobs = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
    every: Every = "10 min",
    days: CheckpointDays = None,
    keep: Keep = False,
    ensemble: Ensemble = None,
    ensemble_from: EnsembleFrom = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    print_jobs: PrintJobs = None,
) -> None:
    """Compare arms on common random numbers: every animal is in every arm; differences with
    intervals.
    """
    from xenosim.cli.cluster import Place
    from xenosim.cli.report import add_report
    from xenosim.cli.simulate import parse_overrides, simulate

    asked = {"ensemble": ensemble, "ensemble_from": ensemble_from}
    overrides = parse_overrides(set_ or [], seed, engine, **asked)
    place = Place(jobs, scheduler, shard, print_jobs)
    folder = simulate(file, overrides, place, out, json, saving=(every, days, keep), paired=True)
    add_report(folder, report, json)


def design(
    file: File,
    n: Sizes = "4:16",
    test: Tests = "lmm,tc,logrank",
    studies: Studies = 2000,
    power: Targets = "0.8,0.9",
    animals: Animals = 0,
    from_data: FromData = None,
    control: Control = None,
    map_: Maps = None,
    layout: Layout = None,
    paired: Paired = False,
    interim: Look = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
) -> None:
    """How many animals a study takes: power by simulation of independent twin animals."""
    from xenosim.cli.design import Laboratory, parse_question, run_design
    from xenosim.cli.report import add_report

    question = parse_question(n, test, power, interim, studies, animals, paired)
    laboratory = Laboratory(from_data, control, map_ or [], layout)
    folder = run_design(file, set_ or [], seed, question, laboratory, jobs, out, json)
    add_report(folder, report, json)


def resume(
    run: Unfinished,
    jobs: Jobs = None,
    json: Json = False,
    scheduler: Scheduler = None,
) -> None:
    """Go on with a run that was stopped or killed; the result is the same as without the break."""
    from xenosim.cli.cluster import Place
    from xenosim.cli.simulate import resume_run

    resume_run(run, Place(jobs, scheduler), json)


def merge(run: Unfinished, jobs: Jobs = None, json: Json = False) -> None:
    """Put a study together whose shards (run --shard) have all ended."""
    from xenosim.cli.cluster import merge as work

    work(run, jobs, json)


def tolerability(
    file: Annotated[
        str, typer.Argument(help="Scenario file (YAML), or a run or analyzed directory.")
    ],
    set_: Set = None,
    animals: Annotated[
        int, typer.Option("--animals", min=1, help="Animals of each arm, without tumors.")
    ] = 24,
    figure: Annotated[
        str | None,
        typer.Option(
            "--figure",
            help="Folder for T/C against weight loss as CSV, PNG and SVG; of a"
            " scenario twins are simulated for it.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Body weight of every arm; of a scenario also the highest dose below 15 and 20 % loss."""
    from xenosim.cli.simulate import parse_overrides
    from xenosim.cli.tolerability import tolerability as work

    work(file, parse_overrides(set_ or [], None), animals, figure, json)


def rerun(
    run: Annotated[str, typer.Argument(help="Run directory; it is only read.")],
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Compare with the run, byte by byte; exit code 1 and the first difference if any.",
        ),
    ] = False,
    jobs: Jobs = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Simulate a run again from its directory alone."""
    from xenosim.cli.rerun import rerun as work

    work(run, check, jobs, out, json)


def why(
    run: Annotated[str, typer.Argument(help="Run directory of a study with rules of dosing.")],
    arm: Annotated[str | None, typer.Option("--arm", help="Arm of the animal.")] = None,
    animal: Annotated[int | None, typer.Option("--animal", help="Number of the animal.")] = None,
    replicate: Annotated[int | None, typer.Option("--replicate", help="Replicate, from 0.")] = None,
    day: Annotated[
        float | None,
        typer.Option("--day", help="Day of a measurement; without it all decisions are listed."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where the engine is not the run's own.")
    ] = False,
    json: Json = False,
) -> None:
    """Which rule changed an animal's doses, on which reading, and what would be without it."""
    from xenosim.cli.why import why as work

    work(run, arm, animal, replicate, day, force, json)
