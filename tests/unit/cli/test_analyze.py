"""The verb analyze."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.study_on_disk import TEXT
from tests.unit.analysis.test_resampling import study
from xenosim.cli.analyze import analyze, parse_maps
from xenosim.errors import RunError, TableError
from xenosim.io.runs import read_kept, read_manifest
from xenosim.report.text import first_screen, load_result
from xenosim.scenario.load import load_scenario
from xenosim.study.run import run_study
from xenosim.testing import SMALL, small_scenario

LAB = Path(os.environ.get("XENOSIM_LAB_TABLES", "/work/shared/data/lab"))


def work(file: Path, out: Path, control: str | None = "vehicle", **more: object) -> Path:
    reading = {k: v for k, v in more.items() if k not in ("day", "seed", "maps")}
    analyze(
        str(file),
        control,
        list(more.get("maps", [])),  # type: ignore[call-overload]
        reading,
        day=more.get("day"),  # type: ignore[arg-type]
        seed=more.get("seed"),  # type: ignore[arg-type]
        out=str(out),
        as_json=False,
    )
    return max(out.iterdir(), key=lambda path: path.stat().st_mtime_ns)


def csv(folder: Path) -> Path:
    path = folder / "mice.csv"
    study("vehicle", "drug").to_csv(path, index=False)
    return path


def test_a_table_becomes_a_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = work(csv(tmp_path), tmp_path / "runs", day=21.0)
    assert {path.name for path in folder.iterdir()} >= {
        "endpoints.csv",
        "observations.csv",
        "responses.csv",
        "manifest.json",
        "figures",
        "inputs",
    }
    assert (folder / "inputs" / "mice.csv").read_bytes() == (tmp_path / "mice.csv").read_bytes()
    assert "median RTV, day 21 of 30" in capsys.readouterr().out


@pytest.mark.parametrize("paired", [False, True])
def test_the_tables_of_a_run_give_its_own_endpoints(tmp_path: Path, paired: bool) -> None:
    scenario = small_scenario(overrides=SMALL | {"replicates": "2"})
    run = run_study(scenario, jobs=1, paired=paired).save(tmp_path / "runs", figures=False)
    for given in (run, run / "observations.csv"):
        again = work(given, tmp_path / given.name, None)
        for name in ("endpoints", "studies", "responses", "survival", "tc_over_time"):
            found, own = ((folder / f"{name}.csv").read_bytes() for folder in (again, run))
            assert found == own, name
        assert read_manifest(again)["simulated"] is True


def test_a_run_of_two_drugs_is_its_analysis(tmp_path: Path) -> None:
    """Tables, tests and the indices of Bliss, highest single agent and response additivity."""
    arms = {
        "ixa": "ixazomib 4 mg/kg PO days 0,2",
        "len": "lenalidomide 10 mg/kg PO days 0,1,2",
    }
    both = " + ".join(arms.values())
    text = "".join(f'  {arm}: {{regimen: "{r}"}}\n' for arm, r in {**arms, "both": both}.items())
    start = TEXT.replace("resolution: 1e3 /mm^3", "twin_agents: 50").replace(
        "per_arm: 1", "per_arm: 3"
    )
    head, tail = start.index("  early:"), start.index("day_of_first_dose")
    file = tmp_path / "two.yaml"
    file.write_text(
        f"{start[:head]}{text}{start[tail:]}engine: twin\npopulation: 0\n".replace(
            "0..4 by 2", "0..8 by 2"
        )
    )
    run = run_study(load_scenario(file), jobs=1).save(tmp_path / "runs", figures=False)
    again = work(run, tmp_path / "again", None)
    for name in ("tests", "endpoints", "responses", "survival", "tolerability", "tc_over_time"):
        found, own = ((folder / f"{name}.csv").read_bytes() for folder in (again, run))
        assert found == own, name
    tests = pd.read_csv(run / "tests.csv")
    for model in ("bliss", "hsa", "ra"):
        rows = tests[tests["test"] == f"combination_{model}"]
        assert set(rows["arm"]) == {"both"} and rows["estimate"].notna().all() and len(rows) > 1
    said = [first_screen(load_result(folder)) for folder in (run, again)]
    assert all("both, the drugs together until day 8: Bliss: " in text for text in said)


def test_options_of_reading_do_not_belong_to_a_run(tmp_path: Path) -> None:
    folder = work(csv(tmp_path), tmp_path / "runs")
    with pytest.raises(RunError, match="--layout: the tables of a run are read as they are"):
        work(folder, tmp_path, layout="long")
    with pytest.raises(RunError, match="not a run directory"):
        work(tmp_path, tmp_path)


def test_a_control_is_asked_for_by_name(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="say --control NAME; the arms are 'vehicle', 'drug'"):
        work(csv(tmp_path), tmp_path, None)
    with pytest.raises(TableError, match="no arm 'vehicel'; did you mean 'vehicle'"):
        work(csv(tmp_path), tmp_path, "vehicel")


def test_a_guess_names_the_command_that_confirms_it(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Group,Animal,Day 0,Day 7\nvehicle,1,100,200\n")
    with pytest.raises(TableError) as guess:
        work(path, tmp_path / "runs")
    assert (guess.value.remedy or "").endswith(" --layout by-day")


def test_mappings_are_pairs() -> None:
    assert parse_maps(["a=arm", "b=day,c = d=volume"]) == {
        "arm": "a",
        "day": "b",
        "volume": "c = d",
    }
    for wrong in ("arm", "=arm", "a=", "a=arm,b=arm"):
        with pytest.raises(TableError):
            parse_maps([wrong])


def test_no_simulation_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from xenosim.cli.main import main; sys.argv = ['xenosim', 'analyze',"
        f" {str(csv(tmp_path))!r}, '--control', 'vehicle', '--out', {str(tmp_path)!r}]\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "loaded = [n for n in sys.modules if n in ('numba', 'mesa') or"
        " n.startswith(('xenosim.study', 'xenosim.tumor'))]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not LAB.is_dir(), reason="no folder of public laboratory tables")
@pytest.mark.parametrize(
    ("name", "more", "arms"),
    [
        ("grwth_data.csv", {}, 4),
        ("repdx_long.csv", {"maps": ["patient=replicate"], "limit_mm3": 4.0}, 2),
    ],
)
def test_public_tables(tmp_path: Path, name: str, more: dict[str, object], arms: int) -> None:
    folder = work(LAB / name, tmp_path, "Control", **more)
    manifest = read_manifest(folder)
    assert len(manifest["arms"]) == arms and "nan" not in manifest["answer"]
    table = read_kept(folder, "endpoints", manifest)
    assert (
        isinstance(table, pd.DataFrame)
        and (table["estimate"].notna() | (table["note"] != "")).all()
    )
