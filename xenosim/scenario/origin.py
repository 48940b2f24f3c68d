"""What a scenario was made from: its file and the tables that it names, byte for byte, and a file
that runs again from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from xenosim.errors import ScenarioError
from xenosim.scenario.document import Document, Path_
from xenosim.scenario.keys import KEYS, Kind
from xenosim.scenario.schema import Origin, UserFile

#: Folder of a result's directory that holds what it was made from.
INPUTS = "inputs"
#: The scenario of a run directory as a file that runs again, beside :data:`INPUTS`.
RUNS_AGAIN = "scenario.yaml"
#: Key of a scenario that names folders of parameter files.
FILES = "parameter_files"


def input_name(name: str, taken: Iterable[str]) -> str:
    """Under which name a file called ``name`` is kept beside those ``taken``.

    Examples
    --------
    >>> input_name("control.csv", ["control.csv"])
    '2_control.csv'
    """
    free, number = name, 2
    while free in taken:
        free, number = f"{number}_{name}", number + 1
    return free


def origin_of(document: Document, files: Sequence[UserFile] = ()) -> Origin:
    """What a run of the document is made from, with the parameter ``files`` of the user.

    The file that runs again is the document's own, unless something was set beside it, tables are
    named, or its title is its name: then it is written anew, without comments, with all of that.
    Parameter files stand in the folders of their kind, beside the tables.

    Raises
    ------
    ScenarioError
        A file that is gone since it was read.
    """
    path = Path(document.file)
    inputs = {path.name: _content(path)}
    data, moved = document.data, {}
    for key in _files(document):
        table = path.parent / str(document.get(key))
        if str(table) not in moved:
            name = input_name(table.name, inputs)
            inputs[name] = _content(table)
            moved[str(table)] = f"{INPUTS}/{name}"
        data = _with(data, key, moved[str(table)])
    inputs |= {file.place: file.text.encode() for file in files}
    rest = {key: value for key, value in data.items() if key != FILES}
    data = rest | ({FILES: [INPUTS]} if files else {})
    if document.overridden or moved or files or not data.get("title"):
        data = {"title": path.stem} | {k: v for k, v in data.items() if k != "title" or v}
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
        return Origin(text, inputs)
    return Origin(inputs[path.name].decode("utf-8"), inputs)


def _files(document: Document) -> list[Path_]:
    """Places of the names of files."""
    found: list[Path_] = []
    for key in (key.path for key in KEYS if key.kind is Kind.FILE):
        arms = document.get(("arms",)) if "*" in key else None
        for arm in arms or [""]:
            place = tuple(arm if part == "*" else part for part in key)
            if isinstance(document.get(place), str):
                found.append(place)
    return found


def _with(data: dict[str, Any], path: Path_, value: str) -> dict[str, Any]:
    """``data`` with another value at ``path``."""
    below = _with(data[path[0]], path[1:], value) if len(path) > 1 else value
    return data | {path[0]: below}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ScenarioError(
            f"cannot be read: {(error.strerror or str(error)).lower()}",
            where=str(path),
            remedy="put it back",
        ) from error
