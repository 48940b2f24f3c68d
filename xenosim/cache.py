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
    """Let numba keep compiled code with a checksum, a file for each function and signature: what is
    damaged, or cannot be written, counts as not cached, and any number of processes may write at
    once. It holds for all numba code of this process.
    """
    from numba.core import caching

    class CheckedCacheFile(caching.IndexDataCacheFile):
        """Compiled functions by a hash of what they were compiled for, without an index that two
        processes would overwrite.
        """

        def _place(self, key: Any) -> str:
            digest = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
            return str(self._data_name_pattern.format(number=int(digest, 16)))

        def flush(self) -> None:
            """Nothing is kept but the functions."""

        def load(self, key: Any) -> Any:
            try:
                path = Path(self._data_path(self._place(key)))
                data = unsealed(path.read_bytes())
                found = pickle.loads(data) if data is not None else None
                if found is None or found[:2] != (self._source_stamp, key):
                    return None
                return found[2]
            except Exception:  # a damaged pickle raises anything
                return None

        def save(self, key: Any, data: Any) -> None:
            try:
                kept = sealed(self._dump((self._source_stamp, key, data)))
                with self._open_for_write(self._data_path(self._place(key))) as file:
                    file.write(kept)
            except OSError:
                # A full or read-only disk: the function is compiled again the next time.
                pass

    setattr(caching, "IndexDataCacheFile", CheckedCacheFile)  # noqa: B010
