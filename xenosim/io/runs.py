"""A run directory: written beside its final place and renamed when it is complete."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from xenosim.errors import RunError, TableError
from xenosim.io.plain import plain
from xenosim.io.tables import COLUMNS, read_table
from xenosim.spreadsheets import harmless, text_columns

if TYPE_CHECKING:
    import pandas as pd

TABLES = tuple(COLUMNS)
#: Tables longer than this are kept as Parquet as well [rows].
PARQUET_ROWS = 100_000
#: Folder of the slices in a run directory, and the beginning of their names.
SLICES, SLICE = "snapshots", "slice_"
#: What a directory may hold in place of a study, by what its manifest then has.
OTHER = {"assay": "an assay", "design": "a design", "search": "a search over points"}
#: Ending of the name of a run that is not finished.
UNFINISHED = ".unfinished"
#: Beginning of the name of a directory that is being written, and the age at which nobody can be
#: writing it any more [s].
HIDDEN, HIDDEN_S = ".xenosim.", 3600.0


def check_writable(base: Path) -> None:
    """Refuse an output directory that cannot be written or made, before anything is simulated.
    Nothing is made: a directory comes when there is something to keep in it.
    """
    try:
        nearest = next(path for path in (base, *base.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise unwritable(base, error) from error


def unwritable(path: Path, error: OSError) -> RunError:
    """What the disk said when ``path`` was to be written, as one clear error."""
    return RunError(
        f"cannot write here: {(error.strerror or str(error)).lower()}",
        where=str(path),
        remedy="make room or choose another place",
    )


def free_name(base: Path, name: str) -> str:
    """``name``, or with a number behind it, such that neither a run nor an unfinished one below
    ``base`` has it.
    """
    free, number = name, 2
    while (base / free).exists() or (base / (free + UNFINISHED)).exists():
        free = f"{name}-{number}"
        number += 1
    return free


def hidden_directory(base: Path) -> Path:
    """A new directory below ``base`` that becomes another by a rename; those that a kill left there
    before are removed.
    """
    base.mkdir(parents=True, exist_ok=True)
    for old in base.glob(f"{HIDDEN}*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > HIDDEN_S:
                shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=HIDDEN, dir=base))


def replace_figures(run: Path, draw: Callable[[Path], list[Path]]) -> list[Path]:
    """The paths in ``run/figures`` of what ``draw(folder)`` left in a hidden folder: figures there
    are replaced when all are drawn.

    Raises
    ------
    RunError
        A folder that cannot be written.
    """
    try:
        work = hidden_directory(run)
        try:
            drawn = draw(work)
            (run / "figures").mkdir(exist_ok=True)
            return [path.replace(run / "figures" / path.name) for path in drawn]
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise RunError(
            f"the figures cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(run),
            remedy="make room or choose another place, then 'xenosim plot'",
        ) from error


@contextmanager
def new_run_directory(base: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Yield (temporary directory, final path); rename on success, remove on failure. What the disk
    refuses is a RunError.
    """
    check_writable(base)
    final = base / free_name(base, name)
    try:
        work = hidden_directory(base)
        try:
            yield work, final
            work.chmod(0o755)
            os.replace(work, final)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    except OSError as error:
        raise unwritable(final, error) from error


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a CSV in one step: a reader never sees half of it. Long tables are written as Parquet
    too, where pyarrow is installed.
    """
    text = text_columns(table)
    plain = table.assign(**{name: table[name].map(harmless) for name in text}) if text else table
    with replacing(path) as partial:
        plain.to_csv(partial, index=False, float_format="%.10g", lineterminator="\n")
    if len(table) > PARQUET_ROWS and find_spec("pyarrow"):
        with replacing(path.with_suffix(".parquet")) as partial:
            table.to_parquet(partial, index=False)


def as_written(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the digits that :func:`write_table` keeps: what is computed from it now and what
    is computed from its file are the same.
    """
    floats = table.select_dtypes("float").columns
    return table.assign(
        **{name: [float(f"{value:.10g}") for value in table[name]] for name in floats}
    )


def write_json(data: Any, path: Path) -> None:
    """Write plain data (:func:`xenosim.io.plain.plain`) as JSON in one step."""
    with replacing(path) as partial:
        partial.write_text(
            json.dumps(plain(data), indent=2, allow_nan=False) + "\n", encoding="utf-8"
        )


@contextmanager
def replacing(path: Path, name: str = "") -> Iterator[Path]:
    """Yield a hidden neighbor, file or folder, that takes the place of ``path`` on success and is
    removed on failure; it has the same ending unless its ``name`` is given.
    """
    partial = path.with_name(name or f".partial.{path.name}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)
        partial.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a hidden neighbor that takes the place of ``path`` on success (of a link: of what it
    points to; a device or pipe is written as it is); what the disk refuses is a RunError.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            yield path
        else:
            with replacing(path.resolve()) as partial:
                yield partial
    except OSError as error:
        raise unwritable(path, error) from error


def read_run(path: str | Path) -> dict[str, pd.DataFrame]:
    """All tables of the run directory of a study; RunError if it is none, TableError if a table is
    missing or damaged.
    """
    path = Path(path)
    manifest = read_manifest(path)
    require_simulated(path, manifest)
    return {name: read_kept(path, name, manifest) for name in TABLES}


def require_study(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse (RunError) a directory that its ``manifest`` says is not of a study, of simulated or
    measured mice, nor of a panel.
    """
    _refuse(OTHER, "a study", "'xenosim run' or 'xenosim analyze'", folder, manifest)


def require_simulated(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse (RunError) a directory as :func:`require_study` does, and one of measured mice."""
    kinds = OTHER | {"measured": "measured mice"}
    what = "a study that was simulated" if "measured" in manifest else "a study"
    _refuse(kinds, what, "'xenosim run' or 'xenosim compare'", folder, manifest)


def _refuse(
    kinds: dict[str, str], asked: str, verbs: str, folder: Path, manifest: dict[str, Any]
) -> None:
    for kind, what in kinds.items():
        if kind in manifest:
            raise RunError(
                f"the directory of {what}, not of {asked}",
                where=str(folder),
                remedy=f"give a directory that {verbs} wrote",
            )


def rows_written(manifest: dict[str, Any]) -> dict[str, int]:
    """How many rows each table of a result had when it was kept; earlier versions do not say."""
    rows = manifest.get("rows")
    told = rows.items() if isinstance(rows, dict) else ()
    return {name: n for name, n in told if isinstance(n, int) and name == Path(name).name}


def read_kept(folder: Path, name: str, manifest: dict[str, Any]) -> pd.DataFrame:
    """The table ``name`` of a result kept in ``folder`` with its ``manifest``.

    Raises
    ------
    TableError
        A table that is missing or damaged, or has not as many rows as were written.
    """
    path = folder / f"{name}.csv"
    named = ("animal_id", "cage", "sex") if "measured" in manifest else ()
    table = read_table(path, name if name in TABLES else None, named)
    written = rows_written(manifest).get(name, len(table))
    if written != len(table):
        raise TableError(
            f"the table has {len(table)} rows of the {written} that were written",
            where=str(path),
            remedy="take it back from a copy, or run the scenario again",
        )
    return table


def slice_path(run: Path, arm: str) -> Path:
    """Where a run directory keeps the slice of an arm: what no file name can hold is spelled as in
    an address.

    Examples
    --------
    >>> slice_path(Path("run"), "10/5").name
    'slice_10%2F5.npz'
    """
    spelled = arm.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C")
    return run / SLICES / f"{SLICE}{spelled}.npz"


def read_slices(run: Path) -> dict[str, dict[str, Any]]:
    """The slices that :func:`slice_path` names, by arm."""
    return {
        unquote(path.stem.removeprefix(SLICE)): read_snapshot(path)
        for path in sorted((run / SLICES).glob(f"{SLICE}*.npz"))
    }


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


def read_manifest(path: str | Path) -> dict[str, Any]:
    """The manifest of the directory of a finished study or assay; RunError if it is none."""
    path = Path(path)
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise _no_run(path) from error
    except ValueError as error:
        raise RunError(
            f"manifest.json is damaged: {error}", where=str(path), remedy="run it again"
        ) from error
    if not isinstance(manifest, dict):
        raise RunError("manifest.json is damaged", where=str(path), remedy="run it again")
    return manifest


def _no_run(path: Path) -> RunError:
    unfinished = path if path.name.endswith(UNFINISHED) else Path(f"{path}{UNFINISHED}")
    if unfinished.is_dir():
        return RunError(
            "this run is not finished",
            where=str(path),
            remedy=f"go on with 'xenosim resume {unfinished}'",
        )
    return RunError(
        "not a run directory" if path.exists() else "there is no such run directory",
        where=str(path),
        remedy="give a directory that 'xenosim run' or 'xenosim assay' wrote",
    )


def read_text(path: Path) -> str:
    """A text file of a run directory; RunError if it is damaged."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise RunError(
            f"the file is damaged: {error}", where=str(path), remedy="run it again"
        ) from error
