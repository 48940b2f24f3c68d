"""Verbs export and view on a finished run."""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.conftest import MAIN_JOB
from xenosim.cli.main import main
from xenosim.cli.outputs import opened_by
from xenosim.io.tables import read_table
from xenosim.scenario.load import load_scenario
from xenosim.study.run import run_study
from xenosim.testing import SMALL

STUDY = SMALL | {"animals.per_arm": "1", "measure.days": "0..6 by 3"}
TREATED = "ixazomib"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small finished run of a vehicle and a treated animal."""
    text = MAIN_JOB.read_text().replace("Q2Dx15", "Q2Dx2")
    assert "Q2Dx2" in text
    path = tmp_path_factory.mktemp("study") / "my.yaml"
    path.write_text(text)
    return run_study(load_scenario(path, STUDY), jobs=1).save(path.parent / "runs", figures=False)


def xenosim(monkeypatch: pytest.MonkeyPatch, *args: str) -> int:
    monkeypatch.setattr(sys, "argv", ["xenosim", *args])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def test_export_is_the_tumor_of_the_tables(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    truth, cells = (
        read_table(run / f"{name}.csv", name).query(f"arm == '{TREATED}' and day == 3").iloc[0]
        for name in ("truth", "cells")
    )
    assert (
        xenosim(
            monkeypatch,
            "export",
            str(run),
            "--day",
            "3",
            "--arm",
            TREATED,
            "--format",
            "npz",
            "--json",
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (
        "equal to truth.csv on day 3" in told["verdict"]
        and Path(told["file"]).parent == run / "snapshots"
    )
    with np.load(told["file"]) as stored:
        state, load, about = stored["state"], stored["load"], json.loads(str(stored["about"]))
    counted = [int((state == label).sum()) for label in (1, 2, 3)]
    assert (
        counted == [cells["n_proliferating"], cells["n_quiescent"], cells["n_apoptotic"]]
        and sum(counted) == truth["n_agents"]
    )
    assert float(np.nanmean(load, dtype=np.float64)) == pytest.approx(cells["load_mean"])
    assert (about["arm"], about["animal"], about["day"], about["simulated"]) == (
        TREATED,
        truth["animal_id"],
        3.0,
        True,
    )


def test_any_day_is_a_day(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day between measurements, and one before treatment, on the way to which nothing can be
    compared.
    """
    sizes = []
    for day, verdict in (
        ("-1", "was not measured"),
        ("0.5", "not measured; equal to truth.csv on day 0"),
    ):
        out = tmp_path / f"{day}.npz"
        assert (
            xenosim(
                monkeypatch,
                "export",
                str(run),
                f"--day={day}",
                "--format",
                "npz",
                "--fields",
                "state",
                "--out",
                str(out),
            )
            == 0
        )
        assert verdict in capsys.readouterr().out
        with np.load(out) as stored:
            assert sorted(stored.files) == ["about", "axes", "origin_um", "spacing_um", "state"]
            sizes.append(int(np.isin(stored["state"], (1, 2, 3)).sum()))
    assert 0 < sizes[0] < sizes[1]


def test_several_days_are_a_file_each_and_say_what_opens_them(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my tumor.npz"
    args = ("--day", "3", "--day=-1", "--format", "npz", "--fields", "state", "--out", str(out))
    assert xenosim(monkeypatch, "export", str(run), *args, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [Path(file).name for file in told["files"]] == [
        "my tumor_day_-1.npz",
        "my tumor_day_3.npz",
    ]
    assert "equal to truth.csv on day 3" in told["verdict"]
    command = [sys.executable, *shlex.split(told["open_with"])[1:]]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "'state'" in found.stdout
    assert xenosim(monkeypatch, "export", str(run), *args) == 2
    assert "exists already" in capsys.readouterr().err


def test_the_command_that_opens_a_file_is_whole() -> None:
    paths = [Path("a b_day_0"), Path("a b_day_7")]
    assert opened_by(paths[:1], "ome-zarr") == "napari --plugin napari-ome-zarr 'a b_day_0'"
    assert opened_by(paths, "vti") == "paraview 'a b_day_0' 'a b_day_7'"


@pytest.mark.parametrize("kind", ["--slices", "--turntable", "--movie"])
def test_pictures(run: Path, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xenosim.cli.outputs.TURN", 3)
    out = tmp_path / ("t.png" if kind == "--slices" else "t.gif")
    assert (
        xenosim(
            monkeypatch, "view", str(run), kind, "--day", "2", "--arm", TREATED, "--out", str(out)
        )
        == 0
    )
    with Image.open(out) as picture:
        assert getattr(picture, "n_frames", 1) == (1 if kind == "--slices" else 3)
        frames = []
        for k in range(getattr(picture, "n_frames", 1)):
            picture.seek(k)
            frames.append(np.asarray(picture.convert("RGB")).astype(int))
    # The blue of proliferating cells is there, shaded or not, and frames differ.
    assert all((frame[..., 2] - frame[..., 0] > 60).mean() > 0.01 for frame in frames)
    assert all((a != b).any() for a, b in zip(frames, frames[1:], strict=False))
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_a_cured_animal_has_a_movie_but_no_export(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from xenosim.tumor.tumor import Tumor

    step = Tumor._follow_phases

    def dies_out(self: Tumor, *args: object) -> None:
        step(self, *args)  # type: ignore[arg-type]
        if self.step_number * self.spec.dt_h > 24 * 14:
            self.n = 0

    monkeypatch.setattr(Tumor, "_follow_phases", dies_out)
    monkeypatch.setattr("xenosim.study.replay.Replay.compare", lambda *_: None)
    assert (
        xenosim(
            monkeypatch,
            "export",
            str(run),
            "--day",
            "6",
            "--format",
            "npz",
            "--out",
            str(tmp_path / "t.npz"),
        )
        == 2
    )
    assert "no cells" in capsys.readouterr().err
    assert xenosim(monkeypatch, "view", str(run), "--movie", "--out", str(tmp_path / "t.gif")) == 0
    assert [p.name for p in tmp_path.iterdir()] == ["t.gif"]


def test_another_engine_is_refused_unless_forced(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    args = ("export", str(copy), "--day", "0", "--format", "npz", "--out", str(tmp_path / "t.npz"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"engine": "0"}))
    assert xenosim(monkeypatch, *args) == 2 and "engine differs" in capsys.readouterr().err
    assert xenosim(monkeypatch, *args, "--force") == 0 and "not checked" in capsys.readouterr().out
    (copy / "manifest.json").write_text(json.dumps(manifest))
    (copy / "manifest.json").write_text(
        json.dumps(manifest | {"branched_from": {"day": 3.0, "animal_id": 1}})
    )
    assert (
        xenosim(monkeypatch, *args) == 2 and "branches from a checkpoint" in capsys.readouterr().err
    )
    (copy / "manifest.json").write_text(json.dumps(manifest))
    text = (copy / "resolved.yaml").read_text()
    (copy / "resolved.yaml").write_text(text.replace("dt_h: 1.0", "dt_h: 2.0"))
    assert (
        xenosim(monkeypatch, *args) == 2
        and "differ from what wrote this run" in capsys.readouterr().err
    )
    (copy / "resolved.yaml").write_text(text)
    table = (copy / "truth.csv").read_text().splitlines()
    cut = table[1].split(",")
    cut[6] = str(int(cut[6]) + 1)
    (copy / "truth.csv").write_text("\n".join([table[0], ",".join(cut), *table[2:]]) + "\n")
    assert (
        xenosim(monkeypatch, *args[:-1], str(tmp_path / "u.npz")) == 2
        and "truth.csv has" in capsys.readouterr().err
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "t.npz"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["export", ".", "--day", "3"], "not a run directory"),
        (["export", "RUN", "--day", "7"], "from day -"),
        (["export", "RUN", "--day", "nan"], "no day nan"),
        (["export", "RUN", "--day", "3", "--arm", "ixazomab"], "did you mean 'ixazomib'"),
        (["export", "RUN", "--day", "3", "--animal", "9"], "no animal 9"),
        (["export", "RUN", "--day", "3", "--replicate", "4"], "no replicate 4"),
        (
            ["export", "RUN", "--day", "3", "--lesion", "2"],
            "no lesion 2: the animal has a single tumor",
        ),
        (["view", "RUN", "--lesion", "0"], "no lesion 0"),
        (["export", "RUN", "--day", "3", "--fields", "state,lode"], "did you mean 'load'"),
        (["export", "RUN", "--day", "3", "--format", "omezarr"], "did you mean 'ome-zarr'"),
        (["export", "RUN", "--day", "3", "--format", "vti", "--out", "x.npz"], "ends in .vti"),
        (["export", "RUN", "--day", "3", "--out", "/proc/x.ome.zarr"], "cannot write"),
        (["view", "RUN", "--slices", "--movie"], "together"),
        (["view", "RUN", "--field", "stres"], "did you mean 'stress'"),
        (["view", "RUN", "--movie", "--out", "x.png"], "ends in .gif or .mp4"),
        (["view", "RUN", "--out", "/proc/x.png"], "cannot write"),
    ],
)
def test_mistakes_exit_2(
    args: list[str],
    message: str,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert xenosim(monkeypatch, *(str(run) if arg == "RUN" else arg for arg in args)) == 2
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_mp4_needs_ffmpeg(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert xenosim(monkeypatch, "view", str(run), "--movie", "--out", str(tmp_path / "x.mp4")) == 2
    assert "ffmpeg" in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["--slices", "--turntable", "--movie"])
def test_an_interrupted_view_leaves_nothing(
    kind: str,
    run: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def half(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("xenosim.cli.outputs.TURN", 1)
    monkeypatch.setattr("xenosim.viz.animation.write_figure", lambda figure, path: half(path))
    monkeypatch.setattr(
        "xenosim.viz.animation.write_animation", lambda frames, path, *_: half(path)
    )
    assert (
        xenosim(
            monkeypatch,
            "view",
            str(run),
            kind,
            "--day",
            "0",
            "--out",
            str(tmp_path / ("t.png" if kind == "--slices" else "t.gif")),
        )
        == 130
    )
    assert "interrupted" in capsys.readouterr().err and not list(tmp_path.iterdir())
