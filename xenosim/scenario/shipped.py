"""Scenarios that come with xenosim, wherever it is installed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import yaml

from xenosim.errors import RunError

#: The folder of the project, or of the installed package.
FOLDER = Path(__file__).resolve().parents[1] / "shipped"


#: The two lines that a scenario which comes along begins with.
OPENING = re.compile(r"# Published: (?P<published>.+)\n# Question: (?P<question>.+)\n")


class Opening(NamedTuple):
    """What a scenario asks, and what was ``published`` of it and what was not."""

    question: str
    published: str


class Shipped(NamedTuple):
    """A scenario that comes along: its file's name, ``title``, ``question``, and what was
    ``published`` and what was not.
    """

    name: str
    title: str
    question: str
    published: str


def opening(path: Path) -> Opening:
    """The lines that the scenario ``path`` begins with; empty ones if it begins otherwise."""
    found = OPENING.match(path.read_text(encoding="utf-8"))
    return Opening(found["question"], found["published"]) if found else Opening("", "")


def shipped() -> list[Shipped]:
    """Every scenario that comes along, by name.

    Examples
    --------
    >>> [one.title for one in shipped() if one.name == "escc_q2d.yaml"]
    ['Ixazomib 10 mg/kg every other day, ESCC xenograft']
    """
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.append(Shipped(path.name, str(data["title"]), *opening(path)))
    return found


def copy_shipped(folder: Path) -> list[Path]:
    """Copy all that comes along, data files too, into a new ``folder``; the scenarios' paths.

    Raises
    ------
    RunError
        The folder is there already, or cannot be written; nothing is left of the attempt.
    """
    if folder.exists():
        raise RunError(
            "this is there already", where=str(folder), remedy="name a folder that is not"
        )
    try:
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("figures", "__pycache__"))
    except (OSError, shutil.Error) as error:
        shutil.rmtree(folder, ignore_errors=True)
        said = getattr(error, "strerror", None) or error
        raise RunError(f"cannot write here: {said}", where=str(folder)) from error
    return sorted(folder.glob("*.yaml"))
