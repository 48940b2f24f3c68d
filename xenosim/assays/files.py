"""An assay as a file: its verb and its options, one per line, so that a dish is documented as a
study is; and the manifest of a kept one, from which it can be run again.
"""

from __future__ import annotations

from dataclasses import MISSING
from pathlib import Path
from typing import Any

from xenosim.assays.protocol import ASSAYS
from xenosim.assays.spec import Assay, as_option, flag_of, located, options_of
from xenosim.errors import ParameterError, ScenarioError, XenosimError, suggest
from xenosim.scenario.document import Document, read_document
from xenosim.scenario.library import Library, library_beside
from xenosim.scenario.origin import INPUTS

#: Keys of an assay file that only describe it.
REMARKS = ("title", "published")


def read_assay(path: str | Path) -> Assay:
    """The assay of a file (YAML), of the directory of a kept result or of its manifest. Files that
    it names are looked for beside it.

    Raises
    ------
    ScenarioError
        A file that cannot be read, an unknown assay or option, a value that cannot be, with file,
        line and the nearest name.
    """
    path = Path(path)
    path = path / "manifest.json" if path.is_dir() else path
    document = read_document(path, {})
    root = ("spec",) if path.name == "manifest.json" else ()
    kind = document.get((*root, "assay"))
    if not isinstance(kind, str) or kind not in ASSAYS:
        hint = suggest(str(kind), ASSAYS) if kind else ""
        raise document.fail(
            (*root, "assay"),
            f"there is no assay '{kind}'{hint}" if kind else "'assay' is missing",
            f"one of {', '.join(ASSAYS)}",
        )
    options = options_of(ASSAYS[kind])
    document.check_keys(root, ("assay", *REMARKS, *options))
    given = {
        name: located(name, _value(document, (*root, name), options[name][0]), path.parent)
        for name in options
        if document.get((*root, name)) is not None
    }
    missing = [name for name, option in options.items() if option[2] is MISSING]
    for name in missing:
        if name not in given:
            raise document.fail(root, f"'{name}' is missing", f"add '{name}: ...'")
    try:
        return ASSAYS[kind](**given)
    except XenosimError as error:
        raise _placed(document, root, given, error) from error


def library_of_assay(path: Path) -> Library:
    """The user's parameter files of an assay: those beside its file, or kept in the directory of a
    result.
    """
    folder = path if path.is_dir() else path.parent
    kept = folder / INPUTS
    return library_beside(kept if (folder / "manifest.json").is_file() else folder)


def _value(document: Document, path: tuple[str, ...], kind: Any) -> Any:
    """A value as its option takes it: a list stays one where the option is repeatable, and is
    joined by commas elsewhere.
    """
    value, name = document.get(path), path[-1]
    if isinstance(value, dict):
        raise document.fail(path, f"'{name}' holds further keys", "write a value or a list")
    try:
        return as_option(name, kind, value)
    except ParameterError as error:
        raise document.fail(path, error.message, error.remedy) from error


def _placed(
    document: Document, root: tuple[str, ...], given: dict[str, Any], error: XenosimError
) -> XenosimError:
    """An error about an option as one about the line of the file where the option stands."""
    flags = (error.where or "").split(", ")
    named = next((name for name in given if flag_of(name) in flags), None)
    if named is None:
        return error
    path = (*root, named)
    return ScenarioError(
        error.message,
        where=document.where(path),
        remedy=error.remedy,
        excerpt=document.excerpt(path),
    )
