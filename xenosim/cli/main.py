"""The command line: verbs, exit codes, error messages. Only typer is imported before a verb
runs.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from xenosim.cli import data_verbs, file_verbs, run_verbs, study_verbs
from xenosim.cli.assay import assay_app
from xenosim.cli.drugs import drugs_app
from xenosim.cli.lines import lines_app
from xenosim.cli.optimize import optimize
from xenosim.cli.sensitivity import sensitivity
from xenosim.cli.sweep import sweep

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Agent-based tumor xenograft simulator: dosing scenarios in, tumor-volume and T/C curves"
        " out."
    ),
)
INTERRUPTED = "interrupted; no result was written"
#: Verbs in the order of the help.
VERBS: dict[str, Callable[..., None]] = {
    "run": study_verbs.run,
    "compare": study_verbs.compare,
    "design": study_verbs.design,
    "tolerability": study_verbs.tolerability,
    "resume": study_verbs.resume,
    "merge": study_verbs.merge,
    "rerun": study_verbs.rerun,
    "why": study_verbs.why,
    "analyze": data_verbs.analyze,
    "fit": data_verbs.fit,
    "sweep": sweep,
    "sensitivity": sensitivity,
    "optimize": optimize,
    "report": run_verbs.report,
    "show": run_verbs.show,
    "plot": run_verbs.plot,
    "view": run_verbs.view,
    "export": run_verbs.export,
    "pack": run_verbs.pack,
    "cite": run_verbs.cite,
    "app": file_verbs.open_app,
    "tutorial": file_verbs.tutorial,
    "scenarios": file_verbs.scenarios,
    "new": file_verbs.new,
    "check": file_verbs.check,
    "params": file_verbs.params,
    "doctor": file_verbs.doctor,
    "validate": data_verbs.validate,
    "calibrate": data_verbs.calibrate,
    "version": file_verbs.version,
}
for verb, work in VERBS.items():
    app.command(verb)(work)
regimen_app = typer.Typer(no_args_is_help=True, help="Expand dosing regimens.")
regimen_app.command("show")(file_verbs.regimen_show)
app.add_typer(regimen_app, name="regimen")
app.add_typer(assay_app, name="assay")
app.add_typer(lines_app, name="lines")
app.add_typer(drugs_app, name="drugs")


def _print_version(asked: bool) -> None:
    from xenosim import __version__

    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options before any verb."""


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    """Ctrl-C as ever, but a second one changes nothing: Python would meet it while it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> None:
    """Entry point: exit code 0 success, 1 a bug, 2 a mistake of the user, 130 interrupted (Ctrl-C),
    143 terminated (SIGTERM).
    """
    from xenosim.errors import XenosimError, describe, printable

    # A shell that starts a program in the background lets it ignore Ctrl-C.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt_once)
    try:
        app(standalone_mode=True)
    except SystemExit as stop:
        if stop.code in (130, 143) and not sys.stderr.closed:
            typer.echo(INTERRUPTED, err=True)
        raise
    except XenosimError as error:
        typer.echo(describe(error), err=True)
        sys.exit(2)
    except MemoryError:
        remedy = "use fewer --jobs, a smaller study or a machine with more memory"
        typer.echo(f"error: the memory of this machine is used up\n  {remedy}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        # What was written is gone or as it was; what remains is to say why.
        place = f"{error.filename}: " if error.filename else ""
        what = f"{place}error: {(error.strerror or str(error)).lower()}"
        typer.echo(printable(what), err=True)
        sys.exit(2)
    except (KeyboardInterrupt, SystemError) as error:
        from xenosim.execution.stopping import came_of

        # Before a verb has begun, or out of a compiled function: else Ctrl-C is handled above.
        if came_of(error, KeyboardInterrupt) is None:
            raise
        typer.echo(INTERRUPTED, err=True)
        sys.exit(130)
