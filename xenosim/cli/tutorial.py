"""Verb tutorial: list the tutorials, or copy one here with its data."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import typer

from xenosim.errors import RunError, suggest

#: Where they lie: a folder each, with its text and its data.
FOLDER = Path(__file__).resolve().parents[1] / "tutorials"


class Tutorial(NamedTuple):
    """A tutorial: its folder's ``name``, and its ``title``, which says for whom it is."""

    name: str
    title: str


def tutorials() -> list[Tutorial]:
    """Every tutorial, by name.

    Examples
    --------
    >>> "first_study" in [one.name for one in tutorials()]
    True
    """
    return [
        Tutorial(
            path.parent.name, path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        )
        for path in sorted(FOLDER.glob("*/tutorial.md"))
    ]


def copy_tutorial(name: str, base: Path) -> Path:
    """Copy a tutorial below ``base``; its folder.

    Raises
    ------
    RunError
        No such tutorial, a folder of its name that exists, or one that cannot be written.
    """
    known = [one.name for one in tutorials()]
    if name not in known:
        raise RunError(
            f"there is no tutorial '{name}'{suggest(name, known)}",
            remedy=f"one of {', '.join(known)}",
        )
    target = base / name
    if target.exists():
        raise RunError("this is there already", where=str(target), remedy="move it away")
    try:
        shutil.copytree(FOLDER / name, target)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(target, ignore_errors=True)
        said = getattr(error, "strerror", None) or error
        raise RunError(f"cannot write here: {said}", where=str(target)) from error
    return target


def tutorial(name: str | None, out: str, as_json: bool) -> None:
    """List the tutorials, or copy the one that is named."""
    from xenosim.cli.inputs import table

    if name is not None:
        target = copy_tutorial(name, Path(out))
        if as_json:
            typer.echo(json.dumps({"folder": str(target)}))
            return
        typer.echo(f"Read {target / 'tutorial.md'}; its commands are run in {target}")
        return
    found = tutorials()
    if as_json:
        typer.echo(json.dumps([one._asdict() for one in found]))
        return
    typer.echo(table([["tutorial", "what"], *([one.name, one.title] for one in found)]))
    typer.echo("'xenosim tutorial NAME' copies one here with its data")
