"""Verbs of the line library. Only typer is imported before one runs."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import Json

lines_app = typer.Typer(invoke_without_command=True, help="The cell-line library.")


@lines_app.callback()
def lines(ctx: typer.Context, json: Json = False) -> None:
    """List the cell lines, with what is known of each."""
    if ctx.invoked_subcommand is None:
        from xenosim.cli.library import list_lines
        from xenosim.cli.parameters import use_files_here

        use_files_here()
        list_lines(json)


@lines_app.command("show")
def lines_show(name: Annotated[str, typer.Argument(help="Cell line.")], json: Json = False) -> None:
    """One line: parameters with status and source, published values, and where they contradict each
    other.
    """
    from xenosim.cli.library import show_line
    from xenosim.cli.parameters import use_files_here

    use_files_here()
    show_line(name, json)


@lines_app.command("calibrate")
def lines_calibrate(
    names: Annotated[
        list[str] | None, typer.Argument(help="Cell lines; all with a published IC50 by default.")
    ] = None,
    write: Annotated[
        str | None,
        typer.Option("--write", help="File to write the result to; by default only printed."),
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Worker processes.")] = None,
    json: Json = False,
) -> None:
    """Calibrate lines on their published IC50 again; print target, result and residual."""
    from xenosim.cli.library import calibrate_lines

    calibrate_lines(names or [], write, jobs, json)


@lines_app.command("add")
def lines_add(
    name: Annotated[str, typer.Argument(help="Name of the line.")],
    ic50: Annotated[
        list[str] | None,
        typer.Option("--ic50", help='A published IC50: "ixazomib 41 nM 48 h" (repeatable).'),
    ] = None,
    doubling: Annotated[
        str | None,
        typer.Option("--doubling", help='In culture: "33 h"; that of its family by default.'),
    ] = None,
    cancer: Annotated[
        str, typer.Option("--cancer", help="Its family, as 'xenosim lines' calls it.")
    ] = "",
    out: Annotated[
        str | None, typer.Option("--out", help="File; lines/NAME.yaml by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    json: Json = False,
) -> None:
    """A line of your own from one published IC50 or several, as a parameter file."""
    from xenosim.cli.add import add_line

    add_line(name, ic50 or [], doubling, cancer, out, force, json)
