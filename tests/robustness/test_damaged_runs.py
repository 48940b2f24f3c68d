"""A run directory in which something was changed, cut short or removed: what prints it does its
work or says in one error what is wrong. ``XENOSIM_DAMAGES`` is the number of directories.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.command import call
from tests.study_on_disk import TEXT

DAMAGES = int(os.environ.get("XENOSIM_DAMAGES", "50"))
VERBS = (("show", "{run}"), ("show", "{run}", "--json"), ("cite", "{run}"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with its checkpoints."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "study.yaml").write_text(TEXT)
    done = call("run", "study.yaml", "--jobs", "1", "--checkpoint-days", "0,2", cwd=folder)
    assert done.returncode == 0, done.stderr
    (run,) = (folder / "runs").iterdir()
    return run


def damage(run: Path, rng: np.random.Generator) -> str:
    """Change one file of a run directory; what was done."""
    files = sorted(path for path in run.rglob("*") if path.is_file() and path.suffix != ".png")
    path = files[int(rng.integers(len(files)))]
    data, how = bytearray(path.read_bytes()), int(rng.integers(6))
    at = int(rng.integers(len(data)))
    if how == 0:
        data[at] ^= 1 << int(rng.integers(8))
    elif how == 1:
        del data[at:]
    elif how == 2:
        data[at : at + 20] = rng.bytes(20)
    elif how == 3:
        data.clear()
    elif how == 4:
        data = bytearray(data.replace(b"vehicle", b"=X").replace(b"1", b"", 1))
    path.write_bytes(data)
    if how == 5:
        path.unlink()
    return f"{path.name}, {('flip', 'cut', 'noise', 'empty', 'renamed', 'gone')[how]} at {at}"


@pytest.mark.parametrize("seed", range(DAMAGES))
def test_a_damaged_run_directory_is_read_or_refused(seed: int, whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    what = damage(run, np.random.default_rng(seed))
    for verb in VERBS:
        done = call(*(word.format(run=run) for word in verb), cwd=tmp_path)
        assert done.returncode in (0, 2), (what, verb, done.stderr)
        assert "Traceback" not in done.stderr, (what, verb)
        if done.returncode:
            assert done.stderr.count("error: ") >= 1, (what, verb, done.stderr)
