"""The command line: verbs, exit codes, error messages. Only typer is imported before a verb
runs.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from xenosim.cli.assay import assay_app
from xenosim.cli.drugs import drugs_app
from xenosim.cli.lines import lines_app
from xenosim.cli.optimize import optimize
from xenosim.cli.options import File, Jobs, Json, Seed
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
regimen_app = typer.Typer(no_args_is_help=True, help="Expand dosing regimens.")
app.add_typer(regimen_app, name="regimen")
app.add_typer(assay_app, name="assay")
app.add_typer(lines_app, name="lines")
app.add_typer(drugs_app, name="drugs")
app.command()(sweep)
app.command()(sensitivity)
app.command()(optimize)


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


Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set a scenario key: --set animals.per_arm=2 (repeatable)."),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine", help="'lattice', the whole tumor, or 'twin', its radial twin, in seconds."
    ),
]
Ensemble = Annotated[
    int | None,
    typer.Option(
        "--ensemble",
        help="Simulate so many calibrated parameter sets too: the interval that they leave.",
    ),
]
EnsembleFrom = Annotated[
    str | None,
    typer.Option(
        "--ensemble-from", help="'posterior', which data have formed, or 'prior': before any."
    ),
]
Population = Annotated[
    int | None,
    typer.Option(
        "--population",
        help="Twin animals for what the drug does in the model; 0: none; a few seconds' by"
        " default.",
    ),
]
Out = Annotated[str, typer.Option("--out", help="Directory for run directories.")]
Report = Annotated[
    bool, typer.Option("--report", help="Also write report.html into the directory.")
]
Every = Annotated[
    str,
    typer.Option(
        "--checkpoint-every",
        help="Time between checkpoints of a running animal: '10 min', or '48 steps'.",
    ),
]
CheckpointDays = Annotated[
    str | None,
    typer.Option(
        "--checkpoint-days", help="Days whose checkpoints stay in the run directory: '0,14'."
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", help="Workers of a Dask scheduler: dask:tcp://HOST:8786, dask:FILE.json."
    ),
]
Shard = Annotated[
    str | None,
    typer.Option("--shard", help="Simulate a share of the animals, 3/100; then 'xenosim merge'."),
]
PrintJobs = Annotated[
    int | None,
    typer.Option("--print-jobs", min=1, help="Print the commands of so many shards, and merge."),
]
Keep = Annotated[
    bool,
    typer.Option(
        "--keep-checkpoints", help="Keep the last checkpoints of every animal in the run directory."
    ),
]


def _add_report(folder: Path | None, wanted: bool, as_json: bool) -> None:
    """Write the report of a result that was just kept, if it is wanted."""
    if wanted and folder:
        from xenosim.report.html import write_report

        path = write_report(folder)
        typer.echo(f"Report: {path}", err=as_json)


@app.command()
def run(
    file: File,
    set_: Set = None,
    seed: Seed = None,
    engine: Engine = None,
    jobs: Jobs = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
    every: Every = "10 min",
    days: CheckpointDays = None,
    keep: Keep = False,
    ensemble: Ensemble = None,
    ensemble_from: EnsembleFrom = None,
    population: Population = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", help="Checkpoint: its animal, as it lives there, goes into every arm."
        ),
    ] = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    print_jobs: PrintJobs = None,
) -> None:
    """Simulate a study with independent animals; print the answer and leave a run directory."""
    from xenosim.cli.cluster import Place
    from xenosim.cli.simulate import parse_overrides, simulate

    asked = {"ensemble": ensemble, "ensemble_from": ensemble_from, "population": population}
    overrides = parse_overrides(set_ or [], seed, engine, **asked)
    place = Place(jobs, scheduler, shard, print_jobs)
    folder = simulate(file, overrides, place, out, json, saving=(every, days, keep), source=from_)
    _add_report(folder, report, json)


@app.command()
def compare(
    file: File,
    set_: Set = None,
    seed: Seed = None,
    engine: Engine = None,
    jobs: Jobs = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
    every: Every = "10 min",
    days: CheckpointDays = None,
    keep: Keep = False,
    ensemble: Ensemble = None,
    ensemble_from: EnsembleFrom = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    print_jobs: PrintJobs = None,
) -> None:
    """Compare arms on common random numbers: every animal is in every arm; differences with
    intervals.
    """
    from xenosim.cli.cluster import Place
    from xenosim.cli.simulate import parse_overrides, simulate

    asked = {"ensemble": ensemble, "ensemble_from": ensemble_from}
    overrides = parse_overrides(set_ or [], seed, engine, **asked)
    place = Place(jobs, scheduler, shard, print_jobs)
    folder = simulate(file, overrides, place, out, json, saving=(every, days, keep), paired=True)
    _add_report(folder, report, json)


Combination = Annotated[
    list[str] | None,
    typer.Option("--combination", help="Arms of two drugs alone and together: 'A,B,BOTH'."),
]


@app.command()
def analyze(
    file: Annotated[
        str, typer.Argument(help="Table of a laboratory (CSV, TSV, Excel), or a run directory.")
    ],
    control: Annotated[str | None, typer.Option("--control", help="Name of the control.")] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", help="Columns of the file: --map subject=animal_id,Time=day."),
    ] = None,
    layout: Annotated[
        str, typer.Option("--layout", help="long, by-day, by-animal or blocks, where guessed.")
    ] = "",
    sheet: Annotated[str, typer.Option("--sheet", help="Sheet of a workbook.")] = "",
    only: Annotated[str, typer.Option("--only", help="Rows to read: --only patient=P1.")] = "",
    weights: Annotated[
        str, typer.Option("--weights", help="Body weights: FILE or FILE[SHEET].")
    ] = "",
    first_dose: Annotated[
        str, typer.Option("--first-dose", help="Its date, or its day in the file's own count.")
    ] = "",
    dates: Annotated[
        str, typer.Option("--dates", help="dmy or mdy, order of dates like 03/04/2026.")
    ] = "",
    decimal: Annotated[
        str, typer.Option("--decimal", help="comma or point, where the numbers do not tell.")
    ] = "",
    formula: Annotated[
        str, typer.Option("--formula", help="Volume from length and width.")
    ] = "0.5LW2",
    limit: Annotated[
        float | None,
        typer.Option("--limit", help="Volume in mm3 that stands for smaller ones, 0 included."),
    ] = None,
    day: Annotated[
        float | None,
        typer.Option("--day", help="Day of evaluation; the last with half of every arm left."),
    ] = None,
    combination: Combination = None,
    seed: Seed = None,
    out: Out = "runs",
    report: Report = False,
    json: Json = False,
) -> None:
    """Analyze a study that was measured in mice: endpoints, responses and figures as of a run."""
    from xenosim.cli.analyze import analyze as work

    reading = {
        "layout": layout,
        "sheet": sheet,
        "only": only,
        "weights": weights,
        "first_dose": first_dose,
        "dates": dates,
        "decimal": decimal,
        "formula": formula,
        "limit_mm3": limit,
    }
    folder = work(
        file, control, map_ or [], reading, combination, day=day, seed=seed, out=out, as_json=json
    )
    _add_report(folder, report, json)


Sizes = Annotated[str, typer.Option("--n", help="Animals per arm: 4:16, 4:16:2 or 4,8,12.")]
Tests = Annotated[
    str, typer.Option("--test", help="Tests: lmm (growth rates), tc (T/C on a day), logrank.")
]
Studies = Annotated[
    int, typer.Option("--studies", min=10, max=100_000, help="Studies drawn for each size.")
]
Targets = Annotated[str, typer.Option("--power", help="Powers to reach.")]
Animals = Annotated[
    int,
    typer.Option("--animals", min=0, help="Animals that are simulated; 0: as many as it takes."),
]
FromData = Annotated[
    str | None,
    typer.Option(
        "--from-data",
        help="A laboratory's table: growth, scatter and losses of its control animals.",
    ),
]
Control = Annotated[str | None, typer.Option("--control", help="Control arm of that table.")]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", help="Its columns: --map subject=animal_id,Time=day (repeatable)."),
]
Layout = Annotated[str | None, typer.Option("--layout", help="Its layout.")]
Paired = Annotated[
    bool, typer.Option("--paired", help="Test within pairs matched by starting volume.")
]
Look = Annotated[
    str | None,
    typer.Option("--interim", help="One look at that share of the animals: 0.5, 0.5:pocock."),
]


@app.command()
def design(
    file: File,
    n: Sizes = "4:16",
    test: Tests = "lmm,tc,logrank",
    studies: Studies = 2000,
    power: Targets = "0.8,0.9",
    animals: Animals = 0,
    from_data: FromData = None,
    control: Control = None,
    map_: Maps = None,
    layout: Layout = None,
    paired: Paired = False,
    interim: Look = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """How many animals a study takes: power by simulation of independent twin animals."""
    from xenosim.cli.design import Laboratory, parse_question, run_design

    question = parse_question(n, test, power, interim, studies, animals, paired)
    laboratory = Laboratory(from_data, control, map_ or [], layout)
    run_design(file, set_ or [], seed, question, laboratory, jobs, out, json)


Unfinished = Annotated[
    str, typer.Argument(help="Directory of an unfinished run (NAME.unfinished).")
]


@app.command()
def resume(
    run: Unfinished,
    jobs: Jobs = None,
    json: Json = False,
    scheduler: Scheduler = None,
) -> None:
    """Go on with a run that was stopped or killed; the result is the same as without the break."""
    from xenosim.cli.cluster import Place
    from xenosim.cli.simulate import resume_run

    resume_run(run, Place(jobs, scheduler), json)


@app.command()
def merge(run: Unfinished, jobs: Jobs = None, json: Json = False) -> None:
    """Put a study together whose shards (run --shard) have all ended."""
    from xenosim.cli.cluster import merge as work

    work(run, jobs, json)


@app.command()
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


@app.command()
def tolerability(
    file: Annotated[
        str, typer.Argument(help="Scenario file (YAML), or a run or analyzed directory.")
    ],
    set_: Set = None,
    animals: Annotated[
        int, typer.Option("--animals", min=1, help="Animals of each arm, without tumors.")
    ] = 24,
    figure: Annotated[
        str | None,
        typer.Option(
            "--figure",
            help="Folder for T/C against weight loss as CSV, PNG and SVG; of a"
            " scenario twins are simulated for it.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Body weight of every arm; of a scenario also the highest dose below 15 and 20 % loss."""
    from xenosim.cli.simulate import parse_overrides
    from xenosim.cli.tolerability import tolerability as work

    work(file, parse_overrides(set_ or [], None), animals, figure, json)


@app.command()
def rerun(
    run: Annotated[str, typer.Argument(help="Run directory; it is only read.")],
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Compare with the run, byte by byte; exit code 1 and the first difference if any.",
        ),
    ] = False,
    jobs: Jobs = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Simulate a run again from its directory alone."""
    from xenosim.cli.rerun import rerun as work

    work(run, check, jobs, out, json)


@app.command()
def why(
    run: Annotated[str, typer.Argument(help="Run directory of a study with rules of dosing.")],
    arm: Annotated[str | None, typer.Option("--arm", help="Arm of the animal.")] = None,
    animal: Annotated[int | None, typer.Option("--animal", help="Number of the animal.")] = None,
    replicate: Annotated[int | None, typer.Option("--replicate", help="Replicate, from 0.")] = None,
    day: Annotated[
        float | None,
        typer.Option("--day", help="Day of a measurement; without it all decisions are listed."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where the engine is not the run's own.")
    ] = False,
    json: Json = False,
) -> None:
    """Which rule changed an animal's doses, on which reading, and what would be without it."""
    from xenosim.cli.why import why as work

    work(run, arm, animal, replicate, day, force, json)


@app.command()
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


@app.command()
def show(
    run: Annotated[str, typer.Argument(help="Run directory of a study or an assay.")],
    json: Json = False,
) -> None:
    """Print the first screen of a finished run again."""
    from xenosim.cli.outputs import show_result

    show_result(run, json)


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


@app.command()
def export(
    run: Run,
    day: Annotated[float, typer.Option("--day", help="Day from first dose.")],
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
    from xenosim.cli.outputs import Choice, export_day

    export_day(Choice(run, arm, animal, replicate, lesion, force), day, format_, fields, out, json)


@app.command()
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


@app.command()
def new(
    file: Annotated[str, typer.Argument(help="File to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    json: Json = False,
) -> None:
    """Write a commented starter scenario."""
    from xenosim.cli.inputs import write_starter

    write_starter(file, force, json)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
def scenarios(
    copy: Annotated[
        str | None, typer.Option("--copy", help="Copy them, with their data, into a new folder.")
    ] = None,
    json: Json = False,
) -> None:
    """List the scenarios that come with xenosim."""
    from xenosim.cli.scenarios import scenarios as work

    work(copy, json)


@app.command()
def tutorial(
    name: Annotated[str | None, typer.Argument(help="The one to copy; none: list them.")] = None,
    out: Annotated[str, typer.Option("--out", help="Where to copy it.")] = ".",
    json: Json = False,
) -> None:
    """List the tutorials, or copy one here with its data."""
    from xenosim.cli.tutorial import tutorial as work

    work(name, out, json)


@app.command()
def doctor(json: Json = False) -> None:
    """Print versions, threads, caches, memory, and which extras are missing."""
    from xenosim.cli.doctor import doctor as work

    work(json)


@regimen_app.command("show")
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


@app.command()
def validate(
    only: Annotated[
        str | None,
        typer.Option(
            "--only",
            help=(
                "invitro, mechanism (both by default), xenograft, which runs the shipped studies,"
                " the name of one of them, or perfusion."
            ),
        ),
    ] = None,
    embed: Annotated[
        str | None,
        typer.Option("--embed", help="Markdown file for the table, e.g. docs/validation.md."),
    ] = None,
    scenarios: Annotated[
        str, typer.Option("--scenarios", help="Folder of the shipped scenario files.")
    ] = "scenarios",
    ensemble: Annotated[
        int | None,
        typer.Option(
            "--ensemble",
            help="Every row also under the first N calibrated parameter sets, e.g. 50.",
        ),
    ] = None,
    set_: Set = None,
    jobs: Jobs = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Published against simulated, row by row: in band or not, used for calibration or not."""
    from xenosim.cli.validation import run_validation

    run_validation(only, embed, scenarios, ensemble, set_ or [], jobs, out, json)


@app.command("app")
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


@app.command()
def calibrate(
    out: Annotated[
        str, typer.Option("--out", help="Directory of the calibration; it goes on where it ended.")
    ] = "calibration",
    draws: Annotated[int, typer.Option("--draws", help="Parameter sets to leave.")] = 200,
    waves: Annotated[int, typer.Option("--waves", help="Waves of points, the design one.")] = 2,
    design: Annotated[
        int, typer.Option("--design", help="Points over the prior, before data lead.")
    ] = 600,
    candidates: Annotated[
        int | None,
        typer.Option(
            "--candidates",
            help="Draws that are simulated and weighed; by default 1.5 for each that is kept.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of all random numbers.")] = 1,
    only: Annotated[
        str | None,
        typer.Option("--only", help="Stages of data: dish, blood, growth, invivo; all by default."),
    ] = None,
    scenarios: Annotated[
        str, typer.Option("--scenarios", help="Folder of the shipped scenario files.")
    ] = "scenarios",
    jobs: Jobs = None,
    json: Json = False,
) -> None:
    """Calibrate the uncertain parameters on published numbers, as an ensemble of draws."""
    from xenosim.cli.calibrate import run_calibration

    run_calibration(out, draws, waves, design, candidates, seed, only, scenarios, jobs, json)


@app.command()
def fit(
    file: Annotated[str, typer.Argument(help="Scenario file, or the problem.yaml of a fit.")],
    data: Annotated[
        str | None,
        typer.Option("--data", help="Volumes of animals, in any layout that 'analyze' reads."),
    ] = None,
    pk: Annotated[
        str | None,
        typer.Option("--pk", help="Concentrations in plasma: time_h, concentration_nM, arm."),
    ] = None,
    ic50: Annotated[
        str | None, typer.Option("--ic50", help="IC50s of these cells: drug, hours, ic50_nM.")
    ] = None,
    free: Annotated[
        str | None,
        typer.Option(
            "--free",
            help="What is fitted: load_mean,cl,doubling_time. By default growth and its spread,"
            " with a treated arm the load too.",
        ),
    ] = None,
    arm: Annotated[
        list[str] | None,
        typer.Option("--arm", help="Arm of the data in the scenario: --arm 'PBS=vehicle'."),
    ] = None,
    map_: Maps = None,
    layout: Layout = None,
    first_dose: Annotated[
        str, typer.Option("--first-dose", help="Its date, or its day in the file's own count.")
    ] = "",
    points: Annotated[
        int | None,
        typer.Option("--points", help="Points of the first design; 18 for each parameter."),
    ] = None,
    set_: Set = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of design and chains.")] = 1,
    jobs: Jobs = None,
    out: Annotated[
        str, typer.Option("--out", help="Directory of the fit; it goes on where it was killed.")
    ] = "fit",
    json: Json = False,
) -> None:
    """Fit growth, potency and PK to control and treated animals: posterior, agreement, scenario."""
    from xenosim.cli.fit import Given, run_fit

    reading = {"layout": layout or "", "first_dose": first_dose}
    given = Given(data, pk, ic50, arm or [], map_ or [], reading)
    run_fit(
        file, given, free, set_ or [], points=points, seed=seed, jobs=jobs, out=out, as_json=json
    )


@app.command()
def version(json: Json = False) -> None:
    """Print the version."""
    from xenosim import __version__

    typer.echo(f'{{"xenosim": "{__version__}"}}' if json else __version__)


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
