"""A run is repeated from its directory, and what differs is told."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.study_on_disk import ONE_MODEL, go_on, tables, tiny, twins
from xenosim.cli.main import app
from xenosim.errors import RunError
from xenosim.study import rerun
from xenosim.study.panel import run_panel
from xenosim.study.run import run_study
from xenosim.study.unfinished_run import Plan, UnfinishedRun


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run."""
    folder = tmp_path_factory.mktemp("runs")
    return run_study(tiny(folder), jobs=1).save(folder, figures=False)


def test_a_run_repeats_itself_and_stays_untouched(run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    told = CliRunner().invoke(app, ["rerun", str(run), "--check", "--jobs", "1"])
    assert told.exit_code == 0
    assert told.output.startswith(f"identical, 3 of 3 animals, {len(tables(run))} tables")
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_the_first_difference_is_told(run: Path, tmp_path: Path) -> None:
    changed = tmp_path / "run"
    shutil.copytree(run, changed)
    path = changed / "truth.csv"
    lines = path.read_text().splitlines(keepends=True)
    column = lines[0].split(",").index("tumor_volume_mm3")
    cells = lines[2].split(",")
    cells[column] = "77.7"
    lines[2] = ",".join(cells)
    path.write_text("".join(lines))
    verdict = rerun.compared(changed, run, [])
    assert not verdict.identical and (verdict.animals, verdict.of) == (2, 3)
    first = verdict.difference
    assert first is not None
    assert first[:4] == ("truth", 2, "tumor_volume_mm3", "77.7")
    assert str(verdict).startswith("2 of 3 animals identical; first truth.csv, row 2, column tumor")


def test_a_missing_table_and_cut_rows_are_differences(run: Path, tmp_path: Path) -> None:
    cut = tmp_path / "run"
    shutil.copytree(run, cut)
    (cut / "cells.csv").unlink()
    found = rerun.compared(cut, run, []).difference
    assert found is not None and found[:4] == ("cells", 0, "arm", None)
    shutil.copy(run / "cells.csv", cut)
    text = (run / "truth.csv").read_text().splitlines(keepends=True)
    (cut / "truth.csv").write_text("".join(text[:-1]))
    found = rerun.compared(cut, run, []).difference
    assert found is not None and (found.table, found.row, found.was) == (
        "truth",
        len(text) - 1,
        None,
    )


def test_what_changed_is_named(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = rerun.repeatable(run)
    assert rerun.changes(known, known.result.manifest) == []
    other = tmp_path / "run"
    shutil.copytree(run, other)
    resolved = (other / "resolved.yaml").read_text()
    kept, name, rest = resolved.partition("necrosis_rate:")
    assert name, "the parameter that this test changes has another name"
    value = rest.partition("value: ")[2].partition("\n")[0]
    (other / "resolved.yaml").write_text(
        kept + name + rest.replace(f"value: {value}", "value: 1.5", 1)
    )
    monkeypatch.setattr(rerun, "source_hash", lambda: "other")
    known = rerun.repeatable(other)
    known.result.manifest["xenosim"] = "0.0.9"
    told = rerun.changes(known, known.result.manifest | {"ensemble": {"sha256": "abc"}})
    assert told[0].startswith("version 0.0.9, now")
    assert told[1].startswith("engine (hash of its sources)") and told[1].endswith("now other")
    assert told[2] == "parameter sets of the ensemble (hash) None, now abc"
    assert len(told) == 4 and "necrosis_rate 1.5, now" in told[3]


def test_what_cannot_be_repeated_is_refused(run: Path, tmp_path: Path) -> None:
    branched = tmp_path / "run"
    shutil.copytree(run, branched)
    text = (branched / "manifest.json").read_text()
    new = '"branched_from": {"day": 0, "animal_id": 1}'
    (branched / "manifest.json").write_text(text.replace('"branched_from": null', new))
    with pytest.raises(RunError, match="branched from a living animal"):
        rerun.check_again(branched)


def test_other_directories_are_named(tmp_path: Path) -> None:
    for kind, said in (
        ("measured", "measured mice"),
        ("assay", "assay"),
        ("design", "design"),
        ("search", "search"),
    ):
        (tmp_path / "manifest.json").write_text(f'{{"{kind}": "x"}}')
        with pytest.raises(RunError, match=said):
            rerun.repeatable(tmp_path)


def test_a_branched_run_repeats_itself_from_the_animal_that_it_keeps(tmp_path: Path) -> None:
    scenario = twins(tmp_path)
    first = go_on(tmp_path / "runs", scenario, Plan(days=(2.0,)))
    animal = next((first / "checkpoints").glob("*.ckpt"))
    plan = Plan(paired=True)
    with UnfinishedRun.create(tmp_path / "branches", scenario, plan, animal) as work:
        result = run_study(scenario, jobs=1, source=work.source())
        branch = work.publish(result, figures=False)
    verdict = rerun.check_again(branch, jobs=1)
    assert str(verdict).startswith("identical, 3 of 3 animals")
    again = CliRunner().invoke(app, ["rerun", str(branch), "--out", str(tmp_path / "again")])
    assert again.exit_code == 0, again.output
    (copy,) = (tmp_path / "again").iterdir()
    assert tables(copy) == tables(branch)
    assert rerun.check_again(copy, jobs=1).identical
    (branch / "checkpoints" / "origin.ckpt").unlink()
    with pytest.raises(RunError, match="which kept it, is not there"):
        rerun.check_again(branch)


def test_a_panel_repeats_itself(tmp_path: Path) -> None:
    panel = run_panel(twins(tmp_path, ONE_MODEL), jobs=1)
    run = panel.save(tmp_path, figures=False)
    verdict = rerun.check_again(run, jobs=1)
    assert str(verdict) == "identical, 3 of 3 animals, 3 tables"
