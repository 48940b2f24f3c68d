"""The verbs as a user runs them; as a process where starting, stopping or the number of processes
is what is tested.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from tests.command import ENVIRONMENT, call, start
from tests.conftest import MAIN_JOB, SCENARIOS, STUDIES
from xenosim.testing import SMALL
from xenosim.viz.style import SIMULATED


def small(*extra: str) -> list[str]:
    options = [text for key, value in SMALL.items() for text in ("--set", f"{key}={value}")]
    return options + list(extra)


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, xenosim.cli.main; print([m for m in"
        " ('numpy','numba','pandas','scipy','mesa','matplotlib','pint','pydantic') if m in"
        " sys.modules])"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path
        ).stdout.strip()
        == "[]"
    )
    assert "compare" in start("--help", cwd=tmp_path).stdout


#: A third of the work of :data:`SMALL`, with events all the same.
SMALLEST = [
    "tumor.start_volume=1 mm^3",
    "measure.humane_endpoint.tumor_volume=16 mm^3",
    "measure.limit=0.5 mm",
]


def smallest(*more: str) -> list[str]:
    """Options of :data:`SMALLEST`, and of ``more`` keys with values."""
    return [text for pair in (*SMALLEST, *more) for text in ("--set", pair)]


#: Scenarios of more agents in a mm3 get smaller tumors still.
SMALLER = {
    "full_size": [
        "animals.per_arm=1",
        "measure.days=0..12 by 6",
        "measure.humane_endpoint.tumor_volume=3 mm^3",
    ],
    "osteosarcoma_metastases": [
        "tumor.lesions.count=4",
        "measure.humane_endpoint.tumor_volume=5 mm^3",
    ],
}


def stamp(figure: Figure, folder: Path, name: str, mark: str) -> list[Path]:
    """Draw a figure on few dots and without laying it out, which takes most of the time."""
    assert mark == SIMULATED
    figure.set_layout_engine("none")
    figure.savefig(folder / f"{name}.png", dpi=30)
    return [folder / f"{name}.png"]


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_every_scenario_runs_small(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xenosim.viz.figures.save", stamp)
    options = smallest(*SMALLER.get(path.stem, []))
    done = call("run", str(path), *small("--jobs", "1", "--json", *options), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert ("doubling time" if path.stem == "full_size" else "T/C") in summary[
        "answer"
    ] and summary["simulated"]
    directory = tmp_path / summary["run_directory"]
    for name in ("observations", "truth", "cells", "events", "endpoints"):
        assert (directory / f"{name}.csv").stat().st_size > 40
    assert (directory / "figures" / "growth_curves.png").stat().st_size > 1000
    assert not [p for p in directory.parent.iterdir() if p.name.startswith(".")]
    assert "@" in call("cite", str(directory), cwd=tmp_path).stdout


def test_a_panel_runs_is_shown_drawn_checked_and_compared_or_refused(tmp_path: Path) -> None:
    path = next(p for p in SCENARIOS if p.stem == "nsclc_colon_panel")
    few = ("--set", "models=[A549, hct116]", "--set", "engine=twin", "--jobs", "1")
    options = [*small(), *few, "--set", "tumor.twin_agents=50"]
    done = call("run", str(path), *options, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [row["model"] for row in found["panel"]] == ["A549", "hct116"]
    run = str(tmp_path / found["run_directory"])
    shown = call("show", run, cwd=tmp_path).stdout
    assert "over 2 models" in shown and "hct116" in shown and "nan" not in shown
    assert "waterfall.png" in call("plot", run, cwd=tmp_path).stdout
    assert "a panel of 2 models" in call("check", str(path), *options[:-4], cwd=tmp_path).stdout
    refused = call("compare", str(path), *options, cwd=tmp_path)
    assert refused.returncode == 2 and "two treated arms" in refused.stderr
    refused = call("run", str(path), *options, "--from", "x.ckpt", cwd=tmp_path)
    assert refused.returncode == 2 and "many models" in refused.stderr


def test_an_animal_that_leaves_at_once_has_no_doubling_time(tmp_path: Path) -> None:
    path = next(p for p in SCENARIOS if p.stem == "full_size")
    # One animal, which calipers that err much read above the endpoint on day 0.
    soon = (
        "animals.per_arm=1",
        "tumor.start_volume=2 mm^3",
        "tumor.resolution=1e3 /mm^3",
        "measure.days=0..8 by 8",
        "measure.limit=1 mm",
        "measure.error=100 %",
        "measure.humane_endpoint.tumor_volume=2.05 mm^3",
    )
    done = call(
        "run",
        str(path),
        *small("--jobs", "1", *(text for pair in soon for text in ("--set", pair))),
        cwd=tmp_path,
    )
    assert done.returncode == 0 and "vehicle: no doubling time" in done.stdout, done.stderr


def test_any_number_of_jobs_gives_the_same_tables_and_figures_are_redrawn(tmp_path: Path) -> None:
    """In this process, and in one of its own with two workers."""
    tables = []
    for jobs, way in (("1", call), ("2", start)):
        options = small("--jobs", jobs, "--json", "--out", f"out{jobs}", *smallest())
        done = way("run", str(MAIN_JOB), *options, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        directory = tmp_path / json.loads(done.stdout)["run_directory"]
        tables.append({p.name: p.read_bytes() for p in sorted(directory.glob("*.csv"))})
    assert tables[0] == tables[1] and len(tables[0]) > 7
    figures = sorted(path.name for path in (directory / "figures").iterdir())
    for path in (directory / "figures").iterdir():
        path.unlink()
    assert call("plot", str(directory), cwd=tmp_path).returncode == 0
    assert (
        sorted(path.name for path in (directory / "figures").iterdir()) == figures
        and len(figures) > 5
    )


def test_compare_prints_paired_differences(tmp_path: Path) -> None:
    path = next(p for p in SCENARIOS if p.stem == "same_weekly_dose")
    done = call("compare", str(path), *small("--jobs", "1", *smallest()), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "QW - BIW: T/C" in done.stdout and "paired" in done.stdout
    (run,) = (tmp_path / "runs").iterdir()
    assert "tc_pct,1,QW - BIW," in (run / "comparison.csv").read_text()
    done = call("regimen", "show", str(run / "events.csv"), cwd=tmp_path)
    assert (
        done.returncode == 2
        and "ID 3 follows ID 2" in done.stderr
        and "one table per arm" in done.stderr
    )
    slices = next((run / "snapshots").iterdir())
    slices.write_bytes(b"no slice")
    done = call("plot", str(run), cwd=tmp_path)
    assert done.returncode == 2 and slices.name in done.stderr and "damaged" in done.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["run", "none.yaml"], "no such file"),
        (["check", "my.yaml", "--set", "animals.perarm=2"], "did you mean 'per_arm'"),
        (["check", "my.yaml", "--set", "animals"], "key=value"),
        (["run", "my.yaml", "--out", "/proc/nowhere"], "cannot write"),
        (
            [
                "run",
                "my.yaml",
                "--set",
                "tumor.resolution=1e5 /mm^3",
                "--set",
                "engine=lattice",
                "--set",
                "measure.humane_endpoint.tumor_volume=5000 mm^3",
            ],
            "GiB",
        ),
        (["plot", "."], "not a run directory"),
        (["resume", "."], "not an unfinished run"),
        (["run", "my.yaml", "--from", "my.yaml"], "not a checkpoint"),
        (["run", "my.yaml", "--checkpoint-every", "10"], "no unit"),
        (["run", "my.yaml", "--checkpoint-days", "0,99"], "the study has days 0 to 21"),
        (["new", "my.yaml"], "exists"),
        (["regimen", "show", "7 mg/kg IV biweekly x3"], "ambiguous"),
        (["regimen", "show", "7 IV BIW x3wk"], "'7' has no unit"),
        (["regimen", "show", "4 mg/m2 IV QDx2"], "'mg/m2' is not a unit of dose"),
        (["regimen", "show", "ixazomb 7 mg/kg IV QDx2"], "did you mean 'ixazomib'"),
        (
            [
                "check",
                "my.yaml",
                "--set",
                "tumor.resolution=1e5 /mm^3",
                "--set",
                "engine=lattice",
                "--set",
                "measure.humane_endpoint.tumor_volume=5000 mm^3",
            ],
            "my.yaml: error: tumors up to",
        ),
        (
            [
                "check",
                "my.yaml",
                "--json",
                "--set",
                "tumor.resolution=1e5 /mm^3",
                "--set",
                "engine=lattice",
                "--set",
                "measure.humane_endpoint.tumor_volume=5000 mm^3",
            ],
            "my.yaml: error: tumors up to",
        ),
        (["params", "--status", "asumed"], "did you mean 'assumed'"),
        (["params", "ixazomob"], "did you mean 'ixazomib'"),
    ],
)
def test_mistakes_exit_2_with_one_message(args: list[str], message: str, tmp_path: Path) -> None:
    assert call("new", "my.yaml", cwd=tmp_path).returncode == 0
    done = call(*args, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


def test_inputs(tmp_path: Path) -> None:
    call("new", "my.yaml", cwd=tmp_path)
    assert "9 doses" in call("check", "my.yaml", cwd=tmp_path).stdout
    assert "8 doses" in call("regimen", "show", "7 mg/kg IV BIW x4wk", cwd=tmp_path).stdout
    text = call("regimen", "show", "7 mg/kg IV Q3Dx4", "--as", "nonmem", cwd=tmp_path).stdout
    assert "ADDL" in text
    as_json = call(
        "regimen", "show", "7 mg/kg IV Q3Dx4", "--as", "nonmem", "--json", cwd=tmp_path
    ).stdout
    assert json.loads(as_json) == {"dialect": "nonmem", "text": text.removesuffix("\n")}
    listed = json.loads(call("params", "--status", "assumed", "--json", cwd=tmp_path).stdout)
    assert listed and all(p["status"] == "assumed" and p["note"] for p in listed)


@pytest.mark.parametrize(
    ("number", "code", "jobs"), [(signal.SIGINT, 130, "2"), (signal.SIGTERM, 143, "1")]
)
def test_a_stopped_run_can_be_resumed(number: int, code: int, jobs: str, tmp_path: Path) -> None:
    """The run cannot end before the signal comes: its treated animals, one in each process, wait
    for it.
    """
    shorter = ("--set", "measure.days=0..12 by 6", "--checkpoint-every", "12 steps", "--jobs", jobs)
    text = MAIN_JOB.read_text().replace("Q2Dx15", "Q2Dx5")
    (tmp_path / "short.yaml").write_text(text)
    command = [
        sys.executable,
        str(Path(__file__).parents[1] / "waiting_command.py"),
        "run",
        "short.yaml",
        *small(*shorter),
    ]
    assert "Q2Dx5" in text
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        # Tests that run in the background ignore Ctrl-C, and what they start would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:
        until = time.monotonic() + 300.0
        while (
            len(list(tmp_path.glob("runs/*/rolling/*_arm*.ckpt"))) < int(jobs)
            and run.poll() is None
            and time.monotonic() < until
        ):
            time.sleep(0.05)
        os.killpg(run.pid, number)
        _, errors = run.communicate(timeout=300)
    assert (
        run.returncode == code and "interrupted; no result" in errors and "Traceback" not in errors
    ), errors
    (left,) = (tmp_path / "runs").iterdir()
    assert f"resume with: xenosim resume runs/{left.name}" in errors and left.name.endswith(
        ".unfinished"
    )
    assert not list(left.rglob("*.partial")) and not (left / "result").exists()
    done = call("resume", f"runs/{left.name}", "--jobs", "1", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    directory = json.loads(done.stdout)["run_directory"]
    again = call("resume", directory, cwd=tmp_path)
    assert (
        again.returncode == 0
        and "finished" in again.stdout
        and [str(p) for p in tmp_path.glob("runs/*")] == [str(tmp_path / directory)]
    )


def test_a_control_table_is_reproduced(tmp_path: Path) -> None:
    table = tmp_path / "control.csv"
    table.write_text(
        "day,tumor_volume_mm3\n"
        + "".join(f"{day},{2.0 * 2 ** (day / 6.0):.3f}\n" for day in range(0, 19, 3))
    )
    text = MAIN_JOB.read_text().replace("{doubling_time: 6 day}", "{control: control.csv}")
    (tmp_path / "mine.yaml").write_text(text)
    assert "control.csv" in text
    done = call("run", "mine.yaml", *small("--jobs", "1", "--json"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    growth = json.loads(done.stdout)["growth"]
    assert growth["control_rms"] < 0.1 and growth["achieved_doubling_days"] == pytest.approx(
        6.0, rel=0.1
    )
    table.write_text("day,volume\n0,1\n")
    done = call("check", "mine.yaml", cwd=tmp_path)
    assert done.returncode == 2 and "mine.yaml:" in done.stderr and "control.csv" in done.stderr


def test_assays(tmp_path: Path) -> None:
    done = call("assay", "viability", "--cells", "300", "--replicates", "1", cwd=tmp_path)
    assert done.returncode == 0 and "IC50" in done.stdout and "95 % CI" in done.stdout, done.stderr
    assert (tmp_path / "runs" / "viability_RPMI_8226_ixazomib" / "viability.svg").is_file()
    done = call(
        "assay", "apoptosis", "--dose", "20,100 nM", "--cells", "300", "--json", cwd=tmp_path
    )
    assert len(json.loads(done.stdout)["tables"]["wells"]) == 9
    for option, value, message in (
        ("--dose", "1,2", "unit"),
        ("--drug", "ixazomob", "did you mean"),
        ("--line", "KMS-12", "did you mean"),
    ):
        done = call("assay", "viability", option, value, cwd=tmp_path)
        assert done.returncode == 2 and message in done.stderr and "Traceback" not in done.stderr
