"""A run directory as one archive that tells what it holds (RO-Crate 1.1), and back.

The metadata are written here: a crate of files and one action is a page of JSON-LD, and the library
for it brings a client of web services along.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from xenosim.errors import RunError
from xenosim.io.runs import read_manifest, unwritable, whole_file

METADATA, VERSIONS = "ro-crate-metadata.json", "versions.txt"
CONTEXT, PROFILE = "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/crate/1.1"
#: What an archive that is opened may come to at most: files [-], all of them [byte].
MOST_FILES, MOST_BYTES = 20_000, 20 * 2**30
#: Time of the files in an archive, so that the same run gives the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(run: Path, target: Path | None = None) -> Path:
    """One archive of a run directory: all its files with their SHA-256, the versions of all
    packages installed, and what made what.

    Parameters
    ----------
    run : Path
        The directory of a finished run.
    target : Path, optional
        The archive, beside the run with the ending ``.crate.zip`` by default; it must not exist.

    Raises
    ------
    RunError
        No run directory, or the archive exists or cannot be written; nothing is left of the
        attempt.
    """
    run = Path(run)
    manifest = read_manifest(run)
    target = target or run.resolve().with_name(run.resolve().name + ".crate.zip")
    if target.exists():
        raise RunError("this exists already", where=str(target), remedy="name another with --out")
    files = sorted(path for path in run.rglob("*") if path.is_file() and not path.is_symlink())
    names = [path.relative_to(run).as_posix() for path in files]
    kept = {name: path for name, path in zip(names, files, strict=True) if name != METADATA}
    versions = installed().encode()
    described = [_described(name, path.read_bytes()) for name, path in kept.items()]
    described = [entry for entry in described if entry["@id"] != VERSIONS]
    described.append(_described(VERSIONS, versions))
    text = json.dumps(_metadata(manifest, described), indent=1)
    try:
        with whole_file(target) as partial, zipfile.ZipFile(partial, "w") as archive:
            _add(archive, METADATA, text.encode())
            _add(archive, VERSIONS, versions)
            for name, path in kept.items():
                if name != VERSIONS:
                    _add(archive, name, path.read_bytes())
    except OSError as error:
        raise unwritable(target, error) from error
    return target


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """Within, the run directory that :func:`pack` made ``archive`` of, every file as it was.

    Raises
    ------
    RunError
        No such archive, a damaged one, or one that would write beside its folder or fill the disk.
    """
    with TemporaryDirectory(prefix="xenosim-crate-") as folder:
        _unpack(archive, Path(folder))
        yield Path(folder)


def installed() -> str:
    """Every package of this Python and its version, a line each, as pip reads them."""
    found = {
        dist.metadata["Name"]: dist.version for dist in distributions() if dist.metadata["Name"]
    }
    return "".join(f"{name}=={found[name]}\n" for name in sorted(found, key=str.lower))


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, data)


def _described(name: str, data: bytes) -> dict[str, Any]:
    """What the metadata say of a file."""
    return {
        "@id": name,
        "@type": "File",
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _metadata(manifest: dict[str, Any], files: list[dict[str, Any]]) -> dict[str, Any]:
    """The graph of a crate: the files, the run as the action that made them, and the program."""
    title = str(manifest.get("title") or manifest.get("assay") or "xenosim")
    parts = [{"@id": entry["@id"]} for entry in files]
    made_from = ("scenario.yaml", VERSIONS)
    program = {
        "@id": "#xenosim",
        "@type": "SoftwareApplication",
        "name": "xenosim",
        "softwareVersion": str(manifest.get("xenosim", "")),
        "identifier": str(manifest.get("engine", "")),
    }
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": str(manifest.get("command") or title),
        "instrument": {"@id": "#xenosim"},
        "object": [part for part in parts if part["@id"] in made_from],
        "result": [part for part in parts if part["@id"] not in made_from],
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": str(manifest.get("answer", "")),
        "datePublished": str(manifest.get("date", "")),
        "license": "as the owner of this run states",
        "hasPart": parts,
        "mentions": {"@id": "#run"},
    }
    crate = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
    }
    return {"@context": CONTEXT, "@graph": [crate, root, action, program, *files]}


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _refuse_hostile(entries, path)
            for entry in entries:
                target = folder / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file)
            known = _known(folder)
    except FileNotFoundError as error:
        raise RunError("no such archive", where=str(path)) from error
    except (zipfile.BadZipFile, EOFError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            "this is no archive of a run, or a damaged one",
            where=str(path),
            remedy="give what 'xenosim pack' wrote",
        ) from error
    except OSError as error:
        raise unwritable(folder, error) from error
    changed = [name for name, digest in known.items() if _digest(folder / name) != digest]
    if changed:
        raise RunError(
            f"files that are not as they were packed: {', '.join(changed[:10])}", where=str(path)
        )


def _known(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that the metadata name."""
    graph = json.loads((folder / METADATA).read_text(encoding="utf-8"))["@graph"]
    return {entry["@id"]: entry["sha256"] for entry in graph if entry["@type"] == "File"}


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _refuse_hostile(entries: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse names that lead out of a folder, and archives that are huge once unpacked."""
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise RunError(
                f"the archive would write beside its folder: {entry.filename!r}", where=str(path)
            )
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise RunError(
            f"the archive holds more than {MOST_FILES} files or {MOST_BYTES / 2**30:.0f} GiB",
            where=str(path),
            remedy="unpack it by hand and give its folder",
        )
