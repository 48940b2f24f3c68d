"""A disk that fills up at any point: one error and exit code 2, nothing half-written, and a run
that goes on when there is room again.

The disk is a small tmpfs, which only a user who may mount one can have. ``XENOSIM_DISKS`` is the
number of sizes of each kind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.command import call
from tests.conftest import SCENARIOS
from tests.study_on_disk import TEXT, tables
from xenosim.io.runs import UNFINISHED

DISKS = int(os.environ.get("XENOSIM_DISKS", "8"))
ASSAYS = SCENARIOS[0].parent / "assays"
Disk = Callable[[float], Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of so many kilobytes, or the same with another size."""
    place = tmp_path / "disk"

    def sized(kilobytes: float) -> Path:
        place.mkdir(exist_ok=True)
        again = "remount," if place.is_mount() else ""
        options = f"{again}size={max(round(kilobytes), 4)}k"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
        return place

    yield sized
    if place.is_mount():
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def listed(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sizes(up_to_kb: float, seed: int) -> list[float]:
    """Sizes of disks [kB], from hardly any room to nearly enough."""
    rng = np.random.default_rng(seed)
    return [round(float(size)) for size in np.exp(rng.uniform(np.log(8), np.log(up_to_kb), DISKS))]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Run directories of the study by verb, on a disk with room."""
    found = {}
    for verb in ("run", "compare"):
        folder = tmp_path_factory.mktemp(verb)
        (folder / "study.yaml").write_text(TEXT)
        assert call(verb, "study.yaml", "--jobs", "1", cwd=folder).returncode == 0
        (found[verb],) = (folder / "runs").iterdir()
    return found


def refused(*args: str, cwd: Path) -> bool:
    """Whether the command ended with one error of the disk; it was done otherwise."""
    done = call(*args, cwd=cwd)
    assert done.returncode in (0, 2), done.stderr
    if done.returncode:
        assert done.stderr.count("error: ") == 1, done.stderr
        assert "no space left on device" in done.stderr
    return done.returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["run", "compare"])
@pytest.mark.parametrize("number", range(DISKS))
def test_a_study_on_a_full_disk_goes_on_when_there_is_room(
    verb: str, number: int, whole: dict[str, Path], disk: Disk, tmp_path: Path
) -> None:
    place = disk(sizes(600.0, 1)[number])
    study = tmp_path / "study.yaml"
    study.write_text(TEXT)
    asked = (str(study), "--jobs", "1", "--out", str(place / "runs"), "--checkpoint-every")
    if refused(verb, *asked, "20 steps", cwd=tmp_path):
        disk(20_000)
        left = list((place / "runs").iterdir()) if (place / "runs").is_dir() else []
        assert len(left) <= 1 and all(path.suffix == UNFINISHED for path in left)
        again = ("resume", str(left[0])) if left else (verb, *asked, "20 steps")
        assert call(*again, cwd=tmp_path).returncode == 0
    (run,) = (place / "runs").iterdir()
    assert tables(run) == tables(whole[verb])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(DISKS))
def test_figures_on_a_full_disk_stay_as_they_were(
    number: int, whole: dict[str, Path], disk: Disk
) -> None:
    kept = sum(map(len, listed(whole["run"]).values())) / 1000
    place = disk(20_000)
    shutil.copytree(whole["run"], place / "run")
    before = listed(place / "run")
    # So little room that the figures do not fit beside the old ones.
    (place / "filler").write_bytes(bytes(int(1000 * (19_000 - kept - sizes(150.0, 2)[number]))))
    with (place / "filler").open("ab") as filler, pytest.raises(OSError, match="No space"):
        while True:
            os.write(filler.fileno(), bytes(4096 * (1 + number)))
    assert refused("plot", str(place / "run"), cwd=place)
    assert listed(place / "run") == before


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["npz", "vti", "ome-zarr"])
@pytest.mark.parametrize("number", range(DISKS))
def test_an_export_to_a_full_disk_is_whole_or_nothing(
    kind: str, number: int, whole: dict[str, Path], disk: Disk
) -> None:
    if kind != "npz":
        pytest.importorskip({"vti": "pyvista", "ome-zarr": "zarr"}[kind])
    place = disk(sizes(60.0, 3)[number])
    out = place / f"t.{'ome.zarr' if kind == 'ome-zarr' else kind}"
    asked = ("export", str(whole["run"]), "--day", "2", "--format", kind, "--out", str(out))
    if refused(*asked, cwd=place):
        assert list(place.iterdir()) == []
        disk(20_000)
        assert not refused(*asked, cwd=place)
    assert list(place.iterdir()) == [out]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(DISKS))
def test_an_assay_on_a_full_disk_leaves_nothing(number: int, disk: Disk, tmp_path: Path) -> None:
    place = disk(sizes(80.0, 4)[number])
    text = (ASSAYS / "viability.yaml").read_text().replace("replicates: 3", "replicates: 1")
    (tmp_path / "assay.yaml").write_text(f"{text}cells: 100\n")
    asked = ("assay", "run", str(tmp_path / "assay.yaml"), "--out", str(place / "runs"))
    if refused(*asked, cwd=place):
        assert listed(place) == {}
        disk(20_000)
        assert not refused(*asked, cwd=place)
    assert len(list((place / "runs").iterdir())) == 1
