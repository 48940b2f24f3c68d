"""Where compiled kernels and growth calibrations are kept: private to the user, and checked.

Compiled code is unpickled and run, so whoever can write to the cache can run code as the user. A
cache directory is therefore created for the user alone, and one that others own or can write to is
refused. Where no directory can be written the program works without a cache.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import pickle
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from xenosim.errors import ResourceError

VARIABLE = "XENOSIM_CACHE_DIR"
_DIGEST_BYTES = 32


@cache
def cache_root() -> Path:
    """Directory of the cache, made if it is missing (``XENOSIM_CACHE_DIR`` names another one).

    Returns
    -------
    Path
        A directory that only this user can write to; where none can be written, a passing one that
        this process removes when it ends.

    Raises
    ------
    ResourceError
        A directory that belongs to, or can be written by, somebody else.
    """
    asked = os.environ.get(VARIABLE)
    folder = Path(asked) if asked else _usual()
    try:
        if folder is None:
            raise FileNotFoundError("no home directory")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Asking os.access would be wrong on read-only file systems and for root.
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return _passing(folder, error)
    check_private(folder)
    return folder


def _usual() -> Path | None:
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(base) / "xenosim" if base else Path.home() / ".cache" / "xenosim"
    except RuntimeError:
        return None


def check_private(folder: Path) -> None:
    """Refuse a ``folder`` that others own or can write to (where the system knows owners)."""
    if not hasattr(os, "getuid"):
        return
    status = folder.stat()
    if status.st_uid != os.getuid():
        what = "belongs to another user"
    elif status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        what = "can be written by others"
    else:
        return
    raise ResourceError(
        f"the cache directory {what}, who could run code as you",
        where=str(folder),
        remedy=f"empty it and 'chmod 700' it, or set {VARIABLE} to a directory of your own",
    )


def _passing(folder: Path | None, error: OSError) -> Path:
    """A directory for this process and those that it starts."""
    passing = Path(tempfile.mkdtemp(prefix="xenosim-cache-"))
    atexit.register(shutil.rmtree, passing, ignore_errors=True)
    os.environ[VARIABLE] = str(passing)
    logging.getLogger("xenosim").warning(
        "no cache: %s cannot be written (%s); kernels are compiled anew in every run",
        folder or "the home directory",
        error.strerror or error,
    )
    return passing


def sealed(data: bytes) -> bytes:
    """``data`` with its checksum behind it.

    Examples
    --------
    >>> unsealed(sealed(b"kernel")), unsealed(b"kernel")
    (b'kernel', None)
    """
    return data + hashlib.sha256(data).digest()


def unsealed(data: bytes) -> bytes | None:
    """What was :func:`sealed`; None if a bit of it has changed or its end is missing."""
    content, digest = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
    return content if hashlib.sha256(content).digest() == digest else None


def use_checked_files() -> None:
    """Let numba keep compiled code with a checksum: what is damaged, or cannot be written, counts
    as not cached. It holds for all numba code of this process.
    """
    from numba.core import caching

    class CheckedCacheFile(caching.IndexDataCacheFile):
        """An index and its compiled functions; a reader of plain pickles can read them too."""

        def _dump(self, obj: Any) -> bytes:
            return sealed(super()._dump(obj))

        def _load_index(self) -> dict[Any, str]:
            try:
                with open(self._index_path, "rb") as file:
                    version = pickle.load(file)
                    data = unsealed(file.read())
                if version != self._version or data is None:
                    return {}
                stamp, overloads = pickle.loads(data)
            except Exception:  # a damaged pickle raises anything
                return {}
            return overloads if stamp == self._source_stamp else {}

        def _load_data(self, name: str) -> Any:
            with open(self._data_path(name), "rb") as file:
                data = unsealed(file.read())
            if data is None:
                raise FileNotFoundError(name)
            return pickle.loads(data)

        def save(self, key: Any, data: Any) -> None:
            try:
                super().save(key, data)
            except OSError:
                # A full or read-only disk: the function is compiled again the next time.
                pass

    setattr(caching, "IndexDataCacheFile", CheckedCacheFile)  # noqa: B010
