"""What doctor says of this machine, and of one where something is missing."""

import json
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


def test_missing_extras_come_with_the_command_and_problems_with_an_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    done = call("doctor", cwd=tmp_path)
    assert done.returncode == 1 and "Problem: only 1 MiB are free" in done.stdout
    assert "missing: pip install 'zarr>=3' 'pyvista>=0.44'" in done.stdout
