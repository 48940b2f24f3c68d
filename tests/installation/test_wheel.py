"""The wheel: built from what is committed, small, whole, and enough in a clean environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.installation.environment import clean_environment, install, needed

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: Of a program that must not find the project's folder, nor what its user set.
BARE = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PIP_"))
}
MOST_BYTES = 3e6


def project_files() -> list[str]:
    """Files of the project below its folder: what git would commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).exists())


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source archive, which is built from a copy of the project."""
    folder = tmp_path_factory.mktemp("project")
    for name in project_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    command = [sys.executable, "-P", "-m", "build", "--no-isolation"]
    done = subprocess.run(command, cwd=folder, env=BARE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = (folder / "dist").glob("*.whl")
    return built


def test_the_wheel_is_small_and_holds_all_files_of_the_package(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES
    held = set(ZipFile(wheel).namelist())
    package = {name for name in project_files() if name.startswith("xenosim/")}
    shipped = {
        name.replace("scenarios/", "xenosim/shipped/", 1)
        for name in project_files()
        if name.startswith("scenarios/") and Path(name).suffix in (".yaml", ".csv")
    }
    assert (package - {"xenosim/shipped"}) | shipped <= held
    assert not [name for name in held if name.split("/")[0] in ("tests", "docs", "benchmarks")]


def test_every_dependency_has_a_declared_range() -> None:
    extras = PROJECT["optional-dependencies"].values()
    for text in (*PROJECT["dependencies"], *(one for extra in extras for one in extra)):
        assert any(sign in text for sign in (">=", "==")), text


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and what it declares, and no more."""
    python = clean_environment(tmp_path_factory.mktemp("clean"), PROJECT["dependencies"])
    assert "Successfully installed xenosim" in install(python, wheel)
    return python


def printed_by(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=BARE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def main_job(xenosim: Path, folder: Path) -> str:
    """What the main job prints in ``folder``, but for how long it took and the run's name; without
    the interval of the ensemble, which is two thirds of the time.
    """
    printed_by(xenosim, "scenarios", "--copy", "scenarios", folder=folder)
    command = ("run", "scenarios/escc_q2d.yaml", "--ensemble", "0")
    printed = printed_by(xenosim, *command, folder=folder)
    return re.sub(r"run time .*|Run directory: .*", "", printed)


@pytest.fixture(scope="module")
def elsewhere(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder far from the project in which the main job was run, and what it printed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    return folder, main_job(clean.with_name("xenosim"), folder)


def test_a_clean_environment_holds_what_the_wheel_declares_and_no_more(
    clean: Path, tmp_path: Path
) -> None:
    where = printed_by(clean, "-P", "-c", "import xenosim as x; print(x.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(clean.parents[1])
    missing = "from importlib.util import find_spec as f; print(f('pytest'), f('nicegui'))"
    assert printed_by(clean, "-P", "-c", missing, folder=tmp_path).split() == ["None", "None"]
    assert "pandas" in (found := needed(PROJECT["dependencies"])) and "networkx" in found


def test_the_main_job_runs_from_the_wheel_far_from_the_project(
    elsewhere: tuple[Path, str],
) -> None:
    folder, printed = elsewhere
    assert printed.startswith("Ixazomib 10 mg/kg every other day") and "T/C, median RTV" in printed
    (run,) = (folder / "runs").iterdir()
    assert (run / "endpoints.csv").is_file() and list(run.rglob("*growth*.png"))


def other_pythons() -> list[Path]:
    """Interpreters of the other versions that the project names, where the machine has one."""
    found = []
    for named in PROJECT["classifiers"]:
        version = named.rpartition(" ")[2]
        here = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        here += [Path(one) for one in [shutil.which(f"python{version}")] if one]
        if version != f"3.{sys.version_info.minor}":
            found += here[:1]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("other", other_pythons(), ids=str)
def test_another_python_gives_the_same_answer(
    wheel: Path, elsewhere: tuple[Path, str], tmp_path: Path, other: Path
) -> None:
    """With whatever versions pip finds for it."""
    scripts = tmp_path / "venv" / "bin"
    subprocess.run([other, "-m", "venv", scripts.parent], env=BARE, check=True)
    subprocess.run([scripts / "pip", "install", "-q", wheel], cwd=tmp_path, check=True)
    assert main_job(scripts / "xenosim", tmp_path) == elsewhere[1]
