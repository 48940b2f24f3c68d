"""The first screen of a result: its answer, its table, and what they rest on.

A result that was read back from its directory prints the same screen, byte for byte.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xenosim.io.plain import records
from xenosim.io.results import Result


def first_screen(result: Result, folder: Path | None = None) -> str:
    """What a verb prints when it is done; ``folder``: where the result is kept, if it is."""
    return _assay_screen(result, folder)


def as_json(result: Result, folder: Path | None = None) -> dict[str, Any]:
    """The same as plain data, as ``--json`` prints it."""
    return _assay_json(result, folder)


def _assay_screen(result: Result, folder: Path | None) -> str:
    manifest = result.manifest
    listed = ", ".join(f"{n} {status}" for status, n in manifest["parameters"].items() if n)
    more = f" ({manifest['list_parameters']})" if manifest.get("list_parameters") else ""
    lines = [result.answer, "", f"SIMULATED, seed {manifest['seed']}. Parameters: {listed}{more}."]
    return "\n".join(lines + ([f"Directory: {folder}"] if folder else []))


def _assay_json(result: Result, folder: Path | None) -> dict[str, Any]:
    tables = {name: records(table) for name, table in result.tables.items()}
    return result.manifest | {"tables": tables} | ({"directory": str(folder)} if folder else {})
