"""The command line in tests: in this process, where what it does is tested, and as a process, where
the process is.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess, run
from unittest import mock

from xenosim.cli.main import main
from xenosim.parameters.shelf import on_shelf

#: Of a process: no colors, and one thread, for the tests share the machine.
ENVIRONMENT = os.environ | {"NO_COLOR": "1", "NUMBA_NUM_THREADS": "1"}


@contextlib.contextmanager
def signals_as_before() -> Iterator[None]:
    """Give signals their handlers back: a study that was stopped ignores all further ones, and
    tests that went on so could not be ended.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def call(*args: str, cwd: Path) -> CompletedProcess[str]:
    """The command in this process: its exit code and what it printed. An exception that a user
    would see as a traceback is raised. Parameter sets that a verb puts on the shelf leave with it.
    """
    out, errors, code = io.StringIO(), io.StringIO(), 0
    with (
        signals_as_before(),
        on_shelf(None),
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["xenosim", *args]),
        mock.patch.dict(os.environ, {"NO_COLOR": "1"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
    return CompletedProcess(["xenosim", *args], code, out.getvalue(), errors.getvalue())


def start(*args: str, cwd: Path, python: tuple[str, ...] = ()) -> CompletedProcess[str]:
    """The command as a process of its own, with ``python`` options."""
    command = [sys.executable, *python, "-m", "xenosim", *args]
    return run(command, cwd=cwd, capture_output=True, text=True, timeout=600, env=ENVIRONMENT)
