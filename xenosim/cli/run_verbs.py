"""Verbs that read a run directory."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import Json

Run = Annotated[str, typer.Argument(help="Run directory.")]
Arm = Annotated[str | None, typer.Option("--arm", help="Arm; the first by default.")]
Animal = Annotated[
    int | None, typer.Option("--animal", help="Animal; the first of the arm by default.")
]
Replicate = Annotated[
    int | None, typer.Option("--replicate", help="Replicate of the study; the first by default.")
]
Lesion = Annotated[
    int | None,
    typer.Option("--lesion", help="Lesion of an animal with several; the largest by default."),
]
File3D = Annotated[
    str | None, typer.Option("--out", help="File to write; into the run directory by default.")
]
Force = Annotated[
    bool,
    typer.Option(
        "--force", help="Also where xenosim or its parameters differ from those of the run."
    ),
]


def plot(
    run: Annotated[str, typer.Argument(help="Run directory, or that of an analyzed study.")],
    figure: Annotated[
        str | None,
        typer.Option(
            "--figure",
            help=(
                "Draw these instead, each with its numbers as CSV: km, waterfall, spider, weight,"
                " tradeoff, forest, swimmer (comma-separated)."
            ),
        ),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", help="page, or pptx-friendly: 16:9 with large type.")
    ] = "page",
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines",
            help="Fit exponential, logistic, Gompertz and Simeoni's growth to every arm instead.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Redraw the figures of a run directory from its tables, or draw those of its animals."""
    from xenosim.cli.report import plot_baselines, plot_figures

    if baselines:
        plot_baselines(run, json)
    else:
        plot_figures(run, figure, format_, json)


def report(
    run: Annotated[str, typer.Argument(help="Run directory, or that of an analyzed study.")],
    out: Annotated[
        str | None,
        typer.Option("--out", help="HTML file; report.html in the directory by default."),
    ] = None,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Also all tables as one workbook, tables.xlsx.")
    ] = False,
    prism: Annotated[
        bool, typer.Option("--prism", help="Also volumes and weights as Prism takes them, wide.")
    ] = False,
    json: Json = False,
) -> None:
    """Write one HTML file that says it all: answer, figures, endpoints, tests, methods, sources."""
    from xenosim.cli.report import report as work

    work(run, out, xlsx, prism, json)


def show(
    run: Annotated[str, typer.Argument(help="Run directory of a study or an assay.")],
    json: Json = False,
) -> None:
    """Print the first screen of a finished run again."""
    from xenosim.cli.outputs import show_result

    show_result(run, json)


def export(
    run: Run,
    day: Annotated[
        list[float], typer.Option("--day", help="Day from first dose; more of them: a file each.")
    ],
    format_: Annotated[
        str, typer.Option("--format", help="ome-zarr (napari), vti (ParaView) or npz (NumPy).")
    ] = "ome-zarr",
    fields: Annotated[
        str,
        typer.Option(
            "--fields", help="Comma-separated: state,load,stress,oxygen,clone; all by default."
        ),
    ] = "",
    arm: Arm = None,
    animal: Animal = None,
    replicate: Replicate = None,
    lesion: Lesion = None,
    out: File3D = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the tumor of one animal on one day as a 3-D file: every cell's state, load, stress,
    oxygen and clone.
    """
    from xenosim.cli.outputs import Choice, export_days

    choice = Choice(run, arm, animal, replicate, lesion, force)
    export_days(choice, day, format_, fields, out, json)


def view(
    run: Run,
    slices: Annotated[
        bool, typer.Option("--slices", help="Three sections as a picture (the default).")
    ] = False,
    turntable: Annotated[
        bool,
        typer.Option(
            "--turntable",
            help="The tumor turned, a quarter cut out: GIF, MP4, or PNG of the first picture.",
        ),
    ] = False,
    movie: Annotated[
        bool,
        typer.Option("--movie", help="A section day by day beside the volume curve: GIF or MP4."),
    ] = False,
    field: Annotated[
        str,
        typer.Option("--field", help="What the colors show: state, load, stress, oxygen or clone."),
    ] = "state",
    day: Annotated[
        float | None,
        typer.Option(
            "--day", help="Day from first dose; the animal's last by default. A movie ends there."
        ),
    ] = None,
    arm: Arm = None,
    animal: Animal = None,
    replicate: Replicate = None,
    lesion: Lesion = None,
    out: File3D = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Draw the tumor of one animal: sections, a turntable or a movie of its growth."""
    from xenosim.cli.outputs import Choice, view_tumor

    kinds = [
        name
        for name, chosen in (("slices", slices), ("turntable", turntable), ("movie", movie))
        if chosen
    ]
    view_tumor(Choice(run, arm, animal, replicate, lesion, force), kinds, field, day, out, json)


def cite(
    run: Annotated[
        str | None, typer.Argument(help="Run directory; without one, xenosim itself is cited.")
    ] = None,
    bib: Annotated[
        bool, typer.Option("--bib", help="As BibTeX, which is also what is printed of a run.")
    ] = False,
    json: Json = False,
) -> None:
    """Print how to cite xenosim, and the sources behind a run as BibTeX."""
    from xenosim.cli.inputs import print_citations

    print_citations(run, bib, json)


def pack(
    run: Annotated[str, typer.Argument(help="Run directory.")],
    out: Annotated[
        str | None, typer.Option("--out", help="Archive to write; RUN.crate.zip by default.")
    ] = None,
    json: Json = False,
) -> None:
    """Make one archive of a run: tables, scenario, parameters, versions, report (RO-Crate)."""
    from xenosim.cli.pack import pack as work

    work(run, out, json)
