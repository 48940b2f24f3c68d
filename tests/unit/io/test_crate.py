"""A run packed, unpacked and repeated; archives that are damaged, changed or hostile."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.command import call
from tests.study_on_disk import TEXT
from xenosim.errors import RunError
from xenosim.io import crate
from xenosim.io.crate import METADATA, VERSIONS, pack, unpacked


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run of twins."""
    folder = tmp_path_factory.mktemp("packed")
    (folder / "s.yaml").write_text(TEXT)
    options = ("--set", "engine=twin", "--population", "0", "--jobs", "1")
    assert call("run", "s.yaml", *options, cwd=folder).returncode == 0
    (found,) = (folder / "runs").iterdir()
    return found


def test_an_archive_holds_every_file_as_it_was_and_says_so(run: Path, tmp_path: Path) -> None:
    archive = pack(run, tmp_path / "a.zip")
    with unpacked(archive) as folder:
        for path in run.rglob("*"):
            if path.is_file():
                assert (folder / path.relative_to(run)).read_bytes() == path.read_bytes()
        graph = json.loads((folder / METADATA).read_text())["@graph"]
        assert "numba==" in (folder / VERSIONS).read_text()
    by_id = {entry["@id"]: entry for entry in graph}
    root = by_id["./"]
    assert by_id[METADATA]["about"] == {"@id": "./"} and root["name"] == "Tiny"
    # What a crate must say of itself (RO-Crate 1.1, root data entity).
    assert all(root[key] for key in ("name", "description", "datePublished", "license"))
    parts = {part["@id"] for part in root["hasPart"]}
    assert {"truth.csv", "scenario.yaml", "resolved.yaml", VERSIONS} <= parts
    assert parts == {name for name, entry in by_id.items() if entry["@type"] == "File"}
    assert {"@id": "scenario.yaml"} in by_id["#run"]["object"]
    assert {"@id": "endpoints.csv"} in by_id["#run"]["result"]


def test_the_same_run_gives_the_same_archive(run: Path, tmp_path: Path) -> None:
    first, second = (pack(run, tmp_path / name).read_bytes() for name in ("a.zip", "b.zip"))
    assert first == second
    with pytest.raises(RunError, match="exists already"):
        pack(run, tmp_path / "a.zip")


def test_an_archive_is_repeated_elsewhere(run: Path, tmp_path: Path) -> None:
    done = call("pack", str(run), "--out", "a.zip", cwd=tmp_path)
    assert done.returncode == 0 and "rerun a.zip --check" in done.stdout
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert "report.html" in archive.namelist()
    again = call("rerun", "a.zip", "--check", "--jobs", "1", cwd=tmp_path)
    assert again.returncode == 0 and "identical, 3 of 3 animals" in again.stdout


def repacked(archive: Path, target: Path, name: str, data: bytes) -> Path:
    """A copy of an archive in which one file has other content."""
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(target, "w") as copy:
        for entry in source.infolist():
            if entry.filename != name:
                copy.writestr(entry, source.read(entry))
        copy.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("truth.csv", b"x", "not as they were packed: truth.csv"),
        (METADATA, b"{", "no archive of a run"),
        (METADATA, b"{}", "no archive of a run"),
        (METADATA, b'{"@graph": [3]}', "no archive of a run"),
        ("../../outside.txt", b"x", "beside its folder"),
        ("/etc/outside.txt", b"x", "beside its folder"),
        ("C:\\outside.txt", b"x", "beside its folder"),
    ],
)
def test_changed_and_hostile_archives_are_refused(
    name: str, data: bytes, message: str, run: Path, tmp_path: Path
) -> None:
    archive = repacked(pack(run, tmp_path / "a.zip"), tmp_path / "b.zip", name, data)
    with pytest.raises(RunError, match=message), unpacked(archive):
        pass


def test_huge_and_damaged_archives_are_refused(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack(run, tmp_path / "a.zip")
    (tmp_path / "half.zip").write_bytes(archive.read_bytes()[:1000])
    for damaged in ("half.zip", "missing.zip"):
        with pytest.raises(RunError), unpacked(tmp_path / damaged):
            pass
    monkeypatch.setattr(crate, "MOST_BYTES", 1000)
    with pytest.raises(RunError, match="holds more than"), unpacked(archive):
        pass


def test_what_is_no_run_is_not_packed(tmp_path: Path) -> None:
    done = call("pack", ".", cwd=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
