"""What doctor says of this machine, and of one where something is missing."""

import json
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.command import call
from xenosim.cli import doctor


def test_it_names_versions_and_extras(tmp_path: Path) -> None:
    done = call("doctor", cwd=tmp_path)
    assert done.returncode == 0 and "All that a run needs is here" in done.stdout
    assert "numba " in done.stdout and "extra cluster" in done.stdout
    found = json.loads(call("doctor", "--json", cwd=tmp_path).stdout)
    assert found["problems"] == [] and set(found["extras"]) == set(doctor.EXTRAS)


def test_every_extra_of_a_user_is_looked_for_as_it_is_declared() -> None:
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]["optional-dependencies"]
    assert set(doctor.EXTRAS) == set(declared) - {"test", "docs"}
    for name, (_, requirement, _) in doctor.EXTRAS.items():
        assert requirement.split() == declared[name], name


def test_missing_extras_come_with_the_command_and_problems_with_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    done = call("doctor", cwd=tmp_path)
    assert done.returncode == 1 and "Problem: only 1 MiB are free" in done.stdout
    assert "missing: pip install 'zarr>=3' 'pyvista>=0.44'" in done.stdout
