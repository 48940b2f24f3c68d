"""Verbs of the command line as processes of their own: they go on when the page is closed, and when
its server ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from xenosim.app.folder import Folder, is_worked_on
from xenosim.errors import RunError

#: Most jobs at a time, most letters of what one said that are shown, and that are read.
MOST_JOBS, MOST_SAID, MOST_READ = 4, 20_000, 20_000_000


@dataclass
class Job:
    """A verb that was started: its ``arguments``, what it says, and its exit code.

    Attributes
    ----------
    label : str
        What it is called on the page.
    arguments : tuple of str
        Behind ``xenosim``.
    log : Path
        Where its standard output and errors go: ``log.out``, ``log.err``.
    process : Popen
        The process.
    """

    label: str
    arguments: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes]
    begun: float = field(default_factory=time.time)

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self.process.poll()

    def said(self, stream: str, most: int = MOST_SAID) -> str:
        """What it said on ``out`` or ``err``: the last ``most`` letters of it."""
        with suppress(OSError):
            text = self.log.with_suffix(f".{stream}").read_text(encoding="utf-8", errors="replace")
            return text[-most:]
        return ""

    def stop(self) -> None:
        """Ask it to end, as SIGTERM does: it says how to go on."""
        with suppress(OSError):
            self.process.terminate()

    def forget(self) -> None:
        """Remove what it said."""
        for stream in ("out", "err"):
            self.log.with_suffix(f".{stream}").unlink(missing_ok=True)


class Jobs:
    """The jobs of this page.

    Parameters
    ----------
    folder : Folder
        Where runs are written and what jobs say is kept.
    """

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.known: list[Job] = []

    def start(self, label: str, arguments: Sequence[str]) -> Job:
        """Start a verb (RunError where too many run)."""
        if sum(job.code is None for job in self.known) >= MOST_JOBS:
            raise RunError(f"{MOST_JOBS} jobs are running", remedy="wait for one, or cancel it")
        log = self.folder.own() / uuid.uuid4().hex
        command = [sys.executable, "-m", "xenosim", *arguments]
        environment = os.environ | {"NO_COLOR": "1"}
        with (
            log.with_suffix(".out").open("wb") as out,
            log.with_suffix(".err").open("wb") as err,
        ):
            # A session of its own: what ends the server does not end it.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                start_new_session=True,
            )
        job = Job(label, tuple(arguments), log, process)
        self.known.append(job)
        return job

    def run(self, file: Path, overrides: dict[str, str], engine: str, label: str) -> Job:
        """Start ``xenosim run`` of a scenario with changes."""
        sets = [part for key, value in overrides.items() for part in ("--set", f"{key}={value}")]
        out = ("--out", str(self.folder.runs))
        return self.start(label, ["run", str(file), *sets, "--engine", engine, *out])

    def resume(self, name: str) -> Job:
        """Go on with an unfinished run."""
        return self.start(f"resume {name}", ["resume", str(self.folder.run(name))])

    def cancel(self, name: str) -> None:
        """Ask the process that works on an unfinished run to stop, whoever started it (RunError if
        none does).
        """
        path = self.folder.run(name)
        owner = worker_of(path)
        if owner is None:
            raise RunError("no process works on this run", where=name, remedy="resume it")
        os.kill(owner, signal.SIGTERM)


def worker_of(path: Path) -> int | None:
    """The process that works on an unfinished run, as its lock says; None where none does, or where
    the number is of another program by now.
    """
    if not is_worked_on(path):
        return None
    try:
        owner = int((path / "lock").read_text(encoding="utf-8"))
        command = psutil.Process(owner).cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return owner if any("xenosim" in part for part in command) else None
