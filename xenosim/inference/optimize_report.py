"""What a search over schedules found, as tables and in words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.inference.evaluate_outputs import Estimate, interval_of
from xenosim.inference.optimize_objectives import Objective, Scored, better, front
from xenosim.inference.optimize_space import Limits, Plan, Space

if TYPE_CHECKING:
    import pandas as pd


class Report(NamedTuple):
    """A finished search: what was asked; schedules that were ``tried``, those ``feasible``,
    ``chosen`` from the search, the same on ``fresh`` animals; the arm as ``stated``; winners on the
    ``lattice``; how many were ``ruled_out`` by what; ``animals`` of search, fresh and lattice [-];
    arms that were ``simulated`` now [-], and where all are ``kept``.
    """

    objectives: tuple[Objective, ...]
    limits: Limits
    space: Space
    arm: str
    day: float
    tried: tuple[Scored | str, ...]
    feasible: tuple[Scored, ...]
    chosen: tuple[Scored, ...]
    fresh: tuple[Scored, ...]
    stated: Scored | None
    lattice: tuple[Scored | str, ...]
    ruled_out: Counter[str]
    animals: tuple[int, int, int]
    simulated: int
    kept: str

    @property
    def ranked(self) -> list[Scored]:
        """Fresh ones within the limit of weight loss, best first, or the front."""
        within = [one for one in self.fresh if float(one.loss.mean()) <= self.limits.loss]
        return front(within, self.objectives)


def _numbers(one: Scored, objectives: Sequence[Objective]) -> dict[str, Any]:
    """The objectives and the loss of weight with their intervals."""
    row: dict[str, Any] = {}
    for k, objective in enumerate(objectives):
        found = one.estimate(k, objective)
        low, high = sorted((found.low, found.high))
        row |= {objective.name: found.value}
        if objective.output is not None:
            row |= {f"{objective.name}_low": low, f"{objective.name}_high": high}
    loss = interval_of(one.loss)
    return row | {"loss_pct": loss.value, "loss_pct_low": loss.low, "loss_pct_high": loss.high}


def _about(plan: Plan) -> dict[str, Any]:
    """The parts of a plan, and what it takes."""
    row: dict[str, Any] = {"schedule": str(plan)}
    for part in plan.parts:
        row |= {
            f"{part.drug}_mg_per_kg": part.dose,
            f"{part.drug}_route": part.route,
            f"{part.drug}_days": part.schedule,
            f"{part.drug}_start": part.start,
            f"{part.drug}_total_mg_per_kg": plan.totals.get(part.drug, 0.0),
        }
    return row | {"visits": len(plan.days)}


def tried_table(report: Report) -> pd.DataFrame:
    """A row for every schedule of the search: what it is, what it does, whether it is within the
    limit of weight loss.
    """
    import pandas as pd

    rows = []
    for one in report.tried:
        if isinstance(one, Scored):
            within = float(one.loss.mean()) <= report.limits.loss
            row = _about(one.plan) | _numbers(one, report.objectives)
            rows.append(row | {"n": one.loss.size, "feasible": within})
    return pd.DataFrame(rows)


def finalists_table(report: Report) -> pd.DataFrame:
    """A row for every schedule that was repeated, best first: on fresh animals, where its weight
    loss lies, whether the best is separated from it, and on the lattice.
    """
    import pandas as pd

    ranked = report.ranked
    rest = [one for one in report.fresh if all(one.plan.at != other.plan.at for other in ranked)]
    on_lattice = {one.plan.at: one for one in report.lattice if isinstance(one, Scored)}
    searched = {one.plan.at: one for one in report.chosen}
    rows = []
    for k, one in enumerate([*ranked, *rest]):
        row = {"rank": k + 1} | _about(one.plan) | _numbers(one, report.objectives)
        row |= {"n": one.loss.size, "limit": limit_of(one, report.limits.loss)}
        row["separated_from_best"] = k > 0 and better(ranked[0] if ranked else one, one)
        again = searched[one.plan.at]
        row |= {
            f"{o.name}_in_search": again.estimate(j, o).value
            for j, o in enumerate(report.objectives)
            if o.output is not None
        }
        lattice = on_lattice.get(one.plan.at)
        for j, o in enumerate(report.objectives):
            if o.output is not None:
                found = (
                    lattice.estimate(j, o) if lattice else Estimate(math.nan, math.nan, math.nan, 0)
                )
                row[f"{o.name}_lattice"] = found.value
        rows.append(row)
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["rank", "schedule", "limit"])


def limit_of(one: Scored, limit: float) -> str:
    """Where a mean loss of weight lies, with its interval: "within" the limit, "above" it, or "at"
    it; "none" without a limit.
    """
    if not math.isfinite(limit):
        return "none"
    found = interval_of(one.loss)
    if found.high <= limit:
        return "within"
    return "above" if found.low > limit else "at"


def answer(report: Report) -> Iterator[str]:
    """What was searched, the best as far as it is separated, and what the arm does as stated."""
    yield from _searched(report)
    ranked = report.ranked
    if not report.feasible:
        yield _infeasible(report)
    elif not ranked:
        yield (
            f"no schedule keeps the mean loss of weight within {report.limits.loss:g} % on fresh"
            " animals: those of the search were lucky; allow more, or lower the doses"
        )
    elif len(report.objectives) > 1:
        yield f"Pareto front of {len(ranked)}, on {report.animals[1]} fresh animals:"
        for one in ranked:
            yield f"  {_line(one, report)}"
    else:
        yield from _best(report, ranked)
    yield from _lattice(report)
    if report.stated is not None:
        yield f"as the scenario states it: {_values(report.stated, report)}"


def _searched(report: Report) -> Iterator[str]:
    sound = [one for one in report.tried if isinstance(one, Scored)]
    sizes = report.space.count
    text = f"{len(sound)} of {sizes} schedules of '{report.arm}' simulated with"
    text += f" {report.animals[0]} radial twins, until day {report.space.end:g}"
    if report.ruled_out:
        listed = ", ".join(f"{n} {why}" for why, n in report.ruled_out.most_common())
        text += f"; ruled out before: {listed}"
    if math.isfinite(report.limits.loss):
        text += f"; {len(report.feasible)} keep the mean loss of weight within"
        text += f" {report.limits.loss:g} %"
    yield text


def _infeasible(report: Report) -> str:
    sound = [one for one in report.tried if isinstance(one, Scored)]
    least = min(sound, key=lambda one: float(one.loss.mean()))
    return (
        f"no schedule keeps the mean loss of weight within {report.limits.loss:g} %; the least"
        f" loss, {float(least.loss.mean()):.3g} %, has {least.plan}: allow more, or lower --dose"
    )


def _best(report: Report, ranked: Sequence[Scored]) -> Iterator[str]:
    """The best of one objective, or those that are not told from it."""
    best = ranked[0]
    tied = [one for one in ranked[1:] if not better(best, one)]
    of = f"on {report.animals[1]} fresh animals"
    if not tied:
        yield f"best, {of}, and separated from the {len(ranked) - 1} next: {_line(best, report)}"
        return
    yield (
        f"no single best: {len(tied) + 1} schedules are not separated from each other {of}; the"
        " first by mean, then the others:"
    )
    for one in (best, *tied):
        yield f"  {_line(one, report)}"
    fewest = min((best, *tied), key=lambda one: (len(one.plan.days), one.plan.total))
    least = min((best, *tied), key=lambda one: one.plan.total)
    yield f"  of these with the fewest visits: {fewest.plan}; with the least drug: {least.plan}"


def _line(one: Scored, report: Report) -> str:
    return f"{one.plan}: {_values(one, report)}"


def _values(one: Scored, report: Report) -> str:
    """Objectives, loss of weight, visits and amount, in words."""
    parts = []
    for k, objective in enumerate(report.objectives):
        if objective.output is not None:
            parts.append(f"{objective.label} {_told(one.estimate(k, objective), objective.unit)}")
    loss = f"loss of weight {_told(interval_of(one.loss), '%')}"
    where = limit_of(one, report.limits.loss)
    if where == "at":
        loss += f", its interval reaching above {report.limits.loss:g} %"
    elif where == "above":
        loss += f", above {report.limits.loss:g} %"
    if all(o.name != "weight_loss_pct" for o in report.objectives):
        parts.append(loss)
    totals = " and ".join(f"{v:g} mg/kg {drug}" for drug, v in one.plan.totals.items())
    parts.append(f"{len(one.plan.days)} visits, {totals}")
    return "; ".join(parts)


def _told(found: Estimate, unit: str) -> str:
    low, high = sorted((found.low, found.high))
    return f"{found.value:.3g} {unit} ({low:.3g} to {high:.3g})"


def _lattice(report: Report) -> Iterator[str]:
    """What the whole tumor makes of the winners."""
    for one in report.lattice:
        if isinstance(one, str):
            yield f"on the lattice it could not be simulated: {one}"
            continue
        again = next((f for f in report.fresh if f.plan.at == one.plan.at), None)
        told = []
        for k, o in enumerate(report.objectives):
            if o.output is None:
                continue
            text = f"{o.label} {_told(one.estimate(k, o), o.unit)}"
            if again is not None:
                # Animals have the same numbers in both, and differ in the same way.
                same = interval_of(again.scores[k][: one.scores[k].size], o.output.shown)
                text += f", as radial twins {_told(same, o.unit)}"
            told.append(text)
        if told:
            yield (
                f"on the lattice, {report.animals[2]} of these animals: {one.plan}:"
                f" {'; '.join(told)}"
            )


def notes(report: Report) -> Iterator[str]:
    """How it was searched, and what is to be known of it."""
    yield (
        "search and repetition have animals of other seeds: what was lucky in the search is not"
        " reported as best; intervals are 95 % over animals, differences within animals"
    )
    if not math.isfinite(report.limits.loss):
        yield "no limit on weight loss was given (--max-weight-loss): more drug is always better"
    yield f"{report.simulated} arms simulated now, all others were kept in {report.kept}"
    failed = [one for one in report.tried if isinstance(one, str)]
    if failed:
        yield f"{len(failed)} schedules could not be simulated: {failed[0]}"
