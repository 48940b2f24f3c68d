"""Verbs that read what was measured: in mice, and published."""

from __future__ import annotations

from typing import Annotated

import typer

from xenosim.cli.options import Jobs, Json, Layout, Maps, Out, Report, Scheduler, Seed, Set

Combination = Annotated[
    list[str] | None,
    typer.Option("--combination", help="Arms of two drugs alone and together: 'A,B,BOTH'."),
]


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
    from xenosim.cli.report import add_report

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
    add_report(folder, report, json)


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
    scheduler: Scheduler = None,
    out: Annotated[
        str, typer.Option("--out", help="Directory of the fit; it goes on where it was killed.")
    ] = "fit",
    json: Json = False,
) -> None:
    """Fit growth, potency and PK to control and treated animals: posterior, agreement, scenario."""
    from xenosim.cli.cluster import Place
    from xenosim.cli.fit import Given, run_fit

    reading = {"layout": layout or "", "first_dose": first_dose}
    given = Given(data, pk, ic50, arm or [], map_ or [], reading)
    run_fit(
        file,
        given,
        free,
        set_ or [],
        points=points,
        seed=seed,
        place=Place(jobs, scheduler),
        out=out,
        as_json=json,
    )
