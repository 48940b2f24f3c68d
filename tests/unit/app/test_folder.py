"""The page sees scenarios and runs by name, and nothing else."""

import json
import os
from pathlib import Path

import pytest

from tests.study_on_disk import tiny
from xenosim.app.folder import MOST_ROWS, STARTER, Folder, is_worked_on
from xenosim.errors import RunError
from xenosim.scenario.load import load_scenario
from xenosim.study.unfinished_run import Plan, UnfinishedRun


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "runs").mkdir()
    (tmp_path / "scenarios").mkdir()
    return Folder(tmp_path / "runs", tmp_path / "scenarios")


def finished(folder: Folder, name: str, **manifest: object) -> Path:
    """A directory with a manifest."""
    path = folder.runs / name
    (path / "figures").mkdir(parents=True)
    (path / "manifest.json").write_text(
        json.dumps({"title": name, "answer": "T/C 50 %"} | manifest)
    )
    return path


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "", ".hidden", "a/b", "a\\b", "gone"])
def test_no_path_leads_out(folder: Folder, name: str) -> None:
    (folder.runs.parent / "x").mkdir()
    (folder.runs / ".hidden").mkdir()
    (folder.runs / "a" / "b").mkdir(parents=True)
    with pytest.raises(RunError):
        folder.run(name)
    with pytest.raises(RunError):
        folder.scenario(name)
    finished(folder, "here")
    with pytest.raises(RunError):
        folder.picture("here", name)


def test_no_link_leads_out(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (folder.runs / "link").symlink_to(tmp_path / "secret")
    path = finished(folder, "run")
    (tmp_path / "secret.svg").write_text("<svg/>")
    (path / "figures" / "out.svg").symlink_to(tmp_path / "secret.svg")
    with pytest.raises(RunError):
        folder.run("link")
    with pytest.raises(RunError):
        folder.picture("run", "out.svg")


def test_only_figures_are_given(folder: Folder) -> None:
    figures = finished(folder, "run") / "figures"
    for name in ("a.svg", "a.png", "b.png", "growth_curves.svg", "page.html"):
        (figures / name).write_text("x")
    assert folder.pictures("run") == ["growth_curves.svg", "a.svg", "b.png"]
    assert folder.picture("run", "a.svg")[1] == "image/svg+xml"
    with pytest.raises(RunError):
        folder.picture("run", "page.html")


def test_every_kind_of_directory_is_listed(folder: Folder, tmp_path: Path) -> None:
    finished(folder, "1_done")
    finished(folder, "2_assay", assay="viability")
    (folder.runs / "3_empty").mkdir()
    (folder.runs / "4_cut").mkdir()
    (folder.runs / "4_cut" / "manifest.json").write_text('{"title": "x')
    with UnfinishedRun.create(folder.runs, tiny(tmp_path), Plan()) as work:
        (folder.runs / "5_half.unfinished").mkdir()
        states = {entry.name: (entry.state, entry.kind) for entry in folder.entries()}
        assert states[work.path.name] == ("running", "study")
        assert is_worked_on(work.path)
    entry = next(e for e in folder.entries() if e.name == work.path.name)
    assert (entry.state, entry.title, entry.done, entry.all) == ("unfinished", "Tiny", 0, 3)
    assert states["1_done"] == ("finished", "study")
    assert states["2_assay"] == ("finished", "viability")
    assert {states[name][0] for name in ("3_empty", "4_cut", "5_half.unfinished")} == {"damaged"}


def test_a_manifest_is_read_once(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    for k in range(200):
        finished(folder, f"{k:03}")
    assert len(folder.entries()) == 200
    monkeypatch.setattr("xenosim.app.folder.read_manifest", None)
    assert folder.entries()[0].name == "199"


def test_a_manifest_that_changed_is_read_again(folder: Folder) -> None:
    path = finished(folder, "a")
    folder.entries()
    (path / "manifest.json").write_text("[")
    os.utime(path / "manifest.json", ns=(1, 1))
    assert folder.entries()[0].state == "damaged"


def test_tables_are_text_and_limited(folder: Folder) -> None:
    path = finished(folder, "run")
    (path / "endpoints.csv").write_text("a,b\n" + "<b>1</b>,2\n" * (MOST_ROWS + 5))
    rows = folder.table("run", "endpoints")
    assert len(rows) == MOST_ROWS and rows[0] == {"a": "<b>1</b>", "b": "2"}
    assert folder.table("run", "nothing") == []
    (path / "endpoints.csv").write_bytes(b"a,b\n\xff\xfe,2\n")
    with pytest.raises(RunError):
        folder.table("run", "endpoints")


def test_the_starter_can_be_opened(folder: Folder) -> None:
    (folder.scenarios / "one.yaml").write_text("x")
    (folder.runs / "two.yaml").write_text("x")
    assert folder.scenario_names() == ["one.yaml", "two.yaml", STARTER]
    assert folder.scenario("two.yaml").parent == folder.runs
    assert load_scenario(folder.scenario(STARTER)).arms
