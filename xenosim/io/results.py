"""What every study and assay leaves: tables, a manifest, files and figures; kept in a directory and
read back from it.

The directory is the result: a study that Python kept and one that the command line kept are the
same files, and whatever is printed or drawn of a result can be printed and drawn of its directory.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from xenosim.errors import RunError, printable
from xenosim.io.runs import (
    new_run_directory,
    read_kept,
    read_manifest,
    read_text,
    rows_written,
    write_json,
    write_table,
)
from xenosim.scenario.origin import INPUTS

if TYPE_CHECKING:
    import pandas as pd

#: What the manifest of any result holds, and of which type it is.
MANIFEST: dict[str, type] = {"xenosim": str, "answer": str, "seed": int, "parameters": dict}


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A finished study or assay as data. Subclasses name its parts and draw its figures.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Every table, by the name of its CSV file.
    manifest : dict
        Plain data (:func:`xenosim.io.plain.plain`): the answer, the seed, what it rests on; at
        least :data:`MANIFEST`. An assay's name is under ``assay``.
    files : dict of str to str
        Text files by name, such as ``scenario.yaml``.
    inputs : dict of str to bytes
        The files that it was made from, by name, byte for byte; kept below :data:`INPUTS`.

    Examples
    --------
    >>> import pandas as pd
    >>> from tempfile import TemporaryDirectory
    >>> manifest = {"xenosim": "0.1.0", "assay": "viability", "answer": "IC50 20 nM", "seed": 1}
    >>> result = Result({"wells": pd.DataFrame({"dose_nM": [10.0]})}, manifest | {"parameters": {}})
    >>> with TemporaryDirectory() as base:
    ...     print(Result.load(result.save(base)))
    IC50 20 nM
    """

    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, bytes] = field(default_factory=dict)

    #: Tables that a directory of this kind always has.
    TABLES: ClassVar[tuple[str, ...]] = ()
    #: Entries of its manifest and their types.
    MANIFEST: ClassVar[dict[str, type]] = MANIFEST

    @property
    def kind(self) -> str:
        """The assay's name, or "study"."""
        return str(self.manifest.get("assay", "study"))

    @property
    def answer(self) -> str:
        """The answer in words, with its interval."""
        return str(self.manifest["answer"])

    def __str__(self) -> str:
        return self.answer

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.kind}, seed {self.manifest.get('seed')}>"

    def directory_name(self) -> str:
        """Name of the directory that :meth:`save` makes."""
        return slug(self.kind)

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the figures of the result kept in ``folder`` into it; their paths."""
        return []

    def write_into(self, folder: str | Path, command: str = "", figures: bool = True) -> None:
        """Fill the existing ``folder``; ``command``: what was typed to get the result."""
        folder = Path(folder)
        for name, table in self.tables.items():
            write_table(table, folder / f"{name}.csv")
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")
        write_inputs(self.inputs, folder)
        now = datetime.now().isoformat(timespec="seconds")
        # A table that was cut is told from one that was written.
        rows = {name: len(table) for name, table in self.tables.items()}
        write_json(
            self.manifest | {"rows": rows, "date": now, "command": command},
            folder / "manifest.json",
        )
        if figures:
            self._draw_or_warn(folder)

    def _draw_or_warn(self, folder: Path) -> None:
        """Draw the figures; what they lack costs no table."""
        try:
            self.draw(folder)
        except (OSError, MemoryError):
            raise
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            print(f"warning: the figures were not drawn: {printable(reason)}", file=sys.stderr)

    def save(self, base: str | Path = "runs", *, command: str = "", figures: bool = True) -> Path:
        """Leave a new directory below ``base``, whole or not at all; its path.

        Parameters
        ----------
        base : str or Path
            Where the directory is made.
        command : str
            What was typed to get the result; the manifest keeps it.
        figures : bool
            Whether figures are drawn into the directory.

        Raises
        ------
        RunError
            ``base`` cannot be written.
        """
        with new_run_directory(Path(base), self.directory_name()) as (work, final):
            self.write_into(work, command, figures)
        return final

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read back what :meth:`save` or the command line left.

        Raises
        ------
        RunError
            No directory of a finished result, or a damaged manifest.
        TableError
            A table that is missing or damaged.
        """
        folder = Path(folder)
        manifest = read_manifest(folder)
        check_manifest(manifest, cls.MANIFEST, folder)
        present = {path.stem for path in folder.glob("*.csv")}
        found = sorted(present.union(rows_written(manifest)))
        names = [*cls.TABLES, *(name for name in found if name not in cls.TABLES)]
        return cls(
            {name: read_kept(folder, name, manifest) for name in names},
            manifest,
            {path.name: read_text(path) for path in sorted(folder.glob("*.yaml"))},
            read_inputs(folder),
        )


def write_inputs(inputs: Mapping[str, bytes], folder: Path) -> None:
    """Keep files that a result was made from below ``folder``."""
    for name, content in inputs.items():
        path = folder / INPUTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read_inputs(folder: Path) -> dict[str, bytes]:
    """What :func:`write_inputs` kept; RunError if it cannot be read."""
    try:
        return {
            path.relative_to(folder / INPUTS).as_posix(): path.read_bytes()
            for path in sorted((folder / INPUTS).rglob("*"))
            if path.is_file()
        }
    except OSError as error:
        raise RunError(
            f"a kept input cannot be read: {error}", where=str(folder), remedy="run it again"
        ) from error


def slug(text: str) -> str:
    """``text`` as a part of a file name.

    Examples
    --------
    >>> slug("viability_OCI-Ly10_ixazomib 10 nM")
    'viability_OCI_Ly10_ixazomib_10_nM'
    """
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")


def check_manifest(manifest: dict[str, Any], needed: dict[str, type], folder: Path) -> None:
    """Refuse a manifest that lacks an entry or holds one of another type (RunError)."""
    for name, kind in needed.items():
        if type(manifest.get(name)) is not kind:
            what = "lacks" if name not in manifest else "has an unusable"
            raise RunError(
                f"manifest.json {what} '{name}'",
                where=str(folder),
                remedy="it is damaged or of another version: run it again",
            )


def is_panel(folder: str | Path) -> bool:
    """Whether the result kept in ``folder`` is that of a panel; RunError if there is none."""
    return "panel" in read_manifest(Path(folder))


def is_assay(folder: str | Path) -> bool:
    """Whether the result kept in ``folder`` is that of an assay; RunError if there is none."""
    return "assay" in read_manifest(Path(folder))
