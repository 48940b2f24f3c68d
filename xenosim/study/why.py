"""Why an animal of a run was dosed as it was: the readings, the rules, and what would have happened
without a decision.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.errors import RunError
from xenosim.io.runs import read_manifest, read_run
from xenosim.scenario.protocol import QUANTITIES, told
from xenosim.study.adaptive import Decision, Dosing, dosing_of, rows_of
from xenosim.study.animal import Animal, step_on
from xenosim.study.recorded_animal import find_animal, read_scenario, tables_of
from xenosim.study.replay import Replay, differs, recorded_job, reproduces
from xenosim.study.saved_animals import saved_animals

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.pharmacology.dose import Dose
    from xenosim.study.job import Job


class Verdict(NamedTuple):
    """What one rule was at a measurement: its ``number`` from 1, its ``text``, whether it was
    ``true``, at how many measurements in a row its conditions have held, and why it was ``idle``
    though true, or "".
    """

    number: int
    text: str
    true: bool
    streak: int
    idle: str


class Explained(NamedTuple):
    """One animal at one measurement: ``who`` it is, ``day`` [day], the ``readings`` by quantity in
    words, what each rule said, the ``decision`` (None: none), the ``state`` and dose ``level`` [-]
    from then on; ``without``: the days after, as they were and as they would have been, true
    volumes [mm3] and weights [g]; ``left_without``: when and why it would have left, or "";
    ``begun`` at which checkpoint.
    """

    who: str
    day: float
    readings: dict[str, str]
    rules: list[Verdict]
    decision: Decision | None
    state: str
    level: float
    without: list[dict[str, Any]]
    left_without: str
    begun: str


def ledger(run: Path) -> list[dict[str, Any]]:
    """All decisions of a run as ``events.csv`` holds them, in its order.

    Raises
    ------
    RunError
        No run directory, or a run without rules.
    """
    events, scenario = read_run(run)["events"], read_scenario(run)
    if not any(arm.protocol for arm in scenario.arms):
        raise no_rules(run)
    if "decision" not in events:
        return []
    names = ["arm", "replicate", "animal_id", "time", "decision", "rule", "when", "reading"]
    made = events[events["evid"].eq(2) & events["rule"].notna()]
    rows = made[[*names, "level_pct"]].to_dict("records")
    return [{str(k): v for k, v in row.items()} | {"day": row["time"] / 24.0} for row in rows]


def no_rules(run: Path) -> RunError:
    """The error of a run, or an animal, whose doses nobody changed."""
    return RunError(
        "there are no rules: doses were given as planned",
        where=str(run),
        remedy="see docs/adaptive.md for rules of dosing",
    )


def explain(
    run: Path,
    day: float,
    arm: str | None = None,
    animal: int | None = None,
    replicate: int | None = None,
    *,
    force: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Explained:
    """Why an animal was dosed as it was on a day of measurement.

    Parameters
    ----------
    run : Path
        A run directory.
    day : float
        A day on which it was measured [day].
    arm, animal, replicate : optional
        Which animal; the first one that fits.
    force : bool
        Simulate also where engine or parameters differ from those of the run.
    progress : callable, optional
        Called with (days simulated, days to simulate).

    Raises
    ------
    XenosimError
        No such run, animal or day; an arm without rules; another engine.
    """
    found = _recorded(run, arm, animal, replicate, force)
    rows = rows_of(found.tables["observations"])
    days = [float(row["day"]) for row in rows]
    if day not in days:
        listed = ", ".join(f"{each:g}" for each in days)
        raise RunError(
            f"{found.name} was not measured on day {day:g}",
            where=str(run),
            remedy=f"its days are {listed}",
        )
    after = _after(found.job, rows[: days.index(day) + 1])
    read = [row for row in rows if row["day"] < day]
    decision = next((made for made in after.decisions if made.day == day), None)
    without: list[dict[str, Any]] = []
    left = ""
    if decision is not None:
        before = _after(found.job, read)
        without, left = _without(found, before.doses, day, progress)
    return Explained(
        found.name,
        day,
        {
            name: told(name, value)
            for name, value in after.values.items()
            if name in QUANTITIES and not np.isnan(value)
        },
        [
            Verdict(k + 1, str(rule), after.is_true(k), after.streaks[k], after.idle.get(k, ""))
            for k, rule in enumerate(after.protocol.rules)
        ],
        decision,
        after.state,
        after.level,
        without,
        left,
        found.begun,
    )


def _after(job: Job, rows: list[dict[str, Any]]) -> Dosing:
    found = dosing_of(job, rows)
    assert found is not None
    return found


def _recorded(
    run: Path, arm: str | None, animal: int | None, replicate: int | None, force: bool
) -> Replay:
    """An animal of a run under rules, on any engine."""
    tables, manifest, scenario = read_run(run), read_manifest(run), read_scenario(run)
    ruled = [each.name for each in scenario.arms if each.protocol]
    if not ruled:
        raise no_rules(run)
    truth = tables["truth"]
    # Animals of arms without rules are meant only by name.
    truth = truth[truth["arm"].isin(ruled)] if arm is None else truth
    key = find_animal(truth, manifest.get("arms", []), arm, animal, replicate, str(run))
    if key["arm"] not in ruled:
        raise no_rules(run)
    strict = reproduces(manifest, scenario)
    if not strict and not force:
        raise differs(run, manifest)
    saved = saved_animals(run, scenario, key)
    job = recorded_job(run, manifest, scenario, key, saved)
    return Replay(run, job, tables_of(tables, key), strict, None, saved)


def _without(
    found: Replay, doses: tuple[Dose, ...], day: float, progress: Callable[[int, int], None] | None
) -> tuple[list[dict[str, Any]], str]:
    """The days after ``day`` [day] as they were and as they would have been under ``doses``; when
    and why the animal would have left then.
    """
    found.job = found.job._replace(given=doses)
    animal = found.begin(day)
    limits = found.job.scenario.measure
    days, first = limits.days, animal.study_step
    total = step_on(days[-1], animal.dt_h) - first

    def tell(animal: Animal) -> None:
        if progress:
            progress(animal.study_step - first, total)

    rows, left = [], ""
    was = found.tables["truth"].set_index("day")
    for each in (each for each in days if step_on(each, animal.dt_h) >= first):
        animal.live_until(each, tell)
        if each <= day:
            found.compare(each, animal)
            continue
        rows.append(_row(each, animal, was))
        if left := _leaves(animal, limits, each):
            break
    return rows, left


def _row(day: float, animal: Animal, was: pd.DataFrame) -> dict[str, Any]:
    known = was.loc[day] if day in was.index else None
    return {
        "day": day,
        "volume_mm3": None if known is None else float(known["tumor_volume_mm3"]),
        "volume_without_mm3": animal.volume_mm3,
        "weight_g": None if known is None else float(known["body_weight_g"]),
        "weight_without_g": animal.body_weight_g(day),
        "loss_without_pct": 100.0 * animal.weight_loss,
    }


def _leaves(animal: Animal, limits: Any, day: float) -> str:
    """Why an animal would leave on ``day`` [day] by its true volume and weight; "" if it stays."""
    if animal.weight_loss >= limits.body_weight_loss:
        return f"it would have left on day {day:g} for its body weight"
    if animal.volume_mm3 >= limits.end_volume_mm3:
        return f"it would have left on day {day:g} for its tumor's volume"
    return ""
