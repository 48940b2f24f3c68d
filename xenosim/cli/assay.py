"""Verbs of the dish: made from the descriptions of the assays, whose fields are their options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from inspect import Parameter, Signature, getdoc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xenosim.assays.protocol import ASSAYS
from xenosim.assays.spec import Option, flag_of, options_of
from xenosim.cli.options import Json

if TYPE_CHECKING:
    from xenosim.assays.spec import Assay

assay_app = typer.Typer(no_args_is_help=True, help="The same cells in a dish.")

Out = Annotated[str, typer.Option("--out", help="Directory for the results.")]


@assay_app.command("run")
def run(
    file: Annotated[
        str,
        typer.Argument(
            help=(
                "Assay file (YAML): 'assay: viability' and the options of that verb; or the"
                " directory of an assay, to repeat it."
            )
        ),
    ],
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Run an assay that a file describes, e.g. scenarios/assays/viability.yaml."""
    from xenosim.assays.files import library_of_assay, read_assay
    from xenosim.parameters.shelf import put_on_shelf

    put_on_shelf(library_of_assay(Path(file)))
    carry_out(read_assay(Path(file)), out, json)


def carry_out(assay: Assay, out: str, as_json: bool) -> None:
    """Run an assay, keep it below ``out`` and print it."""
    from xenosim.cli.output import emit
    from xenosim.io.runs import check_writable

    check_writable(Path(out))
    result = assay.run()
    emit(result, result.save(out), as_json)


def command_of(assay: type[Assay]) -> Callable[..., None]:
    """The verb of an assay: a function with an option for each of its fields, as typer reads it."""

    def command(out: str, json: bool, **options: Any) -> None:
        from xenosim.cli.parameters import use_files_here

        use_files_here()
        given = {
            name: tuple(value or ()) if is_repeatable(name) else value
            for name, value in options.items()
        }
        carry_out(assay(**given), out, json)

    fields = options_of(assay)

    def is_repeatable(name: str) -> bool:
        return fields[name][2] == ()

    parameters = [_parameter(name, *field) for name, field in fields.items()]
    parameters += [
        Parameter("out", Parameter.KEYWORD_ONLY, default="runs", annotation=Out),
        Parameter("json", Parameter.KEYWORD_ONLY, default=False, annotation=Json),
    ]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    command.__doc__ = (getdoc(assay) or "").split("\n\n")[0]
    return command


def _parameter(name: str, kind: Any, option: Option, default: Any) -> Parameter:
    """A field as a parameter of a verb."""
    if option.is_argument:
        return Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            annotation=Annotated[kind, typer.Argument(help=option.help)],
        )
    assert default is not MISSING  # what has no default is taken by its place
    flag = typer.Option(flag_of(name), help=option.help, min=option.least, max=option.most)
    if default == ():
        kind, default = list[str] | None, None
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, flag]
    )


for _verb, _assay in ASSAYS.items():
    assay_app.command(_verb)(command_of(_assay))
