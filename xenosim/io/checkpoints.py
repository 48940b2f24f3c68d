"""Checkpoint files: a header, a tree of plain data and raw arrays, with checksums; written whole or
not at all.

Layout: magic, format version, length and SHA-256 of the header; the header as JSON; every array,
contiguous, in the header's order; the SHA-256 of all that. Arrays are streamed, so that writing
takes no memory beside what is stored.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import CheckpointError

MAGIC = b"xenosim\x00"
#: Format of the files that this version writes, the newest that it reads.
FORMAT = 1
_PREAMBLE = struct.Struct("<8sIQ32s")
#: Bytes that are hashed and written, or read, at a time.
CHUNK = 1 << 24
_ARRAY = "__array__"


def save_checkpoint(path: Path, header: dict[str, Any], tree: Any, *, durable: bool = True) -> None:
    """Write ``header`` and ``tree`` to ``path``, which is either complete or as it was before.

    Parameters
    ----------
    path : Path
        The file.
    header : dict
        What the checkpoint is of; readable without the rest by :func:`read_header`.
    tree : dicts and lists of numbers, text, None and arrays
        What is kept. Arrays need not be contiguous.
    durable : bool
        Whether to wait until the disk has it.

    Raises
    ------
    OSError
        The disk is full or cannot be written; nothing is left of the attempt.
    """
    arrays: list[NDArray[Any]] = []
    plain = _without_arrays(tree, arrays)
    described = [{"dtype": array.dtype.str, "shape": list(array.shape)} for array in arrays]
    text = json.dumps({"header": header, "tree": plain, "arrays": described}).encode()
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    digest = hashlib.sha256()
    try:
        with partial.open("wb") as file:
            for piece in (
                _PREAMBLE.pack(MAGIC, FORMAT, len(text), hashlib.sha256(text).digest()),
                text,
                *_pieces(arrays),
            ):
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(partial, path)
        if durable:
            sync_directory(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def read_header(path: Path) -> dict[str, Any]:
    """What a checkpoint is of; only its header is read and verified."""
    with _opened(path) as file:
        header: dict[str, Any] = _read_head(file, path, hashlib.sha256())["header"]
    return header


def load_checkpoint(path: Path) -> tuple[dict[str, Any], Any]:
    """Header and tree of a checkpoint, every byte verified.

    Raises
    ------
    CheckpointError
        Not a checkpoint, one of a newer version, truncated or damaged.
    """
    digest = hashlib.sha256()
    with _opened(path) as file:
        head = _read_head(file, path, digest)
        try:
            kinds = [
                (np.dtype(array["dtype"]), tuple(map(int, array["shape"])))
                for array in head["arrays"]
            ]
            if any(kind.kind not in "biuf" or min(shape, default=0) < 0 for kind, shape in kinds):
                raise ValueError("an array that is never kept")  # noqa: TRY301
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise _damaged(path, "its header describes no arrays") from error
        size = sum(kind.itemsize * int(np.prod(shape, dtype=np.int64)) for kind, shape in kinds)
        if file.tell() + size + digest.digest_size != os.fstat(file.fileno()).st_size:
            raise _damaged(path, "it has not the length it should have")
        arrays = [_read_array(file, kind, shape, digest, path) for kind, shape in kinds]
        if file.read() != digest.digest():
            raise _damaged(path, "its checksum does not match")
    try:
        return head["header"], _with_arrays(head["tree"], arrays)
    except (IndexError, TypeError, RecursionError) as error:
        raise _damaged(path, "it refers to arrays that it does not hold") from error


def sync_directory(folder: Path) -> None:
    """Wait until the disk has the names of a directory, where directories can be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # Windows opens no directories; its file systems write names at once.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _without_arrays(tree: Any, arrays: list[NDArray[Any]]) -> Any:
    if isinstance(tree, np.ndarray):
        if tree.dtype.kind not in "biuf":
            raise TypeError(f"an array of {tree.dtype} cannot be kept")
        arrays.append(tree)
        return {_ARRAY: len(arrays) - 1}
    if isinstance(tree, dict):
        return {str(key): _without_arrays(value, arrays) for key, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_without_arrays(value, arrays) for value in tree]
    return tree.item() if isinstance(tree, np.generic) else tree


def _with_arrays(tree: Any, arrays: list[NDArray[Any]]) -> Any:
    if isinstance(tree, dict):
        return (
            arrays[tree[_ARRAY]]
            if _ARRAY in tree
            else {key: _with_arrays(value, arrays) for key, value in tree.items()}
        )
    return [_with_arrays(value, arrays) for value in tree] if isinstance(tree, list) else tree


def _pieces(arrays: list[NDArray[Any]]) -> Iterator[Any]:
    """The bytes of the arrays, at most :data:`CHUNK` or one slice of the first axis at a time."""
    for array in arrays:
        if array.ndim == 0 or array.size == 0:
            yield array.tobytes()
            continue
        step = max(CHUNK * len(array) // max(array.nbytes, 1), 1)
        for start in range(0, len(array), step):
            yield np.ascontiguousarray(array[start : start + step]).reshape(-1).view(np.uint8).data


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise CheckpointError(
            f"cannot read the checkpoint: {(error.strerror or str(error)).lower()}",
            where=str(path),
            remedy="give a checkpoint file (*.ckpt)",
        ) from error


def _read_head(file: IO[bytes], path: Path, digest: Any) -> dict[str, Any]:
    start = file.read(_PREAMBLE.size)
    if len(start) < _PREAMBLE.size or not start.startswith(MAGIC):
        raise CheckpointError(
            "not a checkpoint of xenosim",
            where=str(path),
            remedy="give a file that 'xenosim run' wrote (*.ckpt)",
        )
    _, version, length, expected = _PREAMBLE.unpack(start)
    if version > FORMAT:
        raise CheckpointError(
            f"a checkpoint of format {version}; this xenosim reads up to format {FORMAT}",
            where=str(path),
            remedy="use a newer xenosim",
        )
    if length > os.fstat(file.fileno()).st_size:
        raise _damaged(path, "it is shorter than its header")
    text = file.read(length)
    digest.update(start)
    digest.update(text)
    if hashlib.sha256(text).digest() != expected:
        raise _damaged(path, "the checksum of its header does not match")
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "its header cannot be read") from error
    if (
        not isinstance(head, dict)
        or not {"header", "tree", "arrays"} <= set(head)
        or not isinstance(head["header"], dict)
    ):
        raise _damaged(path, "its header is not one of a checkpoint")
    return head


def _read_array(
    file: IO[bytes], kind: np.dtype[Any], shape: tuple[int, ...], digest: Any, path: Path
) -> NDArray[Any]:
    array: NDArray[Any] = np.empty(shape, kind)
    bytes_ = array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")
    for start in range(0, len(bytes_), CHUNK):
        piece = bytes_[start : start + CHUNK]
        if file.readinto(piece) != len(piece):  # type: ignore[attr-defined]
            raise _damaged(path, "it is truncated")
        digest.update(piece)
    return array


def _damaged(path: Path, why: str) -> CheckpointError:
    return CheckpointError(
        f"the checkpoint is damaged: {why}", where=str(path), remedy="use an earlier checkpoint"
    )
