"""The recipes of docs/contributing.md, carried out: each one on a copy of the package."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import xenosim

PACKAGE = Path(xenosim.__file__).parent
PAGE = PACKAGE.parent / "docs" / "contributing.md"
RECIPES = {
    title: re.findall(r"^```(\w+) ([^\n]+)\n(.*?)^```$", text, re.M | re.S)
    for title, text in re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
}


def apply(diff: str, path: Path) -> None:
    """Replace the old lines of a diff by the new ones; they must stand there once."""
    lines = diff.splitlines()
    old = "\n".join(line[1:] for line in lines if line[:1] != "+")
    new = "\n".join(line[1:] for line in lines if line[:1] != "-")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} has these lines {text.count(old)} times:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def carry_out(blocks: list[tuple[str, str, str]], root: Path) -> list[str]:
    """Apply the blocks of a recipe below ``root``; the checks."""
    checks = []
    for kind, about, text in blocks:
        action, _, target = about.partition(" ")
        if kind == "diff":
            apply(text, root / about)
        elif action == "new":
            (root / target).write_text(text, encoding="utf-8")
        elif action == "append":
            with (root / target).open("a", encoding="utf-8") as file:
                file.write(text)
        else:
            assert action == "check", about
            checks.append(text)
    return checks


def test_there_are_seven_recipes_and_each_is_checked() -> None:
    assert sum(any(about[:5] == "check" for _, about, _ in each) for each in RECIPES.values()) == 7


IN_PLACE = [title for title, each in RECIPES.items() if any("in place" in b[1] for b in each)]


@pytest.mark.parametrize("title", [title for title in RECIPES if title not in IN_PLACE])
def test_recipe(title: str, tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "xenosim", ignore=ignored)
    environment = os.environ | {
        "PYTHONPATH": str(tmp_path),
        "XENOSIM_CACHE_DIR": str(tmp_path / "cache"),
    }
    for check in carry_out(RECIPES[title], tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", check],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_recipe_of_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, whose kernels are compiled: the new file changes none of them."""
    (title,) = IN_PLACE
    (_, about, module), (_, _, check) = RECIPES[title]
    name = about.removeprefix("new ").removesuffix(".py").replace("/", ".")
    new = ModuleType(name)
    exec(compile(module, name, "exec"), vars(new))
    monkeypatch.setitem(sys.modules, name, new)
    exec(compile(check, title, "exec"), {})
