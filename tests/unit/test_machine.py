"""What a container lends a process, as cgroups of both versions tell it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from xenosim import machine

GIB = 2**30


def groups(monkeypatch: pytest.MonkeyPatch, folder: Path, told: str, **limits: str) -> None:
    """Let this process be in the groups that ``told`` names, with files of ``limits``."""
    (folder / "self").write_text(told)
    monkeypatch.setattr(machine, "GROUPS", folder / "self")
    monkeypatch.setattr(machine, "LIMITS", folder / "limits")
    for place, text in limits.items():
        path = folder / "limits" / place.replace("__", "/").replace("DOT", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=64 * GIB))
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("told", "limits", "memory", "processors"),
    [
        ("0::/a/b\n", {"a__b__memoryDOTmax": "max\n", "a__memoryDOTmax": f"{4 * GIB}\n"}, 4, 8),
        ("0::/a\n", {"a__cpuDOTmax": "200000 100000\n"}, 64, 2),
        ("0::/a\n", {"a__cpuDOTmax": "20000 100000\n"}, 64, 1),
        ("0::/a\n", {"a__cpuDOTmax": "max 100000\n", "a__memoryDOTmax": "max\n"}, 64, 8),
        ("4:memory:/x\n0::/\n", {"memory__x__memoryDOTlimit_in_bytes": f"{2 * GIB}\n"}, 2, 8),
        # A container sees its own group as the root.
        ("4:memory:/docker/1\n", {"memory__memoryDOTlimit_in_bytes": f"{3 * GIB}\n"}, 3, 8),
        (
            "1:cpu,cpuacct:/x\n",
            {"cpu__x__cpuDOTcfs_quota_us": "300000\n", "cpu__x__cpuDOTcfs_period_us": "100000\n"},
            64,
            3,
        ),
        ("", {}, 64, 8),
    ],
)
def test_the_smallest_limit_above_a_process_counts(
    told: str,
    limits: dict[str, str],
    memory: int,
    processors: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    groups(monkeypatch, tmp_path, told, **limits)
    assert machine.memory_bytes() == memory * GIB
    assert machine.processors() == processors


def test_a_system_without_groups_has_its_own_memory_and_processors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "GROUPS", tmp_path / "none")
    monkeypatch.delattr(machine.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(machine.os, "cpu_count", lambda: None)
    assert machine.memory_bytes() == psutil.virtual_memory().total
    assert machine.processors() == 1
    assert 1 < machine.resident_bytes() < machine.memory_bytes()


def test_a_locked_file_is_refused_until_it_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = path.open("a+")
    machine.try_lock(first)
    with path.open("a+") as second:
        with pytest.raises(OSError):
            machine.try_lock(second)
        first.close()
        machine.try_lock(second)


def test_where_there_is_no_flock_a_byte_far_in_is_locked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[int, int]] = []
    fake = SimpleNamespace(
        LK_NBLCK=3, locking=lambda number, mode, count: asked.append((mode, count))
    )
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    with (tmp_path / "lock").open("a+") as file:
        machine.try_lock(file)
        assert asked == [(3, 1)] and file.tell() == 0
