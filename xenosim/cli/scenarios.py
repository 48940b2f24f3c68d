"""Verb scenarios: those that come with xenosim."""

from __future__ import annotations

import json
from pathlib import Path

import typer


def scenarios(copy: str | None, as_json: bool) -> None:
    """List the scenarios that come along, or copy them all into a new folder."""
    from xenosim.cli.inputs import table
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
    typer.echo(table([["scenario", "title"], *([one.name, one.title] for one in found)]))
    typer.echo("'xenosim scenarios --copy scenarios' copies them here, to run and to change")
