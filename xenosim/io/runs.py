"""A run directory: written beside its final place and renamed when it is complete."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.errors import RunError

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("observations", "truth", "cells", "events", "endpoints", "plasma")


def check_writable(base: Path) -> None:
    """Refuse an output directory that cannot be written, before anything is simulated."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            pass
    except OSError as error:
        raise RunError(f"cannot write here: {(error.strerror or str(error)).lower()}", where=str(base), remedy="choose another --out") from error


@contextmanager
def new_run_directory(base: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Yield (temporary directory, final path); rename on success, remove on failure."""
    check_writable(base)
    final = base / name
    number = 2
    while final.exists():
        final = base / f"{name}-{number}"
        number += 1
    work = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=base))
    try:
        yield work, final
        work.chmod(0o755)
        os.replace(work, final)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV in one step: a reader never sees half of it."""
    partial = path.with_name(f".{path.name}.partial")
    table.to_csv(partial, index=False, float_format="%.10g", lineterminator="\n")
    os.replace(partial, path)


def write_json(data: Any, path: Path) -> None:
    """Write JSON in one step."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    os.replace(partial, path)


def read_run(path: Path) -> dict[str, pd.DataFrame]:
    """All tables of a run directory; RunError if it is none."""
    import pandas as pd

    if not (path / "manifest.json").is_file() or not (path / "observations.csv").is_file():
        raise RunError("not a run directory", where=str(path), remedy="give a directory that 'xenosim run' wrote")
    try:
        return {name: pd.read_csv(path / f"{name}.csv", keep_default_na=True) for name in TABLES if (path / f"{name}.csv").is_file()}
    except (ValueError, OSError) as error:
        raise RunError(f"a table is damaged: {error}", where=str(path), remedy="run the scenario again") from error


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a run directory."""
    try:
        manifest: dict[str, Any] = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError("not a run directory", where=str(path), remedy="give a directory that 'xenosim run' wrote") from error
    return manifest
