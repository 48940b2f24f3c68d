"""Verb scenarios: those that come with xenosim."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import fill

import typer

#: What stands before a line below a question.
BELOW = "    "


def scenarios(copy: str | None, as_json: bool) -> None:
    """List the scenarios that come along, each with its question and with what was published and
    what was not, or copy them all into a new folder.
    """
    from xenosim.scenario.shipped import copy_shipped, shipped

    if copy is not None:
        paths = [str(path) for path in copy_shipped(Path(copy))]
        if as_json:
            typer.echo(json.dumps({"copied": paths}))
            return
        typer.echo(f"{len(paths)} scenarios in {copy}; run one: xenosim run {paths[0]}")
        return
    found = shipped()
    if as_json:
        typer.echo(json.dumps([one._asdict() for one in found]))
        return
    for one in found:
        typer.echo(f"{one.name}: {one.question}")
        said = f"Published: {one.published}"
        typer.echo(fill(said, 96, initial_indent=BELOW, subsequent_indent=BELOW) + "\n")
    typer.echo("'xenosim scenarios --copy scenarios' copies them here, to run and to change")
