"""Every code block of the documents: run, checked, or marked with the reason why not."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.command import call
from tests.documents.blocks import (
    PAGES,
    ROOT,
    Block,
    blocks,
    lay_out,
    lines,
    small_words,
    verb_of,
)
from xenosim.cli.tutorial import tutorials
from xenosim.scenario.load import load_scenario

#: Verbs that take a moment, which the routine runs; the others are run with '-m slow'.
QUICK = {"check", "cite", "doctor", "lines show", "new", "params", "regimen", "scenarios"}
#: By what made a run directory, the verbs that take it for RUN; "": any that is not named.
READ_BY = {"run": ("", "rerun", "pack"), "compare": ("", "rerun", "pack"), "analyze": ("",)}
CONSOLE = blocks("console", "bash")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("reader"))


def test_every_block_is_of_a_kind_that_is_run_or_is_text() -> None:
    """Fences that the collector does not see would be run by nobody."""
    known = {"console", "bash", "python", "yaml", "text"}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        # 'text 9': the first lines of what was printed.
        fences = re.findall(r"^```(?!text \d+$)(.+)$", text, re.MULTILINE)
        assert {each for each in fences if " " not in each} <= known, page
        # With words behind the language: recipes, which are on one page.
        assert page.name == "contributing.md" or all(" " not in each for each in fences), page
        seen = [one for one in blocks(*known) if one.page == str(page.relative_to(ROOT))]
        assert len(seen) == sum(" " not in each for each in fences), page


def test_what_is_not_run_is_counted_and_says_why() -> None:
    marked = [one for one in blocks("console", "bash", "python") if one.reason]
    assert Counter((one.page, one.verbs) for one in marked) == {
        ("README.md", ()): 2,
        ("README.md", ("app", "calibrate", "resume", "validate")): 1,
        ("benchmarks/peers/README.md", ()): 1,
        ("docs/app.md", ()): 1,
        ("docs/calibration.md", ()): 1,
        ("docs/cluster.md", ()): 3,
        ("docs/installation.md", ()): 1,
        ("docs/studies.md", ("resume", "validate")): 1,
        ("docs/studies.md", ("validate",)): 1,
    }
    written = [page.read_text(encoding="utf-8").count("<!-- not run here") for page in PAGES]
    assert sum(written) == len(marked)


@pytest.mark.parametrize("block", blocks("yaml"), ids=lambda one: one.page)
def test_yaml_is_a_parameter_file_or_part_of_a_scenario(block: Block, tmp_path: Path) -> None:
    part = yaml.safe_load(block.body)
    if "kind" in part:
        (tmp_path / "own.yaml").write_text(block.body, encoding="utf-8")
        done = call("check", "own.yaml", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return
    whole = yaml.safe_load((ROOT / "scenarios" / "escc_q2d.yaml").read_text(encoding="utf-8"))
    for key, value in part.items():
        both = isinstance(value, dict) and key != "arms"
        whole[key] = {**whole.get(key, {}), **value} if both else value
    (tmp_path / "part.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")
    load_scenario(tmp_path / "part.yaml")


@pytest.mark.parametrize("block", blocks("python"), ids=lambda one: one.page)
def test_python_imports_what_exists(block: Block) -> None:
    compile(block.body, block.page, "exec")
    imports = re.findall(r"^(?:from|import) xenosim.*$", block.body, re.MULTILINE)
    exec("\n".join(imports), names := {})
    assert len(names) > 1 or "SLURM" in block.reason


def quick_lines() -> list[str]:
    found = dict.fromkeys(line for block in CONSOLE if block.runs for line in lines(block))
    return [one for one in found if " ".join(one.split()[1:3]).startswith(tuple(QUICK))]


@pytest.mark.parametrize("line", [one for one in quick_lines() if "RUN" not in one])
def test_commands_that_take_a_moment(line: str, folder: Path) -> None:
    made = "drugs/examplinib.yaml" in line
    done = run_line(line, folder / "examples" / "my_drug" if made else folder, {})
    assert done.returncode == 0, done.stderr


def run_line(line: str, cwd: Path, runs: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    """Run a command of a page in ``cwd``: what stands behind '>' is a file, RUN a run directory."""
    command, _, file = line.partition(" > ")
    run = runs.get(verb_of(command)) or runs.get("")
    words = [
        word.replace("runs/RUN", "RUN").replace("RUN", str(run)) for word in small_words(command)
    ]
    if "--copy" in words:
        cwd = Path(tempfile.mkdtemp(dir=cwd))
    done = call(*words, cwd=cwd)
    if file:
        (cwd / file.strip()).write_text(done.stdout, encoding="utf-8")
    return done


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, Path]:
    """Runs for the verbs that take one: of a lattice for pictures of it, one with rules for
    'why'; '' any.
    """
    lattice = ["--engine", "lattice", "--set", "animals.per_arm=3", "--checkpoint-days", "0,14"]
    lattice += ["--set", "tumor.start_volume=5 mm^3"]
    lattice += ["--set", "seed=4"]
    asked = {"view": ("escc_q2d", lattice), "why": ("escc_guided", []), "": ("escc_q2d", [])}
    found = {}
    for verb, (name, options) in asked.items():
        words = ["run", f"scenarios/{name}.yaml", *options, "--jobs", "1", "--out", f"of_{name}"]
        done = call(*words, *["--set", "seed=2"] * (not verb), cwd=folder)
        assert done.returncode == 0, done.stderr
        found[verb] = folder / re.findall(r"^Run directory: (\S+)$", done.stdout, re.M)[-1]
    return found | {"export": found["view"], "run": found["view"]}


def copied(runs: dict[str, Path], folder: Path) -> dict[str, Path]:
    """The ``runs`` in a folder of one page, which may write into them."""
    for path in {*runs.values()}:
        shutil.copytree(path, folder / path.name)
    return {verb: folder / path.name for verb, path in runs.items()}


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({block.page for block in CONSOLE if block.runs}))
def test_all_commands_of_a_page(page: str, runs: dict[str, Path], tmp_path: Path) -> None:
    """In order, small; every one that fails is named."""
    folder = lay_out(tmp_path / "reader")
    cwd, bad, mine = folder, [], copied(runs, folder / "given")
    for block in CONSOLE:
        for line in lines(block) if block.page == page and block.runs else ():
            if line.startswith("cd "):
                cwd = folder / line.removeprefix("cd ")
                continue
            done = run_line(line, cwd, mine)
            bad += [f"{line}\n{done.stderr}"] if done.returncode else []
            for named in re.findall(r"^Run directory: (\S+)$", done.stdout, re.M)[-1:]:
                mine |= {verb: cwd / named for verb in READ_BY.get(verb_of(line), ())}
    assert not bad, "\n".join(bad)


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted({block.page for block in blocks("python") if block.runs}))
def test_all_python_of_a_page(page: str, folder: Path) -> None:
    for block in blocks("python"):
        if block.page == page and block.runs:
            (folder / "page.py").write_text(block.body, encoding="utf-8")
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(
                [sys.executable, "page.py"],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, block.body + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", [one.name for one in tutorials()])
def test_a_tutorial_shows_what_its_blocks_print(name: str) -> None:
    made = runpy.run_path(str(ROOT / "docs" / "tutorials.py"))
    page = ROOT / "xenosim" / "tutorials" / name / "tutorial.md"
    assert made["executed"](name) == page.read_text(encoding="utf-8")
