"""What this machine lends a process: processors, memory, the lock of a file. Containers lend a part
(cgroups, versions 1 and 2), and a process may be bound to some processors.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

#: Where Linux tells the groups of this process, and holds their limits.
GROUPS, LIMITS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def memory_bytes() -> int:
    """Memory that this process may use, all of it together [byte]: the machine's, or what its
    container is given.
    """
    limits = [_number(text) for text in _settings("memory", "memory.max", "memory.limit_in_bytes")]
    return int(min([psutil.virtual_memory().total, *(limit for limit in limits if limit)]))


def processors() -> int:
    """Processors that this process may use [-]: those it is bound to, or as many as its container
    is given the time of.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    shares = [_share(text) for text in _settings("cpu", "cpu.max", "cpu.cfs_quota_us")]
    return max(1, round(min([float(bound or 1), *(share for share in shares if share)])))


def resident_bytes() -> int:
    """Memory that this process has taken [byte]."""
    return int(psutil.Process().memory_info().rss)


def try_lock(file: IO[str]) -> None:
    """Lock an open file for this process, until it is closed or the process ends; OSError if
    another process has it.
    """
    try:
        import fcntl
    except ModuleNotFoundError:
        _try_lock_far_in(file)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _try_lock_far_in(file: IO[str]) -> None:
    """The same on Windows, which locks bytes: one that nobody writes, as locked ones cannot be
    read.
    """
    import msvcrt

    file.seek(2**30)
    # Typed for Windows alone.
    msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    file.seek(0)


def _settings(controller: str, second: str, first: str) -> Iterator[str]:
    """What the groups of this process and those above them say, of cgroup version 2 in files named
    ``second``, and of version 1 in files named ``first``.
    """
    with suppress(OSError):
        for line in GROUPS.read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            if controller in controllers.split(","):
                yield from _climb(LIMITS / controller, path, first)
            elif not controllers:
                yield from _climb(LIMITS, path, second)


def _climb(root: Path, path: str, name: str) -> Iterator[str]:
    """Files ``name`` of a group and of those above it; a container may see itself as the root."""
    group = root / path.strip("/")
    for folder in (group, *group.parents):
        with suppress(OSError):
            text = (folder / name).read_text(encoding="utf-8")
            with suppress(OSError):
                text += (folder / "cpu.cfs_period_us").read_text(encoding="utf-8")
            yield text
        if folder == root:
            return


def _number(text: str) -> int | None:
    """A limit; None where there is none.

    Examples
    --------
    >>> _number("1048576"), _number("max")
    (1048576, None)
    """
    first = text.split()[:1]
    return int(first[0]) if first and first[0].isdecimal() else None


def _share(text: str) -> float | None:
    """Processors' worth of time of a quota and its period; None where there is none.

    Examples
    --------
    >>> _share("150000 100000"), _share("max 100000"), _share("-1 100000")
    (1.5, None, None)
    """
    words = text.split()
    if len(words) != 2 or not all(word.isdecimal() for word in words) or int(words[1]) == 0:
        return None
    return int(words[0]) / int(words[1])
