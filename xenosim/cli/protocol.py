"""An assay as a file: the options of an assay verb, one per line, so that a dish is documented as a
study is.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from typer.main import get_command

from xenosim.cli.dish import assay_app
from xenosim.errors import suggest
from xenosim.scenario.document import Document, read_document


def run_protocol(file: str, out: str, as_json: bool) -> None:
    """Read an assay file and run its verb.

    Raises
    ------
    ScenarioError
        A file that cannot be read, an unknown assay or option, with file, line and the nearest
        name.
    """
    document = read_document(Path(file), {})
    commands: dict[str, Any] = dict(get_command(assay_app).commands)  # type: ignore[attr-defined]
    known = [name for name in commands if name != "run"]
    kind = document.get(("assay",))
    if kind not in known:
        hint = suggest(str(kind), known) if kind else ""
        raise document.fail(
            ("assay",),
            f"there is no assay '{kind}'{hint}" if kind else "'assay' is missing",
            f"one of {', '.join(known)}",
        )
    options = {
        parameter.name.rstrip("_"): parameter
        for parameter in commands[kind].params
        if parameter.name not in ("out", "json", "help")
    }
    document.check_keys((), ("assay", "title", "published", *options))
    arguments = [
        part
        for name in options
        if document.get((name,)) is not None
        for part in _option(document, name, options[name])
    ]
    # The manifest names the command with every option, so that a result does not depend on a file
    # that may change.
    sys.argv = ["xenosim", "assay", kind, *arguments]
    commands[kind].main(
        [*arguments, "--out", out, *(["--json"] if as_json else [])],
        prog_name=f"xenosim assay {kind}",
        standalone_mode=False,
    )


def _option(document: Document, name: str, parameter: Any) -> list[str]:
    """One key as command-line arguments: a list repeats a repeatable option, and is joined by
    commas elsewhere.
    """
    value = document.get((name,))
    values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if isinstance(value, dict):
        raise document.fail((name,), f"'{name}' holds further keys", "write a value or a list")
    if parameter.param_type_name == "argument":
        return values
    joined = values if parameter.multiple else [",".join(values)]
    return [part for each in joined for part in (parameter.opts[0], each)]
