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
