"""The verbs of the dish and of the line library. Only typer is imported before one runs."""

from __future__ import annotations

from typing import Annotated

import typer

assay_app = typer.Typer(no_args_is_help=True, help="The same cells in a dish.")
lines_app = typer.Typer(invoke_without_command=True, help="The cell-line library.")

Line = Annotated[
    str,
    typer.Option(
        "--line", help="Cell line ('xenosim lines' lists them), or 'cell', the default cell."
    ),
]
Drug = Annotated[str, typer.Option("--drug", help="Drug in the medium.")]
Dose = Annotated[
    str,
    typer.Option(
        "--dose",
        help=(
            'Total concentrations: "1..1000 nM" (ten doses, "1..1000 nM / 6" for six) or "20,50,100'
            ' nM".'
        ),
    ),
]
One = Annotated[str, typer.Option("--dose", help='Total concentration in medium, e.g. "10 uM".')]
Hours = Annotated[
    float, typer.Option("--hours", help="Time of the reading after the drug was added.")
]
Times = Annotated[
    str, typer.Option("--times", help="Times of the lysates in hours, e.g. 0,2,4,8,12,24.")
]
Pulse = Annotated[
    str | None,
    typer.Option(
        "--pulse", help='Wash-out after this time, e.g. "1 h"; by default the drug stays.'
    ),
]
Perturb = Annotated[
    list[str] | None,
    typer.Option(
        "--perturb", help='"CHOP=ko", "NOXA=kd:0.8", "MCL1=oe:3", "PSMB5=A49T" (repeatable).'
    ),
]
Resistant = Annotated[
    str | None,
    typer.Option(
        "--resistant", help='Share of cells that carry the mutation at the start, e.g. "5 %".'
    ),
]
Mutation = Annotated[
    float, typer.Option("--mutation-rate", help="Chance of a daughter to gain the mutation.")
]
Reversion = Annotated[
    float, typer.Option("--reversion-rate", help="Chance of a daughter to lose the mutation.")
]
Doubling = Annotated[
    str | None,
    typer.Option("--doubling", help="Doubling time in culture; the line's own by default."),
]
Cells = Annotated[int, typer.Option("--cells", min=10, help="Cells seeded per well.")]
Replicates = Annotated[int, typer.Option("--replicates", min=1, help="Wells per treatment.")]
Noise = Annotated[
    str,
    typer.Option("--noise", help="CV of the reading: of a plate reader 5-10 %, of a band 20-25 %."),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, max=2**31 - 1, help="Seed of all random numbers.")
]
Out = Annotated[str, typer.Option("--out", help="Directory for the results.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]


@assay_app.command("run")
def run(
    file: Annotated[
        str,
        typer.Argument(help="Assay file (YAML): 'assay: viability' and the options of that verb."),
    ],
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Run an assay that a file describes, e.g. scenarios/assays/viability.yaml."""
    from xenosim.cli.protocol import run_protocol

    run_protocol(file, out, json)


@assay_app.command("viability")
def viability(
    line: Line = "RPMI-8226",
    drug: Drug = "ixazomib",
    dose: Dose = "1..1000 nM",
    hours: Hours = 72.0,
    pulse: Pulse = None,
    perturb: Perturb = None,
    resistant: Resistant = None,
    mutation_rate: Mutation = 0.0,
    reversion_rate: Reversion = 0.0,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 3,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Dose-response of the metabolic signal (MTT, MTS): IC50 with its interval, Hill slope,
    figure.
    """
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb, resistant, mutation_rate, reversion_rate)
    assay.viability(
        cell,
        drug,
        dose,
        hours,
        pulse,
        None,
        1,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("washout")
def washout(
    line: Line = "RPMI-8226",
    drug: Drug = "ixazomib",
    dose: Dose = "10..10000 nM",
    hours: Hours = 72.0,
    pulse: Annotated[str, typer.Option("--pulse", help="Length of a pulse.")] = "1 h",
    every: Annotated[
        str | None,
        typer.Option("--every", help='Time between the starts of repeated pulses, e.g. "24 h".'),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Number of pulses.")] = 1,
    perturb: Perturb = None,
    resistant: Resistant = None,
    mutation_rate: Mutation = 0.0,
    reversion_rate: Reversion = 0.0,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 3,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Pulse, wash, read later: the dose-response of one pulse or several."""
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb, resistant, mutation_rate, reversion_rate)
    assay.viability(
        cell,
        drug,
        dose,
        hours,
        pulse,
        every,
        repeats,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("apoptosis")
def apoptosis(
    line: Line = "CEM/WT",
    drug: Drug = "ixazomib",
    dose: Dose = "20,40,60,80,100 nM",
    hours: Hours = 24.0,
    pulse: Pulse = None,
    perturb: Perturb = None,
    resistant: Resistant = None,
    mutation_rate: Mutation = 0.0,
    reversion_rate: Reversion = 0.0,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 3,
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Annexin V / PI quadrants per dose."""
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb, resistant, mutation_rate, reversion_rate)
    assay.apoptosis(
        cell, drug, dose, hours, pulse, assay.layout_of(cells, replicates, seed, "0 %"), out, json
    )


@assay_app.command("blot")
def blot(
    line: Line = "HCT116",
    drug: Drug = "ixazomib",
    dose: One = "100 nM",
    times: Times = "0,2,4,8,12,24",
    markers: Annotated[
        str,
        typer.Option(
            "--markers", help="Proteins, e.g. CHOP,p-eIF2a,BiP,DR5,cl-casp3; 'all' for every one."
        ),
    ] = "CHOP,p-eIF2a,BiP,DR5,cl-casp3",
    pulse: Pulse = None,
    perturb: Perturb = None,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 1,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Protein levels over time, as fold of untreated cells."""
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb)
    assay.course(
        "blot",
        cell,
        drug,
        dose,
        times,
        markers,
        pulse,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("qpcr")
def qpcr(
    line: Line = "HCT116",
    drug: Drug = "ixazomib",
    dose: One = "100 nM",
    times: Times = "0,2,4,8,12,24",
    markers: Annotated[
        str,
        typer.Option("--markers", help="mRNAs: CHOP, BiP, DR5, NOXA, PSMB5; 'all' for every one."),
    ] = "all",
    pulse: Pulse = None,
    perturb: Perturb = None,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 1,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """mRNA levels over time, as fold of untreated cells; they lag and decay with their half-lives
    (assumed).
    """
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb)
    assay.course(
        "qpcr",
        cell,
        drug,
        dose,
        times,
        markers,
        pulse,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("chip")
def chip(
    factor: Annotated[str, typer.Option("--factor", help="Transcription factor.")] = "CHOP",
    promoter: Annotated[
        str, typer.Option("--promoter", help="Gene whose promoter it binds.")
    ] = "DR5",
    line: Line = "HCT116",
    drug: Drug = "ixazomib",
    dose: One = "100 nM",
    times: Times = "0,2,4,8,12,24",
    pulse: Pulse = None,
    perturb: Perturb = None,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 1,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Occupancy of a promoter over time, as fold of untreated cells."""
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb)
    assay.course(
        "chip",
        cell,
        drug,
        dose,
        times,
        f"{factor},{promoter}",
        pulse,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("combine")
def combine(
    line: Line = "MM.1S",
    drugs: Annotated[
        str, typer.Option("--drugs", help="Two drugs, e.g. ixazomib,lenalidomide.")
    ] = "ixazomib,lenalidomide",
    dose: Annotated[
        list[str] | None,
        typer.Option(
            "--dose", help="Doses of each drug in turn (give it twice); by default about the IC50."
        ),
    ] = None,
    ratio: Annotated[
        str, typer.Option("--ratio", help="fixed: the k-th dose with the k-th; matrix: every pair.")
    ] = "fixed",
    schedule: Annotated[
        str,
        typer.Option(
            "--schedule",
            help=(
                "together, first-a (the first drug, washed out when the second begins) or first-b."
            ),
        ),
    ] = "together",
    delay: Annotated[str, typer.Option("--delay", help="When the second drug begins.")] = "24 h",
    hours: Hours = 72.0,
    perturb: Perturb = None,
    doubling: Doubling = None,
    cells: Cells = 2000,
    replicates: Replicates = 3,
    noise: Noise = "5 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Two drugs: Chou-Talalay combination index, Bliss, HSA, Loewe, isobologram, with intervals."""
    from xenosim.cli import assay

    cell = assay.cells_of(line, doubling, perturb)
    assay.combine(
        cell,
        drugs,
        dose or [],
        ratio,
        schedule,
        delay,
        hours,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("compare")
def compare(
    lines: Annotated[
        str, typer.Option("--lines", help="Cell lines, e.g. KMS-11,RPMI-8226,CEM/WT.")
    ] = "KMS-11,RPMI-8226,CEM/WT,THP-1/WT",
    drugs: Annotated[
        str, typer.Option("--drugs", help="Drugs.")
    ] = "ixazomib,bortezomib,carfilzomib",
    dose: Dose = "0.1..1000 nM",
    hours: Hours = 72.0,
    pulse: Pulse = None,
    perturb: Perturb = None,
    cells: Cells = 1000,
    replicates: Replicates = 2,
    noise: Noise = "0 %",
    seed: Seed = 1,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """IC50s of several lines and drugs side by side, with the ratio to the first drug."""
    from xenosim.cli import assay

    assay.compare(
        lines,
        drugs,
        dose,
        hours,
        pulse,
        perturb,
        assay.layout_of(cells, replicates, seed, noise),
        out,
        json,
    )


@assay_app.command("characterize")
def characterize(
    file: Annotated[
        str,
        typer.Argument(
            help=(
                "CSV with the columns drug, hours, dose_nM, viability (share of the untreated"
                " control)."
            )
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the line; the file's by default.")
    ] = None,
    doubling: Annotated[str, typer.Option("--doubling", help="Doubling time in culture.")] = "30 h",
    like: Annotated[
        str, typer.Option("--like", help="Line whose other parameters are taken.")
    ] = "cell",
    cells: Cells = 1500,
    seed: Seed = 5,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """Fit a new line's protein load to your own viability data."""
    from xenosim.cli import assay

    assay.characterize(
        file, name, doubling, like, assay.layout_of(cells, 1, seed, "0 %"), out, json
    )


@lines_app.callback()
def lines(ctx: typer.Context, json: Json = False) -> None:
    """List the cell lines, with what is known of each."""
    if ctx.invoked_subcommand is None:
        from xenosim.cli.library import list_lines

        list_lines(json)


@lines_app.command("show")
def lines_show(name: Annotated[str, typer.Argument(help="Cell line.")], json: Json = False) -> None:
    """One line: parameters with status and source, published values, and where they contradict each
    other.
    """
    from xenosim.cli.library import show_line

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
