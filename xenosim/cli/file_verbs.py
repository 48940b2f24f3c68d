"""Verbs about files, parameters and this computer."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import Engine, Json, Set


def new(
    file: Annotated[str, typer.Argument(help="File to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    json: Json = False,
) -> None:
    """Write a commented starter scenario."""
    from xenosim.cli.inputs import write_starter

    write_starter(file, force, json)


def check(
    file: Annotated[
        str | None, typer.Argument(help="Scenario file, or parameter file (YAML).")
    ] = None,
    set_: Set = None,
    engine: Engine = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of scenario files, for editors.")
    ] = False,
    json: Json = False,
) -> None:
    """Check a scenario: schema, units, regimens expanded, parameters by status; or the file of a
    drug, line, model, site or strain.
    """
    from xenosim.cli.inputs import check_scenario, print_schema
    from xenosim.errors import RunError

    if schema:
        print_schema()
    elif file is None:
        raise RunError("no file to check", where="FILE", remedy="give a scenario, or --schema")
    else:
        check_scenario(file, set_ or [], json, engine)


def params(
    name: Annotated[
        str | None, typer.Argument(help="Parameter set; all by default. Or 'export'.")
    ] = None,
    exported: Annotated[
        str | None, typer.Argument(help="After 'export': the set to print as a file.")
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="measured, derived, calibrated or assumed.")
    ] = None,
    json: Json = False,
) -> None:
    """List parameters with value, unit, status and source; 'export NAME': as a file to edit."""
    from xenosim.cli.inputs import list_parameters
    from xenosim.cli.parameters import export

    if name == "export" or exported is not None:
        export(name, exported, status, json)
    else:
        list_parameters(name, status, json)


def scenarios(
    copy: Annotated[
        str | None, typer.Option("--copy", help="Copy them, with their data, into a new folder.")
    ] = None,
    json: Json = False,
) -> None:
    """List the scenarios that come with xenosim."""
    from xenosim.cli.scenarios import scenarios as work

    work(copy, json)


def tutorial(
    name: Annotated[str | None, typer.Argument(help="The one to copy; none: list them.")] = None,
    out: Annotated[str, typer.Option("--out", help="Where to copy it.")] = ".",
    json: Json = False,
) -> None:
    """List the tutorials, or copy one here with its data."""
    from xenosim.cli.tutorial import tutorial as work

    work(name, out, json)


def doctor(json: Json = False) -> None:
    """Print versions, threads, caches, memory, and which extras are missing."""
    from xenosim.cli.doctor import doctor as work

    work(json)


def regimen_show(
    regimen: Annotated[
        str, typer.Argument(help='Regimen, e.g. "7 mg/kg IV BIW x4wk", or a CSV event table.')
    ],
    as_: Annotated[
        str | None, typer.Option("--as", help="nonmem, mrgsolve, rxode2 or pkpdsim.")
    ] = None,
    drug: Annotated[
        str, typer.Option("--drug", help="Drug of regimens that name none.")
    ] = "ixazomib",
    first_day: Annotated[
        int | None,
        typer.Option(
            "--day-of-first-dose",
            min=0,
            max=1,
            help="What the protocol calls the first day: 0 or 1.",
        ),
    ] = None,
    time_unit: Annotated[
        str | None,
        typer.Option("--time-unit", help="Unit of TIME and II of an event table; h by default."),
    ] = None,
    amt_unit: Annotated[
        str | None,
        typer.Option("--amt-unit", help="Unit of AMT of an event table; mg/kg by default."),
    ] = None,
    cmt: Annotated[
        list[str] | None,
        typer.Option("--cmt", help="Compartment of a CMT number: --cmt 1=depot_po (repeatable)."),
    ] = None,
    json: Json = False,
) -> None:
    """Print the doses of a regimen as a table, or in another tool's dialect."""
    from xenosim.cli.inputs import show_regimen, table_options

    show_regimen(regimen, as_, drug, first_day, table_options(time_unit, amt_unit, cmt or []), json)


def open_app(
    runs: Annotated[str, typer.Option("--runs", help="Folder of the run directories.")] = "runs",
    scenarios: Annotated[
        str | None,
        typer.Option("--scenarios", help="Folder of scenario files; those that come along."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1024, max=65535, help="Port; the first free one by default."),
    ] = None,
    show: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open a page on this computer: studies, runs, the dish, a laboratory's data."""
    from xenosim.cli.app import open_page

    open_page(runs, scenarios, port, show)


def version(json: Json = False) -> None:
    """Print the version."""
    from xenosim import __version__

    typer.echo(f'{{"xenosim": "{__version__}"}}' if json else __version__)
