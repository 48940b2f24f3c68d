"""A clean environment without a network: a new virtual environment that holds the packages which
a wheel declares, and theirs, linked from the environment of the tests, and no other.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def needed(requirements: list[str]) -> dict[str, Distribution]:
    """The installed distributions that ``requirements`` name, and those which they need."""
    found: dict[str, Distribution] = {}
    asked = [(Requirement(text), "") for text in requirements]
    while asked:
        one, extra = asked.pop()
        if one.marker and not one.marker.evaluate({"extra": extra}):
            continue
        known = canonicalize_name(one.name) in found
        found[canonicalize_name(one.name)] = distribution(one.name)
        if not known or one.extras:
            theirs = [Requirement(text) for text in distribution(one.name).requires or ()]
            asked += [(each, extra) for each in theirs for extra in ("", *one.extras)]
    return found


def clean_environment(folder: Path, requirements: list[str]) -> Path:
    """Make an environment in ``folder`` that holds what ``requirements`` need; its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    for one in needed(requirements).values():
        for top in {file.parts[0] for file in one.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(one.locate_file(top))))
    return Path(sysconfig.get_path("scripts", "venv", scheme)) / Path(sys.executable).name


def install(python: Path, wheel: Path) -> str:
    """Install ``wheel`` with what is there already; what pip said.

    Raises
    ------
    subprocess.CalledProcessError
        A package that it declares is missing, or is older or newer than it allows.
    """
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index"]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, check=True)
    return done.stdout
