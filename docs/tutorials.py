"""Run the tutorials, each in a folder of its own, and put into them what was printed:
``python docs/tutorials.py [NAME ...]``.

A block of ``console`` or ``python`` is run; the block of ``text`` behind it is what it printed,
``text 12`` the first twelve lines. RUN stands for the directory that the last run named.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from xenosim.cli.tutorial import FOLDER, tutorials

#: A block that is run, and the one behind it.
RUN_AND_SHOWN = re.compile(
    r"```(console|python)\n(.*?)```\n(\n```text( \d+)?\n(.*?)```\n)?", re.DOTALL
)


class Ran(NamedTuple):
    """What a block printed, and the run directory that it named, if it did."""

    printed: str
    run: str


def executed(name: str) -> str:
    """The text of a tutorial with what its blocks print here.

    Raises
    ------
    RuntimeError
        A block ended with an error.
    """
    text = (FOLDER / name / "tutorial.md").read_text(encoding="utf-8")
    with TemporaryDirectory(prefix="tutorial-") as folder:
        here = Path(folder) / name
        shutil.copytree(FOLDER / name, here)
        return "".join(parts(text, here))


def parts(text: str, here: Path) -> Iterator[str]:
    """The pieces of a page, with what its blocks print when they are run in the folder ``here``.

    Raises
    ------
    RuntimeError
        A block ended with an error.
    """
    at, run = 0, ""
    for block in RUN_AND_SHOWN.finditer(text):
        kind, body, shown, first = block[1], block[2], block[3], block[4]
        ran = _ran(kind, body, here, run)
        run = ran.run or run
        yield text[at : block.start()] + f"```{kind}\n{body}```\n"
        if shown:
            lines = _plain(ran.printed, run).splitlines()
            kept = lines[: int(first)] if first else lines
            yield "\n```text" + (first or "") + "\n" + "\n".join(kept).rstrip() + "\n```\n"
        at = block.end()
    yield text[at:]


def _ran(kind: str, body: str, here: Path, run: str) -> Ran:
    """Run a block in the folder ``here``."""
    if kind == "python":
        commands = [[sys.executable, "-c", body]]
    else:
        # What stands behind two spaces and a sharp is a remark.
        lines = [line.partition("  #")[0] for line in body.splitlines() if line.strip()]
        commands = [
            [sys.executable, "-m", *shlex.split(line.replace("RUN", run))] for line in lines
        ]
    printed = ""
    for command in commands:
        done = subprocess.run(
            command,
            cwd=here,
            env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=900,
        )
        if done.returncode:
            raise RuntimeError(f"{here.name}: {body}\n{done.stdout}{done.stderr}")
        printed += done.stdout
    found = re.findall(r"^Run directory: (\S+)$", printed, re.MULTILINE)
    return Ran(printed, found[-1] if found else "")


def _plain(printed: str, run: str) -> str:
    """What was printed without what differs from one time to the next."""
    printed = printed.replace(run, "RUN") if run else printed
    return re.sub(r"run time [\d.]+ (?:s|min|h)", "run time ...", printed)


if __name__ == "__main__":
    for each in sys.argv[1:] or [one.name for one in tutorials()]:
        made = executed(each)
        (FOLDER / each / "tutorial.md").write_text(made, encoding="utf-8")
        print(each)
