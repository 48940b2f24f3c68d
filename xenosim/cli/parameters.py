"""Parameter files of the user: check one, print a set as one, use those of this directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from xenosim.errors import ParameterError

if TYPE_CHECKING:
    from xenosim.parameters.load import ParameterSet


def use_files_here() -> None:
    """Let the rest of the process find the parameter files of the working directory."""
    from xenosim.parameters.shelf import put_on_shelf
    from xenosim.scenario.library import library_beside

    put_on_shelf(library_beside(Path()))


def is_parameter_file(file: str) -> bool:
    """Whether a file is one of a drug, line, model, site or strain, not of a study.

    Raises
    ------
    ScenarioError
        It is no mapping of keys in YAML.
    """
    from xenosim.scenario.document import read_document
    from xenosim.scenario.schema import USER_FOLDERS

    data = read_document(Path(file)).data
    placed = Path(file).resolve().parent.name in USER_FOLDERS.values() and "arms" not in data
    return placed or "kind" in data or ("mechanism" in data and "arms" not in data)


def check_parameters(file: str, pairs: list[str], as_json: bool) -> None:
    """Check a parameter file and echo what it means, as a set in internal units."""
    from xenosim.parameters.shelf import on_shelf
    from xenosim.scenario.document import read_document
    from xenosim.scenario.library import library_beside
    from xenosim.scenario.parameter_file import read_parameter_file
    from xenosim.scenario.schema import USER_FOLDERS

    if pairs:
        raise ParameterError("a parameter file takes no --set", where=file, remedy="edit the file")
    path = Path(file)
    folder = path.resolve().parent
    kinds = {below: kind for kind, below in USER_FOLDERS.items()}
    wanted = kinds.get(folder.name, "")
    library = library_beside(folder.parent if wanted else folder)
    name = path.stem.lower() if wanted == "drug" else path.stem
    with on_shelf(library):
        found = (
            library.find(wanted, name)
            if name in library.names(wanted)
            else read_parameter_file(read_document(path), path.stem, wanted).set
        )
    if as_json:
        typer.echo(json.dumps(found.to_dict()))
        return
    _print(found, file, wanted)


def _print(found: ParameterSet, file: str, wanted: str) -> None:
    from xenosim.cli.inputs import table
    from xenosim.parameters.load import count_statuses, load_set, shipped_names
    from xenosim.scenario.parameter_file import BASES
    from xenosim.scenario.schema import USER_FOLDERS

    counts = count_statuses(found.values.values())
    listed = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    typer.echo(
        f"✓ {found.kind} '{found.name}'   ✓ units   ✓ parameters ({len(found.values)}: {listed})"
    )
    base = {name: p for of in BASES.get(found.kind, ()) for name, p in load_set(of).values.items()}
    own = [p for name, p in found.values.items() if base.get(name) != p]
    rows = [["parameter", "value", "unit", "status", "source", "note"]]
    rows += [[p.name, f"{p.value:g}", p.unit, p.status, p.where, p.note] for p in own]
    typer.echo(table(rows) if own else "  no number of its own")
    if found.kind == "drug":
        from xenosim.pharmacology.dose import routes_of

        routes = ", ".join(routes_of(found))
        typer.echo(f"mechanism: {found.mechanism}; routes: {routes}")
    if found.name in shipped_names(found.kind):
        typer.echo(f"note: it takes the place of the shipped {found.kind} '{found.name}'")
    if not wanted:
        folder = USER_FOLDERS[found.kind]
        typer.echo(f"note: move {file} into {folder}/ beside a scenario, which then finds it")


def export(word: str | None, name: str | None, status: str | None, as_json: bool) -> None:
    """Print a shipped set as a file to edit."""
    from xenosim.scenario.parameter_text import export_text

    if word != "export" or name is None or status is not None:
        raise ParameterError(
            "not understood", where="params", remedy="write 'xenosim params export NAME'"
        )
    text = export_text(name)
    typer.echo(json.dumps({"name": name, "text": text}) if as_json else text, nl=as_json)
