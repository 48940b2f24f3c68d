"""Options that verbs share."""

from __future__ import annotations

from typing import Annotated

import typer

File = Annotated[str, typer.Argument(help="Scenario file (YAML).")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of all random numbers.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", min=1, help="Worker processes; one per processor by default."),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set a scenario key: --set animals.per_arm=2 (repeatable)."),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine", help="'lattice', the whole tumor, or 'twin', its radial twin, in seconds."
    ),
]
Out = Annotated[str, typer.Option("--out", help="Directory for run directories.")]
Report = Annotated[
    bool, typer.Option("--report", help="Also write report.html into the directory.")
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", help="Workers of a Dask scheduler: dask:tcp://HOST:8786, dask:FILE.json."
    ),
]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", help="Its columns: --map subject=animal_id,Time=day (repeatable)."),
]
Layout = Annotated[str | None, typer.Option("--layout", help="Its layout.")]
Ensemble = Annotated[
    int | None,
    typer.Option(
        "--ensemble",
        help="Simulate so many calibrated parameter sets too: the interval that they leave.",
    ),
]
EnsembleFrom = Annotated[
    str | None,
    typer.Option(
        "--ensemble-from", help="'posterior', which data have formed, or 'prior': before any."
    ),
]
