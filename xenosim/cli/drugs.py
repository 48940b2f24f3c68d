"""Verbs of drugs. Only typer is imported before one runs."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import Json

drugs_app = typer.Typer(no_args_is_help=True, help="Drugs of your own.")


@drugs_app.command("add")
def drugs_add(
    name: Annotated[str, typer.Argument(help="Name of the drug.")],
    mechanism: Annotated[
        str, typer.Option("--mechanism", help="How it acts; 'xenosim params' lists parameters.")
    ],
    pk: Annotated[
        list[str] | None,
        typer.Option(
            "--pk",
            help='Table of concentrations after one dose: "pk.csv PO 10 mg/kg" (repeatable).',
        ),
    ] = None,
    nca: Annotated[
        list[str] | None,
        typer.Option(
            "--nca",
            help='Values after a bolus: "cl=1.2 L/h/kg", vss, half_life, v1; tmax_po (repeatable).',
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help='Any other parameter: "fu=5 %", "kd=3 nM" (repeatable).'),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", help="File; drugs/NAME.yaml by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    json: Json = False,
) -> None:
    """A drug of your own, with PK from tables or from NCA values, as a parameter file."""
    from xenosim.cli.add import add_drug

    add_drug(name, mechanism, pk or [], nca or [], set_ or [], out, force, json)


@drugs_app.callback()
def drugs() -> None:
    """Drugs of your own."""
