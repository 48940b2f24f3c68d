"""Verb optimize: the schedule that does most within limits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xenosim.cli.cluster import Place
from xenosim.cli.options import File, Jobs, Json, Scheduler, Seed
from xenosim.cli.searching import Day, Out, Set, loader
from xenosim.cli.searching import search_and_show as work
from xenosim.errors import ScenarioError, UnitError

if TYPE_CHECKING:
    from xenosim.inference.optimize_space import Limits

Names = list[str] | None
Maximize = Annotated[
    Names, typer.Option("--maximize", help="control, delay, survival (repeatable).")
]
Minimize = Annotated[
    Names,
    typer.Option("--minimize", help="weight_loss, total_dose, visits, ... (repeatable)."),
]
MaxWeightLoss = Annotated[
    str, typer.Option("--max-weight-loss", help="Largest mean loss of weight: '15 %'.")
]
MaxTotal = Annotated[
    str, typer.Option("--max-total", help="Most of each drug in all: '150 mg/kg'.")
]
MaxVisits = Annotated[
    int, typer.Option("--max-visits", min=0, help="Most days with a dose; 0: no limit.")
]
MaxHandlings = Annotated[
    int,
    typer.Option("--max-handlings", min=0, help="Most of them in a week; 0: no limit."),
]
NoSundays = Annotated[
    bool, typer.Option("--no-sundays", help="No dose on a Sunday; see --first-day.")
]
FirstDay = Annotated[str, typer.Option("--first-day", help="Weekday of day 0, for --no-sundays.")]
Dose = Annotated[
    Names,
    typer.Option(
        "--dose", help="Doses: '2..20 mg/kg by log 8', of one of two drugs 'DRUG=1,2 mg/kg'."
    ),
]
Schedules = Annotated[str, typer.Option("--schedules", help="Schedules: QD,Q2D,QW,BIW,5on/2off.")]
Routes = Annotated[str, typer.Option("--routes", help="Routes: PO,IV.")]
Delays = Annotated[
    str,
    typer.Option("--delays", help="Days by which the second drug comes later: --delays=-2,0,2."),
]
Until = Annotated[
    float | None, typer.Option("--until", help="End of dosing; that of the arm by default.")
]
Trials = Annotated[
    int, typer.Option("--trials", min=2, max=20_000, help="Schedules that are simulated.")
]
Animals = Annotated[
    int, typer.Option("--animals", min=2, max=1000, help="Radial twins of each schedule.")
]
Lattice = Annotated[
    bool, typer.Option(help="Repeat the winners on the whole tumor, on the lattice.")
]
Arm = Annotated[str, typer.Option("--arm", help="The arm that is searched; the only treated one.")]


def optimize(
    file: File,
    maximize: Maximize = None,
    minimize: Minimize = None,
    max_weight_loss: MaxWeightLoss = "",
    max_total: MaxTotal = "",
    max_visits: MaxVisits = 0,
    max_handlings: MaxHandlings = 0,
    no_sundays: NoSundays = False,
    first_day: FirstDay = "monday",
    dose: Dose = None,
    schedules: Schedules = "",
    routes: Routes = "",
    delays: Delays = "",
    until: Until = None,
    trials: Trials = 300,
    animals: Animals = 6,
    lattice: Lattice = True,
    arm: Arm = "",
    day: Day = None,
    set_: Set = None,
    seed: Seed = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    out: Out = "runs",
    json: Json = False,
) -> None:
    """The schedule that does most within limits; the best repeated on fresh animals."""
    from xenosim.inference.optimize import Question, run_optimize
    from xenosim.inference.optimize_objectives import parse_objectives
    from xenosim.inference.optimize_space import Wanted

    question = Question(
        parse_objectives(maximize or [], minimize or []),
        limits_of(max_weight_loss, max_total, max_visits, max_handlings, no_sundays, first_day),
        Wanted(tuple(dose or ()), schedules, routes, delays, until),
        trials,
        animals,
        arm,
        day,
        lattice,
    )
    load = loader(file, set_ or [], seed)
    place = Place(jobs, scheduler)
    work(load, lambda *given: run_optimize(given[0], question, *given[1:]), place, out, json)


def limits_of(
    loss: str, total: str, visits: int, handlings: int, no_sundays: bool, first_day: str
) -> Limits:
    """The limits that options state; every mistake is in the error.

    Raises
    ------
    ScenarioError
        A quantity of another dimension or out of range, or no weekday.

    Examples
    --------
    >>> limits_of("15 %", "", 0, 3, True, "tue").first
    1
    """
    from xenosim.inference.optimize_space import Limits, weekday
    from xenosim.inference.sweep_vary import refuse

    mistakes: list[Any] = []
    found = {"loss": math.inf, "total": math.inf}
    given = (
        ("loss", loss, "fraction", "--max-weight-loss"),
        ("total", total, "dose", "--max-total"),
    )
    for name, text, dimension, where in given:
        if text:
            found[name] = _quantity(text, dimension, where, mistakes)
    if not 0.0 < found["loss"] <= 1.0 and math.isfinite(found["loss"]):
        mistakes.append(
            ScenarioError(f"a loss of {loss}", where="--max-weight-loss", remedy="0 to 100 %")
        )
    first = None
    if no_sundays:
        try:
            first = weekday(first_day)
        except ScenarioError as error:
            mistakes.append(error)
    refuse(mistakes)
    return Limits(
        found["total"], visits or math.inf, handlings or math.inf, first, 100.0 * found["loss"]
    )


def _quantity(text: str, dimension: str, where: str, mistakes: list[Any]) -> float:
    from xenosim.units import quantity

    try:
        return quantity(text, dimension)
    except UnitError as error:
        mistakes.append(ScenarioError(error.message, where=where, remedy=error.remedy))
        return math.inf
