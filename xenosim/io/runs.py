"""A run directory: written beside its final place and renamed when it is complete."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.errors import RunError
from xenosim.io.tables import COLUMNS, read_table

if TYPE_CHECKING:
    import pandas as pd

TABLES = tuple(COLUMNS)
#: Tables longer than this are kept as Parquet as well [rows].
PARQUET_ROWS = 100_000
#: Ending of the name of a run that is not finished.
UNFINISHED = ".unfinished"


def check_writable(base: Path) -> None:
    """Refuse an output directory that cannot be written, before anything is simulated."""
    try:
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=base):
            pass
    except OSError as error:
        raise RunError(
            f"cannot write here: {(error.strerror or str(error)).lower()}",
            where=str(base),
            remedy="choose another --out",
        ) from error


def free_name(base: Path, name: str) -> str:
    """``name``, or with a number behind it, such that neither a run nor an unfinished one below
    ``base`` has it.
    """
    free, number = name, 2
    while (base / free).exists() or (base / (free + UNFINISHED)).exists():
        free = f"{name}-{number}"
        number += 1
    return free


@contextmanager
def new_run_directory(base: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Yield (temporary directory, final path); rename on success, remove on failure."""
    check_writable(base)
    final = base / free_name(base, name)
    work = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=base))
    try:
        yield work, final
        work.chmod(0o755)
        os.replace(work, final)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV in one step: a reader never sees half of it. Long tables are written as Parquet
    too, where pyarrow is installed.
    """
    with replacing(path) as partial:
        table.to_csv(partial, index=False, float_format="%.10g", lineterminator="\n")
    if len(table) > PARQUET_ROWS and find_spec("pyarrow"):
        with replacing(path.with_suffix(".parquet")) as partial:
            table.to_parquet(partial, index=False)


def write_json(data: Any, path: Path) -> None:
    """Write JSON in one step; NaN becomes null and infinities the text "inf" or "-inf", so that any
    reader accepts it.
    """
    with replacing(path) as partial:
        partial.write_text(
            json.dumps(_finite(data), indent=2, allow_nan=False) + "\n", encoding="utf-8"
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a hidden neighbor of the same ending, file or folder, that takes the place of ``path``
    on success and is removed on failure.
    """
    partial = path.with_name(f".partial.{path.name}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        partial.unlink(missing_ok=True)


def _finite(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _finite(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_finite(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return None if math.isnan(data) else str(data)
    return data


def read_run(path: Path) -> dict[str, pd.DataFrame]:
    """All tables of a run directory; RunError if it is none, TableError if a table is missing or
    damaged.
    """
    if not (path / "manifest.json").is_file() or not (path / "observations.csv").is_file():
        raise RunError(
            "not a run directory",
            where=str(path),
            remedy="give a directory that 'xenosim run' wrote",
        )
    return {name: read_table(path / f"{name}.csv", name) for name in TABLES}


def read_snapshot(path: Path) -> dict[str, Any]:
    """A kept slice of a tumor: its arrays by name."""
    import numpy as np

    try:
        with np.load(path) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RunError(
            "the kept slice is damaged",
            where=str(path),
            remedy="remove it to draw the other figures, or run the scenario again",
        ) from error


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a run directory."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "not a run directory",
            where=str(path),
            remedy="give a directory that 'xenosim run' wrote",
        ) from error
    if not isinstance(manifest, dict):
        raise RunError("manifest.json is damaged", where=str(path), remedy="run the scenario again")
    return manifest
