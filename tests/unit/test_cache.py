"""The cache: private, checked, and never needed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xenosim.cache import check_private, sealed, unsealed
from xenosim.errors import ResourceError

#: A kernel that prints whether it was compiled in this process.
SCRIPT = """
from xenosim.jit import kernel
import numpy as np
from xenosim.cell.state import pack
print(pack(np.int64(1), np.int64(2), np.int64(3)), len(pack.stats.cache_hits))
"""


def run(folder: Path | None, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {k: v for k, v in os.environ.items() if k not in ("HOME", "XDG_CACHE_HOME")}
    known |= {"XENOSIM_CACHE_DIR": str(folder)} if folder else {}
    return subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=known | environment
    )


def test_f5_a_damaged_kernel_cache_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    first, second = run(folder), run(folder)
    assert first.stdout.split()[1] == "0" and second.stdout.split()[1] == "1", second.stderr
    files = list(folder.rglob("*.nbc"))
    assert files
    for path in files:
        # One bit of the last byte of the content, before the checksum.
        data = bytearray(path.read_bytes())
        data[-33] ^= 1
        path.write_bytes(bytes(data))
    third, fourth = run(folder), run(folder)
    assert third.returncode == 0 and third.stdout.split()[1] == "0", third.stderr
    assert fourth.stdout.split()[1] == "1"
    for path in files:
        path.write_bytes(path.read_bytes()[:20])
    assert run(folder).returncode == 0


def test_f8_a_cache_that_cannot_be_written_is_done_without_and_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = run(tmp_path / "file" / "cache")
    assert done.returncode == 0 and done.stdout.startswith("1050627 ")
    assert done.stderr.count("\n") == 1 and "no cache" in done.stderr


def test_f15_the_cache_is_the_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    assert run(folder).returncode == 0
    assert folder.stat().st_mode & 0o077 == 0
    folder.chmod(0o777)
    with pytest.raises(ResourceError, match="can be written by others"):
        check_private(folder)
    done = run(folder)
    assert done.returncode != 0 and "can be written by others" in done.stderr


def test_processes_that_compile_at_once_do_not_overwrite_each_other(tmp_path: Path) -> None:
    """A file for each signature, and no index that the last writer would have its way with."""
    from numba.core.caching import IndexDataCacheFile

    import xenosim.jit  # noqa: F401

    first, second, older = (IndexDataCacheFile(str(tmp_path), "f", stamp) for stamp in (1, 1, 0))
    for number in range(20):
        (first, second)[number % 2].save(("int64", number), f"code {number}")
    assert [second.load(("int64", number)) for number in range(20)] == [
        f"code {number}" for number in range(20)
    ]
    assert older.load(("int64", 3)) is None and first.load(("int64", 20)) is None
    assert len(list(tmp_path.iterdir())) == 20


@pytest.mark.parametrize("cut", [0, 1, 31, 40])
def test_a_seal_shows_every_change(cut: int) -> None:
    data = sealed(b"machine code")
    assert unsealed(data) == b"machine code"
    assert unsealed(data[:cut]) is None or cut == len(data)
    assert unsealed(data[:3] + bytes([data[3] ^ 1]) + data[4:]) is None
