"""What a verb prints: the first screen of a result, or all of it as one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xenosim.errors import printable

if TYPE_CHECKING:
    from xenosim.io.results import Result


def emit(result: Result, folder: Path, as_json: bool) -> None:
    """Print a result that is kept in ``folder``."""
    from xenosim.report import text

    if as_json:
        typer.echo(json.dumps(text.as_json(result, folder)))
    else:
        typer.echo(printable(text.first_screen(result, folder)))
