"""Build the documents as a site: ``python docs/site/build.py [FOLDER]``; warnings are errors, and
nothing comes from a network.

Pages keep their places below the project, so links between them work in both. Pages of the
reference are made from the code.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import typer
from sphinx.cmd.build import main as sphinx

from xenosim.cli.main import app
from xenosim.io.tables import COLUMNS
from xenosim.parameters.load import load_set, shipped_names
from xenosim.parameters.schema import PARAMETERS

ROOT = Path(__file__).parents[2]
#: What of the project the site holds.
PAGES = (
    "*.md",
    "docs/**/*.md",
    "benchmarks/**/*.md",
    "xenosim/MODEL.md",
    "xenosim/tutorials/**/*.md",
    "examples/**/*.md",
)
ASSETS = (
    "docs/**/*.png",
    "docs/install/*",
    "benchmarks/peers/*.py",
    "scenarios/**/*",
    "examples/**/*",
    "LICENSE",
    "CITATION.cff",
    "pyproject.toml",
    "xenosim/parameters/published/*.csv",
)
#: Modules of the reference: what a program that uses xenosim calls.
API = (
    "xenosim.scenario.load",
    "xenosim.study.run",
    "xenosim.study.result",
    "xenosim.study.abm",
    "xenosim.study.population",
    "xenosim.analysis.data",
    "xenosim.analysis.registry",
    "xenosim.assays",
    "xenosim.report.text",
    "xenosim.report.html",
    "xenosim.io.crate",
    "xenosim.parameters.load",
    "xenosim.execution.borrowed",
    "xenosim.execution.scheduler",
    "xenosim.testing",
    "xenosim.errors",
)
#: Pages that the theme lists beside every page: by kind of reader, then what all look up.
CONTENTS = {
    "Start": ("docs/installation", "docs/gallery", "docs/app", "docs/python"),
    "Pharmacologist": (
        "xenosim/tutorials/first_study/tutorial", "docs/studies", "docs/regimens", "docs/report",
        "docs/sweep", "docs/optimize", "docs/adaptive", "docs/your_drug",
    ),
    "Laboratory with data": (
        "xenosim/tutorials/real_mice/tutorial", "docs/analyze", "docs/fit", "docs/design",
    ),
    "Statistician": (
        "xenosim/tutorials/endpoints_and_tests/tutorial", "docs/endpoints", "docs/tests",
    ),
    "Modeler": (
        "xenosim/tutorials/events_and_pk/tutorial", "docs/mechanisms", "docs/sensitivity",
        "docs/calibration",
    ),
    "Computational oncologist": (
        "xenosim/tutorials/cells_and_rules/tutorial", "xenosim/MODEL", "docs/dish", "docs/sites",
        "docs/regrowth", "docs/three_dimensions", "docs/full_size", "docs/stop_and_resume",
        "docs/cluster",
    ),
    "Concepts": ("docs/concepts/*",),
    "Judge": (
        "docs/validation", "docs/xenografts", "docs/performance", "docs/peers",
        "benchmarks/peers/README",
    ),
    "Reference": (
        "docs/reference/verbs", "docs/reference/scenario_keys", "docs/reference/parameters",
        "docs/reference/tables", "docs/reference/api", "CHANGELOG",
    ),
    "Develop": (
        "docs/architecture", "docs/contributing", "docs/decisions/README", "docs/decisions/0*",
    ),
}  # fmt: skip
#: Where pages of docs/ come that no caption lists.
MORE = "Start"


def verbs() -> str:
    """Every verb with its help, as the command prints it."""
    parts = ["# Verbs", ""]
    for name, command in _commands("xenosim", typer.main.get_command(app)):
        context = click.Context(command, info_name=name, terminal_width=100)
        parts += [f"## {name}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(parts)


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for inner, one in sorted(getattr(command, "commands", {}).items()):
        yield from _commands(f"{name} {inner}", one)


def parameters() -> str:
    """Every shipped set of parameters with values, units, status and source."""
    parts = ["# Parameters", "", "As `xenosim params` prints them, of every shipped set.", ""]
    for kind in PARAMETERS:
        # Lines are the library's, which 'xenosim lines' shows.
        for name in shipped_names(kind) if kind != "line" else ():
            found = load_set(name)
            parts += [f"## {kind}: {name}", "", found.description, ""]
            parts += ["| parameter | value | unit | status | source |", "| --- " * 5 + "|"]
            parts += [
                f"| `{p.name}` | {p.value:g} | {p.unit or '-'} | {p.status} | {p.bib or '-'} |"
                for p in found.values.values()
            ]
            parts.append("")
    return "\n".join(parts)


def tables() -> str:
    """Every table of a run directory and its columns."""
    rows = [
        f"| `{name}.csv` | {', '.join(f'`{column}`' for column in columns)} |"
        for name, columns in COLUMNS.items()
    ]
    head = ["# Tables", "", "What a run directory holds. Names of columns end in their unit.", ""]
    return "\n".join([*head, "| table | columns |", "| --- | --- |", *rows, ""])


def api() -> str:
    """Modules, whose docstrings Sphinx reads."""
    parts = ["# Python", ""]
    for module in API:
        parts += [f"## {module}", "", "```{eval-rst}", f".. automodule:: {module}", "```", ""]
    return "\n".join(parts)


GENERATED = {"verbs": verbs, "parameters": parameters, "tables": tables, "api": api}


def contents() -> str:
    """The tables of contents, which the first page ends with, out of sight: the theme shows them
    beside every page.
    """
    listed = [page for pages in CONTENTS.values() for page in pages]
    found = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "docs").glob("*.md")]
    more = sorted(str(page) for page in found if str(page) not in listed)
    parts = []
    for caption, pages in (CONTENTS | {MORE: (*CONTENTS[MORE], *more)}).items():
        parts += [
            "",
            "```{toctree}",
            ":hidden:",
            ":glob:",
            f":caption: {caption}",
            "",
            *pages,
            "```",
        ]
    return "\n".join(parts)


def stage(folder: Path) -> None:
    """Lay out what the site is built from in ``folder``."""
    for pattern in (*PAGES, *ASSETS):
        for path in ROOT.glob(pattern):
            if path.is_file() and ROOT / "docs" / "site" not in path.parents:
                target = folder / path.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
    for name, text in GENERATED.items():
        (folder / "docs" / "reference" / f"{name}.md").write_text(text(), encoding="utf-8")
    with (folder / "README.md").open("a", encoding="utf-8") as readme:
        readme.write(contents())
    shutil.copyfile(Path(__file__).parent / "conf.py", folder / "conf.py")


def build(folder: Path) -> Path:
    """Build the site into ``folder``; its first page. SystemExit if a page has a mistake."""
    with TemporaryDirectory() as source:
        stage(Path(source))
        code = sphinx([source, str(folder), "-b", "html", "-q", "-W", "--keep-going"])
    if code:
        raise SystemExit(code)
    return folder / "README.html"


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description="Build the documents as a site.")
    reader.add_argument("folder", nargs="?", default="build/site")
    print(build(Path(reader.parse_args().folder)))
